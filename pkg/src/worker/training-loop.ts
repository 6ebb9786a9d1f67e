/** A training, epoch by epoch, in the worker. */

import { host } from "#host";
import type { Epoch, TrainRun } from "../contract/types.js";
import type { Task } from "./jobs.js";

/** A training of the wasm: `step` says whether all is done. */
interface TrainingJob {
  step(budget: number): boolean;
  readonly numEpochs: number;
  epoch(index: number): unknown;
  readonly bestEpoch: number;
  readonly ended: string | undefined;
}

/** Trains until the end or a stop, and tells of every epoch; without any a stop throws `cancelled`. */
export async function trainThrough(
  job: TrainingJob,
  id: number,
  task: Task,
): Promise<Omit<TrainRun, "model">> {
  const history: Epoch[] = [];
  let timeMs = 0;
  let finished = false;
  while (!finished && !task.stopped) {
    const start = performance.now();
    finished = job.step(1);
    timeMs += performance.now() - start;
    if (job.numEpochs > history.length) {
      const told = job.epoch(history.length) as Omit<Epoch, "timeMs" | "bestEpoch">;
      const epoch: Epoch = { ...told, bestEpoch: job.bestEpoch, timeMs };
      history.push(epoch);
      host.post({ kind: "epoch", id, epoch }, []);
      timeMs = 0;
    }
    await task.turn();
  }
  if (job.bestEpoch === 0) task.check();
  const ended = (job.ended ?? "stopped") as TrainRun["ended"];
  return { history, bestEpoch: job.bestEpoch, ended, stopped: !finished };
}
