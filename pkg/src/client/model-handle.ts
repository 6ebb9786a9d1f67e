/** A model as users hold it. */

import type { ModelInfo, Opened } from "../contract/protocol.js";
import type { ModelHandle } from "../contract/types.js";
import type { Engine } from "./engine.js";
import { Remote } from "./remote.js";

/** A model in the worker. */
export class ModelObject extends Remote implements ModelHandle {
  readonly #info: ModelInfo;

  constructor(engine: Engine, { handle, info }: Opened<ModelInfo>) {
    super(engine, handle, "model");
    this.#info = info;
  }

  get arch() {
    return this.#info.arch;
  }
  get shape() {
    return this.#info.shape;
  }
  get numFeatures() {
    return this.#info.numFeatures;
  }
  get numClasses() {
    return this.#info.numClasses;
  }
  get numLayers() {
    return this.#info.numLayers;
  }
  get hidden() {
    return this.#info.hidden;
  }
  get heads() {
    return this.#info.heads;
  }
  get activation() {
    return this.#info.activation;
  }
  get selfLoops() {
    return this.#info.selfLoops;
  }
  get numParameters() {
    return this.#info.numParameters;
  }
  get featureNormalization() {
    return this.#info.featureNormalization;
  }

  async save(): Promise<Uint8Array> {
    return this.engine.call("saveModel", { model: this.handle });
  }
}
