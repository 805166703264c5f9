// says: error: no suitable method found for write(ChatMessage)
import chattypes.Messages;
import chattypes.receive.ChatMessage;
import chattypes.send.Chat;

class WrongVariant {
    public static void main(String[] args) {
        ChatMessage received = new ChatMessage();
        Messages.write(new Chat()); // good
        Messages.write(received); // bad
    }
}
