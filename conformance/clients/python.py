"""python.py URL: a client that `chatspec test-client` can tell what to do, on python-socketio."""

import json
import sys
import threading
import time

import socketio

url = sys.argv[1]
client = socketio.Client(reconnection_delay=1, reconnection_delay_max=5)
joined = {}
may_send_at = 0.0


def show(**what):
    print(json.dumps(what), flush=True)


def send(message):
    time.sleep(max(0.0, may_send_at - time.monotonic()))
    client.emit("chat", message)


@client.event
def connect():
    if joined:
        send({"event": "join", **joined})


@client.on("chat")
def chat(message, *_):
    if message.get("type") == "chat":
        show(**{"from": message["from"], "text": message["message"]})


@client.on("message")
def refused(text, *_):
    global may_send_at
    refusal = json.loads(text)
    if refusal.get("code") == 30:
        may_send_at = time.monotonic() + refusal.get("retry_ms", 1000) / 1000
    show(refused=refusal.get("code"))


def act(wanted):
    kind = wanted.pop("do")
    if kind == "join":
        joined.update(wanted)
        send({"event": "join", **wanted})
    elif kind == "leave":
        send({"event": "leave", **joined})
        joined.clear()
    elif kind == "users":
        send({"event": "users", **wanted})
    elif kind in ("chat", "private") and wanted["room"] == joined.get("room"):
        send({"event": "chat", **wanted})


client.connect(url, transports=["websocket"], retry=True)
for line in sys.stdin:
    wanted = json.loads(line)
    if wanted["do"] == "quit":
        break
    act(wanted)
client.disconnect()
