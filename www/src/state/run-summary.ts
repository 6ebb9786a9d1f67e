import { placeOf } from "./batch-members.ts";
import { type OpenGraph, partSize } from "./graph.ts";
import type { Run } from "./run.ts";
import { count, millis, percent, ratioWords } from "./words.ts";

/** Accuracy on the part of the split that is predicted, test before the rest; `null` without labels. */
export function accuracyOf(run: Run, graph: OpenGraph): { share: number; full: number; what: string } | null {
  const { accuracy } = run.batched;
  const full = run.full.accuracy;
  if (accuracy === undefined || full === undefined) return null;
  for (const [part, word] of [
    ["test", "test"],
    ["val", "validation"],
    ["train", "training"],
  ] as const) {
    const share = accuracy[part];
    const exact = full[part];
    if (share !== undefined && exact !== undefined)
      return { share, full: exact, what: `${count(partSize(graph, part))} ${word} nodes` };
  }
  if (accuracy.all === undefined || full.all === undefined) return null;
  return { share: accuracy.all, full: full.all, what: "labelled nodes" };
}

/**
 * `81.2 % of 1,000 test nodes right · 12 ms, median of 5 · agrees with the full graph on 99.4 % of nodes ·
 * full graph 81.5 %, 4.1× slower`.
 */
export function runSummary(run: Run, graph: OpenGraph): string {
  const accuracy = accuracyOf(run, graph);
  const ratio = ratioWords(run.fullMs, run.batchedMs);
  return [
    accuracy === null ? "" : `${percent(accuracy.share)} of ${accuracy.what} right`,
    `${millis(run.batchedMs)}${run.repeats > 1 ? `, median of ${run.repeats}` : ""}`,
    `agrees with the full graph on ${percent(run.agreement)} of ${count(run.batched.nodes.length)} nodes`,
    ["full graph", accuracy === null ? "" : `${percent(accuracy.full)},`, ratio].filter(Boolean).join(" "),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** Probability of the predicted class of a node in a run over batches; `null` where it has none. */
export function confidenceOf({ batched }: Run, node: number): number | null {
  const { nodes, probabilities, predictions, numClasses } = batched;
  if (probabilities === undefined) return null;
  const row = placeOf(nodes, node);
  return row < 0 ? null : probabilities[row * numClasses + predictions[row]!]!;
}
