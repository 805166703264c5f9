// parse.mjs FILE: reads an AsyncAPI document with the parser that AsyncAPI's own tools use. Ends with 1 if that finds an error.
//
// Then the document is broken on purpose, in one place at a time: a parser that does not notice would prove nothing.

import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const SEVERITY = ["error", "warning", "information", "hint"];
// What is broken, how, and what the parser has to say about it.
const CONTROLS = [
  ["a reference to nothing", /components\/schemas\/Chat"/, 'components/schemas/Chatt"', /schemas\/Chatt' does not exist/],
  ["an action that is none", /action: receive/, "action: recieve", /must be equal to one of the allowed values/],
  ["a schema that is none", /minLength: 1\n/, "minLength: one\n", /minLength/],
  ["a key that nobody knows", /defaultContentType:/, "defaultContentTipe:", /defaultContentTipe/],
];

async function parse(text) {
  const { document, diagnostics } = await new Parser().parse(text);
  const say = ({ severity, path, message }) => `${SEVERITY[severity]}: ${path.join("/")}: ${message.slice(0, 300)}`;
  return { document, said: diagnostics.map(say), errors: diagnostics.filter(({ severity }) => severity === 0).map(say) };
}

const text = readFileSync(process.argv[2], "utf8");
const { document, said, errors } = await parse(text);
said.forEach((line) => console.log(line));
let failed = errors.length > 0 || !document;
if (document) {
  const count = (name) => document[name]().all().length;
  const actions = document.operations().all().map((operation) => operation.action());
  const of = (action) => actions.filter((other) => other === action).length;
  console.log(`${count("channels")} channels, ${of("receive")} operations that receive, ${of("send")} that send, ${count("messages")} messages`);
}
console.log(`${errors.length} errors`);

for (const [what, old, broken, reason] of CONTROLS) {
  if (!old.test(text)) throw new Error(`nothing to break for ${what}`);
  const found = await parse(text.replace(old, broken));
  const told = found.errors.find((line) => reason.test(line));
  console.log(`${what}: ${told ?? `NOT NOTICED, only ${JSON.stringify(found.errors)}`}`);
  failed ||= !told;
}
process.exit(failed ? 1 : 0);
