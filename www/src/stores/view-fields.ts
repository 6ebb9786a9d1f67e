/** What of the stores a page state holds, and how it is put back. */

import { UP_TO } from "../state/comparison.ts";
import { PARTS, WHOSE } from "../state/evaluation.ts";
import { DISTANCE } from "../state/figures.ts";
import { PLAN_OPTIONS, type PlanOption } from "../state/options.ts";
import type { PageState } from "../state/page-state.ts";
import { PLAN_NAMES } from "../state/plan-settings.ts";
import { READING_NAMES, READING_OPTIONS } from "../state/reading.ts";
import { filtersOf, filtersText, idsOf, idsText, indexOf } from "../state/selection-text.ts";
import { chosen, originOf, readValue, startOf, textOf } from "../state/setup.ts";
import { SHARES, TOGETHER } from "../state/sweeps.ts";
import { TRAIN_NAMES, type TrainSettings, trainOption } from "../state/train-options.ts";
import { COLOUR_MODES, firstBatch, LAYOUT_MODES, TABS } from "../state/view.ts";
import type { App } from "./app.ts";

/** A value that a view shows. Its text is empty when it is as on a fresh page. */
interface ViewField {
  key: string;
  read(app: App): string;
  /**
   * Takes a text, empty for the fresh value; returns what is wrong with one that is not allowed, which
   * changes nothing.
   */
  take(app: App, text: string): string | null | Promise<string | null>;
}

/** One of a few words; the first is the fresh one unless another is said. */
function choice<Value extends string>(
  key: string,
  choices: readonly (readonly [Value, string])[],
  read: (app: App) => Value,
  // biome-ignore lint/suspicious/noConfusingVoidType: what cannot fail returns nothing.
  set: (app: App, value: Value) => string | null | void,
  fresh: Value = choices[0]![0],
): ViewField {
  return {
    key,
    read: (app) => (read(app) === fresh ? "" : read(app)),
    take: (app, text) => {
      const found = text === "" ? { value: fresh } : chosen(key, choices, text);
      if ("problem" in found) return found.problem;
      return set(app, found.value) ?? null;
    },
  };
}

/** A text of a kind; the fresh one is empty. */
function words(
  key: string,
  kind: RegExp,
  allowed: string,
  read: (app: App) => string,
  set: (app: App, text: string) => void,
): ViewField {
  return {
    key,
    read,
    take: (app, text) => {
      if (text !== "" && !kind.test(text)) return `${key} must be ${allowed}.`;
      set(app, text);
      return null;
    },
  };
}

const textByIds = new WeakMap<Uint32Array, string>();

/**
 * What is on show, in the order in which it is taken up. A view that lets something be set adds its line
 * here.
 */
