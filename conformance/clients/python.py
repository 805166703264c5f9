"""python.py URL: a client on python-socketio and the types of clients/python, for `chatspec test-client`."""

import contextlib
import json
import sys
import time

import socketio

from chat_types import Chat, ChatMessage, Join, Leave, Refusal, UsersRequest, read, written

client = socketio.Client(reconnection_delay=0.5)
joined = {}
may_send_at = 0.0


def show(**what):
    print(json.dumps(what), flush=True)


def send(message):
    # A refusal with `retry_ms` says how long to wait: time itself is what is kept here.
    time.sleep(max(0.0, may_send_at - time.monotonic()))
    with contextlib.suppress(socketio.exceptions.BadNamespaceError):  # There is no connection at the moment.
        client.emit("chat", written(message))


@client.event
def connect():
    if joined:
        send(Join(**joined))


@client.on("chat")
def chat(message, *_):
    match read(message):
        case ChatMessage(from_=name, message=str(text)):
            show(**{"from": name, "text": text})


@client.on("message")
def refused(text, *_):
    global may_send_at
    refusal = Refusal.model_validate_json(text)
    may_send_at = time.monotonic() + (refusal.retry_ms or 0) / 1000
    show(refused=refusal.code)


def act(kind, wanted):
    if kind == "join":
        joined.update(wanted)
        send(Join(**wanted))
    elif kind == "leave":
        send(Leave(**joined))
        joined.clear()
    elif kind == "users":
        send(UsersRequest(**wanted))
    elif wanted["room"] == joined.get("room"):
        send(Chat(**wanted))


def connect_to_server():
    client.connect(sys.argv[1], transports=["websocket"], retry=True)


@client.event
def disconnect(reason):
    # The library does not come back by itself when the server has ended the session on purpose; and nobody knocks at once,
    # for the server may be on its way down.
    if reason == client.reason.SERVER_DISCONNECT:
        client.start_background_task(lambda: (client.sleep(1), connect_to_server()))


connect_to_server()
for line in sys.stdin:
    wanted = json.loads(line)
    kind = wanted.pop("do")
    if kind == "quit":
        break
    act(kind, wanted)
client.disconnect()
