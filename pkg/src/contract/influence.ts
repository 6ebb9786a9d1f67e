/** Influence of nodes on one of them, by PPR and by a model. */

/** Nodes of greatest PPR from a node, strongest first. */
export interface Influencers {
  nodes: Uint32Array;
  scores: Float64Array;
}

/** Influence of nodes on a model's output at one node, and how well PPR predicts it. */
export interface ExactInfluence {
  /** All nodes that reach the node within the model's layers, the most influential first. */
  nodes: Uint32Array;
  /** Sum over logits and features of |d logit / d feature|, one a node; features as the model reads them. */
  scores: Float64Array;
  /** PPR at `nodes`; 0 where push did not reach the node. */
  ppr: Float64Array;
  /** Spearman's correlation of `scores` and `ppr`; null where one of them is constant. */
  rankCorrelation: number | null;
  /** Share of the `k` nodes of greatest score that are among the `k` of greatest PPR. */
  topKOverlap: number;
  k: number;
}
