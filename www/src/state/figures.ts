/** Figures of a plan. */
import type { Hops } from "ibmb";
import { ORDER } from "./generated/options.ts";
import { fields, type ValueOf } from "./options.ts";

/** Batches that are compared pair by pair, at most: the square of it is held and drawn. */
export const MOST_PAIRED = 1500;

/** Epochs of a schedule that can be played. */
export const PLAYED_EPOCHS = 10;

/** Figures that a plan gives on request. */
export interface PlanFigures {
  hops: Hops;
  /** Counts of shared nodes, row-major; `null` for too many batches. */
  overlap: Uint32Array | null;
}

export const { distance: DISTANCE } = fields(ORDER, {
  distance: { label: "distance", choices: { kl: "KL divergence", l1: "L1" } },
});

export type Distance = ValueOf<typeof DISTANCE>;

/** Length of the closed way through the batches of one epoch. */
export function wayLength(order: ArrayLike<number>, distances: Float64Array): number {
  const n = order.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += distances[order[i]! * n + order[(i + 1) % n]!]!;
  return sum;
}

/** How many values fall into each of `count` equal ranges from the least to the greatest. */
export function binned(
  values: ArrayLike<number>,
  count: number,
): { from: number; to: number; count: number }[] {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (!(high > low)) return values.length === 0 ? [] : [{ from: low, to: high, count: values.length }];
  const width = (high - low) / count;
  const bins = Array.from({ length: count }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
  }));
  for (let i = 0; i < values.length; i++)
    bins[Math.min(count - 1, Math.floor((values[i]! - low) / width))]!.count++;
  return bins;
}
