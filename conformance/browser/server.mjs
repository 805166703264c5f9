// The reference server, started, killed and started again.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const program = process.env.CHATSPEC;
if (!program) throw new Error("set CHATSPEC to the program that serves the page");

export class Server {
  url;
  #process;

  static async start() {
    const server = new Server();
    await server.run("127.0.0.1:0");
    return server;
  }

  // At the same address as before.
  async restart() {
    await this.run(new URL(this.url).host);
  }

  async run(address) {
    this.#process = spawn(program, ["serve", "--listen", address], { stdio: ["ignore", "pipe", "ignore"] });
    const said = createInterface({ input: this.#process.stdout });
    for await (const line of said) {
      this.url = line.replace("listening on ", "");
      if (URL.canParse(this.url)) return;
    }
    throw new Error(`${program} serve did not say where it listens`);
  }

  async kill() {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }
}
