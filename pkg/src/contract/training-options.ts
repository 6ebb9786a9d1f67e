/** Options of a training. */
import type { AbortSignalLike } from "./globals.js";
import type { PlanHandle } from "./plan.js";
import type { Epoch } from "./training.js";

/** How the step size falls; as `ReduceLROnPlateau` of PyTorch. IBMB paper, experimental set-up. */
export interface PlateauOptions {
  /** Factor of the step size, 0 < factor < 1. Default 0.33. */
  factor?: number;
  /** Epochs in a row without a smaller validation loss that are borne, 0 to 100000. Default 30. */
  patience?: number;
  /** Epochs after a fall that do not count, 0 to 100000. Default 10. */
  cooldown?: number;
  /** The step size does not fall below, 0 to 1. Default 1e-4. */
  minLr?: number;
}

/** When training ends before all epochs are done. IBMB paper, experimental set-up. */
export interface EarlyStopOptions {
  /** Epochs without a greater validation accuracy that are borne, 1 to 100000. Default 100. */
  patience?: number;
  /** Epochs that are trained in any case, 0 to 100000. Default 300. */
  minEpochs?: number;
}

/** How a network is trained. "IBMB paper" is Gasteiger et al., LoG 2022. */
export interface TrainOptions {
  /** Split whose nodes are trained and validated on. Default: the first. */
  split?: string;
  /** Kind of the convolutions. IBMB paper, experimental set-up. Default `gcn`. */
  arch?: "gcn" | "sage" | "gat";
  /** Convolutions, 1 to 16. Default 2. */
  layers?: number;
  /** Width of hidden layers, 1 to 4096, all heads of a GAT together. Default 64. */
  hidden?: number;
  /** Heads of a GAT, 1 to 64, a divisor of `hidden`. Default 8. */
  heads?: number;
  /** What follows a hidden convolution. Default `elu` in a GAT, else `relu`. */
  activation?: "relu" | "elu";
  /** `pyg`: conv, ReLU, dropout, conv. `ibmb`: conv, LayerNorm, ReLU, dropout, … and a final linear layer, the models of the IBMB paper. Default `pyg`. */
  shape?: "pyg" | "ibmb";
  /** Probability of dropping a value, 0 <= dropout < 1. Default 0.5, for a GAT 0.6. */
  dropout?: number;
  /** Passes over the training nodes, 1 to 100000. Default 200. */
  epochs?: number;
  /** Adam, where weight decay is added to the gradient, or AdamW, where weights shrink by it. Default `adam`. */
  optimizer?: "adam" | "adamw";
  /** Step size, 0 < lr <= 1. Default 0.01. */
  lr?: number;
  /** How strongly all weights but biases and norms are drawn towards 0, 0 to 1. Default 2e-3, for GraphSAGE 5e-4. */
  weightDecay?: number;
  /** Batches whose mean gradient makes one step, 1 to 100000. IBMB paper, experimental set-up. Default 1. */
  accumulate?: number;
  /** Every batch counts the same (IBMB paper, training), or every output of all batches. Default `batch-mean`. */
  loss?: "batch-mean" | "output-mean";
  /** Lowers the step size when the validation loss does not fall; `{}` as published. Default: it stays. */
  plateau?: PlateauOptions;
  /** Ends training when the validation accuracy does not rise; `{}` as published. Default: all epochs are done. */
  earlyStop?: EarlyStopOptions;
  /** How the features are prepared, see `ModelOptions`. Default `l2`. */
  featureNormalization?: "none" | "row" | "l2";
  /** Edge weights where the full graph is trained or validated on and no plan brings its own. Default `global-sym`. */
  normalization?: "global-sym" | "global-rw";
  /** A plan whose outputs are the training nodes, or the full graph. IBMB paper, training. Default `"full"`. */
  plan?: PlanHandle | "full";
  /** Order of the plan's batches, see `plan.order`. IBMB paper, batch scheduling. Default `random`. */
  schedule?: "random" | "sample" | "order";
  /** A plan of the validation nodes; default: the full graph. */
  validationPlan?: PlanHandle;
  /** Start of the random numbers for weights, dropout and the order of batches. Default 0. */
  seed?: number;
  /** Called after every epoch. */
  onEpoch?: (epoch: Epoch) => void;
  /**
   * Stops the training, which then resolves with the best weights so far and `stopped: true`. Before the first epoch
   * has ended there are none: it rejects with code `cancelled`.
   */
  signal?: AbortSignalLike;
}
