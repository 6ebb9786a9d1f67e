/** A model, as its users see it. */

/** The weights of a network, in the worker. */
export interface ModelHandle {
  readonly arch: "gcn" | "sage" | "gat";
  /** Order of the layers; see `TrainOptions.shape`. */
  readonly shape: "pyg" | "ibmb";
  readonly numFeatures: number;
  readonly numClasses: number;
  readonly numLayers: number;
  readonly hidden: number;
  /** Heads of a GAT; 1 for the others. */
  readonly heads: number;
  readonly activation: "relu" | "elu";
  /** Whether the mean of a GraphSAGE layer counts the self-loops that were added. */
  readonly selfLoops: boolean;
  readonly numParameters: number;
  readonly featureNormalization: "none" | "row" | "l2";
  /** safetensors with PyG's `state_dict` names. */
  save(): Promise<Uint8Array>;
  /** Frees the weights in the worker. Twice is quiet; use after it rejects with `disposed`. */
  dispose(): void;
  /** `dispose()`, where the runtime has `Symbol.dispose`. */
  [Symbol.dispose](): void;
}
