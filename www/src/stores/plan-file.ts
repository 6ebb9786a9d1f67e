import type { InputFile, PlanHandle } from "ibmb";
import type { OpenGraph } from "../state/graph.ts";
import { PLAN_DEFAULTS, PLAN_NAMES, type PlanSettings } from "../state/plan-settings.ts";
import type { App } from "./app.ts";

/** What a plan was made by, as far as the page can say it. */
interface MadeBy {
  settings: PlanSettings;
  /** The split that the outputs are a part of; `null` when they are all nodes, or of none. */
  split: string | null;
  /** Whether the settings say which nodes are outputs. */
  whole: boolean;
}

/**
 * Opens a saved plan in place of the one at hand; what there is to say of it, `null` when another work took
 * its place.
 */
export async function openPlan(app: App, graph: OpenGraph, file: InputFile): Promise<string | null> {
  let found: MadeBy | undefined;
  const plan = await app.planning.open(
    () => graph.handle.openPlan(file),
    (handle) => {
      found = madeBy(handle, graph, app.planning.settings.outputNodes);
      return found.settings;
    },
  );
  if (plan === null || !(await app.usePlan(graph, plan, found!.split))) return null;
  return `Opened ${file.name}.${found!.whole ? "" : " Its outputs are neither all nodes nor a part of a split: a link cannot carry them, and a change of the plan settings replaces them."}`;
}

/** Settings by the options in force, with the outputs as a word where one names them. */
function madeBy(
  { options, batchOf }: PlanHandle,
  { handle, split }: OpenGraph,
  outputs: PlanSettings["outputNodes"],
): MadeBy {
  const inForce = Object.entries(options).filter(([name]) => (PLAN_NAMES as string[]).includes(name));
  const settings = (outputNodes: PlanSettings["outputNodes"]): PlanSettings => ({
    ...PLAN_DEFAULTS,
    ...Object.fromEntries(inForce),
    outputNodes,
  });
  const numOutputs = batchOf.reduce((count, batch) => count + (batch < 0 ? 0 : 1), 0);
  if (numOutputs === handle.numNodes) return { settings: settings("all"), split: null, whole: true };
  // The split at hand before others.
  const splits = Object.entries(handle.splits).sort(([a], [b]) => Number(b === split) - Number(a === split));
  for (const [name, parts] of splits) {
    const part = (["train", "val", "test"] as const).find(
      (one) => parts[one].length === numOutputs && parts[one].every((node) => batchOf[node]! >= 0),
    );
    if (part !== undefined) return { settings: settings(part), split: name, whole: true };
  }
  return { settings: settings(outputs), split: null, whole: false };
}
