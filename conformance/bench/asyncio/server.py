"""The chat server that one writes with python-socketio on asyncio, to be measured beside ours.

Usage: server.py PORT

It has what a load needs: join, leave, users, messages to a room and to one person, images. It is held to nothing else.
"""

import sys

import socketio
import uvicorn

sio = socketio.AsyncServer(
    async_mode="asgi",
    async_handlers=False,  # the events of one connection one after the other
    cors_allowed_origins="*",
    max_http_buffer_size=1_000_000,
)

# Session id -> (user, room), and room -> user -> session id.
records = {}
rooms = {}


async def depart(sid):
    user, room = records.pop(sid, (None, None))
    if user is not None:
        del rooms[room][user]
        await sio.leave_room(sid, room)
        await sio.emit("chat", {"type": "deluser", "message": f"User {user} left room {room}"}, room=room)


@sio.on("chat")
async def on_chat(sid, msg):
    event, room, user = msg.get("event"), msg.get("room"), msg.get("user")
    if event == "join":
        records[sid] = (user, room)
        rooms.setdefault(room, {})[user] = sid
        await sio.enter_room(sid, room)
        await sio.emit("chat", {"type": "newuser", "message": f"New User {user} joined room {room}"}, room=room)
    elif event == "leave":
        await depart(sid)
    elif event == "users":
        names = [name.upper() for name in rooms.get(room, {})]
        await sio.emit("chat", {"type": "users", "message": f"Users in room: {names}"}, to=sid)
    elif event in ("chat", "image") and sid in records:
        own_name, own_room = records[sid]
        key, value = ("message", msg.get("text")) if event == "chat" else ("bimage", msg.get("bimage"))
        told = {"type": event, "from": own_name.upper(), key: value}
        if user is None:
            await sio.emit("chat", told, room=own_room, skip_sid=sid)
        elif user in rooms[own_room]:
            await sio.emit("chat", told, to=rooms[own_room][user])


@sio.on("disconnect")
async def on_disconnect(sid, *args):
    await depart(sid)


if __name__ == "__main__":
    app = socketio.ASGIApp(sio)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
