// The page of `chatspec serve` in a real browser: one browser for everything, and a few windows.

import { after, before, describe } from "node:test";
import { Cast, openBrowser } from "./browser.mjs";
import { Server } from "./server.mjs";
import * as access from "./access.mjs";
import * as article from "./article.mjs";
import * as hostile from "./hostile.mjs";
import * as talk from "./talk.mjs";
import * as vendored from "./vendored.mjs";

// Filled before the first test, so that the tests can be declared now.
const world = {};

describe("the page", { timeout: 400_000 }, () => {
  before(async () => {
    [world.browser, world.server] = await Promise.all([openBrowser(), Server.start()]);
    world.cast = new Cast(world.browser);
  });
  after(async () => {
    await world.browser?.close();
    await world.server?.kill();
  });
  for (const topic of [vendored, talk, article, access, hostile]) topic.tests(world);
});
