/** A plan with what the map needs of it. */
import type { Layout, PlanHandle } from "ibmb";
import type { PlanSettings } from "./plan-settings.ts";

/** A plan with what the map needs of it. */
export interface OpenPlan {
  handle: PlanHandle;
  layout: Layout;
  settings: PlanSettings;
  /** Hue slot of every batch. */
  hues: Uint8Array;
}

/** Mean position of every island, x and y in turn. */
export function centres(layout: Layout, numBatches: number): Float64Array {
  const sums = new Float64Array(numBatches * 2);
  const counts = new Uint32Array(numBatches);
  layout.island.forEach((island, node) => {
    if (island < 0) return;
    sums[2 * island]! += layout.positions[2 * node]!;
    sums[2 * island + 1]! += layout.positions[2 * node + 1]!;
    counts[island]!++;
  });
  return sums.map((sum, i) => sum / Math.max(1, counts[i >> 1]!));
}
