/** Inference methods side by side: one call measures one point. */

import type { PassOptions } from "./generated/options.js";
import type { Inference } from "./inference.js";

/** Predictions by one inference method, and what they cost. */
export interface InferencePoint extends Omit<Inference, "batchMs"> {
  /**
   * A warm pass over all outputs: the middle of `passMs`, the lower one of two. With methods that draw in
   * every pass the drawing counts.
   */
  timeMs: number;
  /** Time of one inference pass in each sample; a short pass is run several times per sample. */
  passMs: Float64Array;
  /** Where the time of the pass of `timeMs` went: `sampling`, `inference`. */
  msByStage: Record<string, number>;
  /**
   * Work that is done once: influence, batches, gathered features, sub-graphs, edge weights. Nothing of earlier
   * plans is used.
   */
  prepareMs: number;
  prepareByStage: Record<string, number>;
  /** Nodes whose features one inference pass reads, summed over the batches. */
  nodesComputed: number;
}

/** An inference method prepared with a model; it outlives graph and model. */
export interface PreparedHandle {
  /** Work that was done once: influence, batches, gathered features, sub-graphs, edge weights. */
  readonly prepareMs: number;
  readonly prepareByStage: Record<string, number>;
  /**
   * Runs passes; one call at a time, else `invalid_option`. Rejects with `cancelled`, after which it can be
   * called again.
   */
  measure(options?: PassOptions): Promise<InferencePoint>;
  /** Frees it in the worker. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  [Symbol.dispose](): void;
}
