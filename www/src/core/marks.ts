import type { Batch } from "ibmb";
import { batchColour, classColours, GREY, RIGHT, RING, scoreColour, splitColours, WRONG, type Rgb, type Theme } from "./colour.ts";
import type { ColourMode } from "./view.ts";

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

export interface Marks {
  /** For each node: red, green, blue, alpha, size in quarter pixels, shape, two unused. */
  bytes: Uint8Array;
  /** Nodes in drawing order: others, then the batch's auxiliary nodes from weak to strong, then its outputs. */
  order: Uint32Array;
  /** How many of `order` are outside the batch. */
  numOthers: number;
  /** Filters keep some nodes bright, and edges give way to them. */
  filtered: boolean;
}

const OTHER_ALPHA = 89; // 35 %
const COLOURED_ALPHA = 148; // 58 %: hues need more than grey to be told apart
const DIM_ALPHA = 20; // 8 %: a hint of where the rest is
const LIT_ALPHA = 240;

/** What every node looks like. */
export function marksOf(input: MarkInput): Marks {
  const { numNodes, batch, batchOf, mode, theme } = input;
  const bytes = new Uint8Array(numNodes * BYTES_PER_MARK);
  const classes = classColours(input.numClasses, theme);
  const batches = Array.from({ length: 10 }, (_, slot) => batchColour(slot, theme));
  const splits = splitColours(theme);
  const grey = GREY[theme];
  const small = numNodes > 50_000 ? 7 : numNodes > 8000 ? 11 : 16;

  const paint = (node: number, [r, g, b]: Rgb, alpha: number, size: number, shape: number) => {
    const i = node * BYTES_PER_MARK;
    bytes[i] = r;
    bytes[i + 1] = g;
    bytes[i + 2] = b;
    const { bright } = input;
    bytes[i + 3] = bright === null ? alpha : bright[node] === 1 ? Math.max(alpha, 220) : Math.min(alpha, DIM_ALPHA);
    bytes[i + 4] = Math.min(255, Math.round(size));
    bytes[i + 5] = shape + (node === input.node ? SELECTED : 0);
  };
  const rightness = (node: number): "right" | "wrong" | null => {
    const prediction = input.predictions?.[node] ?? -1;
    const label = input.labels?.[node] ?? -1;
    return prediction < 0 || label < 0 ? null : prediction === label ? "right" : "wrong";
  };
  /** Colour by the mode, before any part that the node plays in the batch. */
  const colourOf = (node: number): Rgb => {
    if (mode === "class") return classes[input.labels?.[node] ?? -1] ?? grey;
    if (mode === "prediction") return classes[input.predictions?.[node] ?? -1] ?? grey;
    if (mode === "right") return rightness(node) === "right" ? RIGHT[theme] : rightness(node) === "wrong" ? WRONG : grey;
    if (mode === "influence") return grey;
    if (mode === "split") return splits[input.parts?.[node] ?? -1] ?? grey;
    return batches[input.hues[batchOf[node]!] ?? -1] ?? grey;
  };

  for (let node = 0; node < numNodes; node++) {
    const wrong = mode === "right" && rightness(node) === "wrong";
    const arrived = input.lit?.[batchOf[node]!];
    // What a run has not come to yet stands back, and what it has predicted lights up.
    const colour = arrived === 0 ? grey : colourOf(node);
    const alpha = arrived === 1 ? LIT_ALPHA : colour === grey ? OTHER_ALPHA : COLOURED_ALPHA;
    paint(node, colour, wrong ? 200 : alpha, wrong ? small + 10 : small, wrong ? SHAPE.cross : SHAPE.dot);
  }
  const flag = () => input.chosen.forEach((node) => (bytes[node * BYTES_PER_MARK + 5]! += CHOSEN));
  const filtered = input.bright !== null;
  if (batch === null) {
    flag();
    return { filtered, bytes, order: Uint32Array.from({ length: numNodes }, (_, i) => i), numOthers: numNodes };
  }

  const strength = scoreScale(batch);
  const outputSize = batch.outputNodes.length > 200 ? 27 : batch.outputNodes.length > 60 ? 32 : 38;
  const places = Uint32Array.from(batch.nodes.keys());
  places.sort((a, b) => batch.isOutput[a]! - batch.isOutput[b]! || batch.scores[a]! - batch.scores[b]! || a - b);
  const inside = new Uint8Array(numNodes);
  for (const place of places) {
    const node = batch.nodes[place]!;
    inside[node] = 1;
    const t = strength(batch.scores[place]!);
    const byScore = mode === "influence" || mode === "batch";
    if (mode === "right" && rightness(node) === "wrong") paint(node, WRONG, 255, 40, SHAPE.cross);
    else if (batch.isOutput[place] === 1) {
      paint(node, mode === "influence" ? scoreColour(t, theme) : colourOf(node), 255, outputSize, SHAPE.output);
    } else paint(node, byScore ? scoreColour(t, theme) : colourOf(node), 255, 26 + 34 * t, SHAPE.auxiliary);
  }
  flag();
  const order = new Uint32Array(numNodes);
  let next = 0;
  for (let node = 0; node < numNodes; node++) if (inside[node] === 0) order[next++] = node;
  const numOthers = next;
  for (const place of places) order[next++] = batch.nodes[place]!;
  if (input.node === null || input.node >= numNodes) return { filtered, bytes, order, numOthers };
  // The selected node comes last, above all.
  const at = order.indexOf(input.node);
  order.copyWithin(at, at + 1);
  order[numNodes - 1] = input.node;
  return { filtered, bytes, order, numOthers: at < numOthers ? numOthers - 1 : numOthers };
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
