# says: ValidationError: 1 validation error for Chat txt Extra inputs are not permitted
from chat_types import Chat

Chat(room="lobby", text="hi")  # good
Chat(room="lobby", txt="hi")  # bad
