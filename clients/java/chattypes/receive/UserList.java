package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * The users in the room that was asked for.
 */
public class UserList {
    private String message;
    private UserListType type;

    /**
     * `Users in room: ` and the upper-cased names in the order of joining, as Python prints a
     * list of strings. It is for people: a name may contain quotes and commas.
     */
    @JsonProperty("message")
    public String getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(String value) { this.message = value; }

    @JsonProperty("type")
    public UserListType getType() { return type; }
    @JsonProperty("type")
    public void setType(UserListType value) { this.type = value; }
}
