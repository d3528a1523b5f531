/** A short mark of a cell's code, the same that Python's `cell_digest` keeps with a run. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

/** CRC-32 of the text without white space at its end. */
export function cellDigest(source: string): string {
  let value = 0xffffffff;
  for (const byte of new TextEncoder().encode(source.replace(/[ \t\r\n]+$/, ''))) {
    value = (TABLE[(value ^ byte) & 0xff] ?? 0) ^ (value >>> 8);
  }
  return (~value >>> 0).toString(16).padStart(8, '0');
}
