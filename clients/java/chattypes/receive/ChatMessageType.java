package chattypes.receive;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum ChatMessageType {
    CHAT;

    @JsonValue
    public String toValue() {
        switch (this) {
            case CHAT: return "chat";
        }
        return null;
    }

    @JsonCreator
    public static ChatMessageType forValue(String value) throws IOException {
        if (value.equals("chat")) return CHAT;
        throw new IOException("Cannot deserialize ChatMessageType");
    }
}
