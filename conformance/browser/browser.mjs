// A browser, and people who use the page in it.

import { strictEqual } from "node:assert";
import { chromium } from "playwright-core";

// Whatever would leave this machine fails at once.
const RESOLVE_NOTHING = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1";

/** What a script would call, had it come through: by either name, since pages write names in upper case. */
const CANARIES = ["canary", "CANARY"];

export async function openBrowser() {
  // Without a sandbox, since root has none, and in as few processes as can be: most of the time goes into starting them.
  const few = ["--no-zygote", "--in-process-gpu", "--renderer-process-limit=1", "--disable-features=IsolateOrigins,site-per-process"];
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", ...few, RESOLVE_NOTHING];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args });
}

/** Those who play: they stay for the next play, since windows are what takes its time. */
export class Cast {
  #browser;
  #people = [];

  constructor(browser) {
    this.#browser = browser;
  }

  /** One person at each of these pages. */
  async at(...urls) {
    while (this.#people.length < urls.length) this.#people.push(await Person.arrive(this.#browser));
    const people = this.#people.slice(0, urls.length);
    await Promise.all(people.map((person, at) => person.open(urls[at])));
    return people;
  }
}

export class Person {
  page;
  name;
  room;
  /** What a script of somebody else's did, what the page threw, and whom it asked. */
  seen = nothing();

  /** A person with an empty window, who shares nothing with others. */
  static async arrive(browser) {
    const person = new Person();
    const context = await browser.newContext();
    context.setDefaultTimeout(20_000);
    for (const name of CANARIES) await context.exposeFunction(name, () => void (person.seen.ran += 1));
    const page = (person.page = await context.newPage());
    page.on("pageerror", (error) => person.seen.errors.push(String(error)));
    page.on("dialog", (dialog) => {
      person.seen.ran += 1;
      dialog.dismiss();
    });
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:") person.seen.origins.add(origin);
    });
    return person;
  }

  /** Opens a page anew, and forgets what has been seen of the last one. */
  async open(url) {
    this.seen = nothing();
    await this.page.goto(url);
  }

  async join(name, room = "LOBBY") {
    Object.assign(this, { name: name.toUpperCase(), room: room.toUpperCase() });
    await this.page.getByLabel("Name").fill(name);
    await this.page.getByLabel("Room", { exact: true }).fill(room);
    await this.page.getByRole("button", { name: "Join" }).click();
    await this.isIn();
  }

  /** The same without the hands of a person, which take their time. */
  async joinAtOnce(name, room) {
    Object.assign(this, { name: name.toUpperCase(), room: room.toUpperCase() });
    await this.page.evaluate(
      (values) => {
        for (const [id, value] of Object.entries(values)) document.getElementById(id).value = value;
        document.getElementById("btnJoin").click();
      },
      { username: name, roomname: room },
    );
    await this.isIn();
  }

  /** Waits until the page says that it is in the room. */
  async isIn() {
    await this.state(`Connected; in \u2068${this.room}\u2069 as \u2068${this.name}\u2069`);
  }

  async state(text) {
    await this.page.getByRole("status").getByText(text, { exact: true }).waitFor();
  }

  async say(text) {
    await this.page.getByLabel("Message", { exact: true }).fill(text);
    await this.page.getByRole("button", { name: "Send" }).click();
  }

  /** Waits for a line of the log that is exactly `text` (without its time), or matches it; the line. */
  async line(text) {
    const lines = this.page.locator("#chatbox .line");
    // A time stands in front of every line.
    const wanted = text instanceof RegExp ? text : new RegExp(`^\\d\\d:\\d\\d${escaped(text)}$`, "s");
    const line = lines.filter({ hasText: wanted }).last();
    await line.waitFor();
    return line;
  }

  /** All lines without their times. */
  async lines() {
    const lines = await this.page.locator("#chatbox .line").allTextContents();
    return lines.map((line) => line.slice(5));
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The play is over, and there was no error in it. */
  isDone() {
    strictEqual(this.seen.errors.join("\n"), "", "errors on the page");
  }
}

function nothing() {
  return { ran: 0, errors: [], origins: new Set() };
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
