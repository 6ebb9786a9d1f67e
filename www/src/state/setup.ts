/** What of a page state makes graph and plan. */

import type { OpenGraph } from "./graph.ts";
import { type OptionEntry, PLAN_OPTIONS, type PlanOption, readNumber } from "./options.ts";
import type { PageState } from "./page-state.ts";
import { PLAN_DEFAULTS, PLAN_NAMES, type PlanSettings } from "./plan-settings.ts";
import { READING_DEFAULTS, READING_NAMES, READING_OPTIONS, type Reading } from "./reading.ts";
import { linkName, sampleOf } from "./samples.ts";

/** What a graph and a plan are made from. */
export interface Setup {
  reading: Reading;
  /** `null`: the first of the graph. */
  split: string | null;
  settings: PlanSettings;
}

/** Text of an option's value, empty for its default, and the way back. */
export const textOf = (entry: OptionEntry, value: unknown, start: unknown = entry.default): string =>
  value === start ? "" : value === null ? "none" : String(value);

export function readValue(entry: OptionEntry, text: string): { value: unknown } | { problem: string } {
  if (text === "") return { value: entry.default };
  if (entry.kind === "number")
    return entry.default === null && text === "none" ? { value: null } : readNumber(entry, text);
  if (entry.kind === "flag")
    return text === "true" || text === "false"
      ? { value: text === "true" }
      : { problem: `${entry.name} must be true or false.` };
  return chosen(entry.name, entry.choices, text);
}

export function chosen<Value extends string>(
  name: string,
  choices: readonly (readonly [Value, string])[],
  text: string,
): { value: Value } | { problem: string } {
  const found = choices.find(([value]) => value === text);
  return found === undefined
    ? { problem: `${name} must be one of ${choices.map(([value]) => value).join(", ")}.` }
    : { value: found[0] };
}

/** Says that a graph comes from files of the user, which no link carries. */
const FILES = "file:";

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
export const startOf = (state: PageState): PageState =>
  filesOf(state) === null && addressOf(state) === null ? sampleOf(state.graph).start : {};

/** What of a state makes the graph and the plan, and what is wrong with it. */
export function setupOf(state: PageState): { setup: Setup; problems: string[] } {
  const problems: string[] = [];
  const { graph = "" } = state;
  if (graph !== "" && filesOf(state) === null && addressOf(state) === null && sampleOf(graph).key !== graph)
    problems.push(`graph ${graph.slice(0, 40)} is not known.`);
  const wanted = { ...startOf(state), ...state };
  const read = <Value>(entry: OptionEntry): Value => {
    const found = readValue(entry, wanted[entry.name] ?? "");
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
