/** Everything that a user has set, as one small object: undo, the address and a shared link hold nothing else. */
import { categoriesOf, KINDS, toggled, type Filters } from "./categories.ts";
import { UP_TO } from "./comparing.ts";
import { DISTANCE } from "./figures.ts";
import type { OpenGraph } from "./data.ts";
import type { Explorer } from "./explorer.ts";
import { PLAN_OPTIONS, readNumber, type OptionEntry, type PlanOption } from "./options.ts";
import { PLAN_DEFAULTS, PLAN_NAMES, type PlanSettings } from "./plan-settings.ts";
import { READING_DEFAULTS, READING_NAMES, READING_OPTIONS, type Reading } from "./reading.ts";
import { PARTS, WHOSE } from "./running.ts";
import { linkName, sampleOf } from "./samples.ts";
import { SHARES, TOGETHER } from "./sweeps.ts";
import { TRAIN_NAMES, trainOption, type TrainSettings } from "./train-options.ts";
import { COLOUR_MODES, firstBatch, LAYOUT_MODES, TABS } from "./view.ts";

/** A text for every field that is not as on a fresh page. */
export type PageState = Readonly<Record<string, string>>;

/** What a graph and a plan are made from. */
export interface Setup {
  reading: Reading;
  /** `null`: the first of the graph. */
  split: string | null;
  settings: PlanSettings;
}

/** A value that a view shows. Its text is empty when it is as on a fresh page. */
interface ViewField {
  key: string;
  read(app: Explorer): string;
  /** Takes a text, empty for the fresh value; returns what is wrong with one that is not allowed, which changes nothing. */
  take(app: Explorer, text: string): string | null | Promise<string | null>;
}

/** Text of an option's value, empty for its default, and the way back. */
const textOf = (entry: OptionEntry, value: unknown, start: unknown = entry.default): string =>
  value === start ? "" : value === null ? "none" : String(value);

function valueOf(entry: OptionEntry, text: string): { value: unknown } | { problem: string } {
  if (text === "") return { value: entry.default };
  if (entry.kind === "number")
    return entry.default === null && text === "none" ? { value: null } : readNumber(entry, text);
  if (entry.kind === "flag")
    return text === "true" || text === "false"
      ? { value: text === "true" }
      : { problem: `${entry.name} must be true or false.` };
  return chosen(entry.name, entry.choices, text);
}

function chosen<Value extends string>(
  name: string,
  choices: readonly (readonly [Value, string])[],
  text: string,
): { value: Value } | { problem: string } {
  const found = choices.find(([value]) => value === text);
  return found === undefined
    ? { problem: `${name} must be one of ${choices.map(([value]) => value).join(", ")}.` }
    : { value: found[0] };
}

/** A whole number in `0..end`. */
const indexOf = (text: string, end: number): number | null =>
  /^\d{1,9}$/.test(text) && Number(text) < end ? Number(text) : null;

/** One of a few words; the first is the fresh one unless another is said. */
function choice<Value extends string>(
  key: string,
  choices: readonly (readonly [Value, string])[],
  read: (app: Explorer) => Value,
  set: (app: Explorer, value: Value) => string | null | void,
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
  read: (app: Explorer) => string,
  set: (app: Explorer, text: string) => void,
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

/** Ascending ids as the steps from one to the next, in base 36. */
const idsText = (ids: Uint32Array): string =>
  [...ids].map((id, i) => (id - (i === 0 ? 0 : ids[i - 1]!)).toString(36)).join(".");

/** Reads what `idsText` writes; `null` for anything else. */
function idsOf(text: string, end: number): Uint32Array | null {
  if (text === "") return new Uint32Array(0);
  const ids: number[] = [];
  for (const step of text.split(".")) {
    const id = (ids.at(-1) ?? 0) + (/^[0-9a-z]{1,6}$/.test(step) ? parseInt(step, 36) : NaN);
    if (!(id < end) || (ids.length > 0 && id === ids.at(-1))) return null;
    ids.push(id);
  }
  return Uint32Array.from(ids);
}

const textByIds = new WeakMap<Uint32Array, string>();

/** `class:0.3_split:1`: the groups that are kept bright. */
const filtersText = (filters: Filters): string =>
  Object.entries(filters)
    .map(([kind, groups]) => `${kind}:${groups.join(".")}`)
    .join("_");

function filtersOf(text: string, app: Explorer): { value: Filters } | { problem: string } {
  let value: Filters = {};
  for (const part of text === "" ? [] : text.split("_")) {
    const [, name, groups] = /^(\w+):([\d.]+)$/.exec(part) ?? [];
    const kind = KINDS.find((one) => one === name);
    const length = kind === undefined ? 0 : (categoriesOf(app, kind)?.length ?? 0);
    for (const group of groups?.split(".") ?? [""]) {
      const index = indexOf(group, length);
      if (kind === undefined || index === null)
        return { problem: `filter ${part.slice(0, 40)} names no group of nodes that this page has.` };
      if (!value[kind]?.includes(index)) value = toggled(value, kind, index);
    }
  }
  return { value };
}

/** What is on show, in the order in which it is taken up. A view that lets something be set adds its line here. */
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
      if (chosen === null) return "nodes is no list of nodes of this graph.";
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
    "the name of a column, with a minus where it falls",
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
        const found = valueOf(trainOption(name), text);
        if ("problem" in found) return found.problem;
        modelling.set(name, found.value as TrainSettings[typeof name]);
        return null;
      },
    }),
  ),
];

