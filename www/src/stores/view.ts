import type { Batch, Influencers } from "ibmb";
import type { Filters } from "./categories.ts";
import { Store } from "./store.ts";

export const COLOUR_MODES = [
  ["batch", "Batch"],
  ["class", "Class"],
  ["prediction", "Prediction"],
  ["right", "Right/wrong"],
  ["influence", "Influence"],
  ["split", "Split"],
] as const;

export type LayoutMode = "batch" | "force" | "file" | "rings";

/** Where nodes stand. */
export const LAYOUT_MODES: readonly (readonly [mode: LayoutMode, label: string])[] = [
  ["batch", "By batch"],
  ["force", "Force"],
  ["file", "From file"],
  ["rings", "Rings"],
];

/** What the drawer shows. */
export const TABS = [
  ["batches", "Batches"],
  ["schedule", "Schedule"],
  ["figures", "Figures"],
  ["training", "Training"],
  ["run", "Run"],
  ["compare", "Compare"],
] as const;

export type Tab = (typeof TABS)[number][0];

export type ColourMode = (typeof COLOUR_MODES)[number][0];

/** What a drag on the map does. */
export type Tool = "move" | "rectangle" | "lasso";

/** What is selected and how it is shown. */
export class ViewStore extends Store {
  batchIndex = 0;
  /** The selected batch; of the plan that is on show. */
  batch: Batch | null = null;
  node: number | null = null;
  /** Nodes that are selected together, ascending. */
  chosen: Uint32Array = new Uint32Array(0);
  filters: Filters = {};
  tool: Tool = "move";
  /** Node under the pointer. */
  hovered: number | null = null;
  influencers: { node: number; list: Influencers } | null = null;
  colour: ColourMode = "batch";
  layout: LayoutMode = "batch";
  drawer: Tab | null = "batches";
  /** Column that the table of batches is sorted by, with a minus where it falls; empty: by number. */
  sort = "";
  /** What the table of batches is filtered by, as it was typed. */
  rows = "";

  set(
    values: Partial<
      Pick<
        ViewStore,
        | "batchIndex"
        | "batch"
        | "node"
        | "chosen"
        | "filters"
        | "tool"
        | "hovered"
        | "influencers"
        | "colour"
        | "layout"
        | "drawer"
        | "sort"
        | "rows"
      >
    >,
  ): void {
    Object.assign(this, values);
    this.changed();
  }
}

const FIRST_BATCH = 3;

/** The batch that a fresh plan of so many shows. */
export const firstBatch = (numBatches: number): number => (FIRST_BATCH < numBatches ? FIRST_BATCH : 0);

/** Place of a node in a batch's parallel arrays; -1 when it is not in it. */
export const placeIn = (batch: Batch, node: number): number => placeOf(batch.nodes, node);

/** Place of a node among ascending ids; -1 when it is not among them. */
export function placeOf(nodes: Uint32Array, node: number): number {
  let low = 0;
  let high = nodes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = nodes[middle]!;
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const NONE = 0xffffffff;

/** What a batch knows of one of its nodes. */
export interface Member {
  isOutput: boolean;
  score: number;
  /** `null` when it is in no list of strongest nodes. */
  rank: number | null;
  /** `null` without a path. */
  hop: number | null;
  /** Output with the greatest influence from it; `null` too where outputs are taken together. */
  askedBy: number | null;
}

export function memberOf(batch: Batch, node: number): Member | null {
  const i = placeIn(batch, node);
  if (i < 0) return null;
  return {
    isOutput: batch.isOutput[i] === 1,
    score: batch.scores[i]!,
    rank: batch.rank[i] === 0 ? null : batch.rank[i]!,
    hop: batch.hop[i] === 255 ? null : batch.hop[i]!,
    askedBy: batch.bestOutput[i] === NONE ? null : batch.bestOutput[i]!,
  };
}

/** Length of a batch's own list of nodes; 0 when its nodes have no ranks. */
export const numRanked = (batch: Batch): number => batch.rank.reduce((most, rank) => Math.max(most, rank), 0);

/** Nodes of a batch from the greatest score down. */
export function byScore(batch: Batch): Uint32Array {
  const places = Uint32Array.from(batch.nodes.keys());
  places.sort((a, b) => batch.scores[b]! - batch.scores[a]! || a - b);
  return places.map((i) => batch.nodes[i]!);
}
