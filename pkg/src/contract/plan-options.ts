/** Options of a plan. */

export type Normalization = "global-sym" | "global-rw" | "local-sym" | "local-rw";

/** How a plan is made. */
export interface PlanOptions {
  /**
   * How outputs come into batches and batches get their auxiliary nodes. Options of another method are an error.
   *
   * - `node-wise` (default): outputs that share influence are merged; the strongest nodes of each output.
   * - `batch-wise`: parts of the graph; the strongest nodes for all outputs of a part together.
   * - `hybrid`: parts of the graph; the strongest nodes of each output.
   * - `random`: outputs at random; the strongest nodes of each output.
   * - `cluster`: parts of the graph, whole, as Cluster-GCN has them.
   */
  method?: "node-wise" | "batch-wise" | "hybrid" | "random" | "cluster";
  /** The nodes to predict. Default `"all"`. */
  outputNodes?: "all" | "train" | "val" | "test" | Uint32Array | readonly (number | string)[];
  /** Split that `train`, `val` and `test` refer to; default the first. */
  split?: string;
  /** What influence is: personalised PageRank (default) or the heat kernel. */
  measure?: "ppr" | "heat-kernel";
  /** PageRank: teleport probability, 0 < alpha <= 1. Default 0.25. */
  alpha?: number;
  /** Error allowed per unit of degree, > 0. Default 1e-4. */
  eps?: number;
  /** PageRank: first-in-first-out (`fast`, default) or the published codes' last-in-first-out (`reference`). */
  queue?: "fast" | "reference";
  /** Heat kernel: mean steps of a walk, 0 < heatTime <= 50. Default 5. */
  heatTime?: number;
  /** Node-wise, hybrid, random: auxiliary nodes per output, >= 1. Default 16. */
  topK?: number;
  /** Node-wise, random: upper bound of outputs in a batch, >= 1. Default max(32, an eighth of the outputs), evened out. */
  outputsPerBatch?: number;
  /**
   * Node-wise: upper bound of all nodes of a batch, outputs counted, instead of `outputsPerBatch`; an output whose own
   * nodes are more stays alone.
   */
  nodesPerBatch?: number;
  /** Node-wise, random: lowers `outputsPerBatch` so that the same number of batches is filled evenly. Default false. */
  evenOut?: boolean;
  /** Node-wise: scale of the influence p of v on u for merging: p, sqrt(d_u) p / sqrt(d_v), d_u p / d_v. Default `row`. */
  pairNormalization?: "row" | "sym" | "col";
  /** Batch-wise, hybrid, cluster: parts of the graph, at most as many as outputs. Default 8. Parts without outputs give no batch. */
  numBatches?: number;
  /** Batch-wise, hybrid, cluster: what parts share evenly, all nodes (default) or the outputs. */
  balance?: "all" | "outputs";
  /** Batch-wise: a batch selects expandRatio * nodes / numBatches nodes. Default 1. */
  expandRatio?: number;
  /** Batch-wise: from the outputs (`influence`, default), or towards them as in the published codes (`reference`). */
  direction?: "influence" | "reference";
  /** Random, batch-wise, hybrid, cluster: seed of the permutation or partition. Default 0. */
  seed?: number;
  /** Weights of the edges of a batch. Default `global-sym`. */
  normalization?: Normalization;
}

/** The options of a plan that are in force, with defaults filled in: those of its method and measure. */
export type PlanOptionsInForce = Required<Pick<PlanOptions, "method" | "measure" | "eps" | "normalization">> &
  Omit<PlanOptions, "outputNodes" | "split" | "method" | "measure" | "eps" | "normalization">;
