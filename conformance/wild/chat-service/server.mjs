// chat-service, spoken to in the words of spec/. Usage: node server.mjs PORT
//
// Each session is a user of the package, over a connection of its own and with the package's own commands: roomJoin, roomLeave,
// roomMessage, directMessage. Who is where, and who hears what, the package says.

import { once } from "node:events";
import { createServer } from "node:http";
import ChatService from "chat-service";
import { Server } from "socket.io";
import connect from "socket.io-client";

const own = createServer().listen(0, "127.0.0.1");
await once(own, "listening");
const service = new ChatService(
  { enableDirectMessages: true, enableUserlistUpdates: true, transportOptions: { http: own } },
  {
    onConnect: async (service, id) => service.transport.getHandshakeData(id).query.user,
    directMessagesChecker: async () => {}, // besides texts, there are images
    roomMessagesChecker: async () => {},
  },
);
const HALL = "everybody"; // for broadcasts; the protocol's names are upper-cased here
await service.addRoom(HALL, { enableUserlistUpdates: false });

const key = (name) => name.toUpperCase();
const shown = new Map(); // how a user spelled itself and its room, by key
const quote = (name) => (name.includes("'") && !name.includes('"') ? `"${name}"` : `'${name.replace(/[\\']/g, "\\$&")}'`);

const http = createServer();
const allowRequest = (req, decide) => decide(null, new URLSearchParams(req.url.split("?")[1]).get("EIO") === "4");
new Server(http, { cors: { origin: "*" }, allowRequest }).on("connection", (front) => {
  let back, user;
  const tell = (type, fields) => front.emit("chat", { type, ...fields });
  const say = ({ author, message, bimage }) =>
    tell(...(message === undefined ? ["image", { from: author, bimage }] : ["chat", { from: author, message }]));
  const news = (type, words) => (room, who) => {
    const [name, as] = shown.get(who);
    if (who !== user) tell(type, { message: words(name, key(as) === room ? as : room) });
  };
  const ask = (...command) => new Promise((done) => (back ? back.emit(...command, (_, result) => done(result)) : done()));

  async function login(name) {
    user = name;
    back = connect(`http://127.0.0.1:${own.address().port}/chat-service`, { query: { user }, forceNew: true, transports: ["websocket"] });
    back.on("roomUserJoined", news("newuser", (user, room) => `New User ${user} joined room ${room}`));
    back.on("roomUserLeft", news("deluser", (user, room) => `User ${user} left room ${room}`));
    back.on("roomMessage", (_, message) => message.author !== user && say(message));
    back.on("directMessage", say);
    await Promise.race([once(back, "loginConfirmed"), once(back, "loginRejected").then(() => logout())]);
    await ask("roomJoin", HALL);
  }

  async function logout(rooms = []) {
    for (const room of rooms) await ask("roomLeave", room);
    back?.close();
    back = user = undefined;
  }

  const rooms = async () => Object.values((await ask("listOwnSockets")) ?? {}).flat().filter((room) => room !== HALL);

  const events = {
    async join({ user: name = "JDOE", room = "PARKED" }) {
      if (typeof name !== "string" || typeof room !== "string") return;
      if (key(name) !== user) await logout(await rooms());
      for (const other of await rooms()) if (other !== key(room)) await ask("roomLeave", other);
      shown.set(key(name), [name, room]);
      await service.addRoom(key(room)).catch(() => {}); // it may be there
      if (key(name) !== user) await login(key(name));
      if (await ask("roomJoin", key(room))) tell("newuser", { message: `New User ${name} joined room ${room}` });
    },
    async leave({ user: name = "JDOE", room = "PARKED" }) {
      if (typeof name !== "string" || typeof room !== "string" || key(name) !== user) return;
      if ((await rooms()).includes(key(room))) await logout([key(room)]); // without a room, nobody has a name
    },
    async users({ room = "PARKED" }) {
      await ask("listOwnSockets"); // everything that is under way comes first
      const names = await service.execUserCommand(true, "roomGetAccessList", key(room), "userlist").catch(() => [[]]);
      tell("users", { message: `Users in room: [${names[0].map(quote).join(", ")}]` });
    },
    async chat({ room, user: to, text, message }) {
      const said = { message: text ?? (typeof message === "string" ? message : "Knock! Knock!") };
      if (to != null) await ask("directMessage", key(to), said);
      else await ask("roomMessage", room == null ? HALL : key(room), said);
    },
    async image({ room, bimage }) {
      if (typeof bimage === "string") await ask("roomMessage", key(room), { bimage });
    },
  };

  let before = Promise.resolve(); // one event after the other
  const next = (act) => (before = before.then(act).catch((error) => console.error(error.message)));
  front.on("chat", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : () => {};
    const said = args.length === 1 && args[0] instanceof Object && !Array.isArray(args[0]) ? args[0] : { event: null };
    const { event = "users" } = said;
    if (typeof event === "string" && Object.hasOwn(events, event)) next(() => events[event](said));
    next(() => ack());
  });
  front.on("disconnect", () => next(() => logout()));
});
http.listen(Number(process.argv[2]), "127.0.0.1");
