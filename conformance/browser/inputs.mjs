// The inputs of a hostile server, one entry each: its id, what it is, the defect with which it must not hold (see
// spoil.mjs) and as what that shows, and what has to hold.

import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { png } from "./files.mjs";

const chat = (from, message) => ({ type: "chat", from, message });
const image = (bimage, from = "EVE") => ({ type: "image", from, bimage });
const info = (type, message) => ({ type, message });
const url = (type, bytes) => `data:${type};base64,${Buffer.from(bytes).toString("base64")}`;
const only = (value) => new Set([value]);

// How a defect shows.
const RAN = /a script of somebody else's ran/;
const DIFFERS = /Expected values to be/;

export const inputs = [
  ["W-01", "an image with a handler as text", "markup", RAN, async (play) => {
    const text = `<img src="x" onerror="canary()"><img src=x onerror=canary()>`;
    await play.shows(chat("EVE", text), text);
  }],
  ["W-02", "a script as name", "markup", RAN, async (play) => {
    const name = "<script>canary()</script>";
    await play.shows(chat(name, "hi"), name, "hi");
    await play.shows(info("newuser", `New User ${name} joined room DEN`), name);
    await play.shows(info("deluser", `User ${name} left room DEN`), name);
    await play.shows(image(url("image/png", png()), name), name);
  }],
  ["W-03", "a room that breaks out of an attribute", "markup", RAN, async (play) => {
    const room = `"><svg onload="canary()"></svg><img src=x onerror="canary()">`;
    await play.shows(info("newuser", `New User EVE joined room ${room}`), room);
    await play.person.button("Leave").click();
    await play.person.state("Connected; in no room");
    await play.person.join("Vic", room);
    await play.isCalm();
  }],
  ["W-04", "a link that is a script", "markup", RAN, async (play) => {
    const text = `<a href="javascript:canary()">click</a> javascript:canary()`;
    play.stage.says(chat("EVE", text));
    await play.settled();
    for (const link of await play.page.locator("#chatbox a").all()) await link.click();
    await play.areShown([text]);
  }],
  ["W-05", "an SVG as image", "anyImage", /strangers/, async (play) => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="canary()"><script>canary()</script></svg>`;
    await play.shows(image(url("image/svg+xml", svg)), "an image that is not shown");
    await play.shows(image(`data:image/svg+xml,${encodeURIComponent(svg)}`), "an image that is not shown");
    await play.shows(image(url("image/png", svg)), "an image that is not shown");
  }],
  ["W-06", "HTML under the label of an image", "anyImage", /is not in/, async (play) => {
    const html = "<!doctype html><script>canary()</script>";
    const wrong = [url("text/html", html), url("image/png", html), url("image/png,text/html", html), "javascript:canary()", "http://cdn.invalid/x.png"];
    for (const value of [...wrong, `x" onerror="canary()`, `x' onerror='canary()`, "", null, 7, {}, [url("image/png", png())]]) {
      await play.shows(image(value), "an image that is not shown");
    }
    // It begins as an image.
    await play.shows(image(url("image/png", Buffer.concat([png().subarray(0, 24), Buffer.from(html)]))), "an image that cannot be shown");
  }],
  ["W-07", "keys and kinds that are properties of every object", "merge", DIFFERS, async (play) => {
    const evil = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"type":"chat","from":"EVE","message":"hi"}`;
    await play.shows(JSON.parse(evil), "EVEhi");
    strictEqual(await play.page.evaluate(() => ({}).polluted), undefined);
    const before = await play.lineCount();
    for (const type of ["__proto__", "constructor", "toString", "hasOwnProperty", 1, null, ["chat"]]) play.stage.says({ ...chat("EVE", "no"), type });
    for (const data of [null, 1, "chat", [], [chat("EVE", "no")]]) play.stage.says(data);
    await play.settled();
    // The mark alone.
    strictEqual(await play.lineCount(), before + 1);
    await play.shows(chat({ toString: 1 }, { a: "<b>" }), `{"toString":1}`, `{"a":"<b>"}`);
    play.stage.says({ type: "chat" });
    play.stage.says({ type: "image" });
    play.stage.says({ type: "users" });
    await play.settled();
  }],
  ["W-08", "markup in a listing", "markup", RAN, async (play) => {
    const listing = `Users in room: ['<IMG SRC=X ONERROR=canary()>', "O'<SCRIPT>canary()</SCRIPT>"]`;
    await play.shows(info("users", listing), listing);
    await play.shows(info("user", listing), listing);
  }],
  ["W-09", "a break-out into style", "markup", /strangers/, async (play) => {
    const text = `</style><style>header{display:none}</style><p style="position:fixed;inset:0">"; } header { display: none }`;
    await play.shows(chat(text, text), text);
    ok(await play.page.getByRole("heading", { name: "Chat" }).isVisible());
  }],
  ["W-10", "a refusal with markup", "markup", RAN, async (play) => {
    const message = `<img src=x onerror=canary()><script>canary()</script>`;
    play.stage.refuses({ code: 77, message });
    await play.areShown([`The server refused (77): ${message}`]);
    play.stage.refuses({ code: 30, message, retry_ms: 1500 });
    await play.areShown(["That was too fast. Wait 2 s."]);
    for (const broken of ["no JSON", {}, null, 7, { code: "<b>" }]) play.stage.refuses(broken);
    await play.settled();
  }],
  ["W-11", "a policy without inline code", "noPolicy", DIFFERS, async (play) => {
    deepStrictEqual(await play.policy("default-src"), only("'none'"));
    deepStrictEqual(await play.policy("script-src"), only("'self'"));
    deepStrictEqual(await play.policy("style-src"), only("'self'"));
    deepStrictEqual(await play.policy("connect-src"), only("'self'"));
    deepStrictEqual(await play.policy("require-trusted-types-for"), only("'script'"));
  }],
  ["W-12", "kinds that are not guessed", "noSniffing", DIFFERS, async (play) => {
    for (const headers of await play.headers()) strictEqual(headers.get("x-content-type-options"), "nosniff");
  }],
  ["W-13", "a frame around the page", "noPolicy", DIFFERS, async (play) => {
    deepStrictEqual(await play.policy("frame-ancestors"), only("'none'"));
  }],
  ["W-14", "a third party", "thirdParty", /others were asked/, async (play) => {
    await play.isCalm();
    const scripts = await play.page.evaluate(() => [...document.scripts].map(({ src }) => new URL(src).origin));
    deepStrictEqual(new Set(scripts), only(new URL(play.stage.url).origin));
  }],
  ["W-15", "an address that is told to others", "noReferrer", DIFFERS, async (play) => {
    for (const headers of await play.headers()) strictEqual(headers.get("referrer-policy"), "no-referrer");
  }],
  ["W-16", "a text of a megabyte", "unclipped", /is not in/, async (play) => {
    await play.shows(chat("EVE", "\u{1F600}".repeat(250_000)), "more characters)");
    await play.shows(chat("x".repeat(1_000_000), "hi"), "more characters)", "hi");
    await play.shows(info("users", "y".repeat(1_000_000)), "more characters)");
    const longest = Math.max(...(await play.person.lines()).map((line) => line.length));
    ok(longest < 21_000, `${longest} characters in one line`);
  }],
  ["W-17", "ten thousand messages", "uncapped", DIFFERS, async (play) => {
    for (let n = 0; n < 10_000; n += 1) play.stage.says(chat("EVE", `message ${n}`));
    await play.settled();
    strictEqual(await play.lineCount(), 500);
    const lines = await play.person.lines();
    deepStrictEqual([lines[0], lines.at(-2)], ["EVEmessage 9501", "EVEmessage 9999"]);
  }],
  ["W-18", "writing that turns, and names that look like others", "namesAsTheyAre", /is not in/, async (play) => {
    // By the order in which it is drawn, this would be ALICE.
    await play.shows(chat("\u202EECILA", "\u202E\u2067olleh"), "\uFFFDECILA", "\u202E\u2067olleh");
    const drawn = await play.page.evaluate(() => {
      const line = document.querySelector("#chatbox .line:nth-last-child(2)");
      const [time, who, said] = ["time", ".who", ".said"].map((part) => line.querySelector(part));
      const isolated = [who, said].map((part) => getComputedStyle(part).unicodeBidi);
      return { isolated, inOrder: time.getBoundingClientRect().right <= who.getBoundingClientRect().left };
    });
    deepStrictEqual(drawn, { isolated: ["isolate", "isolate"], inOrder: true });
    await play.shows(chat("YOU", "I never said that"), "(somebody else)YOU");
    await play.shows(info("newuser", "New User A\u2066\u200B\u0000 joined room DEN\nUsers in room: []"), "New User A\uFFFD\uFFFD\uFFFD joined room DEN\uFFFDUsers");
  }],
  ["W-19", "images from elsewhere", "noPolicy", DIFFERS, async (play) => {
    deepStrictEqual(await play.policy("img-src"), only("data:"));
  }],
  ["W-20", "a connection that is lost for a while", "gapUnsaid", DIFFERS, async (play) => {
    play.stage.says(chat("EVE", "before"));
    await play.settled();
    await play.stage.blink();
    await play.stage.joins(2);
    await play.person.isIn();
    deepStrictEqual(play.stage.joined, ["VIC", "VIC"]);
    await play.settled();
    strictEqual(await play.page.locator("#chatbox .gap").count(), 1);
    const lines = (await play.person.lines()).join("\n");
    ok(/before\n.*\nThe connection is lost\..*\nConnected again after \d+ s\./s.test(lines), lines);
  }],
];
