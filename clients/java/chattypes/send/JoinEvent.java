package chattypes.send;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum JoinEvent {
    JOIN;

    @JsonValue
    public String toValue() {
        switch (this) {
            case JOIN: return "join";
        }
        return null;
    }

    @JsonCreator
    public static JoinEvent forValue(String value) throws IOException {
        if (value.equals("join")) return JOIN;
        throw new IOException("Cannot deserialize JoinEvent");
    }
}
