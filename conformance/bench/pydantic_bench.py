"""pydantic_bench.py MESSAGES: nanoseconds to check each message, as a value and from its text."""

import json
import sys
import time
from typing import Annotated

from pydantic import Field, TypeAdapter

from chat_types import Chat, Image, Join, Leave, UsersRequest

ADAPTER = TypeAdapter(Annotated[Join | Leave | UsersRequest | Chat | Image, Field(discriminator="event")])


def measure(work):
    """Best of several rounds of about a fifth of a second, after one that warms up."""
    best, rounds, count = float("inf"), 0, 1
    while rounds < 6:
        begun = time.perf_counter_ns()
        for _ in range(count):
            work()
        took = time.perf_counter_ns() - begun
        if took < 1e8:
            count *= 2
            continue
        if rounds > 0:
            best = min(best, took / count)
        rounds += 1
    return best


with open(sys.argv[1], encoding="utf-8") as file:
    MESSAGES = json.load(file)
FIGURES = {}
for name, text in MESSAGES.items():
    value = json.loads(text)
    FIGURES[f"check {name}"] = measure(lambda value=value: ADAPTER.validate_python(value))
    FIGURES[f"read {name}"] = measure(lambda text=text: ADAPTER.validate_json(text))
print(json.dumps(FIGURES))
