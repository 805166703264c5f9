// What is said to people, and how the strings of others are made fit to be shown.

/** Longest text of a message, in bytes of UTF-8. */
export const TEXT_MAX = 8_192;

/** Most characters that are shown of one string, whatever a server sends. */
const SHOWN_MAX = 20_000;
/** The same for a name. */
const NAME_SHOWN_MAX = 200;

/** Longest wait that a server can ask for, in milliseconds. */
const WAIT_MAX_MS = 60_000;

const REFUSALS = new Map([
  [10, "The server does not know this kind of message."],
  [11, "This name cannot be used. A name has 1 to 64 characters, none of them invisible."],
  [12, "This room name cannot be used. It has 1 to 64 characters, none of them invisible."],
  [13, "The text has characters that cannot be sent."],
  [14, "The server takes this for no valid PNG, JPEG, GIF or WebP image of at most 4096 pixels a side."],
  [15, "This is too large."],
  [20, "This name is taken. Choose another one."],
  [21, "You are in no room. Join one first."],
  [22, "You are not in that room."],
  [23, "There is no such user in this room."],
  [24, "You are in that room under another name, or in another room."],
  [30, "That was too fast."],
  [31, "The server is full. Try again later."],
  [99, "The server could not read the message."],
]);

/**
 * A refusal as a server sends it, an object or its JSON text, or null if it is none.
 */
export function readRefusal(sent) {
  let refusal = sent;
  if (typeof sent === "string") {
    try {
      refusal = JSON.parse(sent);
    } catch {
      return null;
    }
  }
  const isOne = typeof refusal === "object" && refusal !== null && Number.isInteger(refusal.code);
  return isOne ? refusal : null;
}

/** A refusal in words: ours where the code is known, the server's otherwise. */
export function refusalInWords(refusal) {
  const { code, message } = refusal;
  const words = REFUSALS.get(code) ?? `The server refused (${code}): ${clip(asText(message))}`;
  const wait = waitOf(refusal);
  return wait > 0 ? `${words} Wait ${inSeconds(wait)}.` : words;
}

/** The milliseconds that a refusal asks to wait; none, if it makes no sense. */
export function waitOf({ retry_ms: wait }) {
  return Number.isFinite(wait) && wait > 0 && wait <= WAIT_MAX_MS ? wait : 0;
}

/** A length of time in milliseconds, for people. */
export function inSeconds(ms) {
  const seconds = Math.max(1, Math.ceil(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** A string as it is, anything else as its JSON. */
export function asText(value) {
  return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

/** The beginning of a text that is too long to be shown. */
export function clip(text, most = SHOWN_MAX) {
  if (text.length <= most) return text;
  // Not through the middle of a surrogate pair.
  const end = /[\uD800-\uDBFF]/.test(text[most - 1]) ? most - 1 : most;
  return `${text.slice(0, end)}\u2026 (${text.length - end} more characters)`;
}

/** What nobody can see, and what turns the direction of writing, made visible: a name must look like what it is. */
export function plain(text) {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

/** The name of somebody else, fit to be shown. */
export function nameOf(value) {
  return plain(clip(asText(value), NAME_SHOWN_MAX));
}

/**
 * What a typed text asks for: `{ text }`, `{ user, text }` for `@NAME text` or `@"A NAME" text`, or `{ wrong }`, the
 * reason in words.
 */
export function parseTyped(typed) {
  const text = typed.trim();
  if (text === "") return { wrong: "There is no text to send." };
  const parsed = text.startsWith("@") ? parsePrivate(text) : { text };
  if (parsed.text !== undefined && new TextEncoder().encode(parsed.text).length > TEXT_MAX) {
    return { wrong: `The text is too long: at most ${TEXT_MAX} bytes can be sent.` };
  }
  return parsed;
}

function parsePrivate(text) {
  const parts = /^@(?:"([^"]+)"|([^\s"]\S*))\s+(.+)$/su.exec(text);
  if (!parts) return { wrong: "A private message is an @, a name, a space and the text: @NAME text" };
  return { user: (parts[1] ?? parts[2]).toUpperCase(), text: parts[3] };
}