const VIEW_FIELDS: readonly ViewField[] = [
  choice(
    "colour",
    COLOUR_MODES,
    (app) => app.view.colour,
    (app, colour) => app.view.set({ colour }),
  ),
  choice(
    "layout",
    LAYOUT_MODES,
    (app) => app.view.layout,
    (app, layout) => app.setLayout(layout),
  ),
  choice(
    "tab",
    [...TABS, ["none", ""]],
    (app) => app.view.drawer ?? "none",
    (app, tab) => app.view.set({ drawer: tab === "none" ? null : tab }),
  ),
  choice(
    "distance",
    DISTANCE.choices as readonly (readonly ["kl" | "l1", string])[],
    (app) => app.figures.distance,
    (app, distance) => app.figures.setDistance(distance),
  ),
  {
    key: "batch",
    read: ({ view, plan }) =>
      view.batchIndex === firstBatch(plan?.handle.numBatches ?? 0) ? "" : String(view.batchIndex),
    take: async (app, text) => {
      const numBatches = app.plan?.handle.numBatches ?? 0;
      const index = text === "" ? firstBatch(numBatches) : indexOf(text, numBatches);
      if (index === null) return `batch ${text} does not exist, the plan has batches 0 to ${numBatches - 1}.`;
      await app.selection.selectBatch(index);
      return null;
    },
  },
  {
    key: "node",
    read: ({ view }) => (view.node === null ? "" : String(view.node)),
    take: (app, text) => {
      const numNodes = app.graph?.handle.numNodes ?? 0;
      const node = text === "" ? null : indexOf(text, numNodes);
      if (node === null && text !== "")
        return `node ${text} does not exist, the graph has nodes 0 to ${numNodes - 1}.`;
      app.selection.selectNode(node);
      return null;
    },
  },
  {
    key: "nodes",
    read: ({ view: { chosen } }) => {
      if (!textByIds.has(chosen)) textByIds.set(chosen, idsText(chosen));
      return textByIds.get(chosen)!;
    },
    take: (app, text) => {
      const chosen = idsOf(text, app.graph?.handle.numNodes ?? 0);
      if (chosen === null) return "nodes is not a list of nodes of this graph.";
      app.selection.choose(chosen);
      return null;
    },
  },
  {
    key: "filter",
    read: ({ view }) => filtersText(view.filters),
    take: (app, text) => {
      const found = filtersOf(text, app);
      if ("problem" in found) return found.problem;
      app.view.set({ filters: found.value });
      return null;
    },
  },
  words(
    "sort",
    /^-?[a-z]{1,20}$/,
    "the name of a column, with a minus for descending order",
    (app) => app.view.sort,
    (app, sort) => app.view.set({ sort }),
  ),
  words(
    "rows",
    /^.{1,200}$/u,
    "at most 200 characters",
    (app) => app.view.rows,
    (app, rows) => app.view.set({ rows }),
  ),
  choice(
    "part",
    [["first", ""], ...PARTS],
    (app) => app.running.part ?? "first",
    (app, part) => app.running.set({ part: part === "first" ? null : part }),
  ),
  choice(
    "whose",
    WHOSE,
    (app) => app.running.whose,
    (app, whose) => app.running.set({ whose }),
  ),
  choice(
    "probabilities",
    [
      ["true", ""],
      ["false", ""],
    ],
    (app) => (app.running.probabilities ? "true" : "false"),
    (app, text) => app.running.set({ probabilities: text === "true" }),
  ),
  choice(
    "share",
    SHARES,
    (app) => app.comparing.share,
    (app, share) => app.comparing.set({ share }),
    "0.1",
  ),
  choice(
    "together",
    TOGETHER,
    (app) => app.comparing.together,
    (app, together) => app.comparing.set({ together }),
  ),
  choice(
    "upTo",
    UP_TO.map((value) => [value, ""] as const),
    (app) => app.comparing.upTo,
    (app, upTo) => app.comparing.set({ upTo }),
    "100000",
  ),
  ...TRAIN_NAMES.map(
    (name): ViewField => ({
      key: `train.${name}`,
      read: ({ modelling }) => textOf(trainOption(name), modelling.settings[name]),
      take: ({ modelling }, text) => {
        const found = readValue(trainOption(name), text);
        if ("problem" in found) return found.problem;
        modelling.set(name, found.value as TrainSettings[typeof name]);
        return null;
      },
    }),
  ),
];

const KNOWN = new Set<string>([
  "graph",
  ...READING_NAMES,
  "split",
  ...PLAN_NAMES,
  ...VIEW_FIELDS.map((field) => field.key),
]);

/** What is wrong with keys that this page does not know. */
export const unknownKeys = (state: PageState): string[] =>
  Object.keys(state)
    .filter((key) => !KNOWN.has(key))
    .map((key) => `${key.slice(0, 40)} is not known.`);

/** What is set now; empty without a graph. */
export function readState(app: App): PageState {
  const { graph, data, planning } = app;
  if (graph === null) return {};
  const origin = originOf(graph);
  const start = startOf({ graph: origin });
  const planText = (name: PlanOption): string => {
    const begun = readValue(PLAN_OPTIONS[name], start[name] ?? "");
    return textOf(PLAN_OPTIONS[name], planning.settings[name], "value" in begun ? begun.value : undefined);
  };
  const reading = data.wanted ?? graph.reading;
  const all: [string, string][] = [
    ["graph", origin],
    ...READING_NAMES.map((name): [string, string] => [name, textOf(READING_OPTIONS[name], reading[name])]),
    ["split", graph.split === (Object.keys(graph.handle.splits)[0] ?? null) ? "" : (graph.split ?? "")],
    ...PLAN_NAMES.map((name): [string, string] => [name, planText(name)]),
    ...VIEW_FIELDS.map((field): [string, string] => [field.key, field.read(app)]),
  ];
  return Object.fromEntries(all.filter(([, text]) => text !== ""));
}

/**
 * Takes up what of a state is on show; `current` says whether it is still wanted. Returns what was not
 * allowed.
 */
export async function showState(app: App, state: PageState, current: () => boolean): Promise<string[]> {
  const problems: string[] = [];
  for (const field of VIEW_FIELDS) {
    const text = state[field.key] ?? "";
    if (field.read(app) === text) continue;
    const problem = await field.take(app, text);
    if (!current()) return [];
    if (problem !== null) problems.push(problem);
  }
  return problems;
}
