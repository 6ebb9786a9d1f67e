/** Options of the inference methods of a comparison. Names in brackets cite papers: first author and year. */
import type { PlanOptions } from "./plan-options.js";
import type { WorkOptions } from "./work.js";

/** What every way of inference has. */
export interface InferByCommon {
  /** The nodes to predict. Default `"all"`. */
  outputNodes?: PlanOptions["outputNodes"];
  /** Split that `train`, `val` and `test` refer to, and that measures use; default the first. */
  split?: string;
  /** Weights of the edges; on the whole graph and in baselines by degrees of the whole graph. Default: those that the model was trained with, else `global-sym`. */
  normalization?: "global-sym" | "global-rw";
}

/** What the baselines have in common. */
export interface BaselineCommon extends InferByCommon {
  /** Outputs of a batch, >= 1. Default max(32, an eighth of the outputs), evened out. */
  outputsPerBatch?: number;
  /** Of all draws; every pass draws the same. Default 0. */
  seed?: number;
}

/** Neighbours drawn for every node of every layer, anew in each pass [Hamilton17]; sums over them are scaled to be unbiased. */
export interface NeighbourSamplingOptions extends BaselineCommon {
  method: "neighbour-sampling";
  /** Neighbours a node, the node itself not counted, one number a layer, that next to the outputs first. Default 10 each. */
  fanOuts?: readonly number[];
}

/** A sub-graph of its own for every output: the strongest nodes by PageRank [Zeng21]. */
export interface ShadowOptions extends BaselineCommon {
  method: "shadow";
  /** Nodes of a sub-graph, >= 1. Default 16. */
  topK?: number;
  /** Teleport probability, 0 < alpha <= 1. Default 0.25. */
  alpha?: number;
  /** Push tolerance per unit of degree, > 0. Default 1e-4. */
  eps?: number;
}

/** A sub-graph of its own for every output, by neighbours drawn once [Zeng21]. */
export interface ShadowHopsOptions extends BaselineCommon {
  method: "shadow-hops";
  /** Steps from the output, 1 to 16. Default 2. */
  depth?: number;
  /** Neighbours drawn for every node reached, >= 1. Default 10. */
  numNeighbours?: number;
}

/** Nodes drawn for every layer as a whole, anew in each pass, by their weight there [Zou19]; GCN only. */
export interface LadiesOptions extends BaselineCommon {
  method: "ladies";
  /** Nodes of a layer on average, >= 1. Default 512. */
  nodesPerLayer?: number;
}

/** The nodes that random walks from the outputs of a batch visit, drawn once [Zeng20]. */
export interface SaintOptions extends BaselineCommon {
  method: "saint";
  /** Steps of a walk, 1 to 64. Default 2. */
  walkLength?: number;
  /** Walks from every output, 1 to 4096. Default 4. */
  walksPerOutput?: number;
  /** Samples by which it is counted how often an edge is there, 1 to 10,000. Default 100. */
  coverage?: number;
}

/** The whole graph around the outputs: the exact result. */
export interface FullGraphOptions extends InferByCommon {
  method: "full-graph";
}

/** A plan by its method, which must be named here. */
export type PlanPointOptions = PlanOptions & { method: NonNullable<PlanOptions["method"]> };

/** How often a pass is run. */
export interface PassOptions extends WorkOptions {
  /** Timed samples, 1 to 1,000. Default 5. */
  repeats?: number;
  /** Passes before, which are not timed, 0 to 1,000. Default 2. */
  warmUps?: number;
}

/** A way of inference. */
export type InferByOptions =
  | NeighbourSamplingOptions
  | ShadowOptions
  | ShadowHopsOptions
  | LadiesOptions
  | SaintOptions
  | FullGraphOptions
  | PlanPointOptions;
