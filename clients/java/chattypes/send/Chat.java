package chattypes.send;

import com.fasterxml.jackson.annotation.*;

/**
 * Say something: to a room, to one user in it, or, with neither, to every joined client. It
 * never comes back to the sender.
 *
 * `user`: The one user to reach, whatever the case of the name. Absent means all. A
 * receiver takes `null` for absent.
 *
 * `room`: Room that the sender is in. Absent with `user` means the sender's room, without
 * it every room. A receiver takes `null` for absent.
 *
 * `text`: The text, at most 8 192 bytes of UTF-8 (`maxLength` counts code points, which is
 * less strict). It may be empty. Absent means `Knock! Knock!`; a receiver may take a string
 * `message` instead.
 */
public class Chat {
    private ChatEvent event;
    private String room;
    private String text;
    private String user;

    @JsonProperty("event")
    public ChatEvent getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(ChatEvent value) { this.event = value; }

    @JsonProperty("room")
    public String getRoom() { return room; }
    @JsonProperty("room")
    public void setRoom(String value) { this.room = value; }

    @JsonProperty("text")
    public String getText() { return text; }
    @JsonProperty("text")
    public void setText(String value) { this.text = value; }

    @JsonProperty("user")
    public String getUser() { return user; }
    @JsonProperty("user")
    public void setUser(String value) { this.user = value; }
}
