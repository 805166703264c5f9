// says: error: cannot find symbol chat.setTxt("hi"); // bad ^ symbol: method setTxt(String)
import chattypes.send.Chat;

class Typo {
    public static void main(String[] args) {
        Chat chat = new Chat();
        chat.setText("hi"); // good
        chat.setTxt("hi"); // bad
    }
}
