# says: ValidationError: 1 validation error for Image bimage Field required
from chat_types import Image

GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs="
Image(room="lobby", bimage=GIF)  # good
Image(room="lobby")  # bad
