package chattypes.send;

import com.fasterxml.jackson.annotation.*;

/**
 * List the users in a room.
 *
 * `room`: Room to list; one that nobody is in has an empty list. Absent means `PARKED`.
 */
public class UsersRequest {
    private UsersRequestEvent event;
    private String room;

    @JsonProperty("event")
    public UsersRequestEvent getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(UsersRequestEvent value) { this.event = value; }

    @JsonProperty("room")
    public String getRoom() { return room; }
    @JsonProperty("room")
    public void setRoom(String value) { this.room = value; }
}
