import type { Batch } from "ibmb";
import {
  batchColour,
  classColours,
  GREY,
  type Rgb,
  RIGHT,
  RING,
  scoreColour,
  splitColours,
  type Theme,
  WRONG,
} from "../state/colour.ts";
import type { ColourMode } from "../state/view.ts";

/** Shapes, as the fragment shader numbers them. */
export const SHAPE = { dot: 0, output: 1, auxiliary: 2, cross: 3 } as const;
/** Added to the shape of the selected node. */
export const SELECTED = 16;
/** Added to the shape of the nodes that are selected together. */
export const CHOSEN = 32;
export const BYTES_PER_MARK = 8;

export interface MarkInput {
  numNodes: number;
  batchOf: Int32Array;
  hues: Uint8Array;
  batch: Batch | null;
  labels: Int32Array | null;
  numClasses: number;
  predictions: Int32Array | null;
  /** Part of the split of every node. */
  parts: Uint8Array | null;
  /** While a run goes on: 1 for batches whose predictions are there. */
  lit: Uint8Array | null;
  mode: ColourMode;
  node: number | null;
  /** Nodes that are selected together. */
  chosen: Uint32Array;
  /** 1 for nodes that the filters keep bright; `null` when they keep all. */
  bright: Uint8Array | null;
  theme: Theme;
}

/** Nodes that stand out, and what they look like. */
export interface TopMarks {
  /**
   * In drawing order: those selected together, then the batch's auxiliary nodes from weak to strong, then its
   * outputs; the selected node last.
   */
  nodes: Uint32Array;
  /** Of each of `nodes`. */
  bytes: Uint8Array;
}

/** A mark is red, green, blue, alpha, size in quarter pixels, shape, two unused. */
export interface Marks {
  /** Of every node, as it looks outside the batch. */
  bytes: Uint8Array;
  /** Drawn above all others. */
  top: TopMarks;
  /** Filters keep some nodes bright, and edges give way to them. */
  filtered: boolean;
}

const OTHER_ALPHA = 89; // 35 %
const COLOURED_ALPHA = 148; // 58 %: hues need more than grey to be told apart
const DIM_ALPHA = 20; // 8 %: a hint of where the rest is
const LIT_ALPHA = 240;

/** Colours of nodes by the mode, before any part that they play in the batch. */
function painterOf(input: MarkInput) {
  const { batchOf, mode, theme, bright } = input;
  const classes = classColours(input.numClasses, theme);
  const batches = Array.from({ length: 10 }, (_, slot) => batchColour(slot, theme));
  const splits = splitColours(theme);
  const grey = GREY[theme];
  const rightness = (node: number): "right" | "wrong" | null => {
    const prediction = input.predictions?.[node] ?? -1;
    const label = input.labels?.[node] ?? -1;
    return prediction < 0 || label < 0 ? null : prediction === label ? "right" : "wrong";
  };
  const colourOf = (node: number): Rgb => {
    if (mode === "class") return classes[input.labels?.[node] ?? -1] ?? grey;
    if (mode === "prediction") return classes[input.predictions?.[node] ?? -1] ?? grey;
    if (mode === "right")
      return rightness(node) === "right" ? RIGHT[theme] : rightness(node) === "wrong" ? WRONG : grey;
    if (mode === "influence") return grey;
    if (mode === "split") return splits[input.parts?.[node] ?? -1] ?? grey;
    return batches[input.hues[batchOf[node]!] ?? -1] ?? grey;
  };
  /** Writes the mark of a node at a place of `bytes`. */
  const paint = (
    bytes: Uint8Array,
    place: number,
    node: number,
    [r, g, b]: Rgb,
    alpha: number,
    size: number,
    shape: number,
  ) => {
    const i = place * BYTES_PER_MARK;
    bytes[i] = r;
    bytes[i + 1] = g;
    bytes[i + 2] = b;
    bytes[i + 3] =
      bright === null ? alpha : bright[node] === 1 ? Math.max(alpha, 220) : Math.min(alpha, DIM_ALPHA);
    bytes[i + 4] = Math.min(255, Math.round(size));
    bytes[i + 5] = shape;
  };
  return {
    grey,
    colourOf,
    paint,
    isWrong: (node: number) => mode === "right" && rightness(node) === "wrong",
  };
}

/** What every node looks like outside the batch, whichever is selected. */
export function groundMarks(input: MarkInput): Uint8Array {
  const { numNodes, batchOf, lit } = input;
  const { grey, colourOf, paint, isWrong } = painterOf(input);
  const bytes = new Uint8Array(numNodes * BYTES_PER_MARK);
  const small = numNodes > 50_000 ? 7 : numNodes > 8000 ? 11 : 16;
  for (let node = 0; node < numNodes; node++) {
    const wrong = isWrong(node);
    const arrived = lit?.[batchOf[node]!];
    // What a run has not come to yet stands back, and what it has predicted lights up.
    const colour = arrived === 0 ? grey : colourOf(node);
    const alpha = arrived === 1 ? LIT_ALPHA : colour === grey ? OTHER_ALPHA : COLOURED_ALPHA;
    paint(
      bytes,
      node,
      node,
      colour,
      wrong ? 200 : alpha,
      wrong ? small + 10 : small,
      wrong ? SHAPE.cross : SHAPE.dot,
    );
  }
  return bytes;
}

