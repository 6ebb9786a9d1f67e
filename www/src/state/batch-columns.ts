import type { OpenGraph } from "./graph.ts";
import type { OpenPlan } from "./plan.ts";
import type { Run } from "./run.ts";
import { bytes, count, millis, percent, tidyClass } from "./words.ts";

/** How a column's values are written, and what a filter may write after its numbers. */
export type Unit = "count" | "share" | "ratio" | "ms" | "bytes";

/** A figure of every batch. */
export interface BatchColumn {
  /** Its word in filters and exports; also the first word of its head. */
  name: string;
  /** Its name in links and filters that were made before it was renamed. */
  formerName?: string;
  head: string;
  meaning: string;
  unit: Unit;
  value: (batch: number) => number;
}

const WORDS: Record<Unit, (value: number) => string> = {
  count,
  share: (value) => percent(value),
  ratio: (value) => `${value.toFixed(2)}×`,
  ms: millis,
  bytes,
};

/** A value of a column as the table has it. */
export const cellWords = (column: BatchColumn, batch: number): string => {
  const value = column.value(batch);
  return Number.isNaN(value) ? "–" : WORDS[column.unit](value);
};

/** Classes of a batch's outputs, the most frequent first; ties to the smaller class. */
export function classShares(
  labels: Uint32Array,
  numClasses: number,
  batch: number,
): { cls: number; count: number; share: number }[] {
  const row = labels.subarray(batch * numClasses, (batch + 1) * numClasses);
  const total = row.reduce((sum, n) => sum + n, 0);
  return Array.from(row, (n, cls) => ({ cls, count: n, share: n / total }))
    .filter((one) => one.count > 0)
    .sort((a, b) => b.count - a.count || a.cls - b.cls);
}

/**
 * The most frequent class of every batch and its share of the labelled outputs; -1 and NaN where there is
 * none.
 */
export function commonest(labels: Uint32Array, numClasses: number): { cls: Int32Array; share: Float64Array } {
  const numBatches = labels.length / numClasses;
  const cls = new Int32Array(numBatches).fill(-1);
  const share = new Float64Array(numBatches).fill(NaN);
  for (let batch = 0; batch < numBatches; batch++) {
    let [most, total] = [0, 0];
    for (let c = 0; c < numClasses; c++) {
      const n = labels[batch * numClasses + c]!;
      total += n;
      if (n > most) {
        most = n;
        cls[batch] = c;
      }
    }
    if (total > 0) share[batch] = most / total;
  }
  return { cls, share };
}

export const className = (graph: OpenGraph, cls: number): string =>
  tidyClass(graph.handle.classNames[cls] ?? `class ${cls}`);

/**
 * The columns that there are values for. `labels` are counts by batch and class; a run is one over this plan.
 */
export function batchColumns(plan: OpenPlan, run: Run | null, shares: Float64Array | null): BatchColumn[] {
  const { table } = plan.handle;
  const at = (values: ArrayLike<number>) => (batch: number) => values[batch]!;
  const columns: BatchColumn[] = [
    { name: "batch", head: "batch", meaning: "Number of the batch", unit: "count", value: (batch) => batch },
    {
      name: "outputs",
      head: "● outputs",
      meaning: "Nodes that this batch predicts",
      unit: "count",
      value: at(table.numOutputs),
    },
    {
      name: "auxiliary",
      head: "▲ auxiliary",
      meaning:
        "Nodes that are input only: the model needs them for the outputs and does not predict them here",
      unit: "count",
      value: at(table.numAuxiliary),
    },
    {
      name: "edges",
      head: "edges",
      meaning: "Edges inside the batch",
      unit: "count",
      value: at(table.numEdges),
    },
    {
      name: "cut",
      head: "cut edges",
      meaning: "Edges of the graph with one end inside the batch and one outside",
      unit: "count",
      value: at(table.numBoundaryEdges),
    },
    {
      name: "captured",
      head: "captured",
      meaning:
        "Captured influence: share of the influence on an output that comes from nodes of its batch, mean over the outputs",
      unit: "share",
      value: at(table.capturedMass),
    },
    {
      name: "replication",
      head: "replication",
      meaning:
        "Replication factor: mean number of batches that contain a node of this batch; 1 when it shares no node",
      unit: "ratio",
      value: at(table.replication),
    },
  ];
  if (shares !== null) {
    columns.push({
      name: "classes",
      head: "classes",
      meaning: "Labels of the outputs; sorted and filtered by the share of the most frequent class",
      unit: "share",
      value: at(shares),
    });
  }
  if (run !== null) {
    if (run.batchAccuracy.some(Number.isFinite)) {
      columns.push({
        name: "accuracy",
        formerName: "right",
        head: "accuracy",
        meaning: "Share of the labelled outputs that are predicted correctly",
        unit: "share",
        value: at(run.batchAccuracy),
      });
    }
    columns.push(
      {
        name: "agreement",
        formerName: "agrees",
        head: "agreement",
        meaning: "Share of the outputs with the same predicted class as on the full graph",
        unit: "share",
        value: at(run.batchAgreement),
      },
      {
        name: "time",
        head: "time",
        meaning: "Time of the batch in the last inference pass",
        unit: "ms",
        value: at(run.batched.batchMs),
      },
    );
  }
  columns.push({
    name: "bytes",
    head: "bytes",
    meaning: "Memory of the batch in the plan",
    unit: "bytes",
    value: at(table.bytes),
  });
  return columns;
}

/** Batches by a column; equal ones, and those without a value at the end, by number. */
export function sorted(column: BatchColumn, falling: boolean, batches: readonly number[]): number[] {
  const sign = falling ? -1 : 1;
  const values = new Map(batches.map((batch) => [batch, column.value(batch)]));
  return [...batches].sort((a, b) => {
    const [x, y] = [values.get(a)!, values.get(b)!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return sign * (x - y) || a - b;
  });
}
