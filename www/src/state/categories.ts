/**
 * Kinds of groups that nodes fall into: what the legend lists, filters keep and a selection is counted by.
 */
import type { Batch } from "ibmb";
import { placeIn } from "./batch-members.ts";
import {
  batchColour,
  classColours,
  GREY,
  type Rgb,
  RIGHT,
  splitColours,
  type Theme,
  WRONG,
} from "./colour.ts";
import type { OpenGraph } from "./graph.ts";
import type { OpenPlan } from "./plan.ts";
import type { Run } from "./run.ts";
import type { ColourMode } from "./view.ts";
import { tidyClass } from "./words.ts";

export const KINDS = ["role", "batch", "class", "prediction", "right", "split"] as const;
export type Kind = (typeof KINDS)[number];

/** The groups that are kept bright, by kind; a node is bright when it is in one of them of every kind. */
export type Filters = Readonly<Partial<Record<Kind, readonly number[]>>>;

export interface Categories {
  kind: Kind;
  /** How many groups there are. */
  length: number;
  /** Group of a node; -1 for none. */
  of(node: number): number;
  label(group: number): string;
  colour(group: number, theme: Theme): Rgb;
}

/** What of the page decides which groups there are. */
export interface OnShow {
  readonly graph: OpenGraph | null;
  readonly plan: OpenPlan | null;
  readonly view: { readonly batch: Batch | null; readonly filters: Filters };
  readonly modelling: { readonly run: Run | null };
}

export const PARTS = ["train", "val", "test"] as const;
/** Nodes of no part of the split. */
export const NO_PART = PARTS.length;
export const ROLES = ["output", "auxiliary", "other"] as const;

const partsByGraph = new WeakMap<OpenGraph, { split: string | null; parts: Uint8Array | null }>();

/** Part of the split of every node, an index of `PARTS` or `NO_PART`; `null` without a split. */
export function partsOf(graph: OpenGraph): Uint8Array | null {
  const known = partsByGraph.get(graph);
  if (known !== undefined && known.split === graph.split) return known.parts;
  const split = graph.split === null ? undefined : graph.handle.splits[graph.split];
  const parts = split === undefined ? null : new Uint8Array(graph.handle.numNodes).fill(NO_PART);
  if (split !== undefined) PARTS.forEach((part, i) => split[part].forEach((node) => (parts![node] = i)));
  partsByGraph.set(graph, { split: graph.split, parts });
  return parts;
}

/** The groups of a kind; `null` when the page has none of it. */
export function categoriesOf(page: OnShow, kind: Kind): Categories | null {
  const { graph, plan, view } = page;
  if (graph === null || plan === null) return null;
  const { labels, numClasses, classNames } = graph.handle;
  const predictions = page.modelling.run?.predictions ?? null;
  const className = (c: number) => tidyClass(classNames[c] ?? `class ${c}`);
  const classColour = (c: number, theme: Theme) => classColours(numClasses, theme)[c] ?? GREY[theme];
  switch (kind) {
    case "role": {
      const { batch } = view;
      if (batch === null) return null;
      const of = (node: number) => {
        const place = placeIn(batch, node);
        return place < 0 ? 2 : batch.isOutput[place] === 1 ? 0 : 1;
      };
      return {
        kind,
        length: ROLES.length,
        of,
        label: (role) => ROLES[role]!,
        colour: (_, theme) => GREY[theme],
      };
    }
    case "batch":
      return {
        kind,
        length: plan.handle.numBatches,
        of: (node) => plan.handle.batchOf[node]!,
        label: (batch) => `batch ${batch}`,
        colour: (batch, theme) => batchColour(plan.hues[batch]!, theme),
      };
    case "class":
      return labels === null || numClasses === 0
        ? null
        : { kind, length: numClasses, of: (node) => labels[node]!, label: className, colour: classColour };
    case "prediction":
      return predictions === null
        ? null
        : {
            kind,
            length: numClasses,
            of: (node) => predictions[node]!,
            label: className,
            colour: classColour,
          };
    case "right": {
      if (predictions === null || labels === null) return null;
      const of = (node: number) =>
        predictions[node]! < 0 || labels[node]! < 0 ? -1 : predictions[node] === labels[node] ? 0 : 1;
      return {
        kind,
        length: 2,
        of,
        label: (group) => (group === 0 ? "correct" : "incorrect"),
        colour: (group, theme) => (group === 0 ? RIGHT[theme] : WRONG),
      };
    }
    case "split": {
      const parts = partsOf(graph);
      if (parts === null) return null;
      const of = (node: number) => parts[node]!;
      return {
        kind,
        length: NO_PART + 1,
        of,
        label: (part) => PARTS[part] ?? "not in the split",
        colour: (part, theme) => splitColours(theme)[part]!,
      };
    }
  }
}

/** The kind that a colour shows. */
export const kindOf = (mode: ColourMode): Kind => (mode === "influence" ? "role" : mode);

/** Filters with a group switched on or off. */
export function toggled(filters: Filters, kind: Kind, group: number): Filters {
  const before = filters[kind] ?? [];
  const after = before.includes(group)
    ? before.filter((other) => other !== group)
    : [...before, group].sort((a, b) => a - b);
  const { [kind]: _, ...others } = filters;
  return after.length === 0 ? others : { ...others, [kind]: after };
}

/** What the filters kept when they were last asked, and what that depends on. */
let cache: { on: readonly unknown[]; bright: Uint8Array | null } = { on: [], bright: null };

/** 1 for every node that the filters keep bright; `null` when they keep all. */
export function brightNodes(page: OnShow): Uint8Array | null {
  const { graph, plan, view, modelling } = page;
  const on = [graph, graph?.split, plan, view.batch, view.filters, modelling.run];
  if (on.some((part, i) => part !== cache.on[i])) cache = { on, bright: bright(page) };
  return cache.bright;
}

function bright(page: OnShow): Uint8Array | null {
  const { graph, view } = page;
  if (graph === null) return null;
  let bright: Uint8Array | null = null;
  for (const kind of KINDS) {
    const groups = view.filters[kind];
    const categories = groups === undefined ? null : categoriesOf(page, kind);
    if (groups === undefined || categories === null) continue;
    bright ??= new Uint8Array(graph.handle.numNodes).fill(1);
    const wanted = new Set(groups);
    for (let node = 0; node < bright.length; node++) if (!wanted.has(categories.of(node))) bright[node] = 0;
  }
  return bright;
}

/** How many of the nodes are in each group, most first; those of no group are left out. */
export function countBy(categories: Categories, nodes: Uint32Array): [group: number, count: number][] {
  const counts = new Map<number, number>();
  for (const node of nodes) {
    const group = categories.of(node);
    if (group >= 0) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
