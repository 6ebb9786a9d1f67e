/** Options of an order of batches. */
import type { WorkOptions } from "./work.js";

/** Options of an order of batches. */
export interface OrderOptions extends WorkOptions {
  /**
   * `random` (default): a uniform shuffle each epoch. `sample`: each next batch is drawn among those left in proportion
   * to its distance from the one before. `order`: one closed tour that makes neighbours as different as can be found.
   */
  schedule?: "random" | "sample" | "order";
  /** Of the label distributions of the batches' outputs: symmetric Kullback-Leibler divergence (default) or L1. */
  distance?: "kl" | "l1";
  /** Default 0. */
  seed?: number;
  /** How many epochs to order, 1 to 10,000. Default 1. */
  epochs?: number;
}
