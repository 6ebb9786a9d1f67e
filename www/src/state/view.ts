/** How the page can be looked at. */

export const COLOUR_MODES = [
  ["batch", "Batch"],
  ["class", "Class"],
  ["prediction", "Prediction"],
  ["right", "Correct"],
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

const FIRST_BATCH = 3;

/** The batch that a fresh plan of so many shows. */
export const firstBatch = (numBatches: number): number => (FIRST_BATCH < numBatches ? FIRST_BATCH : 0);
