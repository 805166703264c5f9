package chattypes.send;

import com.fasterxml.jackson.annotation.*;

/**
 * Leave the room of one's newest join.
 *
 * `user`: Name given at the join; another one is refused. It may be left out if the join
 * left it out, and a hardened server takes its absence for the name that it knows.
 *
 * `room`: Room given at the join; another one is refused. It may be left out as `user` may.
 */
public class Leave {
    private LeaveEvent event;
    private String room;
    private String user;

    @JsonProperty("event")
    public LeaveEvent getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(LeaveEvent value) { this.event = value; }

    @JsonProperty("room")
    public String getRoom() { return room; }
    @JsonProperty("room")
    public void setRoom(String value) { this.room = value; }

    @JsonProperty("user")
    public String getUser() { return user; }
    @JsonProperty("user")
    public void setUser(String value) { this.user = value; }
}
