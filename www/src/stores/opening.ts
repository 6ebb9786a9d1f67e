import type { InputFile, ModelOptions } from "ibmb";
import { codeOf, sentence } from "../state/errors.ts";
import { isClutter, kindOf } from "../state/files.ts";
import type { OpenGraph, Source } from "../state/graph.ts";
import { answers, type OpenModel } from "../state/model.ts";
import type { PageState } from "../state/page-state.ts";
import type { PlanSettings } from "../state/plan-settings.ts";
import { READING_DEFAULTS, type Reading } from "../state/reading.ts";
import { type Sample, sampleOf } from "../state/samples.ts";
import { addressOf, FRESH_SETUP, type Setup } from "../state/setup.ts";
import type { App } from "./app.ts";
import { readSample, readSampleModel } from "./sample-files.ts";

const UNCHANGED = "Your open graph is unchanged.";

/** How graphs and weights come onto the page: samples, files, the same files read in another way. */
export class Opening {
  readonly #app: App;
  /** A sample that is fetched while the engine starts. */
  #preloaded: { sample: Sample; files: Promise<readonly InputFile[]> } | null = null;

  constructor(app: App) {
    this.#app = app;
  }

  /** Fetches the sample that a link names, before there is an engine to open it. */
  preload(link: PageState): void {
    if (addressOf(link) !== null) return;
    const sample = sampleOf(link.graph);
    this.#preloaded = { sample, files: readSample(sample) };
    // What fails is said when the sample is opened.
    this.#preloaded.files.catch(() => {});
  }

  /**
   * Opens what a link names, as the link asks for it: an address on the web or a sample, the first where it
   * names none.
   */
  async openLink(link: PageState = {}): Promise<void> {
    const address = addressOf(link);
    if (address === null) return this.openSample(link);
    await this.openAddress(address, link);
    const { graph, client, data } = this.#app;
    const { notice } = data;
    if (graph !== null || client === null || notice?.kind !== "error") return;
    await this.openSample();
    data.say({ ...notice, text: `${notice.text} ${sampleOf(undefined).name} is shown instead.` });
  }

  /** Opens a file that lies elsewhere on the web. */
  async openAddress(address: string, link: PageState = {}): Promise<void> {
    const app = this.#app;
    const safe = app.graph === null ? "" : UNCHANGED;
    app.data.say(null);
    await app.reports.guard(
      "",
      async () => {
        const file = await app.data.work.run(async (work) =>
          (await import("./fetch-address.ts")).fetchAddress(address, work),
        );
        if (file === null || app.client === null) return;
        if (await this.#openBeside([file])) return;
        const opened = await this.#show(
          { files: [file], address: address.trim() },
          app.history.prepare(link),
        );
        if (opened === null) return;
        if (Object.keys(link).length > 0) await app.history.begin(link);
        else app.data.say({ kind: "done", text: `Opened ${opened.handle.name}.` });
      },
      safe,
    );
  }

