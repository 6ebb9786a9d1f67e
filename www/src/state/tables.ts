/** What the views show, as tables for other programs, with the names that the user's files have. */

import type { Evaluation, Order } from "ibmb";
import { type BatchColumn, classShares } from "./batch-columns.ts";
import { placeOf } from "./batch-members.ts";
import type { Cell } from "./csv.ts";
import type { OpenGraph } from "./graph.ts";
import type { Run } from "./run.ts";
import type { Training } from "./training.ts";

export interface Table {
  /** Part of the file's name. */
  name: string;
  heads: readonly string[];
  rows: readonly (readonly Cell[])[];
}

/** A 32-bit number with the digits that tell it from its neighbours. */
const single = (value: number): number => Number(value.toPrecision(9));

const classOf = ({ handle }: OpenGraph, cls: number): Cell =>
  cls < 0 ? null : (handle.classNames[cls] ?? String(cls));

/** Every predicted node. */
export function predictionTable(graph: OpenGraph, { batched, full, plan }: Run): Table {
  const { nodes, predictions, probabilities, numClasses } = batched;
  const { nodeNames, labels } = graph.handle;
  return {
    name: "predictions",
    heads: [
      "node",
      ...(nodeNames === null ? [] : ["name"]),
      "batch",
      ...(labels === null ? [] : ["label"]),
      "prediction",
      ...(probabilities === undefined ? [] : ["probability"]),
      "full_graph_prediction",
    ],
    rows: Array.from(nodes, (node, i) => {
      const prediction = predictions[i]!;
      const exact = placeOf(full.nodes, node);
      return [
        node,
        ...(nodeNames === null ? [] : [nodeNames[node]!]),
        plan.batchOf[node]!,
        ...(labels === null ? [] : [classOf(graph, labels[node]!)]),
        classOf(graph, prediction),
        ...(probabilities === undefined ? [] : [single(probabilities[i * numClasses + prediction]!)]),
        exact < 0 ? null : classOf(graph, full.predictions[exact]!),
      ];
    }),
  };
}

/** Batches in this order, with the labels of their outputs one by one. */
export function batchTable(
  graph: OpenGraph,
  columns: readonly BatchColumn[],
  batches: readonly number[],
  labels: Uint32Array | null,
): Table {
  const { numClasses } = graph.handle;
  const shown = columns.filter(({ name }) => name !== "classes");
  const classes = labels === null ? [] : Array.from({ length: numClasses }, (_, cls) => cls);
  return {
    name: "batches",
    heads: [
      ...shown.map(({ name, unit }) => (unit === "ms" ? `${name}_ms` : name)),
      ...(labels === null ? [] : ["class"]),
      ...classes.map((cls) => `class_${classOf(graph, cls)}`),
    ],
    rows: batches.map((batch) => [
      ...shown.map((column) => column.value(batch)),
      ...(labels === null ? [] : [classOf(graph, classShares(labels, numClasses, batch)[0]?.cls ?? -1)]),
      ...classes.map((cls) => labels![batch * numClasses + cls]!),
    ]),
  };
}

/** Visits of all epochs. */
export function scheduleTable({ order, distances }: Order, numBatches: number): Table {
  return {
    name: "schedule",
    heads: ["epoch", "step", "batch", "distance_from_batch_before"],
    rows: Array.from(order, (batch, i) => [
      Math.floor(i / numBatches) + 1,
      (i % numBatches) + 1,
      batch,
      i === 0 ? null : distances[order[i - 1]! * numBatches + batch]!,
    ]),
  };
}

/** Distances of every two batches. */
export function distanceTable({ distances }: Order, numBatches: number): Table {
  const batches = Array.from({ length: numBatches }, (_, i) => i);
  return {
    name: "distances",
    heads: ["batch", ...batches.map(String)],
    rows: batches.map((a) => [a, ...distances.subarray(a * numBatches, (a + 1) * numBatches)]),
  };
}

export function confusionTable(graph: OpenGraph, { confusion }: Evaluation, numClasses: number): Table {
  const classes = Array.from({ length: numClasses }, (_, cls) => cls);
  return {
    name: "confusion",
    heads: ["label", ...classes.map((cls) => String(classOf(graph, cls)))],
    rows: classes.map((row) => [
      classOf(graph, row),
      ...confusion.subarray(row * numClasses, (row + 1) * numClasses),
    ]),
  };
}

export function calibrationTable({ calibration: { count, right, confidence } }: Evaluation): Table {
  const bins = count.length;
  return {
    name: "calibration",
    heads: ["above", "up_to", "nodes", "correct", "mean_confidence"],
    rows: Array.from(count, (nodes, i) => [
      i / bins,
      (i + 1) / bins,
      nodes,
      right[i]!,
      nodes === 0 ? null : confidence[i]!,
    ]),
  };
}

export function epochTable({ epochs }: Training): Table {
  return {
    name: "training",
    heads: [
      "epoch",
      "loss",
      "train_accuracy",
      "val_accuracy",
      "val_loss",
      "learning_rate",
      "time_ms",
      "best_epoch",
    ],
    rows: epochs.map((e) => [
      e.epoch,
      e.loss,
      e.trainAccuracy,
      e.valAccuracy,
      e.valLoss,
      e.learningRate,
      e.timeMs,
      e.bestEpoch,
    ]),
  };
}

/** A table as JSON: one object a row; numbers that are none are `null`, names are as they are. */
export const json = ({ heads, rows }: Table): string =>
  `${JSON.stringify(
    rows.map((row) => Object.fromEntries(heads.map((head, i) => [head, row[i]!]))),
    null,
    1,
  )}\n`;
