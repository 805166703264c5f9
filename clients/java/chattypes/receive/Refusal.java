package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * The answer to a message that is not carried out. It goes to the sender alone, as the
 * event `message` with one string, the JSON text of this object (rule `refusal.form`); in
 * an acknowledgement it is the object itself. Keys that are not named here may be there; a
 * receiver ignores them.
 *
 * `code`: Why, as one of a closed list of numbers.
 */
public class Refusal {
    private long code;
    private String event;
    private String message;
    private Long retryMS;

    @JsonProperty("code")
    public long getCode() { return code; }
    @JsonProperty("code")
    public void setCode(long value) { this.code = value; }

    /**
     * The kind of message that was refused, as its `event` has it.
     */
    @JsonProperty("event")
    public String getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(String value) { this.event = value; }

    /**
     * Why, in words for a person. The wording may change at any time.
     */
    @JsonProperty("message")
    public String getMessage() { return message; }
    @JsonProperty("message")
    public void setMessage(String value) { this.message = value; }

    /**
     * After code 30: the milliseconds to wait before the next try, at most a minute.
     */
    @JsonProperty("retry_ms")
    public Long getRetryMS() { return retryMS; }
    @JsonProperty("retry_ms")
    public void setRetryMS(Long value) { this.retryMS = value; }
}
