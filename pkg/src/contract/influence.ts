/** Influence of nodes on one of them, by PPR and by a model. */

/** Nodes of greatest PPR from a node, strongest first. */
export interface Influencers {
  nodes: Uint32Array;
  scores: Float64Array;
}

/** Influence of nodes on what a model says about one, and how well PPR foresees it. */
export interface ExactInfluence {
  /** All nodes that reach the node within the model's layers, the most influential first. */
  nodes: Uint32Array;
  /** Sum over logits and features of |d logit / d feature|, one a node; features as the model reads them. */
  scores: Float64Array;
  /** PPR at `nodes`; 0 where push did not get to. */
  ppr: Float64Array;
  /** Spearman's correlation of `scores` and `ppr`; null where one of them says the same of all nodes. */
  rankCorrelation: number | null;
  /** Share of the `k` nodes of greatest score that are among the `k` of greatest PPR. */
  topKOverlap: number;
  k: number;
}
