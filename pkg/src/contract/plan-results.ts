/** Parts and results of a plan: batches, statistics, orders. */

export interface PlanStats {
  numOutputs: number;
  /** Sum of the batches' sizes. */
  numNodes: number;
  numDistinctNodes: number;
  /** Sum over batches, self-loops not counted. */
  numEdges: number;
  /** Nodes of all batches over distinct nodes in them. */
  replication: number;
  /** Mean over outputs of the PPR mass that their batch captures, 0..1. */
  capturedMass: number;
  /** The same of the output with the least. */
  capturedLeast: number;
  bytes: number;
  msByStage: Record<string, number>;
  /** Sixteen hex digits; equal for equal plans on every engine. */
  digest: string;
}

/** Bounds of `PlanStats.bytes` before a plan is built. */
export interface PlanBytes {
  /**
   * No plan with these options takes fewer; one that may not take so many (`limits.maxPlanBytes`) is refused
   * at once.
   */
  least: number;
  /** No plan with these options takes more; real plans are far below it where neighbourhoods overlap. */
  most: number;
}

/** One row per batch. */
export interface BatchTable {
  numOutputs: Uint32Array;
  numAuxiliary: Uint32Array;
  numEdges: Uint32Array;
  /** Edges of the graph with one end in the batch; of a directed graph those that lead into it. */
  numBoundaryEdges: Uint32Array;
  /** Mean captured mass of the outputs, 0..1. */
  capturedMass: Float64Array;
  /** The same of the output with the least. */
  capturedLeast: Float64Array;
  /** Mean number of batches that hold a node of this one, itself among them; 1 when it shares no node. */
  replication: Float64Array;
  bytes: Float64Array;
}

/** Batches in the order of their visits. */
export interface Order {
  /** `epochs * numBatches` batches, epoch after epoch; each epoch has every batch once. */
  order: Uint32Array;
  /** `numBatches * numBatches` distances, row-major, symmetric. */
  distances: Float64Array;
  /** Sum of the distances along the closed tour; with schedule `order` only. */
  tourLength?: number;
}

/** Nodes of all batches by their steps from the nearest output inside the batch. */
export interface Hops {
  byHop: Uint32Array;
  /** Nodes that no path of their batch connects with an output. */
  noPath: number;
}

/** One batch in typed arrays; ids are global. */
export interface Batch {
  /** The nodes that this batch predicts, ascending. */
  outputNodes: Uint32Array;
  /** Outputs and auxiliary nodes, ascending. The arrays below run parallel to it. */
  nodes: Uint32Array;
  /** 1 for outputs. */
  isOutput: Uint8Array;
  /** Sum over the batch's outputs of their PPR at the node. */
  scores: Float32Array;
  /**
   * Output with the greatest influence at the node; 4294967295 when none reaches it, and where outputs are
   * taken together.
   */
  bestOutput: Uint32Array;
  /** Best place, from 1, in the top-k list of any output; 0 when in none. */
  rank: Uint32Array;
  /** Steps to the nearest output inside the batch, along the edges; 255 when there is no path. */
  hop: Uint8Array;
  /**
   * Pairs of global ids, self-loops left out: each undirected edge once, or source and target of each
   * directed one.
   */
  edges: Uint32Array;
  /** Captured PPR mass of each output, in the order of `outputNodes`. */
  capturedMass: Float64Array;
}
