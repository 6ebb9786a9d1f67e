import { pathToFileURL } from "node:url";
import { Worker, type Transferable as NodeTransferable } from "node:worker_threads";
import { wasmSource, type Connect } from "./platform.js";
import type { Answer, WasmSource } from "./protocol.js";

/** A `worker_threads` worker beside this file. It lets the process end when nothing is under way. */
export const connect: Connect = (factory, onAnswer, onCrash) => {
  const worker = factory
    ? (factory() as Worker)
    : new Worker(new URL("./worker.js", import.meta.url), { name: "ibmb" });
  let closed = false;
  worker.on("message", (answer: Answer) => onAnswer(answer));
  worker.on("error", (error: Error) => onCrash(error.message));
  worker.on("messageerror", (error) => onCrash(error.message));
  worker.on("exit", (code) => closed || onCrash(`the worker ended with exit code ${code}`));
  return {
    post: (message, transfer) => worker.postMessage(message, transfer as NodeTransferable[]),
    hold: (busy) => (busy ? worker.ref() : worker.unref()),
    close: () => {
      closed = true;
      void worker.terminate();
    },
  };
};

/** Relative addresses are relative to the working folder. */
export function locate(wasm: Parameters<typeof wasmSource>[0]): WasmSource {
  return wasmSource(wasm, pathToFileURL(`${process.cwd()}/`).href);
}
