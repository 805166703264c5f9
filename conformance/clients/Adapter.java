// Adapter URL: a client on the types of clients/java, for `chatspec test-client`.
import chattypes.Messages;
import chattypes.receive.ChatMessage;
import chattypes.receive.Refusal;
import chattypes.send.Chat;
import chattypes.send.Join;
import chattypes.send.Leave;
import chattypes.send.UsersRequest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import socket.Socket;

class Adapter {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private volatile Socket socket;
    private volatile String user;
    private volatile String room;
    private volatile long maySend;

    public static void main(String[] args) throws Exception {
        new Adapter().run(args[0]);
    }

    private void run(String url) throws Exception {
        Thread line = new Thread(() -> stay(url));
        line.setDaemon(true);
        line.start();
        BufferedReader typed = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String act = typed.readLine(); act != null; act = typed.readLine()) {
            JsonNode wanted = JSON.readTree(act);
            if (wanted.get("do").asText().equals("quit")) break;
            act(wanted);
        }
        Socket last = socket;
        socket = null;
        if (last != null) last.close();
        System.exit(0);
    }

    /** Connects again and again, and hears what comes. */
    private void stay(String url) {
        for (long wait = 500; ; wait = Math.min(wait * 2, 8_000)) {
            try {
                Socket fresh = new Socket(url);
                wait = 250;
                if (user != null) fresh.emit(join());
                // What is typed before is in the room already when it goes out.
                socket = fresh;
                for (JsonNode event = fresh.next(); event != null; event = fresh.next()) hear(event);
            } catch (Exception lost) {
                // It is tried again.
            }
            socket = null;
            pause(wait);
        }
    }

    private void act(JsonNode wanted) throws Exception {
        switch (wanted.get("do").asText()) {
            case "join" -> {
                user = wanted.get("user").asText();
                room = wanted.get("room").asText();
                say(join());
            }
            case "leave" -> {
                Leave leave = new Leave();
                leave.setUser(user);
                leave.setRoom(room);
                user = room = null;
                say(Messages.write(leave));
            }
            case "users" -> {
                UsersRequest users = new UsersRequest();
                users.setRoom(wanted.get("room").asText());
                say(Messages.write(users));
            }
            default -> {
                if (!wanted.get("room").asText().equals(room)) return;
                Chat chat = new Chat();
                if (wanted.has("user")) chat.setUser(wanted.get("user").asText());
                chat.setRoom(room);
                chat.setText(wanted.get("text").asText());
                say(Messages.write(chat));
            }
        }
    }

    private String join() throws Exception {
        Join join = new Join();
        join.setUser(user);
        join.setRoom(room);
        return Messages.write(join);
    }

    /** What is said while there is no connection is lost; the room is joined when there is one. */
    private void say(String message) {
        pause(maySend - System.currentTimeMillis());
        Socket now = socket;
        if (now != null) now.emit(message);
    }

    private void hear(JsonNode event) throws Exception {
        String argument = event.path(1).toString();
        if (event.path(0).asText().equals("message")) {
            Refusal refusal = Messages.refusal(event.get(1).asText());
            maySend = System.currentTimeMillis() + waitOf(refusal);
            OUT.println(JSON.writeValueAsString(Map.of("refused", refusal.getCode())));
        } else if (event.path(0).asText().equals("chat")
                && Messages.read(argument) instanceof ChatMessage chat
                && chat.getMessage() instanceof String text) {
            OUT.println(JSON.writeValueAsString(Map.of("from", chat.getFrom(), "text", text)));
        }
    }

    private static long waitOf(Refusal refusal) {
        return refusal.getRetryMS() == null ? 0 : refusal.getRetryMS();
    }

    private static void pause(long ms) {
        try {
            if (ms > 0) Thread.sleep(ms);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
