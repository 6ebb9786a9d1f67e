import { connect, locate } from "#platform";
import { fromPlain, IbmbError } from "../contract/errors.js";
import type { AbortSignalLike } from "../contract/globals.js";
import type {
  Answer,
  Args,
  Call,
  CallKind,
  HandleId,
  Result,
  WasmModule,
  WasmSource,
} from "../contract/protocol.js";
import type { BatchDone, ClientOptions, Epoch, Progress } from "../contract/types.js";
import type { Channel } from "./platform.js";

/** Callbacks of a call, and its abort signal. */
export interface CallOptions {
  signal?: AbortSignalLike | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
  onEpoch?: ((epoch: Epoch) => void) | undefined;
  onBatch?: ((batch: BatchDone) => void) | undefined;
  onPositions?: ((positions: Float32Array) => void) | undefined;
  /** A stopped call still resolves, with what it has. */
  resolvesWhenStopped?: boolean;
  /** Buffers that are moved to the worker. */
  transfer?: ArrayBuffer[];
}

interface Pending {
  resolve(value: Result<CallKind>): void;
  reject(error: IbmbError): void;
  onProgress: CallOptions["onProgress"];
  onEpoch: CallOptions["onEpoch"];
  onBatch: CallOptions["onBatch"];
  onPositions: CallOptions["onPositions"];
  /** Stops listening to the signal. */
  release(): void;
}

/** Calls to one worker at a time: numbers them, settles every one, and starts a new worker on request. */
export class Connection {
  readonly #options: ClientOptions;
  readonly #module: WasmModule;
  #wasm: WasmSource;
  #modelsWasm: WasmSource;
  readonly #pending = new Map<number, Pending>();
  #channel: Channel | undefined;
  #nextId = 1;
  /** Why calls fail; `undefined` while the worker runs. */
  #closed: IbmbError | undefined;
  #generation = 0;

  constructor(options: ClientOptions, module: WasmModule = "engine") {
    this.#options = options;
    this.#module = module;
    this.#wasm = locate(module === "engine" ? options.wasm : options.filesWasm);
    this.#modelsWasm = locate(options.modelsWasm);
  }

  /** Which worker is running, from 1; objects of earlier ones are gone. */
  get generation(): number {
    return this.#generation;
  }

  /** The wasm for another worker of the same module: compiled, once this one has started. */
  get wasm(): WasmSource {
    return this.#wasm;
  }

  /** The same of the part with models, once it was preloaded. */
  get modelsWasm(): WasmSource {
    return this.#modelsWasm;
  }

  /** Loads the part with models, unless it is there. */
  async preload(): Promise<void> {
    this.#modelsWasm = (await this.call("preload", {})).wasm;
  }

