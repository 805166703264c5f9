// A server that serves the page as the reference server does, and then says whatever a test wants it to say.

import { createServer } from "node:http";
import { EventEmitter, once } from "node:events";
import { Server } from "socket.io";

export class Stage {
  url;
  /** Names of those who have joined, in order: once more for each time they come back. */
  joined = [];
  /** Answers to the next joins in place of acceptance. */
  refusals = [];
  /** What the next connections are refused with, in place of a session. */
  closed = [];
  #events = new EventEmitter();
  #http;
  #io;
  #pages;
  #spoil = () => {};

  /** Serves the page of the server at `pages`. */
  static async open(pages) {
    const stage = new Stage();
    stage.#pages = pages;
    await stage.#listen(0);
    return stage;
  }

  /** Forgets the last play; `spoil` may change every answer from now on, `{ path, headers, body }`, in place. */
  reset(spoil = () => {}) {
    this.#spoil = spoil;
    this.joined = [];
    this.refusals = [];
    this.closed = [];
  }

  /** Waits until so many joins have been accepted. */
  async joins(count) {
    while (this.joined.length < count) await once(this.#events, "join");
  }

  /** Waits for the next message of this kind. */
  async hears(event) {
    await once(this.#events, event);
  }

  /** Closes every connection, and takes new ones at once. */
  async blink() {
    const { port } = this.#http.address();
    await this.close();
    await this.#listen(port);
  }

  async close() {
    await this.#io.close();
    this.#http.closeAllConnections();
  }

  /** Sends one payload to everybody. */
  says(data) {
    this.#io.emit("chat", data);
  }

  /** Sends a refusal, as JSON text. */
  refuses(refusal) {
    this.#io.emit("message", JSON.stringify(refusal));
  }

  async #listen(port) {
    this.#http = createServer((request, response) => this.#page(request, response));
    // Over polling alone: a flood comes in few answers then, each of which the driver of the browser takes note of.
    this.#io = new Server(this.#http, { serveClient: false, allowUpgrades: false });
    this.#io.use((_, next) => {
      const why = this.closed.shift();
      next(why === undefined ? undefined : new Error(why));
    });
    this.#io.on("connection", (socket) => socket.on("chat", (message, ack) => this.#take(message, ack)));
    this.#http.listen(port, "127.0.0.1");
    await once(this.#http, "listening");
    this.url = `http://127.0.0.1:${this.#http.address().port}`;
  }

  #take(message, ack) {
    if (message.event === "join") {
      const refusal = this.refusals.shift();
      if (refusal) return ack?.(refusal);
      this.joined.push(message.user);
    }
    this.#events.emit(message.event);
    ack?.();
  }

  async #page(request, response) {
    const answer = await fetch(new URL(request.url, this.#pages));
    const headers = Object.fromEntries(answer.headers);
    // Those of this connection are its own.
    for (const name of ["content-length", "transfer-encoding", "connection", "date"]) delete headers[name];
    const part = { path: request.url, headers, body: await answer.text() };
    this.#spoil(part);
    response.writeHead(answer.status, part.headers);
    response.end(part.body);
  }
}
