import type { Client } from "ibmb";
import { codeOf, optionOf, sentence } from "../state/errors.ts";
import { type OpenGraph, partSize } from "../state/graph.ts";
import { PLAN_OPTIONS } from "../state/options.ts";
import type { PageState } from "../state/page-state.ts";
import type { OpenPlan } from "../state/plan.ts";
import { belongs, PLAN_DEFAULTS, type PlanSettings } from "../state/plan-settings.ts";
import { sameReading } from "../state/reading.ts";
import type { Setup } from "../state/setup.ts";
import { TRAIN_OPTIONS } from "../state/train-options.ts";
import { firstBatch, type LayoutMode } from "../state/view.ts";
import type { App } from "./app.ts";
import { CompareStore } from "./comparing.ts";
import { DataStore } from "./data.ts";
import { FigureStore } from "./figures.ts";
import { ForceStore } from "./force.ts";
import { History } from "./history.ts";
import { ModelStore } from "./modelling.ts";
import { Opening } from "./opening.ts";
import { PlanStore } from "./planning.ts";
import { Reports } from "./reports.ts";
import { RingsStore } from "./rings.ts";
import { RunStore } from "./running.ts";
import { Selection } from "./selection.ts";
import { ViewStore } from "./view.ts";
import { WhyStore } from "./why.ts";

