import type { Client, Evaluation } from "ibmb";
import type { Draft } from "../state/draft.ts";
import { labelledParts, type Part, type WHOSE } from "../state/evaluation.ts";
import type { OpenGraph } from "../state/graph.ts";
import { readNumber } from "../state/options.ts";
import type { Run } from "../state/run.ts";
import { RUN_OPTIONS } from "../state/run-options.ts";
import { type Answer, Question } from "./asking.ts";
import { Store } from "./store.ts";

/** How inference is run, and how good what it predicts is. */
export class RunStore extends Store {
  client: Client | null = null;
  probabilities: boolean = RUN_OPTIONS.probabilities.default;
  draft: Draft | undefined;
  /** What is looked at: predictions in batches or of the full graph, on a part of the split. */
  whose: (typeof WHOSE)[number][0] = "batched";
  /** `null`: the first that a run has. */
  part: Part | null = null;
  readonly #evaluation: Question<Evaluation>;

  /** `onCrash` is called when the engine ended over a question. */
  constructor(onCrash: (error: unknown) => void) {
    super();
    this.#evaluation = new Question(() => this.changed(), onCrash);
  }

  get workers(): number {
    return this.client?.workers ?? RUN_OPTIONS.workers.default;
  }

  /** Takes the number of workers as it was typed. What is open stays, and so does a run under way. */
  async setWorkers(text: string): Promise<void> {
    const read = readNumber(RUN_OPTIONS.workers, text);
    this.draft = "problem" in read ? { text, problem: read.problem } : undefined;
    const resized = "problem" in read ? undefined : this.client?.setWorkers(read.value);
    this.changed();
    await resized;
  }

  set(values: Partial<Pick<RunStore, "probabilities" | "whose" | "part" | "client">>): void {
    Object.assign(this, values);
    this.changed();
  }

  /** The part that is looked at: the one that was chosen, else the first that the run has. */
  partOf(run: Run): Part | null {
    const there = labelledParts(run);
    return there.find((part) => part === this.part) ?? there[0] ?? null;
  }

  /** Confusion matrix and calibration of what is looked at; asks when it is another. */
  evaluationOf(graph: OpenGraph, run: Run, part: Part): Answer<Evaluation> {
    const { whose } = this;
    const split = graph.split === null ? {} : { split: graph.split };
    return this.#evaluation.about([run, whose, part, graph.split], () =>
      graph.handle.evaluate(run[whose], { ...split, part }),
    );
  }
}
