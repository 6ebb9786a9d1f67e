/** Options of inference and of its evaluation. */

import type { BatchDone } from "./inference.js";
import type { WorkOptions } from "./work.js";

/** How the whole graph is used. */
export interface FullInferOptions extends WorkOptions {
  /** Default: all nodes. */
  nodes?: Uint32Array | readonly (number | string)[];
  normalization?: "global-sym" | "global-rw";
  split?: string;
  /** Whether the result has probabilities. Default false. */
  probabilities?: boolean;
}

/** How a plan is used. */
export interface PlanInferOptions extends WorkOptions {
  split?: string;
  /** Whether the result has probabilities. Default false. */
  probabilities?: boolean;
  /** Told of every batch when it is done, several at a time some 30 times a second; with several workers in no fixed order. */
  onBatch?: (batch: BatchDone) => void;
}

/** What predictions are compared on. */
export interface EvaluateOptions {
  /** Default: the first split. */
  split?: string;
  /** Nodes that count: a part of the split, or all that have a label. Default `all`. */
  part?: "train" | "val" | "test" | "all";
  /** Ranges of confidence, 1 to 1000. Default 15, as in Guo et al., ICML 2017. */
  bins?: number;
}
