// The connection, and the room that we mean to be in, whatever the connection does.

import { io } from "./vendor/socket.io.esm.min.js";
import { readRefusal, waitOf } from "./words.js";

/** Time for an answer, in milliseconds. */
const ANSWER_MS = 10_000;
/** The same for an image, which takes its time on a slow line. */
const IMAGE_MS = 60_000;
/** How long a rejoin is tried: our own lost connection may hold the name for the heartbeat's interval, timeout and grace. */
const REJOIN_MS = 50_000;
/** Longest pause between two attempts. */
const PAUSE_MAX_MS = 8_000;

/** The refusal for load. */
const TOO_FAST = 30;
/** Name taken, rate limited, at capacity: what may be over when a rejoin is tried again. */
const PASSING = new Set([20, 30, 31]);

/**
 * Connects, and tells `hear` what happens: `state({ link, phase, user, room })`, `chat(data)`, `refused(refusal)`, `lost()`,
 * `back(ms)`, `later(refusal, ms)` before another attempt to rejoin, `unanswered()`, `turnedAway(message)`.
 *
 * `link` is `connecting`, `up` or `down`; `phase` is `out`, `joining`, `in` or `rejoining`.
 */
export class Session {
  #socket;
  #hear;
  #link = "connecting";
  #phase = "out";
  #wanted = null;
  #lostAt = null;
  #turn = 0;
  #timer;
  #kicks = 0;
  #pending = 0;
  #held = [];
  #gate = Promise.resolve();

  constructor(hear) {
    this.#hear = hear;
    this.#socket = io({ reconnectionDelayMax: 10_000 });
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("disconnect", (reason) => this.#disconnected(reason));
    this.#socket.on("connect_error", (error) => this.#failed(error));
    this.#socket.on("chat", (data) => hear.chat(data));
    this.#socket.on("message", (text) => this.#told(text));
  }

  get state() {
    return { link: this.#link, phase: this.#phase, ...this.#wanted };
  }

  /** Joins a room, at once or when there is a connection. */
  join(user, room) {
    this.#wanted = { user, room };
    this.#set({ phase: "joining" });
    if (this.#socket.connected) this.#enter();
  }

  /** Leaves the room, or stops trying to get into it. */
  leave() {
    const left = this.#wanted;
    this.#out();
    // It follows whatever join is under way, and undoes it.
    if (left && this.#socket.connected) this.#ask({ event: "leave", ...left }, ANSWER_MS);
  }

  /** Asks who is in a room; the answer is heard like anything else. */
  users(room) {
    return this.#send({ event: "users", room }, ANSWER_MS);
  }

  /** Says something to the room, or to one user in it: null if it went well, else `{ refusal }` or `{ lost: true }`. */
  say(text, user) {
    const to = user === undefined ? {} : { user };
    return this.#send({ event: "chat", room: this.#wanted.room, text, ...to }, ANSWER_MS);
  }

  /** Shows an image to the room; the result is that of `say`. */
  show(url) {
    return this.#send({ event: "image", room: this.#wanted.room, bimage: url }, IMAGE_MS);
  }

  #connected() {
    this.#set({ link: "up" });
    if (this.#lostAt !== null) this.#hear.back(Date.now() - this.#lostAt);
    if (this.#wanted) this.#enter();
    else this.#lostAt = null;
  }

  #disconnected(reason) {
    clearTimeout(this.#timer);
    this.#turn += 1;
    // A connection that broke again before we were back is the same gap.
    if (this.#lostAt === null) {
      this.#lostAt = Date.now();
      this.#hear.lost();
    }
    this.#set({ link: "down", phase: this.#phase === "out" ? "out" : "rejoining" });
    if (reason === "io server disconnect") this.#comeBack();
  }

  #failed(error) {
    this.#set({ link: "down" });
    // Otherwise the library tries again.
    if (this.#socket.active) return;
    if (this.#kicks === 0) this.#hear.turnedAway(error.message);
    this.#comeBack();
  }

  // The library does not come back by itself when the server has closed, or refused, on purpose.
  #comeBack() {
    this.#timer = setTimeout(() => this.#socket.connect(), pause(this.#kicks));
    this.#kicks += 1;
  }

  async #enter() {
    this.#turn += 1;
    const turn = this.#turn;
    const since = Date.now();
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#ask({ event: "join", ...this.#wanted }, ANSWER_MS);
      // Left, or disconnected, in the meantime.
      if (turn !== this.#turn) return;
      if (answer === null) {
        this.#lostAt = null;
        this.#kicks = 0;
        this.#set({ phase: "in" });
        return;
      }
      const passing = this.#phase === "rejoining" && PASSING.has(answer.refusal?.code);
      if (!passing || Date.now() - since > REJOIN_MS) {
        this.#out();
        if (answer.refusal) this.#hear.refused(answer.refusal);
        else this.#hear.unanswered();
        return;
      }
      const ms = Math.max(pause(attempt), waitOf(answer.refusal));
      this.#hear.later(answer.refusal, ms);
      await new Promise((resolve) => {
        this.#timer = setTimeout(resolve, ms);
      });
      if (turn !== this.#turn) return;
    }
  }

  #out() {
    clearTimeout(this.#timer);
    this.#turn += 1;
    this.#wanted = null;
    this.#lostAt = this.#link === "up" ? null : this.#lostAt;
    this.#set({ phase: "out" });
  }

  // After a refusal for load, it waits as long as the server has said, and is lost if we are somewhere else by then.
  async #send(message, ms) {
    const turn = this.#turn;
    await this.#gate;
    if (turn !== this.#turn || !this.#socket.connected) return { lost: true };
    return this.#ask(message, ms);
  }

  // An event and its acknowledgement. A refusal comes twice, as an event and in the acknowledgement: once is enough.
  async #ask(message, ms) {
    this.#pending += 1;
    try {
      const refusal = readRefusal(await this.#socket.timeout(ms).emitWithAck("chat", message));
      if (refusal === null) return null;
      this.#slow(refusal);
      const twin = this.#held.findIndex(({ code }) => code === refusal.code);
      if (twin >= 0) this.#held.splice(twin, 1);
      return { refusal };
    } catch {
      return { lost: true };
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) for (const refusal of this.#held.splice(0)) this.#hear.refused(refusal);
    }
  }

  #told(text) {
    const refusal = readRefusal(text);
    if (refusal === null) return;
    this.#slow(refusal);
    if (this.#pending > 0) this.#held.push(refusal);
    else this.#hear.refused(refusal);
  }

  #slow(refusal) {
    if (refusal.code !== TOO_FAST) return;
    this.#gate = new Promise((resolve) => {
      setTimeout(resolve, waitOf(refusal));
    });
  }

  #set({ link = this.#link, phase = this.#phase }) {
    this.#link = link;
    this.#phase = phase;
    this.#hear.state(this.state);
  }
}

function pause(attempt) {
  return Math.min(PAUSE_MAX_MS, 1_000 * 2 ** attempt);
}
