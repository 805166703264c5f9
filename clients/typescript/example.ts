// example.ts URL: ada and bob meet in the lobby; prints what ada sees.
import { io, type Socket } from "socket.io-client";
import type { ClientMessage } from "./chat-types/client-to-server.js";
import type { ServerMessage } from "./chat-types/server-to-client.js";
import type { Refusal } from "./chat-types/refusal.js";

type FromServer = { chat: (message: ServerMessage) => void };
type FromClient = { chat: (message: ClientMessage, ack: (refusal: Refusal | undefined) => void) => void };
type Chat = Socket<FromServer, FromClient>;

function show(message: ServerMessage) {
  switch (message.type) {
    case "newuser":
    case "deluser":
    case "users":
      return console.log(message.message);
    case "chat":
      return console.log(`${message.from}: ${message.message}`);
    case "image":
      return console.log(`${message.from} shows an image of ${message.bimage.length} characters`);
    default: // A type that a later revision has brought: ignored, and never an error.
  }
}

// Sends a message, and waits until the server has dealt with it.
async function send(socket: Chat, message: ClientMessage) {
  const refusal = await socket.emitWithAck("chat", message);
  if (refusal) console.log(`refused: ${refusal.code}`);
}

const url = process.argv[2] ?? "http://127.0.0.1:5005";
const [ada, bob]: [Chat, Chat] = [io(url, { forceNew: true }), io(url, { forceNew: true })];
ada.on("chat", show);

await send(ada, { event: "join", user: "ada", room: "lobby" });
await send(bob, { event: "join", user: "bob", room: "lobby" });
await send(bob, { event: "chat", room: "lobby", text: "hi ada" });
await send(ada, { event: "users", room: "lobby" });
await send(ada, { event: "chat", room: "elsewhere", text: "anybody?" });
ada.disconnect();
bob.disconnect();
