package chattypes.send;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum UsersRequestEvent {
    USERS;

    @JsonValue
    public String toValue() {
        switch (this) {
            case USERS: return "users";
        }
        return null;
    }

    @JsonCreator
    public static UsersRequestEvent forValue(String value) throws IOException {
        if (value.equals("users")) return USERS;
        throw new IOException("Cannot deserialize UsersRequestEvent");
    }
}
