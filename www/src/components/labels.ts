/** Places for labels beside the points of a chart, where nothing else stands. */

/** Where a label may stand beside its point, and how it is aligned there. The first that is free is taken. */
export const SIDES = [
  { dx: 0, dy: 13, anchor: "middle" },
  { dx: 0, dy: -12, anchor: "middle" },
  { dx: 8, dy: 0, anchor: "start" },
  { dx: -8, dy: 0, anchor: "end" },
  { dx: 6, dy: 11, anchor: "start" },
  { dx: 6, dy: -10, anchor: "start" },
  { dx: -6, dy: 11, anchor: "end" },
  { dx: -6, dy: -10, anchor: "end" },
] as const;

export type Side = (typeof SIDES)[number];

/** Something that stands in the chart, in pixels from its corner. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** A label and the point beside which it may stand, in pixels. */
export interface Spot<Item> {
  text: string;
  item: Item;
  x: number;
  y: number;
}

/** A label with its place. */
export interface Placed<Item> {
  text: string;
  item: Item;
  side: Side;
}

const LINE = 12;
/** Size of Plot's text. */
const SIZE = "10px";
const DOT = 4;

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

let pen: OffscreenCanvasRenderingContext2D | null = null;

/** Width of a label, with a little air. */
function widthOf(text: string): number {
  if (pen === null) {
    pen = new OffscreenCanvas(1, 1).getContext("2d")!;
    pen.font = `${SIZE} ${getComputedStyle(document.documentElement).fontFamily}`;
  }
  return pen.measureText(text).width + 2;
}

/** The room that a label takes. */
function boxOf(text: string, x: number, y: number, { dx, dy, anchor }: Side): Box {
  const width = widthOf(text);
  const left = x + dx - { start: 0, middle: width / 2, end: width }[anchor];
  return { left, right: left + width, top: y + dy - LINE / 2, bottom: y + dy + LINE / 2 };
}

/** The room that a point takes. */
export const dotOf = ({ x, y }: { x: number; y: number }): Box => ({
  left: x - DOT,
  right: x + DOT,
  top: y - DOT,
  bottom: y + DOT,
});

/**
 * Of each list in turn the first label that finds a free place within `frame`, unless it is there already;
 * what finds none is left out.
 */
export function placeLabels<Item>(
  wanted: readonly (readonly Spot<Item>[])[],
  taken: readonly Box[],
  frame: Box,
): Placed<Item>[] {
  const full = [...taken];
  const placed: Placed<Item>[] = [];
  const place = ({ text, item, x, y }: Spot<Item>): boolean => {
    if (placed.some((label) => label.item === item && label.text === text)) return true;
    const side = SIDES.find((one) => {
      const box = boxOf(text, x, y, one);
      const within =
        box.left >= frame.left &&
        box.right <= frame.right &&
        box.top >= frame.top &&
        box.bottom <= frame.bottom;
      return within && !full.some((other) => overlap(box, other));
    });
    if (side === undefined) return false;
    full.push(boxOf(text, x, y, side));
    placed.push({ text, item, side });
    return true;
  };
  for (const spots of wanted) spots.some(place);
  return placed;
}
