import { Connection } from "./connection.js";
import { GraphObject } from "./handles.js";
import { ModelObject } from "./model-handle.js";
import { openGraph } from "./opening.js";
import { Pool } from "./pool.js";
import { Reader } from "./reader.js";
import { defined } from "./remote.js";
import { fromWire, type Tensor, type TensorData, type Tensors, wireTensors } from "./tensors.js";
import { buffers, type FileOrBytes, oneFile, wireFile } from "./wire-files.js";
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
} from "./types.js";

/**
 * Starts a worker with the wasm in it.
 *
 * @returns a client; dispose of it when done.
 * @throws {IbmbError} `worker_crashed` when the worker or the wasm cannot be loaded, `invalid_option` for a limit that
 * is not a whole number.
 * @example
 * ```ts
 * const client = await createClient();
 * const graph = await client.openGraph({ name: "edges.csv", data: new TextEncoder().encode("0,1\n1,2\n") });
 * console.log(graph.numNodes); // 3
 * client.dispose();
 * ```
 */
export async function createClient(options: ClientOptions = {}): Promise<Client> {
  const connection = new Connection(options);
  connection.pool = new Pool(connection, options);
  connection.reader = new Reader(options);
  await connection.start();
  return new WorkerClient(connection);
}

class WorkerClient implements Client {
  readonly #connection: Connection;
  declare [Symbol.dispose]: () => void;

  static {
    // Not every runtime has the symbol yet.
    if (Symbol.dispose) this.prototype[Symbol.dispose] = this.prototype.dispose;
  }

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async openGraph(
    files: InputFile | readonly InputFile[],
    options: OpenGraphOptions = {},
  ): Promise<GraphHandle> {
    const list = Array.isArray(files) ? (files as readonly InputFile[]) : [files as InputFile];
    const wire = list.map((file, index) => wireFile(file, `files[${index}]`));
    return new GraphObject(
      this.#connection,
      await openGraph(this.#connection, wire, wire.flatMap(buffers), options),
    );
  }

  async previewTable(
    file: InputFile,
    options: Pick<OpenGraphOptions, "format" | "edgeList"> = {},
  ): Promise<TablePreview> {
    const wire = wireFile(file, "file");
    this.#connection.check();
    const args = { file: wire, options: defined(options) };
    return this.#connection.reader!.run((reader) =>
      reader.call("previewTable", args, { transfer: buffers(wire) }),
    );
  }

  async plantedGraph(options: PlantedGraphOptions = {}): Promise<GraphHandle> {
    const { signal, onProgress, ...rest } = options;
    const made = await this.#connection.call(
      "plantedGraph",
      { options: defined(rest) },
      { signal, onProgress },
    );
    return new GraphObject(this.#connection, made);
  }

  async openModel(file: FileOrBytes, options: ModelOptions = {}): Promise<ModelHandle> {
    const wire = oneFile(file, "model.safetensors");
    const opened = await this.#connection.call(
      "openModel",
      { file: wire, options },
      { transfer: buffers(wire) },
    );
    return new ModelObject(this.#connection, opened);
  }

  async saveTensors(
    tensors: Record<string, TensorData | Tensor>,
    metadata: Record<string, string> = {},
  ): Promise<Uint8Array> {
    const wire = wireTensors(tensors);
    const transfer = wire.map(({ bytes }) => bytes.buffer as ArrayBuffer);
    return this.#connection.call("saveTensors", { tensors: wire, metadata: { ...metadata } }, { transfer });
  }

  async readTensors(file: FileOrBytes): Promise<Tensors> {
    const wire = oneFile(file, "tensors.safetensors");
    const { tensors, metadata } = await this.#connection.call(
      "readTensors",
      { file: wire },
      { transfer: buffers(wire) },
    );
    return { tensors: fromWire(tensors), metadata };
  }

  get workers(): number {
    return this.#connection.pool!.size;
  }

  async setWorkers(workers: number): Promise<void> {
    this.#connection.check();
    await this.#connection.pool!.resize(workers);
  }

  async preload(part: "models" | "files" = "models"): Promise<void> {
    this.#connection.check();
    await (part === "files" ? this.#connection.reader!.preload() : this.#connection.preload());
  }

  async memoryBytes(): Promise<number> {
    const [first, others] = await Promise.all([
      this.#connection.call("memoryBytes", {}),
      this.#connection.pool?.memoryBytes() ?? 0,
    ]);
    return first + others;
  }

  restart(): Promise<void> {
    return this.#connection.restart();
  }

  dispose(): void {
    this.#connection.dispose();
  }
}
