import { readFile } from "node:fs/promises";
import { type Transferable as NodeTransferable, parentPort } from "node:worker_threads";
import type { Host } from "./host.js";

if (!parentPort) throw new Error("ibmb/worker runs in a worker thread only");
const port = parentPort;

export const host: Host = {
  listen: (onRequest) => void port.on("message", onRequest),
  post: (answer, transfer) => port.postMessage(answer, transfer as NodeTransferable[]),
  nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
  fetchWasm: async (url) => {
    if (url.protocol === "file:") return readFile(url);
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  },
};