  /** Opens the sample that a link names, as the link asks for it; the first where it names none. */
  async openSample(link: PageState = {}): Promise<void> {
    const app = this.#app;
    const sample = sampleOf(link.graph);
    const safe = app.graph === null ? "" : UNCHANGED;
    await app.reports.guard(
      `${sample.name} could not be opened`,
      async () => {
        const preloaded = this.#preloaded;
        this.#preloaded = null;
        const files = await (preloaded?.sample === sample ? preloaded.files : readSample(sample));
        const { name, noun, key, planted } = sample;
        const opened = await this.#show(
          { files, name, noun, sample: key, planted },
          app.history.prepare(link),
        );
        if (opened === null) return;
        await app.history.begin(link);
        const weights = await readSampleModel(sample);
        // Weights of the user, or another graph, may have been opened meanwhile.
        const wanted = () => app.graph?.source === opened.source && app.modelling.model === null;
        if (weights !== null && wanted()) await this.readModel(weights, { sample: true }, wanted);
      },
      safe,
    );
  }

  async #show(source: Source, setup: Setup): Promise<OpenGraph | null> {
    const app = this.#app;
    if (app.client === null) return null;
    try {
      const opened = await app.data.read(app.client, source, setup.reading, setup.split);
      return opened !== null && (await app.show(opened, setup)) ? opened : null;
    } catch (error) {
      // No graph or plan of a link's settings: the page opens as it does without, and then says why.
      if (setup === FRESH_SETUP || codeOf(error) === "worker_crashed") throw error;
      return this.#show(source, FRESH_SETUP);
    }
  }

  /** Files of the user: a graph, or weights or a plan for the one at hand. */
  async openFiles(all: readonly InputFile[]): Promise<void> {
    const app = this.#app;
    const files = all.filter((file) => !isClutter(file.name));
    if (files.length === 0 || app.client === null) return;
    app.data.say(null);
    if (await this.#openBeside(files)) return;
    if (files.length === 1 && (await this.#leavesOpen(files[0]!)))
      return this.askColumns({ files }, files[0]!);
    await this.openTable({ files });
  }

  /** Opens what belongs to the graph at hand; says whether it was that. */
  async #openBeside(files: readonly InputFile[]): Promise<boolean> {
    const kind = await kindOf(files);
    if (kind === "weights") await this.openWeights(files[0]!);
    else if (kind === "plan") await this.openPlan(files[0]!);
    return kind !== "graph";
  }

  /** A plan that was saved, in place of the one at hand. */
  async openPlan(file: InputFile): Promise<void> {
    const app = this.#app;
    const { graph } = app;
    await app.reports.guard(
      "",
      async () => {
        if (graph === null)
          throw new Error(`${file.name} is a plan: first open the graph that it was made for`);
        const { openPlan } = await import("./plan-file.ts");
        const text = await openPlan(app, graph, file);
        if (text !== null) app.data.say({ kind: "done", text });
      },
      graph === null ? "" : "Your open graph and plan are unchanged.",
    );
  }

  /** Whether a file is an edge list that can be read in more than one way. */
  async #leavesOpen(file: InputFile): Promise<boolean> {
    try {
      return (await this.#app.client!.previewTable(file)).doubts.length > 0;
    } catch {
      // Opening says what is wrong.
      return false;
    }
  }

  /** Asks how a file is read, beside its first rows. */
  askColumns(source: Source, file: InputFile, reading: Reading = READING_DEFAULTS): void {
    this.#app.data.ask({ source, file, reading });
  }

  /** Opens files as they are, or as the user says that they are read; those that are open are read again. */
  async openTable(source: Source, reading?: Reading): Promise<void> {
    const app = this.#app;
    if (reading !== undefined && app.graph?.source === source) return this.reopen(reading);
    const safe = app.graph === null ? "" : UNCHANGED;
    await app.reports.guard(
      "",
      async () => {
        try {
          const opened = await app.data.read(app.client!, source, reading);
          if (opened !== null && (await app.show(opened)))
            app.data.say({ kind: "done", text: `Opened ${opened.handle.name}.` });
        } catch (error) {
          const [file, ...others] = source.files;
          if (codeOf(error) !== "parse" || file === undefined || others.length > 0) throw error;
          const take = async () => this.askColumns(source, file, reading);
          app.data.say({
            kind: "error",
            text: [sentence(error), safe].filter(Boolean).join(" "),
            offers: [{ id: "read-as", label: "Change import settings…", take }],
          });
        }
      },
      safe,
    );
  }

  /** Reads the open files in another way; plan settings, split and model stay unless others are given. */
  async reopen(change: Partial<Reading>, settings?: PlanSettings, split?: string | null): Promise<void> {
    const app = this.#app;
    const { graph, plan, client, data } = app;
    if (graph === null || client === null) return;
    data.say(null);
    const reading = { ...(data.wanted ?? graph.reading), ...change };
    data.want(reading);
    await app.reports.guard(
      "",
      async () => {
        const opened = await data.read(client, graph.source, reading, split ?? graph.split);
        if (
          opened !== null &&
          (await app.show(opened, { settings: settings ?? plan?.settings, again: true }))
        ) {
          data.say({ kind: "done", text: `Read ${opened.handle.name} again.` });
        }
      },
      UNCHANGED,
    );
    data.settle(reading);
  }

  /** Weights for the graph at hand; the model at hand stays when they do not fit. */
  async openWeights(file: InputFile, options: ModelOptions = {}): Promise<void> {
    const { data, modelling, reports } = this.#app;
    const safe = modelling.model === null ? UNCHANGED : "Your open graph and model are unchanged.";
    await reports.guard(
      "",
      async () => {
        try {
          await this.readModel(file, { options });
          data.say({ kind: "done", text: `Loaded ${file.name}.` });
        } catch (error) {
          const offers = answers(error).map(({ id, label, option }) => ({
            id,
            label,
            take: () => this.openWeights(file, { ...options, ...option }),
          }));
          if (offers.length === 0) throw error;
          data.say({ kind: "error", text: `${file.name}: ${sentence(error)} ${safe}`, offers });
        }
      },
      safe,
    );
  }

  /**
   * Puts the weights of a file in place of the model at hand, if they are `wanted` still when they have been
   * read; throws when they do not fit the graph.
   */
  async readModel(
    file: InputFile,
    about: Pick<OpenModel, "options" | "sample"> = {},
    wanted: () => boolean = () => true,
  ): Promise<void> {
    const { client, modelling } = this.#app;
    if (client === null) return;
    const model = await client.openModel(file, { featureNormalization: "row", ...about.options });
    if (!wanted()) return model.dispose();
    const graph = this.#app.graph?.handle;
    if (graph !== undefined && graph.numFeatures !== model.numFeatures) {
      model.dispose();
      throw new Error(
        `${file.name}: the model reads ${model.numFeatures} features, the graph has ${graph.numFeatures}`,
      );
    }
    // What is said of it may come with an earlier model: handle and file are the new ones.
    modelling.open({ ...about, handle: model, source: file.name, file });
  }
}
