/** Long work in the worker: short steps, turns of the event loop between them, progress now and then. */

import { host } from "#host";
import { IbmbError } from "../contract/errors.js";
import type { Progress } from "../contract/types.js";

/** Work of the wasm: `step` says whether all is done. */
export interface Steps {
  step(budget: number): boolean;
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/**
 * Time that a step should take: short enough that a cancel is felt at once, long enough that turns cost
 * nothing.
 */
const STEP_MS = 12;
const FIRST_BUDGET = 1;
const MAX_BUDGET = 2 ** 31;
/** At most 30 messages a second. */
export const PROGRESS_MS = 1000 / 30;

/** One call under way: carries its progress out and the wish to stop in. */
export class Task {
  stopped = false;
  readonly #post: (progress: Progress) => void;
  #lastPost = Number.NEGATIVE_INFINITY;
  #lastTurn = performance.now();

  constructor(post: (progress: Progress) => void) {
    this.#post = post;
  }

  /** Sends progress, unless some was sent a moment ago. `last` is always sent. */
  report(progress: Progress, last = false): void {
    const now = performance.now();
    if (!last && now - this.#lastPost < PROGRESS_MS) return;
    this.#lastPost = now;
    this.#post(progress);
  }

  /** Gives the event loop a turn when the last one was some time ago. */
  async turn(): Promise<void> {
    if (performance.now() - this.#lastTurn < STEP_MS) return;
    await host.nextTurn();
    this.#lastTurn = performance.now();
  }

  /** Throws `cancelled` when the caller wants no more. */
  check(): void {
    if (this.stopped) throw new IbmbError("cancelled", "cancelled by the caller");
  }
}

/**
 * The budget that should take `STEP_MS`, in bounded leaps: one step says little. A clock of 0.1 ms is no
 * zero.
 */
function nextBudget(budget: number, ms: number): number {
  const factor = Math.max(0.25, Math.min(8, STEP_MS / Math.max(ms, 0.1)));
  return Math.max(1, Math.min(MAX_BUDGET, Math.round(budget * factor)));
}

/** Where the time went. */
export interface Timing {
  totalMs: number;
  msByStage: Record<string, number>;
}

/** Properties of particular work. */
export interface RunOptions {
  /** Single units are timed: every step has a budget of 1 and reports here. */
  onUnit?: (ms: number) => void;
  /** Called after every step. */
  onStep?: () => void;
  /** How progress is told, when not as it is. */
  shown?: (progress: Progress) => Progress;
}

/**
 * Runs work to its end. The budget follows the measured time of a step; a new stage starts small again, since
 * its units cost something else.
 *
 * @throws {IbmbError} `cancelled` when the task is stopped.
 */
export async function runSteps(
  job: Steps,
  task: Task,
  { onUnit, onStep, shown }: RunOptions = {},
): Promise<Timing> {
  const msByStage: Record<string, number> = {};
  let totalMs = 0;
  let budget = FIRST_BUDGET;
  // What has not begun may not know yet what comes first.
  let stage = job.stage === "starting" ? "" : job.stage;
  for (let finished = false; !finished; ) {
    const start = performance.now();
    finished = job.step(budget);
    const ms = performance.now() - start;
    const progress = { stage: job.stage, done: job.done, total: job.total };
    totalMs += ms;
    // A step that ends a stage tells of the next one: its time belongs to the stage in which it began.
    const spent = stage || progress.stage;
    msByStage[spent] = (msByStage[spent] ?? 0) + ms;
    if (onUnit) onUnit(ms);
    else if (progress.stage !== stage) budget = FIRST_BUDGET;
    else budget = nextBudget(budget, ms);
    stage = progress.stage;
    task.report(shown?.(progress) ?? progress, finished);
    onStep?.();
    if (!finished) {
      await task.turn();
      task.check();
    }
  }
  return { totalMs, msByStage };
}
