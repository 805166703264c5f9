package chattypes.receive;

import java.io.IOException;
import com.fasterxml.jackson.annotation.*;

public enum DelUserType {
    DELUSER;

    @JsonValue
    public String toValue() {
        switch (this) {
            case DELUSER: return "deluser";
        }
        return null;
    }

    @JsonCreator
    public static DelUserType forValue(String value) throws IOException {
        if (value.equals("deluser")) return DELUSER;
        throw new IOException("Cannot deserialize DelUserType");
    }
}
