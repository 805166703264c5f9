package chattypes.receive;

import com.fasterxml.jackson.annotation.*;

/**
 * Someone else has shown an image. A client ignores what is no data URL of an image.
 */
public class ImageMessage {
    private Object bimage;
    private String from;
    private ImageMessageType type;

    /**
     * The image. A server of the core profile may relay any JSON value, if that is what its
     * sender sent.
     */
    @JsonProperty("bimage")
    public Object getBimage() { return bimage; }
    @JsonProperty("bimage")
    public void setBimage(Object value) { this.bimage = value; }

    /**
     * Name of the sender; a server of the core profile sets it no bounds.
     */
    @JsonProperty("from")
    public String getFrom() { return from; }
    @JsonProperty("from")
    public void setFrom(String value) { this.from = value; }

    @JsonProperty("type")
    public ImageMessageType getType() { return type; }
    @JsonProperty("type")
    public void setType(ImageMessageType value) { this.type = value; }
}
