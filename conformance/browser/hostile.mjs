// A hostile server, by the inputs W-01 to W-20: whatever it says is text, and nothing more.
//
// Every case is tried twice: on the page, where it must hold, and on the page without its defences, where it must not.

import { AssertionError, deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { after, describe, it } from "node:test";
import { inputs } from "./inputs.mjs";
import { defects } from "./spoil.mjs";
import { Stage } from "./stage.mjs";

export function tests(world) {
  let stage;
  const onStage = async (how, run) => {
    stage ??= await Stage.open(world.server.url);
    stage.reset(how);
    const [person] = await world.cast.at(stage.url);
    await person.joinAtOnce("Vic", "den");
    await run(new Play(stage, person));
  };
  after(() => stage?.close());
  describe("a hostile server", () => {
    for (const [id, title, , , run] of inputs) {
      it(`${id} ${title}`, () =>
        onStage(undefined, async (play) => {
          await run(play);
          await play.isCalm();
        }));
    }
    it("keeps a page out of its room for a while after a lost connection", () =>
      onStage(undefined, async ({ stage, person }) => {
        stage.refusals.push({ code: 20, message: "taken" }, { code: 30, message: "slow", retry_ms: 2_500 });
        await stage.blink();
        await person.line("The lost connection still holds your name. Trying again in 1 s.");
        await person.line("That was too fast. Wait 3 s. Trying again in 3 s.");
        await stage.joins(2);
        await person.isIn();
        // Each of them once.
        strictEqual((await person.lines()).filter((line) => line.includes("Trying again")).length, 2);
      }));
    it("refuses a connection, with markup, and then takes it", () =>
      onStage(undefined, async (play) => {
        const { stage, person } = play;
        stage.closed.push("<img src=x onerror=canary()>");
        await stage.blink();
        await person.line("The server refuses the connection: <img src=x onerror=canary()>");
        await stage.joins(2);
        await person.isIn();
        await play.settled();
        await play.isCalm();
      }));
    it("is left while it is away, and not entered again", () =>
      onStage(undefined, async ({ stage, person }) => {
        stage.refusals.push({ code: 20, message: "taken" });
        await stage.blink();
        await person.line("The lost connection still holds your name. Trying again in 1 s.");
        await person.button("Leave").click();
        await person.state("Connected; in no room");
        await stage.blink();
        await person.page.waitForFunction(() => document.querySelectorAll("#chatbox .gap").length === 2);
        // Whatever the page had asked before would be heard before this.
        await Promise.all([stage.hears("users"), person.button("Users").click()]);
        deepStrictEqual(stage.joined, ["VIC"]);
      }));
  });
  describe("without the defences of the page", () => {
    for (const [id, title, defect, shows, run] of inputs) {
      it(`${id} ${title}: does not hold with ${defect}`, () =>
        rejects(onStage(defects[defect], run), { name: AssertionError.name, message: shows }));
    }
    // The second wall.
    it("no script runs even where the page inserts markup, as long as there is the policy", () =>
      onStage(defects.markupUnderPolicy, async (play) => {
        const thrown = play.page.waitForEvent("pageerror");
        play.stage.says({ type: "chat", from: "EVE", message: "<img src=x onerror=canary()><script>canary()</script>" });
        ok(/TrustedHTML/.test(String(await thrown)));
        strictEqual(play.person.seen.ran, 0);
      }));
  });
}

/** A hostile server, the person that it is hostile to, and what can be said about the page. */
class Play {
  constructor(stage, person) {
    this.stage = stage;
    this.person = person;
    this.page = person.page;
  }

  #marks = 0;

  /** Waits until the page has shown all that has been said so far, and whatever that loads is there or has failed. */
  async settled() {
    this.#marks += 1;
    const mark = `mark ${this.#marks}`;
    this.stage.says({ type: "users", message: mark });
    await this.page.waitForFunction((mark) => document.querySelector("#chatbox .line:last-child")?.textContent.endsWith(mark), mark);
    await this.page.evaluate(async () => {
      const ends = (image) => new Promise((end) => ["load", "error"].forEach((name) => image.addEventListener(name, end)));
      await Promise.all([...document.images].filter((image) => !image.complete).map(ends));
      // What they call is called in a task of its own.
      await new Promise((end) => setTimeout(end, 0));
    });
  }

  /** Says something, and checks that the page shows exactly these texts of it, as text. */
  async shows(data, ...texts) {
    this.stage.says(data);
    await this.areShown(texts);
  }

  async areShown(texts) {
    await this.settled();
    await this.isCalm();
    const line = (await this.person.lines()).findLast((line) => !line.startsWith("mark "));
    for (const text of texts) ok(line.includes(text), `${JSON.stringify(text)} is not in ${JSON.stringify(line)}`);
  }

  /** Nothing ran, nobody else was asked, and the log holds nothing but what the page itself makes. */
  async isCalm() {
    const { seen } = this.person;
    strictEqual(seen.ran, 0, "a script of somebody else's ran");
    strictEqual(seen.errors.join("\n"), "", "errors on the page");
    deepStrictEqual([...seen.origins], [new URL(this.stage.url).origin], "others were asked");
    deepStrictEqual(await this.page.evaluate(strangers), [], "strangers in the document");
  }

  /** The headers of every part of the page. */
  async headers() {
    const paths = ["/", "/web/style.css", "/web/main.js", "/web/vendor/socket.io.esm.min.js"];
    return Promise.all(paths.map(async (path) => (await fetch(new URL(path, this.stage.url))).headers));
  }

  /** What the policy of every part says of one directive. */
  async policy(directive) {
    const policies = (await this.headers()).map((headers) => headers.get("content-security-policy") ?? "");
    const told = policies.map((policy) => policy.split(";").map((part) => part.trim()).find((part) => part.startsWith(`${directive} `)));
    return new Set(told.map((part) => part?.slice(directive.length + 1)));
  }

  async lineCount() {
    return this.page.locator("#chatbox .line").count();
  }
}

// Runs in the page.
function strangers() {
  const attributes = {
    DIV: ["class"],
    TIME: ["datetime"],
    SPAN: ["class"],
    BDI: ["class", "dir"],
    IMG: ["alt", "decoding", "src"],
  };
  const found = [...document.querySelectorAll("#chatbox *")].flatMap((element) => {
    const known = attributes[element.tagName];
    if (!known) return [element.tagName];
    return [...element.attributes].filter(({ name }) => !known.includes(name)).map(({ name }) => `${element.tagName} ${name}`);
  });
  const images = [...document.images].filter(({ src }) => !/^data:image\/(png|jpeg|gif|webp);base64,/.test(src));
  const extra = [...document.querySelectorAll("style, iframe, object, embed, [style], script:not([src^='/web/'])")];
  return [...found, ...images.map(({ src }) => src), ...extra.map(({ tagName }) => tagName)].slice(0, 5);
}
