package chattypes.send;

import com.fasterxml.jackson.annotation.*;

/**
 * Enter a room under a name. A session is in one room at a time: joining another leaves the
 * first.
 *
 * `user`: Name to be known by. Absent means `JDOE`.
 *
 * `room`: Room to enter; it exists by being entered. Absent means `PARKED`.
 */
public class Join {
    private JoinEvent event;
    private String room;
    private String user;

    @JsonProperty("event")
    public JoinEvent getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(JoinEvent value) { this.event = value; }

    @JsonProperty("room")
    public String getRoom() { return room; }
    @JsonProperty("room")
    public void setRoom(String value) { this.room = value; }

    @JsonProperty("user")
    public String getUser() { return user; }
    @JsonProperty("user")
    public void setUser(String value) { this.user = value; }
}
