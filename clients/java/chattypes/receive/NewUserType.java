package chattypes.receive;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum NewUserType {
    NEWUSER;

    @JsonValue
    public String toValue() {
        switch (this) {
            case NEWUSER: return "newuser";
        }
        return null;
    }

    @JsonCreator
    public static NewUserType forValue(String value) throws IOException {
        if (value.equals("newuser")) return NEWUSER;
        throw new IOException("Cannot deserialize NewUserType");
    }
}
