/** Inference passes of one method, prepared once: warm-up, then timed passes. */

import { IbmbError } from "../contract/errors.js";
import type { Passes, Prediction, PreparedInfo } from "../contract/protocol.js";
import type { InferByOptions, InferencePoint, PlanOptions, Progress } from "../contract/types.js";
import { type Freeable, isTrap } from "./freeing.js";
import { runSteps, type Steps, type Task } from "./jobs.js";

/** A pass over all outputs. */
export interface PassJob extends Steps, Freeable {
  /** Starts over; buffers stay. */
  again(): void;
  readonly bytes: number;
  readonly nodesRead: number;
  /** Result of the latest pass. */
  predictions(): unknown;
}

/** A sample takes about so long, so that a clock of a tenth of a millisecond errs by a percent. */
const SAMPLE_MS = 12;
const CLOCK_MS = 0.05;
const MOST_IN_A_ROW = 200;

const PLAN_METHODS: Record<NonNullable<PlanOptions["method"]>, true> = {
  "node-wise": true,
  "batch-wise": true,
  hybrid: true,
  random: true,
  cluster: true,
};

/** Whether the method makes a plan. */
export function isPlanMethod(method: InferByOptions["method"]): method is NonNullable<PlanOptions["method"]> {
  return Object.hasOwn(PLAN_METHODS, method);
}

/** One timed sample: the time of one inference pass, and of its stages. */
interface Sample {
  totalMs: number;
  msByStage: Record<string, number>;
}

/** A prepared inference method. Passes can be repeated; each gives bit-identical results. */
export class Prepared implements Freeable {
  readonly info: PreparedInfo;
  readonly #job: PassJob;
  #passes = 0;
  #lastMs = Number.POSITIVE_INFINITY;
  #busy = false;
  #freed = false;

  /** `before` is what preparation took, by stage; what the job needs before its first step comes on top. */
  constructor(make: () => PassJob, before: Record<string, number> = {}) {
    const start = performance.now();
    this.#job = make();
    const prepareByStage = { ...before, "setting up": performance.now() - start };
    this.info = { prepareMs: Object.values(prepareByStage).reduce((sum, ms) => sum + ms, 0), prepareByStage };
  }

  /** Frees the job; passes under way still end. */
  free(): void {
    this.#freed = true;
    if (!this.#busy) this.#job.free();
  }

  /**
   * Runs passes and takes the middle of their times.
   *
   * Clocks of browsers are coarse: what is short is run several times in a row for one sample, and timed as
   * one.
   *
   * @throws {IbmbError} `invalid_option` while passes are under way; `cancelled`.
   */
  async measure({ repeats, warmUps }: Passes, task: Task): Promise<InferencePoint> {
    if (this.#busy)
      throw new IbmbError("invalid_option", "passes over this preparation are under way; wait for them");
    this.#busy = true;
    try {
      for (let at = 0; at < warmUps; at += 1) await this.#once("warming up", at, warmUps, task);
      const inARow = Math.max(
        1,
        Math.min(MOST_IN_A_ROW, Math.ceil(SAMPLE_MS / Math.max(this.#lastMs, CLOCK_MS))),
      );
      const samples: Sample[] = [];
      for (let at = 0; at < repeats; at += 1) {
        if (inARow === 1) samples.push(await this.#once("measuring", at, repeats, task));
        else {
          samples.push(many(this.#job, inARow));
          task.report({ stage: "measuring", done: at + 1, total: repeats }, at + 1 === repeats);
          await task.turn();
          task.check();
        }
      }
      const middle = samples.toSorted((a, b) => a.totalMs - b.totalMs)[(repeats - 1) >> 1]!;
      const { bytes, nodesRead } = this.#job;
      return {
        ...(this.#job.predictions() as Prediction),
        bytes,
        nodesComputed: nodesRead,
        timeMs: middle.totalMs,
        passMs: Float64Array.from(samples, ({ totalMs }) => totalMs),
        msByStage: middle.msByStage,
        ...this.info,
      };
    } catch (thrown) {
      // A trap leaves nothing that could be freed.
      if (isTrap(thrown)) this.#freed = false;
      throw thrown;
    } finally {
      this.#busy = false;
      if (this.#freed) this.#job.free();
    }
  }

  /** One pass, with progress. */
  async #once(stage: string, at: number, of: number, task: Task): Promise<Sample> {
    if (this.#passes++ > 0) this.#job.again();
    const shown = ({ done, total }: Progress) => ({ stage, done: at * total + done, total: of * total });
    const timing = await runSteps(this.#job, task, { onUnit: () => {}, shown });
    this.#lastMs = timing.totalMs;
    task.check();
    return timing;
  }
}

/** Some passes in a row without a turn of the event loop; the stages share the time as the clock saw them. */
function many(job: PassJob, passes: number): Sample {
  const seen: Record<string, number> = {};
  const start = performance.now();
  let last = start;
  for (let pass = 0; pass < passes; pass += 1) {
    job.again();
    for (let finished = false; !finished; ) {
      // As in `runSteps`: the time of a step belongs to the stage in which it began.
      const { stage } = job;
      finished = job.step(1);
      const now = performance.now();
      seen[stage] = (seen[stage] ?? 0) + now - last;
      last = now;
    }
  }
  const totalMs = (last - start) / passes;
  const sum = Object.values(seen).reduce((all, ms) => all + ms, 0);
  const share = (ms: number) => (sum > 0 ? (ms / sum) * totalMs : totalMs / Object.keys(seen).length);
  return {
    totalMs,
    msByStage: Object.fromEntries(Object.entries(seen).map(([stage, ms]) => [stage, share(ms)])),
  };
}
