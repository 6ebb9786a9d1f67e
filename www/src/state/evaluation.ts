/** Quality of predictions by class. */
import type { Run } from "./run.ts";

/** Parts of a split, the most telling first. */
export const PARTS = [
  ["test", "test nodes"],
  ["val", "validation nodes"],
  ["train", "training nodes"],
  ["all", "all labelled nodes"],
] as const;

/** Predictions that are compared with labels. */
export const WHOSE = [
  ["batched", "batches"],
  ["full", "full graph"],
] as const;

export type Part = (typeof PARTS)[number][0];

/** Parts on which a run has labelled nodes. */
export const labelledParts = (run: Run): Part[] =>
  PARTS.map(([part]) => part).filter((part) => run.batched.accuracy?.[part] !== undefined);

/** Figures of one class from a confusion matrix. */
export interface ClassFigures {
  labelled: number;
  predicted: number;
  right: number;
  /** Share of its nodes that are predicted correctly; NaN without nodes. */
  recall: number;
  /** Share of its predictions that are correct; NaN without predictions. */
  precision: number;
  /** The most frequent incorrect prediction for its nodes; `null` where all are correct. */
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
