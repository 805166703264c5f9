package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * Someone else has left the room, or given up a name in it.
 */
public class DelUser {
    private String message;
    private DelUserType type;

    /**
     * `User USER left room ROOM`, both names as given at the join. It is for people: a name may
     * contain any of these words.
     */
    @JsonProperty("message")
    public String getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(String value) { this.message = value; }

    @JsonProperty("type")
    public DelUserType getType() { return type; }
    @JsonProperty("type")
    public void setType(DelUserType value) { this.type = value; }
}
