package chattypes.receive;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum ImageMessageType {
    IMAGE;

    @JsonValue
    public String toValue() {
        switch (this) {
            case IMAGE: return "image";
        }
        return null;
    }

    @JsonCreator
    public static ImageMessageType forValue(String value) throws IOException {
        if (value.equals("image")) return IMAGE;
        throw new IOException("Cannot deserialize ImageMessageType");
    }
}
