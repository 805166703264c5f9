package socket;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** As much of a Socket.IO client as the example needs, over WebSocket. What does not come within five seconds is an error. */
public final class Socket implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> acks = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    /** What ends {@link #next()}. */
    private static final String END = "";
    private final StringBuilder text = new StringBuilder();
    private final WebSocket socket;
    /** The newest of what goes out: java.net.http sends one text at a time, and a pong may be on its way. */
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private int calls;

    /** Connects to the default namespace of the server at an address such as http://127.0.0.1:5005. */
    public Socket(String url) throws Exception {
        URI address = URI.create(url.replaceFirst("^http", "ws").replaceFirst("/$", "") + "/socket.io/?EIO=4&transport=websocket");
        socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(address, this).join();
        send(socket, "40").join();
        next(connected);
    }

    /** Sends a message as the event `chat`, and waits for its acknowledgement: the list of its arguments. */
    public JsonNode call(String message) throws Exception {
        send(socket, "42" + ++calls + "[\"chat\"," + message + "]").join();
        String prefix = "43" + calls;
        return new ObjectMapper().readTree(next(acks).substring(prefix.length()));
    }

    /** Waits for the argument of the next event `chat`. */
    public String receive() throws Exception {
        while (true) {
            String packet = next(events);
            if (packet.startsWith("42[\"chat\",")) return new ObjectMapper().readTree(packet.substring(2)).get(1).toString();
        }
    }

    /** Sends a message as the event `chat`, and waits for nothing. */
    public void emit(String message) {
        send(socket, "42[\"chat\"," + message + "]");
    }

    /** Waits, for as long as it takes, for the next event: its name and its arguments, or null at the end of the session. */
    public JsonNode next() throws Exception {
        String packet = events.take();
        return packet.equals(END) ? null : new ObjectMapper().readTree(packet.substring(packet.indexOf('[')));
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
        events.add(END);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        events.add(END);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
        text.append(part);
        if (last) {
            String packet = text.toString();
            text.setLength(0);
            if (packet.equals("2")) send(from, "3");
            if (packet.startsWith("40")) connected.add(packet);
            if (packet.startsWith("43")) acks.add(packet);
            if (packet.equals("1")) events.add(END);
            if (packet.startsWith("42")) events.add(packet);
        }
        return WebSocket.Listener.super.onText(from, part, last);
    }

    private synchronized CompletableFuture<?> send(WebSocket to, String packet) {
        sent = sent.thenCompose(before -> to.sendText(packet, true));
        return sent;
    }

    @Override
    public void close() {
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private static String next(BlockingQueue<String> queue) throws InterruptedException {
        String packet = queue.poll(5, TimeUnit.SECONDS);
        if (packet == null) throw new IllegalStateException("nothing came for five seconds");
        return packet;
    }
}
