/** Options of a training. */
import type { TrainSettings } from "./generated/options.js";
import type { AbortSignalLike } from "./globals.js";
import type { PlanHandle } from "./plan.js";
import type { Epoch } from "./training.js";

/** Options of `graph.train`. "IBMB paper" is Gasteiger et al., LoG 2022. */
export interface TrainOptions extends TrainSettings {
  /** A plan whose outputs are the training nodes, or the full graph. IBMB paper, training. Default `"full"`. */
  plan?: PlanHandle | "full";
  /** A plan of the validation nodes; default: the full graph. */
  validationPlan?: PlanHandle;
  /** Called after every epoch. */
  onEpoch?: (epoch: Epoch) => void;
  /**
   * Stops the training, which then resolves with the best weights so far and `stopped: true`. Before the first epoch
   * has ended there are none: it rejects with code `cancelled`.
   */
  signal?: AbortSignalLike;
}
