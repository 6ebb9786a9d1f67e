/**
 * A module worker beside this file, in the form that bundlers recognise. Bundles put `ibmb/worker` beside
 * themselves as `worker.js`: the address is the same only while this file stands beside it, too.
 */
export const startWorker = (): Worker =>
  new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "ibmb" });
