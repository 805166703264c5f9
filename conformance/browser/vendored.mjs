// The client library that the page carries is the one of the package.

import { deepStrictEqual, ok } from "node:assert";
import { readFile } from "node:fs/promises";
import { it } from "node:test";

const here = new URL(".", import.meta.url);
const web = new URL("../../crates/chatspec-server/web/", here);

export function tests() {
  it("carries the client library as published", async () => {
    for (const [ours, theirs] of [["socket.io.esm.min.js", "dist/socket.io.esm.min.js"], ["LICENSE", "LICENSE"]]) {
      const [mine, published] = await Promise.all([
        readFile(new URL(`vendor/${ours}`, web)),
        readFile(new URL(`node_modules/socket.io-client/${theirs}`, here)),
      ]);
      ok(mine.equals(published), ours);
    }
    const lock = JSON.parse(await readFile(new URL("package-lock.json", here)));
    const { version, integrity } = lock.packages["node_modules/socket.io-client"];
    const note = await readFile(new URL("vendor/README.md", web), "utf8");
    deepStrictEqual([version, integrity].filter((fact) => !note.includes(fact)), []);
  });
}
