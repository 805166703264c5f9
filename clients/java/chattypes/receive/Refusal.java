package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * The answer to a message that is not carried out. It goes to the sender alone, as the
 * event `message` with one string, the JSON text of this object (rule `refusal.form`); in
 * an acknowledgement it is the object itself. Further keys may be there; a receiver ignores
 * them.
 *
 * `code`: Why, as one of a closed list of numbers.
 */
public class Refusal {
    private long code;
    private String message;

    @JsonProperty("code")
    public long getCode() { return code; }
    @JsonProperty("code")
    public void setCode(long value) { this.code = value; }

    /**
     * Why, in words for a person. The wording may change at any time.
     */
    @JsonProperty("message")
    public String getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(String value) { this.message = value; }
}
