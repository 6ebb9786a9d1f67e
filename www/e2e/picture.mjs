/** Pictures of the page that are kept in the repository, and what has changed against them. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import zlib from "node:zlib";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

const references = fileURLToPath(new URL("references/", import.meta.url));
const differences = fileURLToPath(new URL("differences/", import.meta.url));

/** A page needs some 40; blended edges of a map need more. */
const MOST_COLOURS = 256;
/** Sum over red, green and blue by which kept colours differ at least. */
const APART = 18;
/** Difference of two colours, of 1 between black and white, that counts. Reduced colours stay well below. */
const THRESHOLD = 0.12;
/** So many differing pixels in a square of that side are a change: less than a letter that has moved by a pixel, more than the rim of one. */
const SQUARE = 24;
const MOST_IN_SQUARE = 20;

/** The picture in its most frequent colours: to the eye the same. */
export function reduced({ width, height, data }) {
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = data.readUInt32BE(i);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const apart = (a, b) =>
    [24, 16, 8].reduce((sum, shift) => sum + Math.abs(((a >>> shift) & 255) - ((b >>> shift) & 255)), 0);
  const kept = [];
  for (const [colour] of [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])) {
    if (kept.length < MOST_COLOURS && kept.every((other) => apart(colour, other) >= APART)) kept.push(colour);
  }
  const nearest = new Map(
    [...counts.keys()].map((colour) => [
      colour,
      kept.reduce((best, other) => (apart(colour, other) < apart(colour, best) ? other : best)),
    ]),
  );
  const picture = new PNG({ width, height });
  for (let i = 0; i < data.length; i += 4) picture.data.writeUInt32BE(nearest.get(data.readUInt32BE(i)), i);
  return picture;
}

/** A PNG file of at most 256 colours with one byte a pixel, which pngjs reads but does not write. */
function encoded({ width, height, data }) {
  const palette = new Map();
  const rows = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < width * height; i++) {
    const colour = data.readUInt32BE(4 * i);
    if (!palette.has(colour)) palette.set(colour, palette.size);
    rows[i + Math.floor(i / width) + 1] = palette.get(colour);
  }
  const chunk = (type, bytes) => {
    const body = Buffer.concat([Buffer.from(type), bytes]);
    const ends = Buffer.alloc(8);
    ends.writeUInt32BE(bytes.length, 0);
    ends.writeUInt32BE(zlib.crc32(body), 4);
    return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3], 8);
  const colours = Buffer.from(
    [...palette.keys()].flatMap((colour) => [colour >>> 24, (colour >>> 16) & 255, (colour >>> 8) & 255]),
  );
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("PLTE", colours),
    chunk("IDAT", zlib.deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** How many pixels differ in the square where most of them do, with a picture of them. */
export function changed(expected, actual) {
  const { width, height } = expected;
  const picture = new PNG({ width, height });
  return {
    most: pixelmatch(expected.data, actual.data, picture.data, width, height, {
      threshold: THRESHOLD,
      windowSize: SQUARE,
    }),
    picture,
  };
}

/**
 * Compares a screenshot with the one of that name, or puts it in its place. Returns what is wrong, `null` when nothing is;
 * actual picture and differences are then in the folder `differences`.
 */
export function checkPicture(name, png, write) {
  const actual = PNG.sync.read(png);
  const path = `${references}${name}.png`;
  if (write) {
    const kept = reduced(actual);
    const { most } = changed(kept, actual);
    if (most > MOST_IN_SQUARE)
      return `${name}: ${MOST_COLOURS} colours do not tell the picture, ${most} pixels of a square of ${SQUARE} differ`;
    mkdirSync(references, { recursive: true });
    writeFileSync(path, encoded(kept));
    return null;
  }
  for (const kind of ["actual", "difference"]) rmSync(`${differences}${name}-${kind}.png`, { force: true });
  const keep = (kind, bytes) => {
    mkdirSync(differences, { recursive: true });
    writeFileSync(`${differences}${name}-${kind}.png`, bytes);
    return `www/e2e/differences/${name}-${kind}.png`;
  };
  if (!existsSync(path)) return `${name}: there is no reference; the picture is ${keep("actual", png)}`;
  const expected = PNG.sync.read(readFileSync(path));
  if (expected.width !== actual.width || expected.height !== actual.height) {
    return `${name}: ${actual.width} × ${actual.height} pixels, the reference has ${expected.width} × ${expected.height}; see ${keep("actual", png)}`;
  }
  const { most, picture } = changed(expected, actual);
  if (most <= MOST_IN_SQUARE) return null;
  return `${name}: ${most} pixels of a square of ${SQUARE} differ, at most ${MOST_IN_SQUARE} may; see ${keep("actual", png)} and ${keep("difference", PNG.sync.write(picture))}`;
}
