/** The neighbourhood in rings as shapes. */
import type { Neighbourhood } from "ibmb";
import { placeIn } from "../state/batch-members.ts";
import { NO_WAY, type RingsQuestion } from "../state/rings.ts";
import { plural } from "../state/words.ts";

/** A node in the rings, in pixels. */
export interface RingMark {
  /** Place in the neighbourhood. */
  at: number;
  node: number;
  x: number;
  y: number;
  r: number;
  kind: "output" | "auxiliary" | "left";
  /** Strength by the logarithm of the score, 0..1. */
  shade: number;
}

export interface RingsPicture {
  size: number;
  rings: { radius: number; label: string }[];
  /** Where the captured mass is drawn. */
  outer: number;
  marks: RingMark[];
  /** Thin before thick; of many, those of about the same width are one path. */
  lines: { path: string; width: number }[];
}

const MARGIN = 22;
/** Part of the radius that the circle of several outputs takes: more for many. */
const INNER = { few: 0.2, many: 0.6, at: 300 };
const THICKEST = 7;
const THINNEST = 0.3;
/** Lines that are drawn one by one. */
const MOST_LINES = 400;
/** Rings closer than this many pixels have no room for a label. */
const LABEL_ROOM = 15;

/**
 * Marks and lines of an answer on a square: rings by steps, directions as the engine gives them, areas by
 * score, thickness by flow.
 */
export function picture(
  around: Neighbourhood,
  question: RingsQuestion,
  drawn: readonly number[],
  size: number,
): RingsPicture {
  const outer = size / 2 - MARGIN + 8;
  const reach = size / 2 - MARGIN - 10;
  const steps = drawn.map((i) => around.hop[i]!);
  const last = Math.max(1, ...steps.filter((hop) => hop !== NO_WAY));
  const hasStrays = steps.includes(NO_WAY);
  const numSources = around.sources.length;
  const inner =
    numSources > 1 ? INNER.few + (INNER.many - INNER.few) * Math.min(1, numSources / INNER.at) : 0;
  const numRings = last + (hasStrays ? 1 : 0);
  const radius = (hop: number) => reach * (inner + ((1 - inner) * Math.min(hop, numRings)) / numRings);
  const others = drawn
    .filter((i) => around.hop[i] !== 0 || around.sources.length > 1)
    .map((i) => around.scores[i]!);
  const most = Math.max(...others, Number.MIN_VALUE);
  const least = Math.min(...others.filter((score) => score > 0), most);
  const largest = Math.max(3.5, Math.min(13, (0.3 * size) / Math.sqrt(drawn.length + 1)));
  // Marks side by side in the middle overlap by half at most.
  const inMiddle = numSources > 1 ? Math.max(1.3, (1.5 * Math.PI * radius(0)) / numSources) : largest;
  const place = (i: number) => {
    const angle = 2 * Math.PI * around.turn[i]! - Math.PI / 2;
    const alone = around.sources.length === 1 && around.hop[i] === 0;
    const r = alone ? 0 : radius(around.hop[i]!);
    return { x: size / 2 + r * Math.cos(angle), y: size / 2 + r * Math.sin(angle) };
  };
  const marks = drawn.map((i): RingMark => {
    const node = around.nodes[i]!;
    const share = Math.min(1, around.scores[i]! / most);
    const inBatch = placeIn(question.batch, node);
    const isOutput = around.hop[i] === 0 || (inBatch >= 0 && question.batch.isOutput[inBatch] === 1);
    const r = Math.max(1.6, largest * Math.sqrt(share));
    return {
      at: i,
      node,
      ...place(i),
      r: around.hop[i] === 0 ? Math.min(r, inMiddle) : r,
      kind: around.isChosen[i] === 0 ? "left" : isOutput ? "output" : "auxiliary",
      shade:
        most > least
          ? Math.max(0, Math.log(Math.max(around.scores[i]!, least) / least) / Math.log(most / least))
          : 1,
    };
  });
  const at = new Map(marks.map((mark) => [mark.node, mark]));
  const flows = around.flow ?? new Float64Array(around.edges.length / 2);
  const thickest = Math.max(1.2, Math.min(THICKEST, (1.1 * size) / drawn.length));
  const strongest = flows.reduce((high, flow) => Math.max(high, flow), 0);
  const lines: RingsPicture["lines"] = [];
  flows.forEach((flow, e) => {
    const [a, b] = [at.get(around.edges[2 * e]!), at.get(around.edges[2 * e + 1]!)];
    if (a === undefined || b === undefined) return;
    const width = strongest > 0 ? Math.max(THINNEST, (thickest * flow) / strongest) : 1;
    lines.push({ path: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}L${b.x.toFixed(1)} ${b.y.toFixed(1)}`, width });
  });
  const rings = Array.from({ length: numRings }, (_, i) => ({
    radius: radius(i + 1),
    label:
      (reach * (1 - inner)) / numRings < LABEL_ROOM ? "" : i + 1 > last ? "no way" : plural(i + 1, "hop"),
  }));
  return {
    size,
    rings,
    outer,
    marks,
    lines: (lines.length > MOST_LINES ? joined(lines) : lines).sort((a, b) => a.width - b.width),
  };
}

/** Lines of about the same width as one: a browser draws twenty paths faster than a thousand. */
function joined(lines: RingsPicture["lines"]): RingsPicture["lines"] {
  const byWidth = new Map<number, string[]>();
  for (const { path, width } of lines) {
    const about = Math.max(THINNEST, Math.round(width * 4) / 4);
    const paths = byWidth.get(about);
    if (paths === undefined) byWidth.set(about, [path]);
    else paths.push(path);
  }
  return [...byWidth].map(([width, paths]) => ({ path: paths.join(""), width }));
}
