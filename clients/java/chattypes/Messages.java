package chattypes;

import chattypes.receive.ChatMessage;
import chattypes.receive.DelUser;
import chattypes.receive.ImageMessage;
import chattypes.receive.NewUser;
import chattypes.receive.Refusal;
import chattypes.receive.UserList;
import chattypes.send.Chat;
import chattypes.send.ChatEvent;
import chattypes.send.Image;
import chattypes.send.ImageEvent;
import chattypes.send.Join;
import chattypes.send.JoinEvent;
import chattypes.send.Leave;
import chattypes.send.LeaveEvent;
import chattypes.send.UsersRequest;
import chattypes.send.UsersRequestEvent;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** Written by hand: the generated classes know neither which message it is nor which fields have to be there. */
public final class Messages {
    // null is not the same as absent to a server; fields that a newer server adds are dropped.
    private static final ObjectMapper JSON = new ObjectMapper()
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private Messages() {}

    public static String write(Join message) {
        message.setEvent(JoinEvent.JOIN);
        return json(message);
    }

    public static String write(Leave message) {
        message.setEvent(LeaveEvent.LEAVE);
        return json(message);
    }

    public static String write(UsersRequest message) {
        message.setEvent(UsersRequestEvent.USERS);
        return json(message);
    }

    public static String write(Chat message) {
        message.setEvent(ChatEvent.CHAT);
        return json(message);
    }

    /** Throws IllegalArgumentException without a room or an image. */
    public static String write(Image message) {
        message.setEvent(ImageEvent.IMAGE);
        String image = json(message);
        needs(tree(image), "room", "bimage");
        return image;
    }

    /**
     * What a server has sent: a NewUser, DelUser, UserList, ChatMessage or ImageMessage, or null for a type that is not known here,
     * which a client ignores. Throws IllegalArgumentException for what is no message.
     */
    public static Object read(String payload) {
        JsonNode message = tree(payload);
        needs(message, "type");
        switch (message.get("type").textValue()) {
            case "newuser":
                return needs(message, "message") ? as(message, NewUser.class) : null;
            case "deluser":
                return needs(message, "message") ? as(message, DelUser.class) : null;
            case "users":
                return needs(message, "message") ? as(message, UserList.class) : null;
            case "chat":
                return needs(message, "from") && has(message, "message") ? as(message, ChatMessage.class) : null;
            case "image":
                return needs(message, "from") && has(message, "bimage") ? as(message, ImageMessage.class) : null;
            default:
                return null;
        }
    }

    /** The refusal in an acknowledgement. */
    public static Refusal refusal(String payload) {
        return as(tree(payload), Refusal.class);
    }

    // Jackson would make a string of a number, and take a missing field for null.
    private static boolean needs(JsonNode message, String... strings) {
        for (String name : strings) {
            has(message, name);
            if (!message.get(name).isTextual()) throw new IllegalArgumentException(name + " is no string");
        }
        return true;
    }

    private static boolean has(JsonNode message, String name) {
        if (!message.has(name)) throw new IllegalArgumentException(name + " is missing");
        return true;
    }

    private static JsonNode tree(String payload) {
        try {
            return JSON.readTree(payload);
        } catch (IOException error) {
            throw new IllegalArgumentException("no JSON", error);
        }
    }

    private static <T> T as(JsonNode message, Class<T> type) {
        try {
            return JSON.treeToValue(message, type);
        } catch (IOException error) {
            throw new IllegalArgumentException("no " + type.getSimpleName(), error);
        }
    }

    private static String json(Object message) {
        try {
            return JSON.writeValueAsString(message);
        } catch (IOException error) {
            throw new IllegalArgumentException("a message that is no JSON", error);
        }
    }
}
