/** Options of the questions about neighbourhoods and paths. */
import type { InfluencerOptions } from "./influence-options.js";
import type { WorkOptions } from "./work.js";

/** Options of the neighbourhood of any nodes. */
export interface NeighbourhoodOptions extends InfluencerOptions, WorkOptions {
  /** One walk from all nodes and `k` nodes in all, as in batch-wise plans, instead of `k` for each node. Default false. */
  together?: boolean;
  /** How many of the nodes left out are listed at most. Default 16. */
  leftOut?: number;
}

/** Options of the neighbourhood of a batch. */
export interface BatchNeighbourhoodOptions extends WorkOptions {
  /** Around some of the outputs only. Default: all of the batch. */
  outputs?: Uint32Array | readonly (number | string)[];
  /** How many of the nodes left out are listed at most. Default 16. */
  leftOut?: number;
}

/** Which paths are looked for. */
export interface PathsOptions extends WorkOptions {
  /** Teleport probability, 0 < alpha <= 1. Default 0.25. */
  alpha?: number;
  /** How many paths at most, 1 to 100. Default 5. */
  k?: number;
  /** The nodes that a path may go through, both ends among them, for example those of a batch. Default: all. */
  within?: Uint32Array | readonly (number | string)[];
}
