// Builds every message of a client, and reads every message that the compiler has let through, field by field.
import type { ClientMessage } from "../chat-types/client-to-server.js";
import type { ServerMessage } from "../chat-types/server-to-client.js";
import { ClientMessages, ServerMessages } from "../built/accepted.js";

const GIF = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=";
const built: ClientMessage[] = [
  { event: "join" },
  { event: "join", user: "ada", room: "lobby" },
  { event: "leave" },
  { event: "leave", user: "ada", room: "lobby" },
  { event: "users" },
  { event: "users", room: "lobby" },
  { event: "chat" },
  { event: "chat", user: "bob", room: "lobby", text: "psst" },
  { event: "image", room: "lobby", bimage: GIF },
];

// Without a default: a message that is missing here is an error of the compiler.
function written(message: ClientMessage): object {
  switch (message.event) {
    case "join":
      return { event: message.event, user: message.user, room: message.room };
    case "leave":
      return { event: message.event, user: message.user, room: message.room };
    case "users":
      return { event: message.event, room: message.room };
    case "chat":
      return { event: message.event, user: message.user, room: message.room, text: message.text };
    case "image":
      return { event: message.event, room: message.room, bimage: message.bimage };
  }
}

function read(message: ServerMessage): object {
  switch (message.type) {
    case "newuser":
    case "deluser":
    case "users":
      return { type: message.type, message: message.message };
    case "chat":
      return { type: message.type, from: message.from, message: message.message, private: message.private };
    case "image":
      return { type: message.type, from: message.from, bimage: message.bimage };
  }
}

for (const message of built) console.log(JSON.stringify({ built: message }));
for (const [name, message] of ClientMessages) console.log(JSON.stringify({ name, taken: written(message) }));
for (const [name, message] of ServerMessages) console.log(JSON.stringify({ name, taken: read(message) }));
