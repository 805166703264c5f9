"""flask-chat-events, spoken to in the words of spec/. Usage: server.py PORT [--no-history]

Translates, and keeps nothing: who is where, and who hears what, the package says.
"""

import sys

from flask import Flask, g, request, session
from flask_chat_events import ChatEvents, InMemoryMessageStore, PresenceRegistry
from flask_socketio import SocketIO, join_room, leave_room

app = Flask(__name__)
app.secret_key = "nobody logs in here"
socketio = SocketIO(app, async_mode="threading", async_handlers=False, cors_allowed_origins="*")
registry = PresenceRegistry()
package = {}  # its handlers, by event


class Translator:
    """Stands where the package expects a SocketIO; what it emits goes on to the same receivers, without the one whose doing it is."""

    def on(self, event):
        return lambda handler: package.setdefault(event, handler)

    def emit(self, event, data, room=None):
        for said in [data] if event == "chat:message" else data.get("messages", []):
            kind, field = ("image", "bimage") if said["image"] else ("chat", "message")
            fields = {"type": kind, "from": said["user_id"], field: said["text"]}
            socketio.emit("chat", fields, to=room, skip_sid=request.sid)
        if room == g.room and (event, g.event) == ("presence:update", "join"):
            text = f"New User {g.spelled[0]} joined room {g.spelled[1]}"
            socketio.emit("chat", {"type": "newuser", "message": text}, to=room)
        if room == g.room and (event, g.event) == ("presence:list", "leave"):
            text = f"User {g.spelled[0]} left room {g.spelled[1]}"
            socketio.emit("chat", {"type": "deluser", "message": text}, to=room)


def join(user):
    before = registry.user_for(request.sid)
    for room in registry.rooms_for(request.sid):
        if room != g.room or user != before:
            package["leave"]({"room": room})
    if user != before:  # another name is another login
        leave_room(f"to {before}")
        package["disconnect"]()
        session["username"] = user
        package["connect"]()
    join_room("general")  # for broadcasts; the package's default room
    join_room(f"to {user}")  # for private messages; the protocol's rooms are upper-cased here
    package["join"]({"room": g.room})


@socketio.on("chat")
def on_chat(*args):
    said = args[0] if len(args) == 1 and isinstance(args[0], dict) else {"event": None}
    g.event, g.room = said.get("event", "users"), None
    user, room = said.get("user"), said.get("room")
    if g.event in ("join", "leave", "users"):
        user, room = said.get("user", "JDOE"), said.get("room", "PARKED")
        if not (isinstance(user, str) and isinstance(room, str)):
            return
        g.spelled, g.room = (user, room), room.upper()
    if g.event == "join":
        join(user.upper())
    elif g.event == "leave":
        if g.room in registry.rooms_for(request.sid):
            leave_room(f"to {registry.user_for(request.sid)}")
        package["leave"]({"room": g.room})
    elif g.event == "users":
        text = f"Users in room: {[each['user_id'] for each in registry.users_in(g.room)]}"
        socketio.emit("chat", {"type": "users", "message": text}, to=request.sid)
    elif g.event == "image" and isinstance(room, str) and isinstance(said.get("bimage"), str):
        package["send_message"]({"room": room.upper(), "text": said["bimage"]})
    elif g.event == "chat" and all(each is None or isinstance(each, str) for each in (user, room)):
        to = f"to {user.upper()}" if user is not None else room and room.upper()
        package["send_message"]({"room": to, "text": said.get("text", "Knock! Knock!")})


@socketio.on("disconnect")
def on_disconnect(*_):
    g.event, g.room = "disconnect", None
    package["disconnect"]()


ChatEvents(
    Translator(),
    registry=registry,
    store=None if "--no-history" in sys.argv else InMemoryMessageStore(max_per_room=200),
    message_decorator=lambda data: {**data, "image": g.event == "image"},
).register_handlers(authenticate=lambda: session.get("username"))
socketio.run(app, host="127.0.0.1", port=int(sys.argv[1]), allow_unsafe_werkzeug=True)
