/** The neighbourhood of a node, and the reasons why it is in a batch. */
import type { Inference } from "./inference.js";

/**
 * The nodes around some sources: those chosen, the strongest of those left out, and what flows between them.
 */
export interface Neighbourhood {
  /** The nodes asked about, ascending. */
  sources: Uint32Array;
  /** By score, of equal ones the smaller id first. The arrays below run parallel to it. */
  nodes: Uint32Array;
  /** Sum over the sources of their influence at the node. */
  scores: Float64Array;
  /** Best place, from 1, in the list of any source (of all together); 0 when in none. */
  rank: Uint32Array;
  /** 0 for nodes left out. Sources are always chosen. */
  isChosen: Uint8Array;
  /** Steps from the nearest source in the whole graph; 4294967295 when there is no way. */
  hop: Uint32Array;
  /**
   * Place in `nodes` of the one nearer to the sources from which most influence comes; 4294967295 at sources
   * and without a way.
   */
  parent: Uint32Array;
  /**
   * Direction in rings by hop, as a part of a full turn: sectors within that of the parent. A source alone is
   * the centre.
   */
  turn: Float32Array;
  /**
   * Pairs of global ids between listed nodes, self-loops left out: each undirected edge once, or source and
   * target.
   */
  edges: Uint32Array;
  /**
   * How often a walk with restart takes each edge, both ways together, summed over the sources: (1 - alpha) /
   * alpha * p_u * w_uv / d_u. Times alpha / (1 - alpha) and over the sources it is the share of all steps.
   * Null for the heat kernel.
   */
  flow: Float64Array | null;
  /** Mean over the sources of the influence that the chosen nodes hold, 0..1. */
  capturedMass: number;
  /** The same of all nodes found; the rest is below the tolerance of the walk. */
  reachedMass: number;
  /** How many nodes with influence are not chosen, listed or not. */
  numLeftOut: number;
}

/** Influence of one node of a batch on the outputs of the batch. The first four arrays are parallel. */
export interface Reasons {
  /** Outputs on which the node has influence, the strongest first. */
  outputs: Uint32Array;
  /** The influence on each. */
  scores: Float64Array;
  /** Place of the node, from 1, in the list of each. */
  ranks: Uint32Array;
  /**
   * 1 for outputs that selected the node: it is among their `topK`. In `batch-wise` plans, which select for
   * all outputs together, 1 for every output; in `cluster` plans, whose batches are parts of the graph, 0.
   */
  asked: Uint8Array;
  /** All batches that hold the node, as output or auxiliary node. */
  batches: Uint32Array;
}

/** A path without repeated nodes. */
export interface StrongPath {
  /** From one end to the other. */
  nodes: Uint32Array;
  /**
   * Probability that a walk with restart takes just these steps and stops: its part of the PPR at the end.
   */
  strength: number;
}

/** Predictions of one batch, with probabilities. */
export type BatchPrediction = Omit<
  Inference,
  "timeMs" | "batchMs" | "msByStage" | "bytes" | "probabilities"
> & {
  probabilities: Float32Array;
};

/** The outputs of a batch predicted twice. */
export interface Without {
  withNode: BatchPrediction;
  withoutNode: BatchPrediction;
}
