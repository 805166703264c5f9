// A chat server of profile core, written from spec/ alone, on socket.io for Node.
//
// Usage: node server.mjs PORT
//
// Where core leaves a choice: a name is held once, and who wants it as well is told by a `message`
// event; all spellings of a room are one room; moving to another room leaves the first; a broadcast
// reaches everybody who is connected; only what was accepted is acknowledged.

import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer((_, res) => res.writeHead(404).end());
const io = new Server(http, {
  cors: { origin: "*" },
  maxHttpBufferSize: 1_000_000,
  // By itself, socket.io opens a WebSocket before it looks at the version.
  allowRequest: (req, decide) => decide(null, new URLSearchParams(req.url.split("?")[1]).get("EIO") === "4"),
});

// Socket -> { user, room } as spelled in the newest join; in the order of entering the room.
const records = new Map();

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value) => typeof value === "string" && value !== "" && [...value].length <= 64;
const same = (a, b) => typeof a === "string" && typeof b === "string" && a.toUpperCase() === b.toUpperCase();
const inside = (room) => `room:${room.toUpperCase()}`; // never equal to a session id

// The listing, as Python writes a list of strings.
const unprintable = /^[\p{C}\p{Zl}\p{Zp}\p{Zs}]$/u;
const short = new Map([["\t", "\\t"], ["\n", "\\n"], ["\r", "\\r"]]);

function quote(name) {
  const q = name.includes("'") && !name.includes('"') ? '"' : "'";
  const body = Array.from(name, (c) => {
    if (c === q || c === "\\") return "\\" + c;
    if (short.has(c)) return short.get(c);
    if (c === " " || !unprintable.test(c)) return c;
    const hex = c.codePointAt(0).toString(16);
    if (hex.length <= 2) return "\\x" + hex.padStart(2, "0");
    if (hex.length <= 4) return "\\u" + hex.padStart(4, "0");
    return "\\U" + hex.padStart(8, "0");
  });
  return q + body.join("") + q;
}

function depart(socket) {
  const { user, room } = records.get(socket);
  records.delete(socket);
  socket.leave(inside(room));
  io.to(inside(room)).emit("chat", { type: "deluser", message: `User ${user} left room ${room}` });
}

// Each of these returns whether the message was accepted.
const actions = new Map(Object.entries({
  join(socket, { user = "JDOE", room = "PARKED" }) {
    if (!isName(user) || !isName(room)) return false;
    for (const [other, record] of records) {
      if (other !== socket && same(record.user, user)) {
        socket.emit("message", JSON.stringify({ code: 20, message: "that name is taken" }));
        return false;
      }
    }
    const old = records.get(socket);
    if (old && !same(old.room, room)) {
      depart(socket);
    } else if (old && !same(old.user, user)) {
      const message = `User ${old.user} left room ${old.room}`;
      socket.to(inside(room)).emit("chat", { type: "deluser", message });
    }
    records.set(socket, { user, room });
    socket.join(inside(room));
    io.to(inside(room)).emit("chat", { type: "newuser", message: `New User ${user} joined room ${room}` });
    return true;
  },

  leave(socket, message) {
    const own = records.get(socket);
    if (!own) return false;
    const { user = own.user, room = own.room } = message;
    if (!same(user, own.user) || !same(room, own.room)) return false;
    depart(socket);
    return true;
  },

  users(socket, { room = "PARKED" }) {
    if (typeof room !== "string") return false;
    const there = [...records.values()].filter((record) => same(record.room, room));
    const listing = there.map((record) => quote(record.user.toUpperCase())).join(", ");
    socket.emit("chat", { type: "users", message: `Users in room: [${listing}]` });
    return true;
  },

  chat(socket, { room, user, message, text = typeof message === "string" ? message : "Knock! Knock!" }) {
    const own = records.get(socket);
    if (!own || typeof text !== "string") return false;
    const told = { type: "chat", from: own.user.toUpperCase(), message: text };
    room ??= null;
    user ??= null;
    if (room === null && user === null) return socket.broadcast.emit("chat", told);
    if (room !== null && !same(room, own.room)) return false;
    if (user === null) return socket.to(inside(own.room)).emit("chat", told);
    for (const [other, record] of records) {
      if (other !== socket && same(record.room, own.room) && same(record.user, user)) {
        return other.emit("chat", told);
      }
    }
    return false;
  },

  image(socket, { room, bimage }) {
    const own = records.get(socket);
    if (!own || !same(room, own.room) || typeof bimage !== "string") return false;
    return socket.to(inside(own.room)).emit("chat", { type: "image", from: own.user.toUpperCase(), bimage });
  },
}));

io.on("connection", (socket) => {
  socket.on("chat", (...args) => {
    const acknowledge = typeof args.at(-1) === "function" ? args.pop() : () => {};
    const [message] = args;
    if (args.length !== 1 || !isObject(message)) return;
    const { event = "users" } = message;
    if (actions.get(event)?.(socket, message)) acknowledge();
  });
  socket.on("disconnect", () => records.has(socket) && depart(socket));
});

for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
http.listen(Number(process.argv[2]), "127.0.0.1");
