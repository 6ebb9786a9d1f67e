import type { Client, Evaluation } from "ibmb";
import { Question, type Answer } from "./asking.ts";
import type { OpenGraph } from "./data.ts";
import type { Run } from "./modelling.ts";
import { readNumber } from "./options.ts";
import type { Draft } from "./planning.ts";
import { RUN_OPTIONS } from "./run-options.ts";
import { Store } from "./store.ts";

/** Parts of a split, the most telling first. */
export const PARTS = [
  ["test", "test nodes"],
  ["val", "validation nodes"],
  ["train", "training nodes"],
  ["all", "all labelled nodes"],
] as const;

/** Predictions that are compared with labels. */
export const WHOSE = [
  ["batched", "in batches"],
  ["full", "of the full graph"],
] as const;

export type Part = (typeof PARTS)[number][0];

/** How inference is run, and how good what it predicts is. */
export class RunStore extends Store {
  client: Client | null = null;
  probabilities: boolean = RUN_OPTIONS.probabilities.default;
  draft: Draft | undefined;
  /** What is looked at: predictions in batches or of the full graph, on a part of the split. */
  whose: (typeof WHOSE)[number][0] = "batched";
  /** `null`: the first that a run has. */
  part: Part | null = null;
  /** Called when the engine ended over a question. */
  onCrash: (error: unknown) => void = () => {};
  readonly #evaluation = new Question<Evaluation>(
    () => this.changed(),
    (error) => this.onCrash(error),
  );

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

/** Parts on which a run has labelled nodes. */
export const labelledParts = (run: Run): Part[] =>
  PARTS.map(([part]) => part).filter((part) => run.batched.accuracy?.[part] !== undefined);

/** What a confusion matrix says of one class. */
export interface ClassFigures {
  labelled: number;
  predicted: number;
  right: number;
  /** Share of its nodes that are found; NaN where it has none. */
  recall: number;
  /** Share of what is taken for it that is right; NaN where nothing is. */
  precision: number;
  /** Class that its nodes are most often taken for by mistake; `null` where none is. */
  takenFor: number | null;
}

export function byClass(confusion: Uint32Array, numClasses: number): ClassFigures[] {
  return Array.from({ length: numClasses }, (_, cls) => {
    const row = confusion.subarray(cls * numClasses, (cls + 1) * numClasses);
    const right = row[cls]!;
    let [labelled, predicted, takenFor] = [0, 0, null as number | null];
    for (let other = 0; other < numClasses; other++) {
      labelled += row[other]!;
      predicted += confusion[other * numClasses + cls]!;
      if (other !== cls && row[other]! > (takenFor === null ? 0 : row[takenFor]!)) takenFor = other;
    }
    return { labelled, predicted, right, recall: right / labelled, precision: right / predicted, takenFor };
  });
}
