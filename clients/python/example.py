"""example.py URL: ada and bob meet in the lobby; prints what ada sees."""

import sys

import socketio

from chat_types import Chat, ChatMessage, Join, NewUser, Refusal, UserList, UsersRequest, read, written


def show(client):
    """Waits for one message, and prints it."""
    _, payload = client.receive(timeout=5)
    match read(payload):
        case NewUser(message=text) | UserList(message=text):
            print(text)
        case ChatMessage(from_=name, message=str(text)):  # A text that is no string is ignored.
            print(f"{name}: {text}")


def send(client, message):
    """Sends a message, and waits until the server has dealt with it."""
    refusal = client.call("chat", written(message), timeout=5)
    if refusal:
        print("refused:", Refusal.model_validate(refusal).code)


url = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:5005"
with socketio.SimpleClient() as ada, socketio.SimpleClient() as bob:
    ada.connect(url)
    bob.connect(url)
    send(ada, Join(user="ada", room="lobby"))
    show(ada)
    send(bob, Join(user="bob", room="lobby"))
    show(ada)
    send(bob, Chat(room="lobby", text="hi ada"))
    show(ada)
    send(ada, UsersRequest(room="lobby"))
    show(ada)
    send(ada, Chat(room="elsewhere", text="anybody?"))
