/** Passes of one way of inference: warmed up, then timed. */
import { IbmbError } from "./errors.js";
import { type Freeable, freeing } from "./freeing.js";
import { runSteps, type Steps, type Task } from "./jobs.js";
import type { Prediction } from "./protocol.js";
import type { InferByOptions, InferencePoint, PlanOptions, Progress } from "./types.js";

/** A pass over all outputs. */
export interface PassJob extends Steps, Freeable {
  /** Starts over; buffers stay. */
  again(): void;
  readonly bytes: number;
  readonly nodesRead: number;
  finish(): unknown;
}

/** How often a pass is run. */
interface Repeats {
  repeats: number;
  warmUps: number;
}

const DEFAULT_REPEATS = 5;
/** The first runs of a kernel are compiled in haste and several times slower. */
const DEFAULT_WARM_UPS = 2;
const MOST = 1000;
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

/**
 * The numbers of passes, with the defaults where nothing is said.
 *
 * @throws {IbmbError} `invalid_option` for what is not a whole number in range.
 */
export function readRepeats(repeats = DEFAULT_REPEATS, warmUps = DEFAULT_WARM_UPS): Repeats {
  for (const [name, value, least] of [["repeats", repeats, 1], ["warmUps", warmUps, 0]] as const) {
    if (!Number.isInteger(value) || value < least || value > MOST) {
      throw new IbmbError("invalid_option", `${name}: ${value} is not a whole number from ${least} to ${MOST}`, { name });
    }
  }
  return { repeats, warmUps };
}

/** One timed sample: the time of a pass, and of its stages. */
interface Sample {
  totalMs: number;
  msByStage: Record<string, number>;
}

/**
 * Runs passes and takes the middle of their times. `before` is what preparation took, by stage; what the job needs before
 * its first step comes on top.
 *
 * Clocks of browsers are coarse: what is short is run several times in a row for one sample, and timed as one.
 */
export async function measurePasses(
  make: () => PassJob,
  { repeats, warmUps }: Repeats,
  before: Record<string, number>,
  task: Task,
): Promise<InferencePoint> {
  const start = performance.now();
  return freeing(make(), async (job) => {
    const prepareByStage = { ...before, "setting up": performance.now() - start };
    let passes = 0;
    const once = async (stage: string, at: number, of: number): Promise<Sample> => {
      if (passes++ > 0) job.again();
      const shown = ({ done, total }: Progress) => ({ stage, done: at * total + done, total: of * total });
      const timing = await runSteps(job, task, { onUnit: () => {}, shown });
      task.check();
      return timing;
    };
    let lastMs = Number.POSITIVE_INFINITY;
    for (let at = 0; at < warmUps; at += 1) lastMs = (await once("warming up", at, warmUps)).totalMs;
    const inARow = Math.max(1, Math.min(MOST_IN_A_ROW, Math.ceil(SAMPLE_MS / Math.max(lastMs, CLOCK_MS))));
    const samples: Sample[] = [];
    for (let at = 0; at < repeats; at += 1) {
      if (inARow === 1) samples.push(await once("measuring", at, repeats));
      else {
        samples.push(many(job, inARow));
        task.report({ stage: "measuring", done: at + 1, total: repeats }, at + 1 === repeats);
        await task.turn();
        task.check();
      }
    }
    const middle = samples.toSorted((a, b) => a.totalMs - b.totalMs)[(repeats - 1) >> 1]!;
    const { bytes, nodesRead } = job;
    return {
      ...(job.finish() as Prediction),
      bytes,
      nodesComputed: nodesRead,
      timeMs: middle.totalMs,
      passMs: Float64Array.from(samples, ({ totalMs }) => totalMs),
      msByStage: middle.msByStage,
      prepareMs: Object.values(prepareByStage).reduce((sum, ms) => sum + ms, 0),
      prepareByStage,
    };
  });
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
  return { totalMs, msByStage: Object.fromEntries(Object.entries(seen).map(([stage, ms]) => [stage, share(ms)])) };
}
