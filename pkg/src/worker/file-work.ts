/** The worker's part that reads and writes files, with a wasm of its own. */
import type { Args, Call, Result } from "../contract/protocol.js";
import type { Limits, Progress, TablePreview } from "../contract/types.js";
import init, { checkLimits, Files, memoryBytes, previewTable, writeGraph } from "../wasm/files.js";
import { preloadBytes } from "./files.js";
import { freeing } from "./freeing.js";
import { runSteps, type Task } from "./jobs.js";
import { startWasm } from "./load.js";
import { addFiles, headOf } from "./tables.js";

/** Starts the wasm of files. */
export async function startFiles(call: Args<"init">): Promise<Result<"init">> {
  const wasm = await startWasm(init, call.wasm, "files");
  checkLimits(call.limits);
  return { wasm };
}

/** Reads a graph of any format into arrays. */
export async function readGraph(
  call: Extract<Call, { kind: "readGraph" }>,
  task: Task,
  limits: Partial<Limits> | undefined,
): Promise<Result<"readGraph">> {
  const { job, described } = await freeing(new Files(limits), async (files) => {
    const { options, described } = await addFiles(files, call, task, limits);
    return { job: files.read(options), described };
  });
  return freeing(job, async () => {
    // What was fetched before comes on top.
    const preloaded = preloadBytes(call.files);
    const shown = (progress: Progress) =>
      progress.stage === "reading"
        ? { ...progress, done: progress.done + preloaded, total: progress.total + preloaded }
        : progress;
    await runSteps(job, task, { shown });
    const { parts, report } = job.finish() as Result<"readGraph">;
    return { parts, report: { ...described(report), readingBytes: memoryBytes() } };
  });
}

/** How a file would be read, from its beginning. */
export async function lookAtTable(
  call: Args<"previewTable">,
  task: Task,
  limits: Partial<Limits> | undefined,
): Promise<TablePreview> {
  const { name, bytes, options, described } = await headOf(call.file, call.options, task);
  const found = previewTable(name, bytes, options, limits) as TablePreview;
  return { ...found, kind: described(found.kind) };
}

/** A graph in a format of other programs. */
export function writeParts(
  { parts, format, columns }: Args<"writeGraph">,
  limits: Partial<Limits> | undefined,
): Uint8Array {
  return writeGraph(parts, format, columns, limits);
}
