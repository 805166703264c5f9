// The article's way to talk, on the library that it names, against the reference server: from another origin, by a page that
// knows nothing of what has been added since.

import { deepStrictEqual, strictEqual } from "node:assert";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { it } from "node:test";
import { png } from "./files.mjs";

const PARTS = {
  "/": ["text/html", "article/index.html"],
  "/page.js": ["text/javascript", "article/page.js"],
  "/socket.io.min.js": ["text/javascript", "node_modules/socket.io-client-3/dist/socket.io.min.js"],
};

export function tests(world) {
  it("a page of the article's kind, on socket.io-client 3.1.1, talks to this page", async () => {
    const pages = await serve();
    const url = `http://127.0.0.1:${pages.address().port}/?server=${encodeURIComponent(world.server.url)}`;
    const [old, young] = await world.cast.at(url, world.server.url);
    try {
      await young.join("Young", "eight");
      const { page } = old;
      await page.waitForFunction(() => document.title === "connected");
      await page.locator("#username").pressSequentially("old");
      await page.locator("#roomname").pressSequentially("eight");
      await page.click("#btnJoin");
      await heard(page, "New User OLD joined room EIGHT");
      await young.line("New User OLD joined room EIGHT");

      const say = async (text) => {
        await page.fill("#sendmsg", text);
        await page.click("#btnSendMsg");
      };
      await say("hello");
      await young.line("OLDhello");
      await say("@young psst");
      await young.line("privateOLDpsst");
      await young.say("@old psst yourself");
      await heard(page, "YOUNG: psst yourself");
      await page.setInputFiles("#imgfile", { name: "a.png", mimeType: "image/png", buffer: png() });
      await young.page.getByRole("img", { name: "Image from OLD" }).waitFor();
      await young.page.setInputFiles("#imgfile", { name: "b.png", mimeType: "image/png", buffer: png() });
      await page.getByRole("img", { name: "YOUNG" }).waitFor();
      // Without a room, it is the default one.
      await page.click("#btnUsers");
      await heard(page, "Users in room: []");
      // A refusal is an event that this page only logs.
      const logged = page.waitForEvent("console");
      await say("@nobody psst");
      strictEqual(JSON.parse((await logged).text()).code, 23);
      await page.click("#btnLeave");
      await young.line("User OLD left room EIGHT");
      deepStrictEqual(await page.locator("#chatbox p").allTextContents(), [
        "New User OLD joined room EIGHT",
        "YOU: hello",
        "YOU: @young psst",
        "YOUNG: psst yourself",
        "Users in room: []",
        "YOU: @nobody psst",
      ]);
      old.isDone();
      young.isDone();
    } finally {
      pages.close();
      pages.closeAllConnections();
    }
  });
}

async function heard(page, text) {
  await page.locator("#chatbox p").getByText(text, { exact: true }).waitFor();
}

async function serve() {
  const server = createServer(async (request, response) => {
    const part = PARTS[new URL(request.url, "http://here").pathname];
    if (!part) return response.writeHead(404).end();
    response.writeHead(200, { "content-type": part[0] });
    response.end(await readFile(new URL(part[1], import.meta.url)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}
