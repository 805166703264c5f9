package chattypes.send;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum LeaveEvent {
    LEAVE;

    @JsonValue
    public String toValue() {
        switch (this) {
            case LEAVE: return "leave";
        }
        return null;
    }

    @JsonCreator
    public static LeaveEvent forValue(String value) throws IOException {
        if (value.equals("leave")) return LEAVE;
        throw new IOException("Cannot deserialize LeaveEvent");
    }
}
