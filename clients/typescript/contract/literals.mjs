// literals.mjs CASES: writes every message as a literal of its type, and asks the compiler about each.
//
// Prints a line for each that it refuses; the others go to built/accepted.ts, for contract.ts to read.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const types = { "client-to-server": "ClientMessage", "server-to-client": "ServerMessage" };
const head = `import type { ClientMessage } from "../chat-types/client-to-server.js";
import type { ServerMessage } from "../chat-types/server-to-client.js";
`;
const skip = head.split("\n").length; // the line of the first literal

const cases = readFileSync(process.argv[2], "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
// The compiler takes these two for the end of a line, and counts lines by them.
const source = (value) => JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);
const literal = ({ direction, message }, i) => `export const c${i}: ${types[direction]} = ${source(message)};\n`;
writeFileSync(`${here}/built/literals.ts`, head + cases.map(literal).join(""));

const said = spawnSync(`${here}/run`, ["controls", `${here}/built/literals.ts`], { encoding: "utf8" });
const refused = new Map();
for (const line of said.stdout.split("\n")) {
  const error = /literals\.ts\((\d+),\d+\): (error TS.*)/.exec(line);
  if (error) refused.set(Number(error[1]) - skip, error[2]);
  else if (line && !line.startsWith(" ")) throw new Error(`the compiler said ${line}`);
}
if ((said.status === 0) !== (refused.size === 0)) throw new Error(`the compiler failed: ${said.stderr}`);

cases.forEach(({ name }, i) => {
  if (refused.has(i)) console.log(JSON.stringify({ name, refused: refused.get(i) }));
});
const named = cases.map((c, i) => [c, i]).filter(([, i]) => !refused.has(i));
const list = (direction) =>
  `export const ${types[direction]}s: [string, ${types[direction]}][] = [\n${named
    .filter(([c]) => c.direction === direction)
    .map(([c]) => `  [${source(c.name)}, ${source(c.message)}],\n`)
    .join("")}];\n`;
writeFileSync(`${here}/built/accepted.ts`, head + list("client-to-server") + list("server-to-client"));
