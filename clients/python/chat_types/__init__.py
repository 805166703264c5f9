"""The messages of the chat-room protocol: `Join(...)` and the like to send, `read(...)` for what comes."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter

from .client_to_server import Chat, Image, Join, Leave, UsersRequest
from .refusal import Refusal
from .server_to_client import ChatMessage, DelUser, ImageMessage, NewUser, UserList

__all__ = [
    "Join", "Leave", "UsersRequest", "Chat", "Image",
    "ServerMessage", "NewUser", "DelUser", "UserList", "ChatMessage", "ImageMessage",
    "Refusal", "read", "written",
]  # fmt: skip

ServerMessage = NewUser | DelUser | UserList | ChatMessage | ImageMessage

_KNOWN = {"newuser", "deluser", "users", "chat", "image"}
_server_message: TypeAdapter[ServerMessage] = TypeAdapter(Annotated[ServerMessage, Field(discriminator="type")])


def read(message: Any) -> ServerMessage | None:
    """The message that a server has sent; None if its type is not known here, which a client ignores.

    Raises pydantic.ValidationError if it is no message at all.
    """
    tag = message.get("type") if isinstance(message, dict) else None
    if isinstance(tag, str) and tag not in _KNOWN:
        return None
    return _server_message.validate_python(message)


def written(message: BaseModel) -> dict[str, Any]:
    """A message as it goes out. A field that was left out stays out: to most servers null is not the same."""
    return message.model_dump(by_alias=True, exclude_none=True)
