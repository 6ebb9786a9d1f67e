/** Reasons why a node is in a batch: the question and figures from the answers. */

import type { Batch, ExactInfluence, ModelHandle, Without } from "ibmb";
import { INFLUENCERS } from "./generated/options.ts";
import type { OpenGraph } from "./graph.ts";
import type { OpenPlan } from "./plan.ts";

/** The node and the batch in question, and the model for the exact influence. */
export interface Question {
  graph: OpenGraph;
  plan: OpenPlan;
  batch: Batch;
  index: number;
  node: number;
  /** `null` where there is none that reads the graph. */
  model: ModelHandle | null;
}

/** The outputs of a batch with and without one of its auxiliary nodes. */
export interface Trial {
  left: number;
  /** `null` while it is computed. */
  result: Without | null;
}

/** The alpha that paths are weighed with; the heat kernel has none of its own. */
export const alphaOf = ({ plan }: Question): number =>
  plan.settings.measure === "ppr" ? plan.settings.alpha : INFLUENCERS.alpha.default;

/** What a prediction says of one node. */
export interface Said {
  class: number;
  probability: number;
}

/**
 * What the batch says of an output, with and without the node that was left out; `null` when it is not its
 * output.
 */
export function saidOf(
  { withNode, withoutNode }: Without,
  output: number,
): { with: Said; without: Said } | null {
  const at = withNode.nodes.indexOf(output);
  if (at < 0) return null;
  const said = ({ predictions, probabilities, numClasses }: Without["withNode"]): Said => ({
    class: predictions[at]!,
    probability: probabilities[at * numClasses + predictions[at]!]!,
  });
  return { with: said(withNode), without: said(withoutNode) };
}

/** Outputs whose class is another without the node. */
export const numChanged = ({ withNode, withoutNode }: Without): number =>
  withNode.predictions.reduce(
    (sum, prediction, at) => sum + (prediction === withoutNode.predictions[at] ? 0 : 1),
    0,
  );

/** One node in the comparison of PPR and exact influence, each as a share of 1. */
export interface Share {
  node: number;
  ppr: number;
  exact: number;
}

/** PPR and exact influence of all nodes that the model sees from an output, as shares. */
export function sharesOf({ nodes, scores, ppr }: ExactInfluence): Share[] {
  const all = scores.reduce((sum, score) => sum + score, 0);
  return Array.from(nodes, (node, i) => ({ node, ppr: ppr[i]!, exact: all > 0 ? scores[i]! / all : 0 }));
}
