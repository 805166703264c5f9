package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * Someone else has said something. A client ignores a text that is no string.
 */
public class ChatMessage {
    private String from;
    private Object message;
    private Object chatMessagePrivate;
    private ChatMessageType type;

    /**
     * Name of the sender; a server of the core profile sets it no bounds.
     */
    @JsonProperty("from")
    public String getFrom() { return from; }
    @JsonProperty("from")
    public void setFrom(String value) { this.from = value; }

    /**
     * The text. A server of the core profile may relay a text of any JSON type, if that is what
     * its sender sent.
     */
    @JsonProperty("message")
    public Object getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(Object value) { this.message = value; }

    /**
     * `true` if nobody else gets it. Any other value means nothing.
     */
    @JsonProperty("private")
    public Object getChatMessagePrivate() { return chatMessagePrivate; }
    @JsonProperty("private")
    public void setChatMessagePrivate(Object value) { this.chatMessagePrivate = value; }

    @JsonProperty("type")
    public ChatMessageType getType() { return type; }
    @JsonProperty("type")
    public void setType(ChatMessageType value) { this.type = value; }
}
