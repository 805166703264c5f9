// says: java.lang.IllegalArgumentException: bimage is missing
import chattypes.Messages;
import chattypes.send.Image;

class MissingField {
    public static void main(String[] args) {
        Image image = new Image();
        image.setRoom("lobby");
        image.setBimage("data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="); // good
        // without it // bad
        Messages.write(image);
    }
}
