/** A training under way. */
import type { Epoch, PlanOptions, TrainRun } from "ibmb";
import { type OpenGraph, partSize } from "./graph.ts";
import type { OpenPlan } from "./plan.ts";
import { planOptions } from "./plan-settings.ts";

export interface Training {
  running: boolean;
  epochs: Epoch[];
  planned: number;
  bestEpoch: number | null;
  /** `null` while it goes on, and after a failure. */
  ended: TrainRun["ended"] | null;
}

/**
 * The plan's options for the training nodes; what the package chose for the plan's own outputs it chooses
 * anew.
 */
export function trainingPlan(graph: OpenGraph, plan: OpenPlan): PlanOptions {
  const options = planOptions({ ...plan.settings, outputNodes: "train" }, graph.split);
  const { numBatches } = options;
  return numBatches === undefined
    ? options
    : { ...options, numBatches: Math.min(numBatches, partSize(graph, "train")) };
}

/** So many epochs say how long one takes. */
const RECENT = 20;

/** How fast training goes; `null` before the first epoch has ended. */
export interface Pace {
  /** Mean time of the latest epochs. */
  epochMs: number;
  /** What the epochs that are left take at this pace; an early stop may spare some. */
  leftMs: number;
  totalMs: number;
}

export function paceOf({ epochs, planned }: Training): Pace | null {
  if (epochs.length === 0) return null;
  const recent = epochs.slice(-RECENT);
  const epochMs = recent.reduce((sum, { timeMs }) => sum + timeMs, 0) / recent.length;
  return {
    epochMs,
    leftMs: epochMs * Math.max(0, planned - epochs.length),
    totalMs: epochs.reduce((sum, { timeMs }) => sum + timeMs, 0),
  };
}
