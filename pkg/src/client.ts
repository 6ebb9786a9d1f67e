import { Connection } from "./connection.js";
import { GraphObject, ModelObject } from "./handles.js";
import { IbmbError } from "./errors.js";
import { openGraph } from "./opening.js";
import { Pool } from "./pool.js";
import { Reader } from "./reader.js";
import { defined } from "./remote.js";
import type { WireFile } from "./protocol.js";
import type {
  Client,
  ClientOptions,
  GraphHandle,
  InputFile,
  ModelHandle,
  ModelOptions,
  OpenGraphOptions,
  PlantedGraphOptions,
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

  async openGraph(files: InputFile | readonly InputFile[], options: OpenGraphOptions = {}): Promise<GraphHandle> {
    const list = Array.isArray(files) ? (files as readonly InputFile[]) : [files as InputFile];
    const wire = list.map((file, index) => wireFile(file, `files[${index}]`));
    return new GraphObject(this.#connection, await openGraph(this.#connection, wire, wire.flatMap(buffers), options));
  }

  async plantedGraph(options: PlantedGraphOptions = {}): Promise<GraphHandle> {
    const { signal, onProgress, ...rest } = options;
    const made = await this.#connection.call("plantedGraph", { options: defined(rest) }, { signal, onProgress });
    return new GraphObject(this.#connection, made);
  }

  async openModel(
    file: InputFile | Uint8Array | ArrayBuffer | Blob,
    options: ModelOptions = {},
  ): Promise<ModelHandle> {
    const named = "data" in file ? file : { name: nameOf(file) ?? "model.safetensors", data: file };
    const wire = wireFile(named, "file");
    const opened = await this.#connection.call("openModel", { file: wire, options }, { transfer: buffers(wire) });
    return new ModelObject(this.#connection, opened);
  }

  get workers(): number {
    return this.#connection.pool!.size;
  }

  async setWorkers(workers: number): Promise<void> {
    this.#connection.check();
    await this.#connection.pool!.resize(workers);
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

/** The name of a `File`. */
function nameOf(data: Uint8Array | ArrayBuffer | Blob): string | undefined {
  return "name" in data && typeof data.name === "string" ? data.name : undefined;
}

/** A file as it is sent: bytes are copied once, exactly those of the view, and the copy is moved. */
function wireFile(file: InputFile, option: string): WireFile {
  const { name, data } = file ?? {};
  if (typeof name !== "string") {
    throw new IbmbError("invalid_option", `${option}: name must be a string, got ${typeof name}`, { name: option });
  }
  if (data instanceof Blob) return { name, data };
  if (data instanceof Uint8Array || data instanceof ArrayBuffer) {
    try {
      return { name, data: new Uint8Array(data instanceof ArrayBuffer ? data.slice(0) : data) };
    } catch {
      const bytes = data.byteLength;
      throw new IbmbError("out_of_memory", `${name}: ${bytes} bytes could not be reserved`, { bytes });
    }
  }
  throw new IbmbError("invalid_option", `${option}: data must be a Uint8Array, an ArrayBuffer or a Blob`, {
    name: option,
  });
}

function buffers({ data }: WireFile): ArrayBuffer[] {
  return data instanceof Blob ? [] : [data.buffer as ArrayBuffer];
}
