import type { Answer, WasmSource } from "../contract/protocol.js";
import { startWorker } from "../start-worker.browser.js";
import { type Connect, wasmSource } from "./platform.js";

/** A module worker. */
export const connect: Connect = (factory, onAnswer, onCrash) => {
  const worker = factory ? (factory() as Worker) : startWorker();
  worker.addEventListener("message", (event: MessageEvent<Answer>) => onAnswer(event.data));
  worker.addEventListener("error", (event) => onCrash(event.message || "the worker could not be started"));
  worker.addEventListener("messageerror", () => onCrash("a message of the worker could not be read"));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    hold: () => {},
    close: () => worker.terminate(),
  };
};

/** Relative addresses are relative to the page. */
export function locate(wasm: Parameters<typeof wasmSource>[0]): WasmSource {
  return wasmSource(wasm, globalThis.location?.href ?? import.meta.url);
}
