/** An inference over a plan beside the exact one. */
import type { GraphHandle, Inference, PlanHandle } from "ibmb";

/** One inference over the plan and one over the whole graph. */
export interface Run {
  batched: Inference;
  full: Inference;
  /** Medians of `repeats` passes of each. */
  batchedMs: number;
  fullMs: number;
  repeats: number;
  /** Where the time of the first pass went, in which features are gathered or sent to workers. */
  firstMs: Record<string, number>;
  /** Bytes of the wasm memories of all workers after it. */
  memoryBytes: number;
  workers: number;
  /** Share of the plan's outputs on which both predict the same class. */
  agreement: number;
  /** Class of every node of the graph, -1 where the plan predicts none. */
  predictions: Int32Array;
  /** Accuracy on the labelled outputs of every batch; NaN without labels. */
  batchAccuracy: Float64Array;
  /** Share of every batch's outputs on which both predict the same class. */
  batchAgreement: Float64Array;
  /** The plan it ran over. */
  plan: PlanHandle;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

export function compare(
  graph: GraphHandle,
  plan: PlanHandle,
  batched: Inference,
  full: Inference,
): Pick<Run, "batched" | "full" | "agreement" | "predictions" | "batchAccuracy" | "batchAgreement" | "plan"> {
  const exact = new Int32Array(graph.numNodes).fill(-1);
  full.nodes.forEach((node, i) => (exact[node] = full.predictions[i]!));
  const predictions = new Int32Array(graph.numNodes).fill(-1);
  const right = new Float64Array(plan.numBatches);
  const labelled = new Float64Array(plan.numBatches);
  const agreeing = new Float64Array(plan.numBatches);
  let same = 0;
  batched.nodes.forEach((node, i) => {
    const prediction = batched.predictions[i]!;
    predictions[node] = prediction;
    const label = graph.labels?.[node] ?? -1;
    const batch = plan.batchOf[node]!;
    if (exact[node] === prediction) {
      same++;
      agreeing[batch]!++;
    }
    if (label < 0 || batch < 0) return;
    labelled[batch]!++;
    if (label === prediction) right[batch]!++;
  });
  const batchAccuracy = right.map((n, i) => n / labelled[i]!);
  const batchAgreement = agreeing.map((n, i) => n / plan.table.numOutputs[i]!);
  return {
    batched,
    full,
    agreement: same / Math.max(1, batched.nodes.length),
    predictions,
    batchAccuracy,
    batchAgreement,
    plan,
  };
}
