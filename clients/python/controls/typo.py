# says: ValidationError: 1 validation error for ClientMessage chat.txt Extra inputs are not permitted
from chat_types.client_to_server import ClientMessage

ClientMessage.model_validate({"event": "chat", "text": "hi"})  # good
ClientMessage.model_validate({"event": "chat", "txt": "hi"})  # bad
