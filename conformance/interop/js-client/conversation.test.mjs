// Conversations with the hardened server at CHATSPEC_URL, held by the official JavaScript client on every transport.
// The server is to be used by nobody else meanwhile: a broadcast would reach them, and theirs would reach us.

import { deepStrictEqual, notStrictEqual, ok, strictEqual } from "node:assert";
import { describe, it } from "node:test";
import { Person } from "./person.mjs";
import { largePng, smallPng } from "./png.mjs";

const url = process.env.CHATSPEC_URL;
if (!url) throw new Error("set CHATSPEC_URL to the address of the server");

// What is sent.
const join = (user, room = "LOBBY") => ({ event: "join", user, room });
const leave = (user, room = "LOBBY") => ({ event: "leave", user, room });
const whoIsIn = (room) => ({ event: "users", room });
const text = (words, to = {}) => ({ event: "chat", ...to, text: words });
const lobby = { room: "LOBBY" };
const image = (bimage) => ({ event: "image", room: "LOBBY", bimage });

// What is heard.
const ack = ["ack"];
const news = (type, message) => ["chat", { type, message }];
const newuser = (user, room = "LOBBY") => news("newuser", `New User ${user} joined room ${room}`);
const deluser = (user, room = "LOBBY") => news("deluser", `User ${user} left room ${room}`);
const users = (listing) => news("users", `Users in room: ${listing}`);
const chat = (from, message, mark = {}) => ["chat", { type: "chat", from, message, ...mark }];
const picture = (from, bimage) => ["chat", { type: "image", from, bimage }];
const refused = (code) => [["refused", code], ["ack", code]];

// The wording of a refusal is free, so its code stands for it; its acknowledgement has to repeat it, as an object.
function withoutWording(heard) {
  let told;
  return heard.map(([name, ...args]) => {
    if (name === "message") {
      strictEqual(typeof args[0], "string");
      told = JSON.parse(args[0]);
      ok(typeof told.message === "string" && told.message !== "");
      return ["refused", told.code, ...args.slice(1)];
    }
    if (name !== "ack" || args.length === 0) return [name, ...args];
    deepStrictEqual(args, [told]);
    return ["ack", told.code];
  });
}

// A play for three. `hear` checks what each has heard since the last time; whoever is not named has heard nothing.
function play(title, transports, acts) {
  it(title, { timeout: 30_000 }, async () => {
    const cast = {};
    const hear = async (expected) => {
      for (const person of Object.values(cast)) if (person.socket.connected) await person.settle();
      for (const [name, person] of Object.entries(cast)) {
        deepStrictEqual(withoutWording(person.heard.splice(0)), expected[name] ?? [], `what ${name} hears`);
      }
    };
    try {
      for (const name of ["ada", "bob", "eve"]) cast[name] = await Person.connect(url, transports);
      await acts(cast, hear);
      await hear({});
    } finally {
      for (const person of Object.values(cast)) await person.exit();
    }
  });
}

async function meetInLobby({ ada, bob }, hear) {
  await ada.say(join("Ada"));
  await bob.say(join("Bob"));
  await hear({ ada: [newuser("Ada"), ack, newuser("Bob")], bob: [newuser("Bob"), ack] });
}

