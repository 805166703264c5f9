// typescript.mts URL: a client on socket.io-client and the types of clients/typescript, for `chatspec test-client`.
import { createInterface } from "node:readline";
import { io, type Socket } from "socket.io-client";
import type { ClientMessage } from "../../clients/typescript/chat-types/client-to-server.js";
import type { Refusal } from "../../clients/typescript/chat-types/refusal.js";
import type { ServerMessage } from "../../clients/typescript/chat-types/server-to-client.js";

type FromServer = { chat: (message: ServerMessage) => void; message: (refusal: string) => void };
type FromClient = { chat: (message: ClientMessage) => void };
type Act =
  | { do: "join"; user: string; room: string }
  | { do: "chat" | "private"; user?: string; room: string; text: string }
  | { do: "users"; room: string }
  | { do: "leave" | "quit" };

const socket: Socket<FromServer, FromClient> = io(process.argv[2] ?? "", { transports: ["websocket"] });
let joined: { user: string; room: string } | undefined;
let maySend = Promise.resolve();

const show = (what: object) => console.log(JSON.stringify(what));
// What is said without a connection would be sent before the join, once there is one.
const send = async (message: ClientMessage) => {
  await maySend;
  if (socket.connected) socket.emit("chat", message);
};

socket.on("connect", () => {
  if (joined) send({ event: "join", ...joined });
});
socket.on("chat", (message) => {
  if (message.type === "chat") show({ from: message.from, text: message.message });
});
socket.on("message", (text) => {
  const refusal: Refusal = JSON.parse(text);
  maySend = new Promise((resolve) => setTimeout(resolve, refusal.retry_ms ?? 0));
  show({ refused: refusal.code });
});
// The library does not come back by itself when the server has ended the session on purpose.
socket.on("disconnect", (reason) => {
  if (reason === "io server disconnect") setTimeout(() => socket.connect(), 1_000);
});

for await (const line of createInterface({ input: process.stdin })) {
  const act: Act = JSON.parse(line);
  switch (act.do) {
    case "join":
      joined = { user: act.user, room: act.room };
      await send({ event: "join", ...joined });
      break;
    case "leave":
      if (joined) await send({ event: "leave", ...joined });
      joined = undefined;
      break;
    case "users":
      await send({ event: "users", room: act.room });
      break;
    case "quit":
      socket.disconnect();
      process.exit();
    default: {
      const { do: _, ...words } = act;
      if (act.room === joined?.room) await send({ event: "chat", ...words });
    }
  }
}
