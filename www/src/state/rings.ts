/** The neighbourhood of an output or a batch in numbers and words. */

import type { Batch, Neighbourhood } from "ibmb";
import type { OpenGraph } from "./graph.ts";
import type { OpenPlan } from "./plan.ts";
import { type PlanSettings, takenTogether } from "./plan-settings.ts";
import { count, percent, plural, shorten } from "./words.ts";

/** What is in the middle, and by which settings. */
export interface RingsQuestion {
  graph: OpenGraph;
  plan: OpenPlan;
  batch: Batch;
  index: number;
  /** The output in the middle; `null` for all outputs of the batch. */
  focus: number | null;
  settings: PlanSettings;
}

/** Nodes that are drawn at most; how many there are is stated. */
export const MOST_DRAWN = 600;

export const NO_WAY = 0xffffffff;

/**
 * Whether the rings follow alpha, eps and k at once. Where outputs choose together, or influence is measured
 * otherwise, they follow the plan.
 */
export const isLive = (settings: PlanSettings): boolean =>
  settings.measure === "ppr" && settings.queue === "fast" && !takenTogether(settings.method);

/** Outputs in the middle are the same ones; plans that are made of other settings often keep them. */
export const sameMiddle = (a: RingsQuestion, b: RingsQuestion): boolean =>
  a.graph === b.graph &&
  a.focus === b.focus &&
  (a.batch === b.batch ||
    a.focus !== null ||
    (a.batch.outputNodes.length === b.batch.outputNodes.length &&
      a.batch.outputNodes.every((node, i) => node === b.batch.outputNodes[i])));

/** Both have one answer. */
export function same(a: RingsQuestion, b: RingsQuestion): boolean {
  if (!sameMiddle(a, b) || isLive(a.settings) !== isLive(b.settings)) return false;
  if (!isLive(a.settings)) return a.plan === b.plan;
  return (
    a.settings.alpha === b.settings.alpha &&
    a.settings.eps === b.settings.eps &&
    a.settings.topK === b.settings.topK
  );
}

/** The numbers of an answer that its sentence and its marks need. */
export interface RingsFigures {
  /** Places in the answer that are drawn, the strongest first. */
  drawn: number[];
  numChosen: number;
  /** Chosen nodes without any influence on the middle. */
  numIdle: number;
  /** Nodes that could be drawn. */
  numListed: number;
  /** Place of the node that the last step of k brought in; -1 when there is none. */
  newest: number;
}

export function ringsFigures(around: Neighbourhood, question: RingsQuestion): RingsFigures {
  const { nodes, isChosen, scores, hop, rank } = around;
  const all = [...nodes.keys()];
  const seen = all.filter((i) => scores[i]! > 0 || hop[i] === 0);
  const newest =
    question.focus === null || !isLive(question.settings) ? -1 : rank.indexOf(question.settings.topK);
  return {
    drawn: seen.slice(0, MOST_DRAWN),
    numListed: seen.length,
    newest: newest >= 0 && isChosen[newest] ? newest : -1,
    numChosen: all.filter((i) => isChosen[i] && hop[i] !== 0).length,
    numIdle: all.length - seen.length,
  };
}

/**
 * Edges by their share of all steps of a walk from the middle, the greatest first; `null` where flow is not
 * known.
 */
export function edgeShares(
  around: Neighbourhood,
  { settings, plan }: RingsQuestion,
): { from: number; to: number; share: number }[] | null {
  if (around.flow === null) return null;
  const { alpha } = isLive(settings) ? settings : plan.settings;
  const perStep = alpha < 1 ? alpha / (1 - alpha) / around.sources.length : 0;
  return Array.from(around.flow, (flow, e) => ({
    from: around.edges[2 * e]!,
    to: around.edges[2 * e + 1]!,
    share: flow * perStep,
  })).sort((a, b) => b.share - a.share);
}

/** An answer about a neighbourhood, and the question that it answers. */
export interface RingsAnswer {
  readonly around: Neighbourhood | null;
  readonly answered: RingsQuestion | null;
  readonly problem: string | null;
}

/** What the rings show. */
export function ringsSentence(rings: RingsAnswer, nameOf: (node: number) => string): string {
  const { around, answered, problem } = rings;
  if (problem !== null) return problem;
  if (around === null || answered === null) return "Computing the neighbourhood…";
  const { drawn, numChosen, numIdle, numListed, newest } = ringsFigures(around, answered);
  const left =
    around.numLeftOut === 0
      ? "; no node with influence is left out."
      : `; ${plural(around.numLeftOut, "more node with influence is", "more nodes with influence are")} left out ◌.`;
  const listedLeft = drawn.filter((i) => around.isChosen[i] === 0).length;
  const hidden =
    around.numLeftOut > listedLeft && numListed === drawn.length
      ? ` Shown: the strongest ${count(listedLeft)} of these.`
      : "";
  const limited =
    drawn.length < numListed
      ? ` Shown: the ${count(drawn.length)} strongest of ${count(numListed)} nodes.`
      : "";
  const held = percent(around.capturedMass);
  if (answered.focus !== null) {
    const name = shorten(nameOf(answered.focus), 60);
    const idle =
      numIdle > 0 ? ` ${count(numIdle)} nodes of the batch have no influence on it and are not shown.` : "";
    const last =
      newest < 0 || around.nodes[newest] === answered.focus
        ? ""
        : ` Rank ${count(around.rank[newest]!)} is ${shorten(nameOf(around.nodes[newest]!), 40)} with ${percent(around.scores[newest]!, 2)} of the influence.`;
    return `${name} ● in the middle, with ${plural(numChosen, "selected node")}: together they capture ${held} of the influence on it${left}${hidden}${limited}${idle}${last}`;
  }
  const { outputNodes } = answered.batch;
  return `${plural(outputNodes.length, "output")} ● of batch ${answered.index} in the middle, with ${plural(numChosen, "auxiliary node")} ▲: together they capture ${held} of the influence on them${left}${hidden}${limited}`;
}
