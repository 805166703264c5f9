// Example URL: ada and bob meet in the lobby; prints what ada sees.
import chattypes.Messages;
import chattypes.receive.ChatMessage;
import chattypes.receive.NewUser;
import chattypes.receive.UserList;
import chattypes.send.Chat;
import chattypes.send.Join;
import chattypes.send.UsersRequest;
import com.fasterxml.jackson.databind.JsonNode;
import socket.Socket;

class Example {
    // Sends a message, and waits until the server has dealt with it.
    static void say(Socket socket, String message) throws Exception {
        for (JsonNode refused : socket.call(message)) {
            System.out.println("refused: " + Messages.refusal(refused.toString()).getCode());
        }
    }

    // Waits for one message, and prints it.
    static void show(Socket socket) throws Exception {
        Object message = Messages.read(socket.receive());
        if (message instanceof NewUser joined) System.out.println(joined.getMessage());
        if (message instanceof UserList users) System.out.println(users.getMessage());
        // A text that is no string is ignored.
        if (message instanceof ChatMessage chat && chat.getMessage() instanceof String text) {
            System.out.println(chat.getFrom() + ": " + text);
        }
    }

    static String join(String user, String room) {
        Join join = new Join();
        join.setUser(user);
        join.setRoom(room);
        return Messages.write(join);
    }

    static String chat(String room, String text) {
        Chat chat = new Chat();
        chat.setRoom(room);
        chat.setText(text);
        return Messages.write(chat);
    }

    public static void main(String[] args) throws Exception {
        UsersRequest users = new UsersRequest();
        users.setRoom("lobby");
        try (Socket ada = new Socket(args[0]); Socket bob = new Socket(args[0])) {
            say(ada, join("ada", "lobby"));
            show(ada);
            say(bob, join("bob", "lobby"));
            show(ada);
            say(bob, chat("lobby", "hi ada"));
            show(ada);
            say(ada, Messages.write(users));
            show(ada);
            say(ada, chat("elsewhere", "anybody?"));
        }
    }
}
