/**
 * The page as its parts see each other: what there is and what can be asked for. `Explorer` puts it together.
 */
import type { Client, InputFile } from "ibmb";
import type { OpenGraph } from "../state/graph.ts";
import type { PageState } from "../state/page-state.ts";
import type { OpenPlan } from "../state/plan.ts";
import type { PlanSettings } from "../state/plan-settings.ts";
import type { Setup } from "../state/setup.ts";
import type { LayoutMode } from "../state/view.ts";
import type { CompareStore } from "./comparing.ts";
import type { DataStore } from "./data.ts";
import type { FigureStore } from "./figures.ts";
import type { ModelStore } from "./modelling.ts";
import type { PlanStore } from "./planning.ts";
import type { Reports } from "./reports.ts";
import type { RunStore } from "./running.ts";
import type { Selection } from "./selection.ts";
import type { ViewStore } from "./view.ts";

/** Stores are read by everybody and changed by their own methods only. */
export interface App {
  readonly data: Readonly<DataStore>;
  readonly planning: Readonly<PlanStore>;
  readonly modelling: Readonly<ModelStore>;
  readonly figures: Readonly<FigureStore>;
  readonly running: Readonly<RunStore>;
  readonly view: Readonly<ViewStore>;
  readonly comparing: Readonly<CompareStore>;
  readonly reports: Reports;
  readonly selection: Selection;
  readonly opening: Openings;
  readonly history: Links;
  readonly graph: OpenGraph | null;
  readonly plan: OpenPlan | null;
  readonly client: Client | null;
  setUp(setup: Setup): Promise<void>;
  show(opened: OpenGraph, how?: { settings?: PlanSettings; again?: boolean }): Promise<boolean>;
  usePlan(graph: OpenGraph, plan: OpenPlan, split: string | null): Promise<boolean>;
  setLayout(layout: LayoutMode): string | null;
}

/** Ways in for graphs. */
interface Openings {
  openLink(link?: PageState): Promise<void>;
  openSample(link?: PageState): Promise<void>;
  openFiles(files: readonly InputFile[]): Promise<void>;
}

/** Links while a graph is opened for them. */
interface Links {
  prepare(state: PageState): Setup;
  begin(state: PageState): Promise<void>;
}
