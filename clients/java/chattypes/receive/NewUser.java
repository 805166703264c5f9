package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * Someone has joined the room, or changed names in it.
 */
public class NewUser {
    private String message;
    private NewUserType type;

    /**
     * `New User USER joined room ROOM`, both names as their owner wrote them. It is for people:
     * a name may contain any of these words.
     */
    @JsonProperty("message")
    public String getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(String value) { this.message = value; }

    @JsonProperty("type")
    public NewUserType getType() { return type; }
    @JsonProperty("type")
    public void setType(NewUserType value) { this.type = value; }
}