  /** Starts a worker and waits until its wasm is ready. */
  async start(): Promise<void> {
    const generation = ++this.#generation;
    this.#closed = undefined;
    const current = () => generation === this.#generation;
    this.#channel = connect(
      this.#options.worker,
      (answer) => current() && this.#receive(answer),
      (message) => current() && this.#crash(message),
    );
    try {
      const wasm = { module: this.#module, wasm: this.#wasm, modelsWasm: this.#modelsWasm };
      const { wasm: compiled } = await this.call("init", { ...wasm, limits: this.#options.limits });
      this.#wasm = compiled;
    } catch (error) {
      if (current() && !this.#closed) this.#close(error as IbmbError);
      throw error;
    }
  }

  /** Ends the worker with all it holds, then starts a new one. */
  async restart(): Promise<void> {
    if (this.#closed?.code === "disposed") throw this.#closed;
    this.#end(new IbmbError("worker_crashed", "the worker was restarted"));
    await this.start();
  }

  /** Ends the worker; quiet when it has ended. */
  dispose(reason = new IbmbError("disposed", "the client is disposed")): void {
    this.#end(reason);
  }

  /** Whether a worker takes calls. */
  get runs(): boolean {
    return !this.#closed && this.#channel !== undefined;
  }

  /** Throws why calls fail, when they do. */
  check(): void {
    if (this.#closed) throw this.#closed;
  }

  /** Sends a call and resolves with its result. */
  call<K extends CallKind>(kind: K, args: Args<K>, options: CallOptions = {}): Promise<Result<K>> {
    const { signal, onProgress, onEpoch, onBatch, onPositions } = options;
    const channel = this.#channel;
    if (this.#closed || !channel)
      return Promise.reject(this.#closed ?? new IbmbError("disposed", "no worker runs"));
    if (signal?.aborted) return Promise.reject(cancelled(signal));
    const id = this.#nextId++;
    return new Promise<Result<K>>((resolve, reject) => {
      const onAbort = () => {
        channel.post({ kind: "cancel", id }, []);
        if (!options.resolvesWhenStopped) this.#settle(id)?.reject(cancelled(signal));
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      const release = () => signal?.removeEventListener("abort", onAbort);
      const settle = { resolve: resolve as Pending["resolve"], reject };
      this.#pending.set(id, { ...settle, onProgress, onEpoch, onBatch, onPositions, release });
      channel.hold(true);
      try {
        channel.post({ kind, id, ...args } as unknown as Call, options.transfer ?? []);
      } catch (cause) {
        // Something that cannot be cloned, such as a function among the options.
        const message = cause instanceof Error ? cause.message : String(cause);
        this.#settle(id)?.reject(
          new IbmbError("invalid_option", `an argument cannot be sent to the worker: ${message}`),
        );
      }
    });
  }

  /** Frees an object of the worker of that generation. */
  free(handle: HandleId, generation: number): void {
    if (!this.#closed && generation === this.#generation)
      this.#channel?.post({ kind: "dispose", handle }, []);
  }

  #receive(answer: Answer): void {
    switch (answer.kind) {
      case "result": {
        const pending = this.#settle(answer.id);
        // Cancelled while the answer was on its way: nobody will dispose of what it opened.
        if (!pending) for (const handle of openedIn(answer.value)) this.free(handle, this.#generation);
        pending?.resolve(answer.value);
        return;
      }
      case "error":
        this.#settle(answer.id)?.reject(fromPlain(answer.error));
        return;
      case "progress":
        this.#pending.get(answer.id)?.onProgress?.(answer.progress);
        return;
      case "epoch":
        this.#pending.get(answer.id)?.onEpoch?.(answer.epoch);
        return;
      case "batches":
        // A listener may cancel: what comes after is not told.
        for (const batch of answer.batches) this.#pending.get(answer.id)?.onBatch?.(batch);
        return;
      case "positions":
        this.#pending.get(answer.id)?.onPositions?.(answer.positions);
        return;
      case "crashed":
        this.#crash(answer.message);
        return;
      default: {
        const never: never = answer;
        throw new Error(`unknown answer ${JSON.stringify(never)}`);
      }
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (!pending) return undefined;
    this.#pending.delete(id);
    pending.release();
    if (this.#pending.size === 0) this.#channel?.hold(false);
    return pending;
  }

  #crash(message: string): void {
    const crashed =
      this.#module === "engine"
        ? "the worker has crashed"
        : "the worker that reads files has crashed, what is open is unchanged";
    this.#close(new IbmbError("worker_crashed", `${crashed}: ${message}`));
  }

  /** Called when the worker was ended, with the reason; not when it crashed. */
  protected ended(_reason: IbmbError): void {}

  #end(reason: IbmbError): void {
    this.#close(reason);
    this.ended(reason);
  }

  #close(reason: IbmbError): void {
    // The first reason stays, but for a dispose after a crash.
    if (this.#closed && (this.#closed.code === "disposed" || reason.code !== "disposed")) return;
    this.#closed = reason;
    this.#channel?.close();
    this.#channel = undefined;
    for (const id of [...this.#pending.keys()]) this.#settle(id)?.reject(reason);
  }
}

function cancelled(signal: AbortSignalLike | undefined): IbmbError {
  return new IbmbError("cancelled", "cancelled by the caller", { reason: signal?.reason });
}

/** Objects that a result has opened. */
function openedIn(value: Result<CallKind>): HandleId[] {
  if (typeof value !== "object" || value === null) return [];
  if ("handle" in value) return [value.handle];
  if ("model" in value) return [value.model.handle];
  return [];
}
