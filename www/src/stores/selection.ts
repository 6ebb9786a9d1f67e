import { byScore, placeIn } from "../state/batch-members.ts";
import type { OpenPlan } from "../state/plan.ts";
import type { DataStore } from "./data.ts";
import type { PlanStore } from "./planning.ts";
import type { Reports } from "./reports.ts";
import type { ViewStore } from "./view.ts";

const NUM_INFLUENCERS = 10;

/** Which batch and which node of the plan on show are looked at. */
export class Selection {
  readonly #data: Readonly<DataStore>;
  readonly #planning: Readonly<PlanStore>;
  readonly #view: Readonly<ViewStore>;
  readonly #reports: Reports;

  constructor(
    data: Readonly<DataStore>,
    planning: Readonly<PlanStore>,
    view: Readonly<ViewStore>,
    reports: Reports,
  ) {
    this.#data = data;
    this.#planning = planning;
    this.#view = view;
    this.#reports = reports;
  }

  get #plan(): OpenPlan | null {
    return this.#planning.plan;
  }

  async selectBatch(index: number): Promise<void> {
    const plan = this.#plan;
    if (plan === null || plan.handle.numBatches === 0) return;
    const held = Math.min(plan.handle.numBatches - 1, Math.max(0, index));
    this.#view.set({ batchIndex: held });
    try {
      const batch = await plan.handle.batch(held);
      if (this.#plan !== plan || this.#view.batchIndex !== held) return;
      const { node } = this.#view;
      this.#view.set({ batch });
      if (node !== null && placeIn(batch, node) < 0) this.selectNode(null);
    } catch (error) {
      // A plan that was replaced in the meantime has no batches to give.
      if (this.#plan === plan) this.#reports.report("", error);
    }
  }

  selectNode(node: number | null): void {
    this.#view.set({ node, influencers: null });
    const plan = this.#plan;
    const { graph } = this.#data;
    if (node === null || graph === null || plan === null) return;
    const { alpha, eps } = plan.settings;
    graph.handle.influencers(node, { alpha, eps, k: NUM_INFLUENCERS }).then(
      (list) => {
        if (this.#view.node === node && this.#plan === plan) this.#view.set({ influencers: { node, list } });
      },
      () => {},
    );
  }

  /** A click on a node: one of the selected batch is looked at, any other brings its batch along. */
  async pick(node: number): Promise<void> {
    const { batch } = this.#view;
    if (batch === null || placeIn(batch, node) < 0) await this.goToBatchOf(node);
    else this.selectNode(node);
  }

  async goToBatchOf(node: number): Promise<void> {
    const home = this.#plan?.handle.batchOf[node] ?? -1;
    if (home >= 0) await this.selectBatch(home);
    this.selectNode(node);
  }

  /** Selects nodes together, in place of those that are or beside them. */
  choose(nodes: Iterable<number>, beside = false): void {
    const all = Uint32Array.from(new Set(beside ? [...this.#view.chosen, ...nodes] : nodes)).sort();
    this.#view.set({ chosen: all });
  }

  /** Adds a node to those selected together, or takes it out. */
  toggle(node: number): void {
    const { chosen } = this.#view;
    if (chosen.includes(node)) this.choose(chosen.filter((other) => other !== node));
    else this.choose([node], true);
  }

  /** The next node of the batch by score, from the selected one. */
  stepNode(step: 1 | -1): void {
    const { batch, node } = this.#view;
    if (batch === null) return;
    const order = byScore(batch);
    const at = node === null ? (step > 0 ? -1 : order.length) : order.indexOf(node);
    this.selectNode(order[(at + step + order.length) % order.length] ?? null);
  }
}