/** The page without its looks: what is open, and what follows when something changes. */
export class Explorer implements App {
  readonly #onCrash = (error: unknown): void => this.reports.report("", error);
  readonly data: Readonly<DataStore> = new DataStore();
  readonly planning: Readonly<PlanStore> = new PlanStore(() => void this.replan());
  readonly modelling: Readonly<ModelStore> = new ModelStore();
  readonly figures: Readonly<FigureStore> = new FigureStore(
    this.modelling,
    (batch) => this.selection.selectBatch(batch),
    this.#onCrash,
  );
  readonly running: Readonly<RunStore> = new RunStore(this.#onCrash);
  readonly view: Readonly<ViewStore> = new ViewStore();
  readonly why: Readonly<WhyStore> = new WhyStore(this.#onCrash);
  readonly rings: Readonly<RingsStore> = new RingsStore(this.#onCrash);
  readonly force: Readonly<ForceStore> = new ForceStore();
  readonly reports = new Reports(this.data, () => this.restart());
  readonly selection = new Selection(this.data, this.planning, this.view, this.reports);
  readonly opening: Opening;
  readonly comparing: Readonly<CompareStore> = new CompareStore(() => this.#makeClient(), this.reports);
  readonly history: Readonly<History> = new History(this);
  #client: Client | null = null;
  /** Counts starts and stops, so that a start that was overtaken changes nothing. */
  #starts = 0;
  readonly #makeClient: () => Promise<Client>;

  constructor(makeClient: () => Promise<Client>) {
    this.#makeClient = makeClient;
    this.opening = new Opening(this);
    for (const store of [this.view, this.data]) store.subscribe(() => this.#layOut());
  }

  get graph(): OpenGraph | null {
    return this.data.graph;
  }

  /** The engine; `null` until it has started. */
  get client(): Client | null {
    return this.#client;
  }

  get plan(): OpenPlan | null {
    return this.planning.plan;
  }

  /** Starts the engine and opens a sample, as a link asks for it where there is one. */
  async start(link: PageState = {}): Promise<void> {
    const start = ++this.#starts;
    this.opening.preload(link);
    let client: Client | null = null;
    await this.reports.guard("The engine could not start", async () => {
      client = await this.#makeClient();
    });
    if (start !== this.#starts) (client as Client | null)?.dispose();
    else if (client !== null) {
      this.#client = client;
      this.running.set({ client });
      await this.opening.openLink(link);
    }
  }

  /** Ends the engine; what was open went with it. */
  stop(): void {
    this.#starts++;
    this.#forget();
    this.#client?.dispose();
    this.#client = null;
    this.running.set({ client: null });
  }

  /** A new engine in place of one that has ended; graph, plan and model are made again from their files. */
  async restart(): Promise<void> {
    const client = this.#client;
    this.data.say(null);
    if (client === null) return this.start();
    const { graph, plan } = this;
    const { model } = this.modelling;
    await this.reports.guard(
      "The engine could not start again",
      async () => {
        await client.restart();
        this.modelling.open(null);
        if (graph === null) return this.opening.openSample();
        let shown = false;
        try {
          const opened = await this.data.read(client, graph.source, graph.reading, graph.split);
          shown =
            opened !== null &&
            (await this.show(opened, plan === null ? {} : { settings: plan.settings, again: true }));
        } finally {
          if (!shown) this.#forget();
        }
        if (!shown) return;
        if (model !== null) await this.opening.readModel(model.file, model);
        this.data.say({
          kind: "done",
          text: `The engine has started again, and ${graph.handle.name} is open.`,
        });
      },
      "Open files to continue.",
    );
  }

  /** Takes another split of the graph; the plan follows where its outputs are a part of it. */
  useSplit(split: string): void {
    if (this.#takeSplit(split)) void this.replan();
  }

  /** Brings graph and plan to a setup; what it has already is not made again. */
  async setUp({ reading, split, settings }: Setup): Promise<void> {
    const { graph, data } = this;
    if (graph === null) return;
    const names = Object.keys(graph.handle.splits);
    const wanted = split !== null && names.includes(split) ? split : (names[0] ?? null);
    if (!sameReading(data.wanted ?? graph.reading, reading))
      return this.opening.reopen(reading, settings, wanted);
    let another = this.planning.restore(settings);
    if (wanted !== null && this.#takeSplit(wanted)) another = true;
    if (another) await this.replan();
  }

  /** Says whether the plan has to follow. */
  #takeSplit(split: string): boolean {
    if (!this.data.takeSplit(split)) return false;
    this.modelling.forgetRun();
    return this.planning.settings.outputNodes !== "all";
  }

  async replan(): Promise<void> {
    const graph = this.graph;
    if (graph === null) return;
    try {
      const plan = await this.planning.make(graph);
      if (plan === null || this.graph !== graph) plan?.handle.dispose();
      else await this.#showPlan(plan);
    } catch (error) {
      if (codeOf(error) === "worker_crashed") this.reports.report("", error);
      else this.planning.refuse(optionOf(error, PLAN_OPTIONS), sentence(error));
    }
  }

  /** Shows a plan that was saved and takes its settings, unless its graph is no longer open. */
  async usePlan(graph: OpenGraph, plan: OpenPlan, split: string | null): Promise<boolean> {
    if (this.graph !== graph) {
      plan.handle.dispose();
      return false;
    }
    if (split !== null) this.#takeSplit(split);
    this.planning.restore(plan.settings);
    await this.#showPlan(plan);
    return true;
  }

  /** Why nodes cannot stand where their files say; `null` when they can. */
  get placesLack(): string | null {
    const { graph } = this;
    if (graph === null) return "Open a graph first.";
    return graph.handle.positions !== null
      ? null
      : `The files of ${graph.handle.name} have no node coordinates. Coordinates are read from columns x and y of a node table, viz:position in GEXF, graphics in GML and a tensor named pos.`;
  }

  /** Puts the nodes elsewhere, or returns why they cannot stand there. */
  setLayout(layout: LayoutMode): string | null {
    const lacks = layout === "file" ? this.placesLack : null;
    if (lacks === null) this.view.set({ layout });
    return lacks;
  }

  /** Makes the layout that the view asks for. */
  #layOut(): void {
    const { graph, view } = this;
    if (view.layout === "force" && graph !== null)
      void this.reports.guard("The layout by forces stopped", () => this.force.want(graph));
  }

  /** Ends a layout that is being made where it is, or goes back when there is nothing of it yet. */
  stopLayout(): void {
    if (this.force.positions !== null) return this.force.stop();
    this.view.set({ layout: "batch" });
    this.force.forget();
  }

  stepTopK(step: number): void {
    const { settings } = this.planning;
    if (!belongs("topK", settings)) return;
    this.planning.setNumber(PLAN_OPTIONS.topK, String(Math.max(PLAN_OPTIONS.topK.min, settings.topK + step)));
  }

  async runInference(): Promise<void> {
    const { graph, plan } = this;
    if (graph === null || plan === null || this.modelling.model === null) return;
    await this.reports.guard("Inference stopped", () => this.modelling.infer(graph, plan, this.running));
  }

  /** The same key starts and cancels. */
  toggleInference(): void {
    if (this.modelling.work.running) this.modelling.cancelRun();
    else void this.runInference();
  }

  async train(): Promise<void> {
    const { graph, plan } = this;
    if (graph === null || plan === null || this.modelling.training?.running) return;
    this.view.set({ drawer: "training" });
    await this.reports.guard("Training stopped", async () => {
      try {
        await this.modelling.train(graph, plan);
      } catch (error) {
        const name = optionOf(error, TRAIN_OPTIONS);
        if (name === null) throw error;
        this.modelling.refuse(name, sentence(error));
      }
    });
  }

  /** Why the open graph cannot be trained on; `null` when it can. */
  get trainingLacks(): string | null {
    const { graph } = this;
    if (graph === null) return "Open a graph first.";
    const { numFeatures, numClasses } = graph.handle;
    if (numFeatures === 0)
      return "This graph has no features. Add features.npy or features_csr.npz beside its edges and open them together.";
    if (numClasses === 0)
      return "This graph has no labels. Add labels.csv with the columns node and label beside its edges and open them together.";
    if (partSize(graph, "train") === 0)
      return "This graph has no training nodes. Add splits.json with lists of train, val and test nodes beside its edges and open them together. Inference with loaded weights works without a split.";
    return null;
  }

  /**
   * Plans an opened graph and shows both. `again`: it is the graph at hand, read again, and the model stays
   * too.
   */
  async show(
    opened: OpenGraph,
    { settings: wanted = PLAN_DEFAULTS, again = false }: { settings?: PlanSettings; again?: boolean } = {},
  ): Promise<boolean> {
    const takeBack = this.planning.begin(wanted);
    try {
      const plan = await this.planning.make(opened);
      if (plan === null) {
        opened.handle.dispose();
        if (!this.planning.work.running) takeBack();
        return false;
      }
      await this.#showPlan(plan, opened, again);
      return true;
    } catch (error) {
      opened.handle.dispose();
      takeBack();
      throw error;
    }
  }

  /**
   * Puts a plan, its selected batch and, when it is another one, its graph on show together: the map never
   * mixes two.
   */
  async #showPlan(plan: OpenPlan, graph: OpenGraph | null = null, again = false): Promise<void> {
    const last = Math.max(0, plan.handle.numBatches - 1);
    const index =
      graph === null || again ? Math.min(this.view.batchIndex, last) : firstBatch(plan.handle.numBatches);
    const batch = plan.handle.numBatches > 0 ? await plan.handle.batch(index) : null;
    const oldPlan = this.planning.plan;
    const oldGraph = this.data.graph;
    this.planning.show(plan);
    this.figures.forget();
    if (graph === null) {
      this.modelling.forgetRun();
      const { batch: _, ...filters } = this.view.filters;
      this.view.set({ batchIndex: index, batch, filters });
      this.selection.selectNode(this.view.node);
    } else {
      this.comparing.forget();
      if (
        again &&
        (this.modelling.model?.handle.numFeatures ?? graph.handle.numFeatures) === graph.handle.numFeatures
      )
        this.modelling.forgetWork();
      else this.modelling.clear();
      this.data.show(graph);
      const layout = this.view.layout === "file" && this.placesLack !== null ? "batch" : this.view.layout;
      this.view.set({
        batchIndex: index,
        batch,
        node: null,
        hovered: null,
        influencers: null,
        chosen: new Uint32Array(0),
        filters: {},
        layout,
      });
      oldGraph?.handle.dispose();
    }
    oldPlan?.handle.dispose();
  }

  /** Shows nothing: what was open is no longer there. */
  #forget(): void {
    this.data.work.cancel();
    this.planning.cancel();
    this.modelling.clear();
    this.figures.forget();
    this.force.forget();
    this.comparing.forget();
    this.data.graph?.handle.dispose();
    this.planning.plan?.handle.dispose();
    this.planning.show(null);
    this.data.show(null);
    this.view.set({
      batch: null,
      node: null,
      hovered: null,
      influencers: null,
      chosen: new Uint32Array(0),
      filters: {},
    });
  }
}
