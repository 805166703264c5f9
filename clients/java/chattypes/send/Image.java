package chattypes.send;

import com.fasterxml.jackson.annotation.*;

/**
 * Show an image to all other members of a room.
 *
 * `room`: Room that the sender is in. Required.
 *
 * `bimage`: The image. Required.
 */
public class Image {
    private String bimage;
    private ImageEvent event;
    private String room;

    @JsonProperty("bimage")
    public String getBimage() { return bimage; }
    @JsonProperty("bimage")
    public void setBimage(String value) { this.bimage = value; }

    @JsonProperty("event")
    public ImageEvent getEvent() { return event; }
    @JsonProperty("event")
    public void setEvent(ImageEvent value) { this.event = value; }

    @JsonProperty("room")
    public String getRoom() { return room; }
    @JsonProperty("room")
    public void setRoom(String value) { this.room = value; }
}
