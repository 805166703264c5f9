# says: ValidationError: 1 validation error for Join text Extra inputs are not permitted
from chat_types import Chat, Join

Chat(room="lobby", text="hi")  # good
Join(room="lobby", text="hi")  # bad
