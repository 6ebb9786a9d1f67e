/** Differences between browser and Node on the side of the client. */
import type { WasmInput } from "../contract/globals.js";
import type { Answer, Request, WasmSource } from "../contract/protocol.js";

/** A connection to one worker. */
export interface Channel {
  post(message: Request, transfer: Transferable[]): void;
  /** Whether the worker keeps the process alive; only Node can tell. */
  hold(busy: boolean): void;
  /** Ends the worker. */
  close(): void;
}

/** Starts a worker; `onCrash` gets what it said when it could not start or fell. */
export type Connect = (
  factory: (() => unknown) | undefined,
  onAnswer: (answer: Answer) => void,
  onCrash: (message: string) => void,
) => Channel;

/** A source as the worker can take it: addresses absolute, since the worker has another base. */
export function wasmSource(wasm: WasmInput | undefined, base: string): WasmSource {
  if (typeof wasm === "string") return new URL(wasm, base).href;
  if (wasm instanceof URL) return wasm.href;
  return wasm as Exclude<WasmSource, string>;
}
