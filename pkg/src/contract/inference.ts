/** Results of inference. */

/**
 * Accuracy or F1 on the nodes of the result that belong to a part of the split; absent where there are none.
 */
export interface SplitMetric {
  train?: number;
  val?: number;
  test?: number;
  /** All labelled nodes of the result. */
  all?: number;
}

/** Predictions, and what they cost. */
export interface Inference {
  /** Predicted nodes, ascending. */
  nodes: Uint32Array;
  /** `nodes.length * numClasses`, row-major. */
  logits: Float32Array;
  /** Softmax of the logits, with the option `probabilities`. */
  probabilities?: Float32Array;
  numClasses: number;
  /** Class of every node of `nodes`. */
  predictions: Uint32Array;
  /** Absent without labels. */
  accuracy?: SplitMetric;
  /** Macro-F1; absent without labels. */
  f1?: SplitMetric;
  timeMs: number;
  /** Time of each batch (plan) or block of 2,048 rows of a layer (full graph). */
  batchMs: Float64Array;
  /**
   * Where the time went: `gathering` features for the plan, once; `inference`; with several workers
   * `distributing` and `merging`.
   */
  msByStage: Record<string, number>;
  /** Bytes of buffers, gathered features and results, all workers together. */
  bytes: number;
  digest: string;
}

/** A batch of an inference under way. */
export interface BatchDone {
  batch: number;
  /** Class of each of its outputs, in the order of `Batch.outputNodes`. */
  predictions: Uint32Array;
  timeMs: number;
}

/** Where a model errs, and how far its confidence can be trusted. */
export interface Evaluation {
  /** Labelled nodes that counted. */
  numNodes: number;
  /** `numClasses * numClasses` counts of nodes, row-major: by label (row) and prediction (column). */
  confusion: Uint32Array;
  /**
   * Nodes by the probability of their predicted class. Range `i` of `n` is above `i / n`, up to `(i + 1) /
   * n`.
   */
  calibration: {
    count: Uint32Array;
    /** Those that are predicted correctly. */
    right: Uint32Array;
    /** Mean probability of the predicted class; 0 without nodes. */
    confidence: Float64Array;
    /**
     * Expected calibration error, 0 to 1: mean distance of accuracy and confidence over the nodes; null
     * without nodes.
     */
    error: number | null;
  };
}
