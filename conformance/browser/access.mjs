// Whether everybody can use the page: by the rules of axe-core, by day and by night, and on a narrow phone.

import { deepStrictEqual, ok } from "node:assert";
import { readFile } from "node:fs/promises";
import { it } from "node:test";
import { png } from "./files.mjs";

const WINDOWS = { desktop: { width: 960, height: 640 }, phone: { width: 360, height: 640 } };
const SCHEMES = ["light", "dark"];
const PICTURES = { "desktop-light": "chat-light", "phone-dark": "chat-phone" };

export function tests(world) {
  it("no violation by day and by night, on a desktop and on a phone, before and after a join", async () => {
    const [ada, bob] = await world.cast.at(world.server.url, world.server.url);
    await ada.state("Connected; in no room");
    await inEveryLook(ada.page, isAccessible);
    await converse(ada, bob);
    await inEveryLook(ada.page, async (page, look) => {
      await isAccessible(page, look);
      const folder = process.env.PICTURES;
      if (!folder || !PICTURES[look]) return;
      await page.evaluate(() => document.querySelector("#chatbox").scrollTo(0, 1e6));
      await page.screenshot({ path: `${folder}/${PICTURES[look]}.png` });
    });
    ada.isDone();
    bob.isDone();
  });

  it("axe-core finds what is wrong, where something is", async () => {
    const [ada] = await world.cast.at(world.server.url);
    await ada.page.evaluate(() => document.querySelector("label[for=sendmsg]").remove());
    ok((await violations(ada.page)).includes("label"));
    ada.isDone();
  });
}

// Something of every kind that the log can show.
async function converse(ada, bob) {
  await ada.join("Ada", "pier");
  await bob.join("Bob", "pier");
  await ada.say("The boat leaves at nine.");
  await bob.say("With you?");
  await ada.line("BOBWith you?");
  await bob.say("@ada Bring the map, and don't tell anybody.");
  await ada.line("privateBOBBring the map, and don't tell anybody.");
  await ada.say("@bob I will.");
  await ada.say("@eve Come along!");
  await ada.line(/not sent/);
  await bob.page.setInputFiles("#imgfile", { name: "a.png", mimeType: "image/png", buffer: png({ width: 160, height: 60 }) });
  await ada.page.getByRole("img", { name: "Image from BOB" }).waitFor();
  await ada.button("Users").click();
  await ada.line(/^.....Users in room/);
}

async function isAccessible(page, look) {
  deepStrictEqual(await violations(page), [], look);
  const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  ok(wider <= 0, `${look}: ${wider} pixels wider than the window`);
}

async function inEveryLook(page, check) {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    for (const [name, size] of Object.entries(WINDOWS)) {
      await page.setViewportSize(size);
      await check(page, `${name}-${colorScheme}`);
    }
  }
}

let axe;
async function violations(page) {
  axe ??= await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  // Evaluated from outside, so that the page's policy can stay as it is.
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  return found.violations.map(({ id }) => id);
}
