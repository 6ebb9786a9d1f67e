/** Training: its options, its epochs and what it gives. */
import type { ModelHandle } from "./model.js";

/** One pass over the training nodes. */
export interface Epoch {
  /** From 1. */
  epoch: number;
  /** Mean cross-entropy of the training nodes during the epoch, with dropout. */
  loss: number;
  /** Share of training nodes predicted correctly during the epoch, with dropout. */
  trainAccuracy: number;
  /** Share of validation nodes predicted correctly after the epoch; NaN without validation nodes. */
  valAccuracy: number;
  /** Mean cross-entropy of the validation nodes after the epoch; NaN without validation nodes. */
  valLoss: number;
  /** Step size of the epoch. */
  learningRate: number;
  /** The epoch with the best weights so far, which a stop would keep. */
  bestEpoch: number;
  timeMs: number;
}

/** Result of a training. */
export interface TrainRun {
  /** The weights of the best validation epoch. */
  model: ModelHandle;
  history: Epoch[];
  bestEpoch: number;
  /** Why it ended: all epochs are done, `earlyStop` ended it, or `signal` did. */
  ended: "epochs" | "early-stop" | "stopped";
  /** True when `signal` stopped it; the model is the best so far. */
  stopped: boolean;
}
