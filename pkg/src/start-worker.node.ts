import { Worker } from "node:worker_threads";

/** A `worker_threads` worker beside this file, where bundles have it too. */
export const startWorker = (): Worker =>
  new Worker(new URL("./worker.js", import.meta.url), { name: "ibmb" });