for (const [name, transports] of [["websocket", ["websocket"]], ["polling", ["polling"]], ["upgrade", undefined]]) {
  describe(name, () => {
    play("join, talk, leave", transports, async ({ ada, bob, eve }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      await ada.say(text("<b>hello</b>\n\u0000 'é' 😀", lobby));
      await hear({ ada: [ack], bob: [chat("ADA", "<b>hello</b>\n\u0000 'é' 😀")] });
      await ada.say(leave("Ada"));
      await hear({ ada: [ack], bob: [deluser("Ada")] });
      await bob.say(text("gone?", lobby));
      await eve.say(whoIsIn("LOBBY"));
      await hear({ bob: [ack], eve: [users("['BOB']"), ack] });
    });

    play("private and broadcast", transports, async ({ ada, bob, eve }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      await eve.say(join("Eve"));
      await hear({ ada: [newuser("Eve")], bob: [newuser("Eve")], eve: [newuser("Eve"), ack] });
      await ada.say(text("psst", { ...lobby, user: "bob" }));
      await hear({ ada: [ack], bob: [chat("ADA", "psst", { private: true })] });
      await eve.say(join("Eve", "GARDEN"));
      await hear({ ada: [deluser("Eve")], bob: [deluser("Eve")], eve: [newuser("Eve", "GARDEN"), ack] });
      await eve.say(text("all of you"));
      await hear({ ada: [chat("EVE", "all of you")], bob: [chat("EVE", "all of you")], eve: [ack] });
      await eve.say(leave("Eve", "GARDEN"));
      await ada.say(text("who has joined"));
      await hear({ ada: [ack], bob: [chat("ADA", "who has joined")], eve: [ack] });
    });

    play("images", transports, async ({ ada, bob }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      for (const bimage of [smallPng, largePng(375_000)]) {
        await ada.say(image(bimage));
        await hear({ ada: [ack], bob: [picture("ADA", bimage)] });
      }
    });

    play("names with quotes are listed as Python would", transports, async ({ ada, bob, eve }, hear) => {
      await ada.say(join("O'Brien", "QUOTES"));
      await bob.say(join('say "hi"', "QUOTES"));
      await eve.say(join("bo'th\"q\\", "QUOTES"));
      const entered = [newuser("O'Brien", "QUOTES"), newuser('say "hi"', "QUOTES"), newuser("bo'th\"q\\", "QUOTES")];
      await hear({
        ada: [entered[0], ack, entered[1], entered[2]],
        bob: [entered[1], ack, entered[2]],
        eve: [entered[2], ack],
      });
      await bob.say(whoIsIn("quotes"));
      await hear({ bob: [users(String.raw`["O'BRIEN", 'SAY "HI"', 'BO\'TH"Q\\']`), ack] });
    });

    play("refusals reach the sender alone", transports, async ({ ada, bob, eve }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      for (const [message, code] of [
        [text("anybody?", { ...lobby, user: "Eve" }), 23],
        [text("myself", { ...lobby, user: "ADA" }), 23],
        [text("not mine", { room: "GARDEN" }), 22],
        [text("x".repeat(8193), lobby), 15],
        [image("data:image/png;base64,AAAA"), 14],
        [leave("Bob"), 24],
        [join("BOB", "GARDEN"), 20],
        [{ event: "dance" }, 10],
        [{ event: "join", user: 7 }, 99],
      ]) {
        await ada.say(message);
        await hear({ ada: refused(code) });
      }
      await ada.emit("dance", lobby);
      await eve.say(text("boo", lobby));
      await hear({ ada: refused(10), eve: refused(21) });
      await bob.say(whoIsIn("LOBBY"));
      await hear({ bob: [users("['ADA', 'BOB']"), ack] });
    });

    play("an order that lasts, also through an upgrade", transports, async ({ ada, bob }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      const ids = [ada.socket.id, bob.socket.id];
      const numbers = Array.from({ length: 50 }, (_, n) => String(n));
      for (const n of numbers) ada.socket.emit("chat", text(n, lobby));
      if (name === "upgrade") {
        for (const person of [ada, bob]) await person.until("an upgrade", () => person.transport === "websocket");
      }
      await hear({ bob: numbers.map((n) => chat("ADA", n)) });
      deepStrictEqual([ada.socket.id, bob.socket.id], ids);
      deepStrictEqual([ada.transport, bob.transport], Array(2).fill(name === "polling" ? "polling" : "websocket"));
    });

    play("a connection breaks, comes back, and joins anew", transports, async ({ ada, bob }, hear) => {
      await meetInLobby({ ada, bob }, hear);
      const id = bob.socket.id;
      bob.socket.io.engine.close();
      await ada.until("Bob's leaving", () => ada.heard.length > 0);
      await bob.until("a reconnect", () => bob.socket.connected);
      notStrictEqual(bob.socket.id, id);
      await bob.say(text("still in?", lobby));
      await hear({ ada: [deluser("Bob")], bob: [["disconnect"], ["connect"], ...refused(21)] });
      await bob.say(join("Bob"));
      await ada.say(text("welcome back", { ...lobby, user: "Bob" }));
      const welcome = chat("ADA", "welcome back", { private: true });
      await hear({ ada: [newuser("Bob"), ack], bob: [newuser("Bob"), ack, welcome] });
      bob.socket.disconnect();
      await ada.until("Bob's leaving", () => ada.heard.length > 0);
      await hear({ ada: [deluser("Bob")], bob: [["disconnect"]] });
    });
  });
}
