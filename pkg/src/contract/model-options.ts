/** Options of opening a model. */

/** How a model is opened. */
export interface ModelOptions {
  /** How the features are prepared: as they are, or each row divided by its sum (PyG `NormalizeFeatures`) or by its Euclidean length (`l2`). The file's own word wins. */
  featureNormalization?: "none" | "row" | "l2";
  /** What follows a hidden layer, where the file does not say; ReLU by default, a GAT with hidden layers must be told. */
  activation?: "relu" | "elu";
  /** Whether the mean of a GraphSAGE layer counts the self-loops that were added, where the file does not say. Default false. */
  selfLoops?: boolean;
  /** Whether the last GAT layer keeps its heads side by side, where no bias tells. */
  concat?: boolean;
}
