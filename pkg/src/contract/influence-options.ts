/** Options of the questions about influence. */
import type { WorkOptions } from "./work.js";

export interface InfluencerOptions {
  /** Teleport probability, 0 < alpha <= 1. Default 0.25. */
  alpha?: number;
  /** Push tolerance per unit of degree, > 0. Default 1e-4. */
  eps?: number;
  /** How many at most, >= 1. Default 16. */
  k?: number;
}

/** How the exact influence is compared with PPR. */
export interface ExactInfluenceOptions extends InfluencerOptions, WorkOptions {
  /** Edge weights of a GCN. Default: those the model was trained with, else `global-sym`. */
  normalization?: "global-sym" | "global-rw";
}
