import type { Batch, Influencers } from "ibmb";
import type { Filters } from "../state/categories.ts";
import type { ColourMode, LayoutMode, Tab, Tool } from "../state/view.ts";
import { Store } from "./store.ts";

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
