// Images: what may be sent, and what may be shown.

/** Largest image, in bytes. */
export const IMAGE_MAX = 700_000;

const KINDS = [
  { type: "image/png", is: (head) => head.startsWith("\x89PNG\r\n\x1a\n") },
  { type: "image/jpeg", is: (head) => head.startsWith("\xff\xd8\xff") },
  { type: "image/gif", is: (head) => head.startsWith("GIF87a") || head.startsWith("GIF89a") },
  { type: "image/webp", is: (head) => head.startsWith("RIFF") && head.slice(8, 12) === "WEBP" },
];
const HEAD = 12;

/**
 * Reads a file that somebody chose: `{ url }`, a data URL, or `{ wrong }`, the reason in words. What counts is what is in
 * it, not its name.
 */
export async function readImage(file) {
  const name = file.name || "The image";
  if (file.size > IMAGE_MAX) {
    const size = Math.ceil(file.size / 1_000).toLocaleString("en");
    return { wrong: `${name} has ${size} kB; an image may have at most ${IMAGE_MAX / 1_000} kB.` };
  }
  try {
    const head = String.fromCharCode(...new Uint8Array(await file.slice(0, HEAD).arrayBuffer()));
    const kind = KINDS.find(({ is }) => is(head));
    if (!kind) return { wrong: `${name} is no PNG, JPEG, GIF or WebP image. Nothing else can be sent.` };
    return { url: await dataUrl(new Blob([file], { type: kind.type })) };
  } catch {
    return { wrong: `${name} could not be read.` };
  }
}

/** Whether a received value is a data URL of an image that the page may show, and is of the kind that it says. */
export function isImageUrl(value) {
  const [, type, digits] = (typeof value === "string" && /^data:([a-z/]{1,20});base64,([A-Za-z0-9+/]{16})/.exec(value)) || [];
  const kind = KINDS.find((kind) => kind.type === type);
  return kind !== undefined && kind.is(atob(digits));
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
