/** Options of inference over a plan. */

import type { PlanInferSettings } from "./generated/options.js";
import type { BatchDone } from "./inference.js";
import type { WorkOptions } from "./work.js";

/** Options of `plan.infer`. */
export interface PlanInferOptions extends PlanInferSettings, WorkOptions {
  /** Told of every batch when it is done, several at a time some 30 times a second; with several workers in no fixed order. */
  onBatch?: (batch: BatchDone) => void;
}
