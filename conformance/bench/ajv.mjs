// ajv.mjs SCHEMA MESSAGES: nanoseconds to check each message, as a value and from its text.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";

const [schema, messages] = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, "utf8")));
const validate = new Ajv({ strict: true, discriminator: true }).compile(schema);

// Best of several rounds of about a fifth of a second, after one that warms up.
function measure(work) {
    let best = Infinity;
    for (let round = 0, count = 1; round < 6; ) {
        const begun = process.hrtime.bigint();
        for (let i = 0; i < count; i += 1) work();
        const took = Number(process.hrtime.bigint() - begun);
        if (took < 1e8) {
            count *= 2;
            continue;
        }
        if (round > 0) best = Math.min(best, took / count);
        round += 1;
    }
    return best;
}

const figures = {};
for (const [name, text] of Object.entries(messages)) {
    const value = JSON.parse(text);
    if (!validate(value)) throw new Error(`${name} is not valid: ${JSON.stringify(validate.errors?.[0]?.schemaPath)}`);
    figures[`check ${name}`] = measure(() => validate(value));
    figures[`read ${name}`] = measure(() => validate(JSON.parse(text)));
}
console.log(JSON.stringify(figures));
