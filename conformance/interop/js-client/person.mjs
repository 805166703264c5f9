// One participant: a stock socket.io-client, and everything that it hears, in the order of hearing.
//
// What is heard is a list of [name, ...arguments]: events, acknowledgements as ["ack", ...], ["connect"] and
// ["disconnect"]. Nothing here sleeps; whatever is waited for has a deadline.

import { deepStrictEqual } from "node:assert";
import { EventEmitter, once } from "node:events";
import { io } from "socket.io-client";

const DEADLINE = 5000; // milliseconds, for anything that is due

export class Person {
  heard = [];
  #news = new EventEmitter();

  // Connects over `transports` (undefined: the library's default, polling and then an upgrade).
  static async connect(url, transports) {
    const person = new Person();
    // Without forceNew all persons would share one connection. The delay is short so that a reconnect is quick.
    const options = { forceNew: true, reconnectionDelay: 10, randomizationFactor: 0 };
    person.socket = io(url, transports ? { ...options, transports } : options);
    person.socket.onAny((...event) => person.#hear(...event));
    for (const name of ["connect", "disconnect"]) person.socket.on(name, () => person.#hear(name));
    person.socket.on("connect_error", (error) => person.#hear("connect_error", error.message));
    person.socket.io.engine.on("upgrade", () => person.#news.emit("something"));
    try {
      await person.until("a connection", () => person.heard.length > 0);
      deepStrictEqual(person.heard.splice(0), [["connect"]]);
    } catch (error) {
      person.socket.disconnect(); // it would try for ever, and keep the process alive
      throw error;
    }
    return person;
  }

  // The transport in use at this moment.
  get transport() {
    return this.socket.io.engine.transport.name;
  }

  // Sends an event and waits for its acknowledgement: then the server has handled it.
  async emit(...event) {
    let acknowledged = false;
    this.socket.emit(...event, (...args) => {
      acknowledged = true;
      this.#hear("ack", ...args);
    });
    await this.until("an acknowledgement", () => acknowledged);
  }

  say(message) {
    return this.emit("chat", message);
  }

  // Proves that everything sent so far has arrived, by asking who is in a room that nobody uses; forgets the answer.
  async settle() {
    await this.say({ event: "users", room: "NOBODY" });
    deepStrictEqual(this.heard.splice(-2), [["chat", { type: "users", message: "Users in room: []" }], ["ack"]]);
  }

  // Waits until a condition on this person holds.
  async until(what, condition) {
    const signal = AbortSignal.timeout(DEADLINE);
    while (!condition()) {
      await once(this.#news, "something", { signal }).catch(() => {
        throw new Error(`${what} did not come; heard ${JSON.stringify(this.heard).slice(0, 500)}`);
      });
    }
  }

  // Leaves, so that the name is free for the next play at once, and hangs up.
  async exit() {
    if (this.socket.connected) await this.say({ event: "leave" }).catch(() => {});
    this.socket.disconnect();
  }

  #hear(...event) {
    this.heard.push(event);
    this.#news.emit("something");
  }
}
