// Image files, and how they get into a page.

import { crc32, deflateSync } from "node:zlib";

/** Largest image that may be sent, in bytes. */
export const IMAGE_MAX = 700_000;

const SIGNATURE = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
const NOTHING = Buffer.alloc(0);

/** A PNG in shades of grey, with `more` bytes that no decoder looks at. */
export function png({ width = 1, height = 1, more = 0 } = {}) {
  // Eight bits a pixel, no colour.
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const line = Buffer.from(Array.from({ length: width + 1 }, (_, x) => (x === 0 ? 0 : 64 + Math.floor((x * 128) / width))));
  const pixels = deflateSync(Buffer.concat(Array(height).fill(line)));
  const unread = more === 0 ? NOTHING : chunk("noIs", Buffer.alloc(more));
  return Buffer.concat([SIGNATURE, chunk("IHDR", header), unread, chunk("IDAT", pixels), chunk("IEND", NOTHING)]);
}

/** Drops or pastes a file into a page, as a browser would. */
export async function file(page, how, bytes, name) {
  await page.evaluate(
    ([how, base64, name]) => {
      const bytes = Uint8Array.from(atob(base64), (digit) => digit.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name));
      const common = { bubbles: true, cancelable: true };
      const event =
        how === "drop"
          ? new DragEvent("drop", { ...common, dataTransfer: transfer })
          : new ClipboardEvent("paste", { ...common, clipboardData: transfer });
      document.getElementById("sendmsg").dispatchEvent(event);
      if (!event.defaultPrevented) throw new Error(`the page leaves the ${how} to the browser`);
    },
    [how, bytes.toString("base64"), name],
  );
}

function chunk(name, body) {
  const named = Buffer.concat([Buffer.from(name), body]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
