/** Numbers and sentences, the same everywhere. */

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

export const count = (n: number): string => whole.format(n);

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;

/** `1st`, `2nd`, `13th`. */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  return `${count(n)}${teen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
}

/** A share of 1 as a percentage; 99.96 % never reads as 100 %. */
export function percent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return "–";
  let value = (share * 100).toFixed(digits);
  if (share < 1 && Number(value) === 100) value = (100 - 10 ** -digits).toFixed(digits);
  return `${value} %`;
}

export function millis(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(0)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  // Browsers round their clocks to a tenth.
  return ms >= 10 ? `${ms.toFixed(0)} ms` : ms < 0.05 ? "< 0.1 ms" : `${ms.toFixed(1)} ms`;
}

export function bytes(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(1)} MB`;
  return n >= 1e3 ? `${(n / 1e3).toFixed(0)} kB` : `${n} B`;
}

export function score(value: number): string {
  if (value === 0) return "0";
  return value >= 0.001 ? value.toFixed(value >= 1 ? 2 : 4) : value.toExponential(1);
}

/** `influence 1,204 of 2,708`. */
export const progressWords = (p: { stage: string; done: number; total: number }): string =>
  p.total > 0 ? `${p.stage} ${count(p.done)} of ${count(p.total)}` : p.stage;

/** A batch in numbers, for its sentence. */
export interface BatchFigures {
  index: number;
  numOutputs: number;
  numAuxiliary: number;
  captured: number;
  /** Whether the batch is a whole part of the graph. */
  isPart: boolean;
  noun: string;
}

/** Why a node is in a batch whose outputs are taken together. */
export const FOR_ALL = "selected for the whole batch";

/** What the map shows of the selected batch. */
export function batchSentence({
  index,
  numOutputs,
  numAuxiliary,
  captured,
  isPart,
  noun,
}: BatchFigures): string {
  const predicts = `Batch ${index} predicts ${count(numOutputs)} ${numOutputs === 1 ? noun.replace(/s$/, "") : noun} ●`;
  if (numAuxiliary === 0) {
    return `${predicts} without any ${isPart ? "other node of its part" : "auxiliary node"}; ${percent(captured, 0)} of the influence on them is captured by the batch.`;
  }
  const those = isPart
    ? `other ${numAuxiliary === 1 ? "node" : "nodes"} of its part`
    : `auxiliary ${numAuxiliary === 1 ? "node" : "nodes"}`;
  return `${predicts} with ${count(numAuxiliary)} ${those} ▲; together they capture ${percent(captured, 0)} of the influence on its outputs.`;
}

/** Both times and who is faster: `Batches 5.4 ms, full graph 1.5 ms: batches are 3.6× slower on this graph.` */
export function speedWords(batchedMs: number, fullMs: number, repeats: number): string {
  const times = `Batches ${millis(batchedMs)}, full graph ${millis(fullMs)}${repeats > 1 ? ` (medians of ${repeats} runs)` : ""}`;
  if (!(batchedMs > 0) || !(fullMs > 0)) return `${times}.`;
  const ratio = fullMs / batchedMs;
  const verdict =
    ratio > 0.95 && ratio < 1.05
      ? "as fast as the full graph"
      : ratio >= 1
        ? `${ratio.toFixed(1)}× faster`
        : `${(1 / ratio).toFixed(1)}× slower`;
  return `${times}: batches are ${verdict} on this graph.`;
}

/** Letters that are written from right to left. */
const LEFTWARDS = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * Names from files may be long; the whole name belongs in a title. One that is written from right to left
 * leaves the words around it in place.
 */
export function shorten(name: string, max = 40): string {
  const letters = [...name];
  const short = letters.length <= max ? name : `${letters.slice(0, max - 1).join("")}…`;
  return LEFTWARDS.test(short) ? `\u2068${short}\u2069` : short;
}

export const tidyClass = (name: string): string => name.replaceAll("_", " ");
