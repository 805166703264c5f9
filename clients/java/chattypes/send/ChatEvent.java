package chattypes.send;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum ChatEvent {
    CHAT;

    @JsonValue
    public String toValue() {
        switch (this) {
            case CHAT: return "chat";
        }
        return null;
    }

    @JsonCreator
    public static ChatEvent forValue(String value) throws IOException {
        if (value.equals("chat")) return CHAT;
        throw new IOException("Cannot deserialize ChatEvent");
    }
}
