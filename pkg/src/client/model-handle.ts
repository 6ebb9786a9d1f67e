/** A model as users hold it. */
import type { Connection } from "./connection.js";
import type { ModelInfo, Opened } from "./protocol.js";
import { Remote } from "./remote.js";
import type { ModelHandle } from "./types.js";

/** A model in the worker. */
export class ModelObject extends Remote implements ModelHandle {
  readonly #info: ModelInfo;

  constructor(connection: Connection, { handle, info }: Opened<ModelInfo>) {
    super(connection, handle, "model");
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
    return this.connection.call("saveModel", { model: this.handle });
  }
}
