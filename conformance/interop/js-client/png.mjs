// Valid PNG images as data URLs: the smallest, and one of any size.

import { crc32 } from "node:zlib";

const prefix = "data:image/png;base64,";

// One grey pixel.
export const smallPng =
  prefix + "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg==";

// The same pixel, with a private ancillary chunk of `size` bytes after the header: PNG decoders skip it.
export function largePng(size) {
  const pixel = Buffer.from(smallPng.slice(prefix.length), "base64");
  const [length, body, check] = [Buffer.alloc(4), Buffer.alloc(4 + size, "noIs"), Buffer.alloc(4)];
  length.writeUInt32BE(size);
  check.writeUInt32BE(crc32(body));
  const header = 8 + 25; // the signature, and the IHDR chunk
  const parts = [pixel.subarray(0, header), length, body, check, pixel.subarray(header)];
  return prefix + Buffer.concat(parts).toString("base64");
}