/** Colours of scores from weak to strong. */
const ramps: Partial<Record<Theme, readonly Rgb[]>> = {};

/** What stands out of the ground: the batch, and what is selected. */
export function topMarks(input: MarkInput, ground: Uint8Array): TopMarks {
  const { numNodes, batch, mode, theme, chosen } = input;
  const { colourOf, paint, isWrong } = painterOf(input);
  const isChosen = new Uint8Array(numNodes);
  for (const node of chosen) isChosen[node] = 1;
  /** Place in the batch of every node; -1 outside. */
  const placeOf = new Int32Array(numNodes).fill(-1);
  batch?.nodes.forEach((node, place) => (placeOf[node] = place));
  const selected = input.node !== null && input.node < numNodes ? [input.node] : [];
  const below = (node: number) => node !== selected[0];
  const around = chosen.filter((node) => placeOf[node] === -1 && below(node));
  const inBatch =
    batch === null
      ? new Uint32Array(0)
      : fromWeakToStrong(batch)
          .map((place) => batch.nodes[place]!)
          .filter(below);
  const nodes = new Uint32Array(around.length + inBatch.length + selected.length);
  nodes.set(around);
  nodes.set(inBatch, around.length);
  nodes.set(selected, around.length + inBatch.length);

  const bytes = new Uint8Array(nodes.length * BYTES_PER_MARK);
  const strength = batch === null ? () => 1 : scoreScale(batch);
  ramps[theme] ??= Array.from({ length: 256 }, (_, i) => scoreColour(i / 255, theme));
  const ramp = ramps[theme];
  const outputSize =
    batch === null ? 0 : batch.outputNodes.length > 200 ? 27 : batch.outputNodes.length > 60 ? 32 : 38;
  nodes.forEach((node, i) => {
    const place = placeOf[node]!;
    const t = batch === null || place === -1 ? 0 : strength(batch.scores[place]!);
    const byScore = ramp[Math.round(255 * t)]!;
    if (place === -1)
      bytes.set(ground.subarray(node * BYTES_PER_MARK, (node + 1) * BYTES_PER_MARK), i * BYTES_PER_MARK);
    else if (isWrong(node)) paint(bytes, i, node, WRONG, 255, 40, SHAPE.cross);
    else if (batch?.isOutput[place] === 1)
      paint(bytes, i, node, mode === "influence" ? byScore : colourOf(node), 255, outputSize, SHAPE.output);
    else
      paint(
        bytes,
        i,
        node,
        mode === "influence" || mode === "batch" ? byScore : colourOf(node),
        255,
        26 + 34 * t,
        SHAPE.auxiliary,
      );
    bytes[i * BYTES_PER_MARK + 5]! +=
      (node === input.node ? SELECTED : 0) + (isChosen[node] === 1 ? CHOSEN : 0);
  });
  return { nodes, bytes };
}

/** Places of a batch: auxiliary nodes by score, then outputs by score. */
function fromWeakToStrong({ isOutput, scores }: Batch): Uint32Array {
  // Numbers sort faster than by a function: the bits of a score, which is not negative, have its order, and
  // the place stands below them, where 53 bits of a number leave it 21 of them. More places take the last
  // bits of the scores.
  const bits = new Uint32Array(scores.buffer, scores.byteOffset, scores.length);
  const wide = 2 ** Math.max(21, Math.ceil(Math.log2(scores.length)));
  const keys = new Float64Array(scores.length);
  for (let place = 0; place < keys.length; place++)
    keys[place] = Math.floor((isOutput[place]! * 2 ** 31 + bits[place]!) / (wide / 2 ** 21)) * wide + place;
  return Uint32Array.from(keys.sort(), (key) => key % wide);
}

/** Place of a score between the batch's weakest and strongest auxiliary node, on a log scale, in 0..1. */
export function scoreScale(batch: Batch): (score: number) => number {
  let low = Infinity;
  let high = 0;
  batch.scores.forEach((score, i) => {
    if (batch.isOutput[i] === 1 || !(score > 0)) return;
    low = Math.min(low, score);
    high = Math.max(high, score);
  });
  if (!(high > low)) return () => 1;
  const span = Math.log(high / low);
  return (score) => (score > 0 ? Math.min(1, Math.max(0, Math.log(score / low) / span)) : 0);
}

export const edgeColour = (theme: Theme): Rgb => GREY[theme];
export const ringColour = (theme: Theme): Rgb => RING[theme];
