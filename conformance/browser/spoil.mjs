// The page with one of its defences taken out: what the tests of hostile input must notice.

const LOG = "/web/log.js";
const WORDS = "/web/words.js";
const MAIN = "/web/main.js";

// Strings as markup, scripts included.
const asMarkup = replaced(LOG, "made.textContent = text;", "made.append(document.createRange().createContextualFragment(text));");
const noPolicy = without("content-security-policy");
// What a page does that trusts the keys of an object.
const merge = `(function merge(to, from) {
  for (const [key, value] of Object.entries(from ?? {})) {
    if (value && typeof value === "object") merge((to[key] ??= {}), value);
    else to[key] = value;
  }
})({}, data);
`;

/** By name: functions that change one answer of the server, `{ path, headers, body }`, in place. */
export const defects = {
  markup: all(asMarkup, noPolicy),
  markupUnderPolicy: asMarkup,
  anyImage: replaced("/web/images.js", "return kind !== undefined && kind.is(atob(digits));", "return true;"),
  merge: replaced(MAIN, "switch (data?.type) {", `${merge} switch (data?.type) {`),
  noPolicy,
  noSniffing: without("x-content-type-options"),
  noReferrer: without("referrer-policy"),
  thirdParty: all(replaced("/", '<script type="module"', '<script src="http://cdn.invalid/x.js"></script><script type="module"'), noPolicy),
  unclipped: replaced(WORDS, "if (text.length <= most) return text;", "return text;"),
  uncapped: replaced(LOG, "const LINES_MAX = 500;", "const LINES_MAX = Infinity;"),
  namesAsTheyAre: replaced(WORDS, "return text.replace(/[\\p{Cc}", "return text; (/[\\p{Cc}"),
  gapUnsaid: replaced(MAIN, "back: (ms) => log.notice(", "back: (ms) => void ("),
};

function replaced(path, from, to) {
  return (part) => {
    if (part.path !== path) return;
    // The page has changed, and this has to follow: with this the page does not even start.
    if (!part.body.includes(from)) part.body = `throw new Error(${JSON.stringify(`nothing to spoil in ${path}: ${from}`)});`;
    part.body = part.body.replace(from, () => to);
  };
}

function without(header) {
  return (part) => void delete part.headers[header];
}

function all(...changes) {
  return (part) => changes.forEach((change) => change(part));
}
