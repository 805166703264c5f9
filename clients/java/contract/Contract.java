package contract;

import chattypes.Messages;
import chattypes.send.Chat;
import chattypes.send.Image;
import chattypes.send.Join;
import chattypes.send.Leave;
import chattypes.send.UsersRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Contract CASES: builds every message of a client, and reads every case; one line of JSON for each. */
class Contract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";

    public static void main(String[] args) throws Exception {
        for (String built : built()) System.out.println("{\"built\":" + built + "}");
        for (String line : Files.readAllLines(Path.of(args[0]))) {
            JsonNode one = JSON.readTree(line);
            ObjectNode result = JSON.createObjectNode().put("name", one.get("name").textValue());
            read(one.get("message"), result);
            System.out.println(result);
        }
    }

    private static void read(JsonNode payload, ObjectNode result) {
        try {
            Object message = Messages.read(payload.toString());
            if (message == null) {
                result.put("ignored", true);
                return;
            }
            // A field that was left out is null in the program.
            List<String> sent = new ArrayList<>();
            payload.fieldNames().forEachRemaining(sent::add);
            ObjectNode fields = JSON.valueToTree(message);
            result.set("taken", fields.retain(sent));
        } catch (IllegalArgumentException error) {
            result.put("refused", error.getMessage());
        }
    }

    private static List<String> built() {
        Join join = new Join();
        join.setUser("ada");
        join.setRoom("lobby");
        Leave leave = new Leave();
        leave.setUser("ada");
        leave.setRoom("lobby");
        UsersRequest users = new UsersRequest();
        users.setRoom("lobby");
        Chat chat = new Chat();
        chat.setUser("bob");
        chat.setRoom("lobby");
        chat.setText("psst");
        Image image = new Image();
        image.setRoom("lobby");
        image.setBimage(GIF);
        return List.of(
                Messages.write(new Join()), Messages.write(join),
                Messages.write(new Leave()), Messages.write(leave),
                Messages.write(new UsersRequest()), Messages.write(users),
                Messages.write(new Chat()), Messages.write(chat),
                Messages.write(image));
    }
}
