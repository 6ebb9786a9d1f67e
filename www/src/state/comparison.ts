/** Inference methods side by side, and what follows from their points. */

import type { GraphHandle, InferencePoint, ModelHandle } from "ibmb";
import type { OpenGraph } from "./graph.ts";
import type { PlanSettings } from "./plan-settings.ts";
import { type Setting, SHARES, type Share, shareOf, type Way } from "./sweeps.ts";
import { count } from "./words.ts";

/** A measured setting. */
export interface Point extends Setting {
  /** Median time of one inference pass after warm-up, and its range. */
  timeMs: number;
  least: number;
  most: number;
  prepareMs: number;
  samplingMs: number;
  /** Accuracy; without labels the agreement with the full graph. */
  score: number;
  nodesComputed: number;
}

/** The sweep over the open graph. */
export interface Comparison {
  graph: GraphHandle;
  model: ModelHandle;
  /** Weights and outputs in words. */
  weights: string;
  outputs: string;
  numOutputs: number;
  /** The part of the split that the outputs are of, for a plan of these settings. */
  part: PlanSettings["outputNodes"];
  /** Meaning of the score. */
  score: "accuracy" | "agreement";
  points: Point[];
  planned: number;
  /** Settings that could not be measured, and why. */
  problems: string[];
  ended: boolean;
}

/** Time by size of the graph. */
export interface SizePoint extends Point {
  numNodes: number;
}

/** The sweep over synthetic graphs. */
export interface Scaling {
  points: SizePoint[];
  planned: number;
  problems: string[];
  ended: boolean;
}

/** The largest graph of a sweep; the last takes some 400 MB while it is made. */
export const UP_TO = ["3000", "10000", "30000", "100000", "300000", "1000000"] as const;
export type UpTo = (typeof UP_TO)[number];
export const NUM_FIXED = 100;

export function figures(point: InferencePoint, exact: Uint32Array | null): Omit<Point, keyof Setting> {
  const { timeMs, passMs, prepareMs, nodesComputed, accuracy, predictions } = point;
  const same = exact === null ? 0 : predictions.filter((prediction, i) => prediction === exact[i]).length;
  return {
    timeMs,
    least: Math.min(...passMs),
    most: Math.max(...passMs),
    prepareMs,
    nodesComputed,
    samplingMs: point.msByStage.sampling ?? 0,
    score: exact === null ? (accuracy?.all ?? Number.NaN) : same / Math.max(1, predictions.length),
  };
}

/** The nodes that are compared on: a share of the test nodes, or of all where there is no split. */
export function comparedNodes(
  graph: OpenGraph,
  share: Share,
): { nodes: Uint32Array; part: PlanSettings["outputNodes"]; words: string } {
  const test = graph.split === null ? undefined : graph.handle.splits[graph.split]?.test;
  const isTest = test !== undefined && test.length > 0;
  const all = isTest ? test : Uint32Array.from({ length: graph.handle.numNodes }, (_, node) => node);
  const nodes = shareOf(all, Number(share));
  const [, name] = SHARES.find(([value]) => value === share)!;
  const kind = isTest ? "test nodes" : graph.noun;
  return {
    nodes,
    part: isTest ? "test" : "all",
    words:
      share === "1"
        ? `all ${count(nodes.length)} ${kind}`
        : `${count(nodes.length)} ${kind}, ${name} at random`,
  };
}

/** Points count as equally good within half a percentage point. */
export const EQUAL = 0.005;

/** The fastest IBMB point that is as good as the full graph within half a point; else the best one. */
export function suggested(points: readonly Point[]): number | null {
  const exact = points.find(({ way }) => way === "full-graph");
  const own = [...points.keys()].filter(
    (i) => points[i]!.way === "node-wise" || points[i]!.way === "batch-wise",
  );
  const good = own.filter((i) => exact === undefined || points[i]!.score >= exact.score - EQUAL);
  const by = good.length > 0 ? (i: number) => points[i]!.timeMs : (i: number) => -points[i]!.score;
  return (good.length > 0 ? good : own).reduce<number | null>(
    (best, i) => (best === null || by(i) < by(best) ? i : best),
    null,
  );
}

/** The fastest point of a way that is as good as `score` within half a point. */
export const fastest = (points: readonly Point[], way: Way, score: number): Point | null =>
  points
    .filter((point) => point.way === way && point.score >= score - EQUAL)
    .reduce<Point | null>(
      (best, point) => (best === null || point.timeMs < best.timeMs ? point : best),
      null,
    );

/** Time of a method on the largest graph over that on the smallest; `null` before there are two. */
export function growth(
  points: readonly SizePoint[],
  way: Way,
): { from: SizePoint; to: SizePoint; time: number } | null {
  const own = points.filter((point) => point.way === way);
  const [from, to] = [own[0], own.at(-1)];
  return from === undefined || to === undefined || from === to
    ? null
    : { from, to, time: to.timeMs / from.timeMs };
}

/**
 * Inference passes after which the preparation of `one` pays off against `other`; `null` when its passes are
 * not faster.
 */
export function passesToPay(one: Point, other: Point): number | null {
  if (one.timeMs >= other.timeMs) return null;
  return Math.max(1, Math.ceil((one.prepareMs - other.prepareMs) / (other.timeMs - one.timeMs)));
}
