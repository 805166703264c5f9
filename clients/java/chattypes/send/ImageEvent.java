package chattypes.send;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum ImageEvent {
    IMAGE;

    @JsonValue
    public String toValue() {
        switch (this) {
            case IMAGE: return "image";
        }
        return null;
    }

    @JsonCreator
    public static ImageEvent forValue(String value) throws IOException {
        if (value.equals("image")) return IMAGE;
        throw new IOException("Cannot deserialize ImageEvent");
    }
}
