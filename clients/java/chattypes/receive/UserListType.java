package chattypes.receive;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum UserListType {
    USERS;

    @JsonValue
    public String toValue() {
        switch (this) {
            case USERS: return "users";
        }
        return null;
    }

    @JsonCreator
    public static UserListType forValue(String value) throws IOException {
        if (value.equals("users")) return USERS;
        throw new IOException("Cannot deserialize UserListType");
    }
}
