import type { Client, InputFile, ModelOptions } from "ibmb";
import { DataStore, partSize, type Offer, type OpenGraph } from "./data.ts";
import { holdsWeights, isClutter } from "./files.ts";
import { FigureStore } from "./figures.ts";
import { answers, ModelStore } from "./modelling.ts";
import { PLAN_OPTIONS } from "./options.ts";
import { belongs, PLAN_DEFAULTS, type PlanSettings } from "./plan-settings.ts";
import type { Reading } from "./reading.ts";
import { PlanStore, type OpenPlan } from "./planning.ts";
import { TRAIN_OPTIONS } from "./train-options.ts";
import { byScore, placeIn, ViewStore } from "./view.ts";

/** Where the first graph and its weights come from. */
export interface Sample {
  name: string;
  noun: string;
  read: () => Promise<InputFile>;
  readModel: () => Promise<InputFile | null>;
}

const UNCHANGED = "Your open graph is unchanged.";
const CRASHED = "Restart the engine to go on: what is open is read again.";
const FIRST_BATCH = 3;
const NUM_INFLUENCERS = 10;

/** The page without its looks: what is open, and what follows when something changes. */
export class Explorer {
  readonly data = new DataStore();
  readonly planning = new PlanStore();
  readonly modelling = new ModelStore();
  readonly figures = new FigureStore(this.modelling);
  readonly view = new ViewStore();
  #client: Client | null = null;
  /** Counts starts and stops, so that a start that was overtaken changes nothing. */
  #starts = 0;
  #makeClient: () => Promise<Client>;
  #sample: Sample;

  constructor(makeClient: () => Promise<Client>, sample: Sample) {
    this.#makeClient = makeClient;
    this.#sample = sample;
    this.planning.onWanted = () => void this.replan();
    this.figures.onCrash = (error) => this.#report("", error);
  }

  get graph(): OpenGraph | null {
    return this.data.graph;
  }

  get plan(): OpenPlan | null {
    return this.planning.plan;
  }

