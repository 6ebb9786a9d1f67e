import type {
  Client,
  ClientOptions,
  GraphHandle,
  InputFile,
  ModelHandle,
  ModelOptions,
  OpenGraphOptions,
  PlantedGraphOptions,
  TablePreview,
  Tensor,
  TensorData,
  Tensors,
} from "../contract/types.js";
import { Engine } from "./engine.js";
import { GraphObject } from "./handles.js";
import { ModelObject } from "./model-handle.js";
import { openGraph } from "./opening.js";
import { defined } from "./remote.js";
import { buffers, type FileOrBytes, oneFile, wireFile } from "./wire-files.js";
import { fromWire, wireTensors } from "./wire-tensors.js";

/**
 * Starts a worker with the wasm in it.
 *
 * @returns a client; dispose of it when done.
 * @throws {IbmbError} `worker_crashed` when the worker or the wasm cannot be loaded, `invalid_option` for a
 * limit that is not a whole number.
 * @example
 * ```ts
 * const client = await createClient();
 * const graph = await client.openGraph({ name: "edges.csv", data: new TextEncoder().encode("0,1\n1,2\n") });
 * console.log(graph.numNodes); // 3
 * client.dispose();
 * ```
 */
export async function createClient(options: ClientOptions = {}): Promise<Client> {
  const engine = new Engine(options);
  await engine.start();
  return new WorkerClient(engine);
}

class WorkerClient implements Client {
  readonly #engine: Engine;
  declare [Symbol.dispose]: () => void;

  static {
    // Not every runtime has the symbol yet.
    if (Symbol.dispose) WorkerClient.prototype[Symbol.dispose] = WorkerClient.prototype.dispose;
  }

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async openGraph(
    files: InputFile | readonly InputFile[],
    options: OpenGraphOptions = {},
  ): Promise<GraphHandle> {
    const list = Array.isArray(files) ? (files as readonly InputFile[]) : [files as InputFile];
    const wire = list.map((file, index) => wireFile(file, `files[${index}]`));
    return new GraphObject(this.#engine, await openGraph(this.#engine, wire, wire.flatMap(buffers), options));
  }

  async previewTable(
    file: InputFile,
    options: Pick<OpenGraphOptions, "format" | "edgeList"> = {},
  ): Promise<TablePreview> {
    const wire = wireFile(file, "file");
    this.#engine.check();
    const args = { file: wire, options: defined(options) };
    return this.#engine.reader.run((reader) =>
      reader.call("previewTable", args, { transfer: buffers(wire) }),
    );
  }

  async plantedGraph(options: PlantedGraphOptions = {}): Promise<GraphHandle> {
    const { signal, onProgress, ...rest } = options;
    const made = await this.#engine.call("plantedGraph", { options: defined(rest) }, { signal, onProgress });
    return new GraphObject(this.#engine, made);
  }

  async openModel(file: FileOrBytes, options: ModelOptions = {}): Promise<ModelHandle> {
    const wire = oneFile(file, "model.safetensors");
    const opened = await this.#engine.call("openModel", { file: wire, options }, { transfer: buffers(wire) });
    return new ModelObject(this.#engine, opened);
  }

  async saveTensors(
    tensors: Record<string, TensorData | Tensor>,
    metadata: Record<string, string> = {},
  ): Promise<Uint8Array> {
    const wire = wireTensors(tensors);
    const transfer = wire.map(({ bytes }) => bytes.buffer as ArrayBuffer);
    return this.#engine.call("saveTensors", { tensors: wire, metadata: { ...metadata } }, { transfer });
  }

  async readTensors(file: FileOrBytes): Promise<Tensors> {
    const wire = oneFile(file, "tensors.safetensors");
    const { tensors, metadata } = await this.#engine.call(
      "readTensors",
      { file: wire },
      { transfer: buffers(wire) },
    );
    return { tensors: fromWire(tensors), metadata };
  }

  get workers(): number {
    return this.#engine.pool.size;
  }

  async setWorkers(workers: number): Promise<void> {
    this.#engine.check();
    await this.#engine.pool.resize(workers);
  }

  async preload(part: "models" | "files" = "models"): Promise<void> {
    this.#engine.check();
    await (part === "files" ? this.#engine.reader.preload() : this.#engine.preload());
  }

  async memoryBytes(): Promise<number> {
    const [first, others] = await Promise.all([
      this.#engine.call("memoryBytes", {}),
      this.#engine.pool.memoryBytes(),
    ]);
    return first + others;
  }

  restart(): Promise<void> {
    return this.#engine.restart();
  }

  dispose(): void {
    this.#engine.dispose();
  }
}
