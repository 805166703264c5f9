"""contract.py CASES: builds every message of a client, and reads every case; one line of JSON for each."""

import json
import sys

from pydantic import ValidationError

from chat_types import Chat, Image, Join, Leave, UsersRequest, read, written
from chat_types.client_to_server import ClientMessage

GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="
BUILT = [
    Join(),
    Join(user="ada", room="lobby"),
    Leave(),
    Leave(user="ada", room="lobby"),
    UsersRequest(),
    UsersRequest(room="lobby"),
    Chat(),
    Chat(user="bob", room="lobby", text="psst"),
    Image(room="lobby", bimage=GIF),
]


def held(direction, message):
    """What the types make of a message."""
    try:
        if direction == "client-to-server":
            return {"taken": written(ClientMessage.model_validate(message))}
        known = read(message)
        # Not `written`, which is for what is sent: a server may relay a null.
        return {"ignored": True} if known is None else {"taken": known.model_dump(by_alias=True, exclude_unset=True)}
    except ValidationError as error:
        # The discriminator leaves one branch, so nothing is told twice.
        return {"refused": "; ".join(f"{e['loc']}: {e['msg']}" for e in error.errors(include_input=False))[:300]}


for message in BUILT:
    print(json.dumps({"built": written(message)}))
with open(sys.argv[1], encoding="utf-8") as cases:
    for case in map(json.loads, cases):
        print(json.dumps({"name": case["name"], **held(case["direction"], case["message"])}))