/** Says that a graph comes from files of the user, which no link carries. */
const FILES = "file:";

const KNOWN = new Set<string>([
  "graph",
  ...READING_NAMES,
  "split",
  ...PLAN_NAMES,
  ...VIEW_FIELDS.map((field) => field.key),
]);

/** Where a graph comes from, in a word; empty for the sample that a fresh page opens. */
export function originOf({ source: { sample, address }, handle }: OpenGraph): string {
  if (address !== undefined) return address;
  return sample === undefined ? `${FILES}${handle.name}` : linkName(sample);
}

/** Name of the files that a state was made with; `null` when it was a sample. */
export const filesOf = (state: PageState): string | null =>
  state.graph?.startsWith(FILES) ? state.graph.slice(FILES.length) : null;

/** Where on the web the graph of a state is; `null` when it comes from elsewhere. */
export const addressOf = ({ graph }: PageState): string | null =>
  graph !== undefined && /^https?:\/\//i.test(graph) ? graph : null;

/** What a graph opens with where a state says nothing: a large sample does not plan for all of its nodes. */
const startOf = (state: PageState): PageState =>
  filesOf(state) === null && addressOf(state) === null ? sampleOf(state.graph).start : {};

/** What is set now; empty without a graph. */
export function readState(app: Explorer): PageState {
  const { graph, data, planning } = app;
  if (graph === null) return {};
  const origin = originOf(graph);
  const start = startOf({ graph: origin });
  const planText = (name: PlanOption): string => {
    const begun = valueOf(PLAN_OPTIONS[name], start[name] ?? "");
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

/** What of a state makes the graph and the plan, and what is wrong with the rest of it. */
export function setupOf(state: PageState): { setup: Setup; problems: string[] } {
  const problems = Object.keys(state)
    .filter((key) => !KNOWN.has(key))
    .map((key) => `${key.slice(0, 40)} is not known.`);
  const { graph = "" } = state;
  if (graph !== "" && filesOf(state) === null && addressOf(state) === null && sampleOf(graph).key !== graph)
    problems.push(`graph ${graph.slice(0, 40)} is not known.`);
  const wanted = { ...startOf(state), ...state };
  const read = <Value>(entry: OptionEntry): Value => {
    const found = valueOf(entry, wanted[entry.name] ?? "");
    if ("value" in found) return found.value as Value;
    problems.push(found.problem);
    return entry.default as Value;
  };
  const reading = Object.fromEntries(
    READING_NAMES.map((name) => [name, read(READING_OPTIONS[name])]),
  ) as unknown as Reading;
  const settings = Object.fromEntries(
    PLAN_NAMES.map((name: PlanOption) => [name, read(PLAN_OPTIONS[name])]),
  ) as unknown as PlanSettings;
  return { setup: { reading, split: state.split ?? null, settings }, problems };
}

/** The setup of a fresh page. */
export const FRESH_SETUP: Setup = {
  reading: { ...READING_DEFAULTS },
  split: null,
  settings: { ...PLAN_DEFAULTS },
};

/** Takes up what of a state is on show; `current` says whether it is still wanted. Returns what was not allowed. */
export async function showState(app: Explorer, state: PageState, current: () => boolean): Promise<string[]> {
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

/** Characters of a value that an address can bear. */
const MOST_CHARACTERS = 6000;

/** Keys whose values are too long for an address. */
export const tooLong = (state: PageState): string[] =>
  Object.keys(state).filter((key) => state[key]!.length > MOST_CHARACTERS);

/** The part of an address after `#`, without what is too long for it. */
export function encodeState(state: PageState): string {
  const left = new Set(tooLong(state));
  return new URLSearchParams(Object.entries(state).filter(([key]) => !left.has(key))).toString();
}

/** Reads what `encodeState` writes. */
export const decodeState = (hash: string): PageState =>
  Object.fromEntries(new URLSearchParams(hash.replace(/^#/, "")));

export const sameState = (a: PageState, b: PageState): boolean => changedKeys(a, b).length === 0;

/** Keys in which two states differ. */
export const changedKeys = (a: PageState, b: PageState): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => a[key] !== b[key]).sort();