  async start(): Promise<void> {
    const start = ++this.#starts;
    let client: Client | null = null;
    await this.#guard("The engine could not start", async () => {
      client = await this.#makeClient();
    });
    if (start !== this.#starts) (client as Client | null)?.dispose();
    else if (client !== null) {
      this.#client = client;
      await this.openSample();
    }
  }

  /** Ends the engine; what was open went with it. */
  stop(): void {
    this.#starts++;
    this.#forget();
    this.#client?.dispose();
    this.#client = null;
  }

  /** A new engine in place of one that has ended; graph, plan and model are made again from their files. */
  async restart(): Promise<void> {
    const client = this.#client;
    this.data.say(null);
    if (client === null) return this.start();
    const { graph, plan } = this;
    const { file, options } = this.modelling.model ?? {};
    await this.#guard("The engine could not start again", async () => {
      await client.restart();
      this.modelling.open(null);
      if (graph === null) return this.openSample();
      let shown = false;
      try {
        const opened = await this.data.read(client, graph.source, graph.reading, graph.split);
          shown = opened !== null && (await this.#show(opened, plan?.settings));
      } finally {
        if (!shown) this.#forget();
      }
      if (!shown) return;
      if (file !== undefined) await this.#openModel(file, options);
      this.data.say({ kind: "done", text: `The engine has started again, and ${graph.handle.name} is open.` });
    }, "Open files to go on.");
  }

  async openSample(): Promise<void> {
    const { name, noun } = this.#sample;
    await this.#guard("The sample could not be opened", async () => {
      const file = await this.#sample.read();
      if (this.#client === null) return;
      const opened = await this.data.read(this.#client, { files: [file], name, noun });
      if (opened === null || !(await this.#show(opened))) return;
      const weights = await this.#sample.readModel();
      if (weights !== null && this.graph === opened) await this.#openModel(weights);
    });
  }

  /** Files of the user: a graph, or weights for the one at hand. */
  async openFiles(all: readonly InputFile[]): Promise<void> {
    const files = all.filter((file) => !isClutter(file.name));
    if (files.length === 0 || this.#client === null) return;
    const safe = this.graph === null ? "" : UNCHANGED;
    this.data.say(null);
    if (await holdsWeights(files)) return this.openWeights(files[0]!);
    await this.#guard("", async () => {
      const opened = await this.data.read(this.#client!, { files });
      if (opened !== null && (await this.#show(opened))) {
        this.data.say({ kind: "done", text: `Opened ${opened.handle.name}.` });
      }
    }, safe);
  }

  /** Reads the open files in another way; plan settings and model stay. */
  async reopen(change: Partial<Reading>): Promise<void> {
    const { graph, plan } = this;
    const client = this.#client;
    if (graph === null || client === null) return;
    this.data.say(null);
    const reading = { ...(this.data.wanted ?? graph.reading), ...change };
    this.data.wanted = reading;
    await this.#guard("", async () => {
      const opened = await this.data.read(client, graph.source, reading, graph.split);
      if (opened !== null && (await this.#show(opened, plan?.settings))) {
        this.data.say({ kind: "done", text: `Read ${opened.handle.name} again.` });
      }
    }, UNCHANGED);
    if (this.data.wanted === reading) this.data.wanted = null;
    this.data.changed();
  }

  /** Weights for the graph at hand; the model at hand stays when they do not fit. */
  async openWeights(file: InputFile, options: ModelOptions = {}): Promise<void> {
    const safe = this.modelling.model === null ? UNCHANGED : "Your open graph and model are unchanged.";
    await this.#guard("", async () => {
      try {
        await this.#openModel(file, options);
        this.data.say({ kind: "done", text: `Loaded ${file.name}.` });
      } catch (error) {
        const offers = answers(error).map(({ id, label, option }) => ({ id, label, take: () => this.openWeights(file, { ...options, ...option }) }));
        if (offers.length === 0) throw error;
        this.data.say({ kind: "error", text: `${file.name}: ${sentence(error)} ${safe}`, offers });
      }
    }, safe);
  }

  /** Takes another split of the graph; the plan follows where its outputs are a part of it. */
  useSplit(split: string): void {
    const { graph } = this;
    if (graph === null || graph.split === split) return;
    graph.split = split;
    this.data.changed();
    this.modelling.forgetRun();
    if (this.planning.settings.outputNodes !== "all") void this.replan();
  }

  async replan(): Promise<void> {
    const graph = this.graph;
    if (graph === null) return;
    try {
      const plan = await this.planning.make(graph);
      if (plan === null || this.graph !== graph) plan?.handle.dispose();
      else await this.#showPlan(plan);
    } catch (error) {
      if ((error as { code?: string }).code === "worker_crashed") this.data.say({ kind: "error", text: `${sentence(error)} ${CRASHED}`, offers: [this.#restarting] });
      else this.planning.refuse(optionOf(error, PLAN_OPTIONS), sentence(error));
    }
  }

  async selectBatch(index: number): Promise<void> {
    const plan = this.plan;
    if (plan === null || plan.handle.numBatches === 0) return;
    const held = Math.min(plan.handle.numBatches - 1, Math.max(0, index));
    this.view.set({ batchIndex: held });
    try {
      const batch = await plan.handle.batch(held);
      if (this.plan !== plan || this.view.batchIndex !== held) return;
      const { node } = this.view;
      this.view.set({ batch });
      if (node !== null && placeIn(batch, node) < 0) this.selectNode(null);
    } catch (error) {
      // A plan that was replaced in the meantime has no batches to give.
      if (this.plan === plan) this.#report("", error);
    }
  }

  selectNode(node: number | null): void {
    this.view.set({ node, influencers: null });
    const { graph, plan } = this;
    if (node === null || graph === null || plan === null) return;
    const { alpha, eps } = plan.settings;
    graph.handle.influencers(node, { alpha, eps, k: NUM_INFLUENCERS }).then(
      (list) => {
        if (this.view.node === node && this.plan === plan) this.view.set({ influencers: { node, list } });
      },
      () => {},
    );
  }

  /** A click on a node: one of the selected batch is looked at, any other brings its batch along. */
  async pick(node: number): Promise<void> {
    const { batch } = this.view;
    if (batch === null || placeIn(batch, node) < 0) await this.goToBatchOf(node);
    else this.selectNode(node);
  }

  async goToBatchOf(node: number): Promise<void> {
    const home = this.plan?.handle.batchOf[node] ?? -1;
    if (home >= 0) await this.selectBatch(home);
    this.selectNode(node);
  }

  /** The next node of the batch by score, from the selected one. */
  stepNode(step: 1 | -1): void {
    const { batch, node } = this.view;
    if (batch === null) return;
    const order = byScore(batch);
    const at = node === null ? (step > 0 ? -1 : order.length) : order.indexOf(node);
    this.selectNode(order[(at + step + order.length) % order.length] ?? null);
  }

  stepTopK(step: number): void {
    const { settings } = this.planning;
    if (!belongs("topK", settings)) return;
    this.planning.setNumber(PLAN_OPTIONS.topK, String(Math.max(PLAN_OPTIONS.topK.min, settings.topK + step)));
  }

  async runInference(): Promise<void> {
    const { graph, plan } = this;
    if (graph === null || plan === null || this.modelling.model === null) return;
    await this.#guard("Inference stopped", () => this.modelling.infer(graph, plan));
  }

  /** The same key starts and cancels. */
  toggleInference(): void {
    if (this.modelling.work.running) this.modelling.work.cancel();
    else void this.runInference();
  }

  async train(): Promise<void> {
    const { graph, plan } = this;
    if (graph === null || plan === null || this.modelling.training?.running) return;
    this.view.set({ drawer: "training" });
    await this.#guard("Training stopped", async () => {
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
    if (numFeatures === 0) return "This graph has no features. Add features.npy or features_csr.npz beside its edges and open them together.";
    if (numClasses === 0) return "This graph has no labels. Add labels.csv with the columns node and label beside its edges and open them together.";
    if (partSize(graph, "train") === 0) return "This graph has no training nodes. Add splits.json with lists of train, val and test nodes beside its edges and open them together. Inference with loaded weights works without.";
    return null;
  }

  async #openModel(file: InputFile, options: ModelOptions = {}): Promise<void> {
    if (this.#client === null) return;
    const model = await this.#client.openModel(file, { featureNormalization: "row", ...options });
    const graph = this.graph?.handle;
    if (graph !== undefined && graph.numFeatures !== model.numFeatures) {
      model.dispose();
      throw new Error(`${file.name}: the model reads ${model.numFeatures} features, the graph has ${graph.numFeatures}`);
    }
    this.modelling.open({ handle: model, source: file.name, file, options });
  }

  /** Plans an opened graph and shows both. With `kept` settings it is the graph at hand, read again: the model stays too. */
  async #show(opened: OpenGraph, kept?: PlanSettings): Promise<boolean> {
    const { settings, drafts, problem } = this.planning;
    const before = { settings, drafts, problem };
    Object.assign(this.planning, { settings: { ...PLAN_DEFAULTS, ...kept }, drafts: {}, problem: null });
    try {
      const plan = await this.planning.make(opened);
      if (plan === null) {
        opened.handle.dispose();
        if (!this.planning.work.running) Object.assign(this.planning, before);
        return false;
      }
      await this.#showPlan(plan, opened, kept !== undefined);
      return true;
    } catch (error) {
      opened.handle.dispose();
      Object.assign(this.planning, before);
      throw error;
    }
  }

  /** Puts a plan, its selected batch and, when it is another one, its graph on show together: the map never mixes two. */
  async #showPlan(plan: OpenPlan, graph: OpenGraph | null = null, again = false): Promise<void> {
    const last = Math.max(0, plan.handle.numBatches - 1);
    const index = graph === null || again ? Math.min(this.view.batchIndex, last) : FIRST_BATCH <= last ? FIRST_BATCH : 0;
    const batch = plan.handle.numBatches > 0 ? await plan.handle.batch(index) : null;
    const oldPlan = this.planning.plan;
    const oldGraph = this.data.graph;
    this.planning.plan = plan;
    this.planning.changed();
    this.figures.forget();
    if (graph === null) {
      this.modelling.forgetRun();
      this.view.set({ batchIndex: index, batch });
      this.selectNode(this.view.node);
    } else {
      if (again) this.modelling.forgetWork();
      else this.modelling.clear();
      this.data.graph = graph;
      this.data.changed();
      this.view.set({ batchIndex: index, batch, node: null, hovered: null, influencers: null });
      oldGraph?.handle.dispose();
    }
    oldPlan?.handle.dispose();
  }

  /** Reports what goes wrong, with what is safe. */
  async #guard(what: string, job: () => Promise<void>, safe = ""): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.#report(what, error, safe);
    }
  }

  #report(what: string, error: unknown, safe = ""): void {
    const { code } = error as { code?: string };
    // The page itself lets go of what it no longer shows.
    if (code === "disposed") return;
    const crashed = code === "worker_crashed";
    const text = [what === "" ? sentence(error) : `${what}: ${sentence(error)}`, crashed ? CRASHED : safe].filter(Boolean).join(" ");
    this.data.say({ kind: "error", text, ...(crashed ? { offers: [this.#restarting] } : {}) });
  }

  readonly #restarting: Offer = { id: "restart", label: "Restart the engine", take: () => this.restart() };

  /** Shows nothing: what was open is no longer there. */
  #forget(): void {
    this.data.work.cancel();
    this.planning.cancel();
    this.modelling.clear();
    this.figures.forget();
    this.data.graph?.handle.dispose();
    this.planning.plan?.handle.dispose();
    this.planning.plan = this.data.graph = null;
    this.planning.changed();
    this.data.changed();
    this.view.set({ batch: null, node: null, hovered: null, influencers: null });
  }
}

/** The error's own sentence, ended. */
function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The option of the table that an error is about. */
function optionOf<Name extends string>(error: unknown, options: Readonly<Record<Name, unknown>>): Name | null {
  const { code, details } = error as { code?: string; details?: { name?: unknown } };
  const name = details?.name;
  return code === "invalid_option" && typeof name === "string" && Object.hasOwn(options, name) ? (name as Name) : null;
}
