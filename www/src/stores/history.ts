import { changedKeys, encodeState, type PageState, sameState, tooLong } from "../state/page-state.ts";
import { sampleOf } from "../state/samples.ts";
import { addressOf, FRESH_SETUP, filesOf, originOf, type Setup, setupOf } from "../state/setup.ts";
import { count } from "../state/words.ts";
import type { App } from "./app.ts";
import { Store } from "./store.ts";
import { readState, showState, unknownKeys } from "./view-fields.ts";

/** Changes of the same field that follow each other so closely are one step: a slider's drag. */
const SAME_MS = 700;
/** What follows at once comes from the same act: another batch lets go of a node. */
const ACT_MS = 120;
const MAX_STEPS = 200;

/** The states of the page one after another: undo, redo, and the state for the address. */
export class History extends Store {
  readonly #app: App;
  #steps: PageState[] = [];
  #at = -1;
  /** Where the graph of the steps comes from; another graph starts anew. */
  #source: object | null = null;
  #plan: object | null = null;
  #batch: object | null = null;
  #changedAt = -Infinity;
  #changed = "";
  /** States being taken up, so that one that was overtaken does no more. */
  #turns = 0;
  #turning = false;
  /** A state that waits for files that its link does not carry. */
  #awaited: PageState | null = null;

  constructor(app: App) {
    super();
    this.#app = app;
    for (const store of [
      app.data,
      app.planning,
      app.modelling,
      app.view,
      app.figures,
      app.running,
      app.comparing,
    ])
      store.subscribe(() => this.#observe());
  }

  /** The state on show. */
  get state(): PageState {
    return this.#steps[this.#at] ?? {};
  }

  get canUndo(): boolean {
    return this.#at > 0;
  }

  get canRedo(): boolean {
    return this.#at < this.#steps.length - 1;
  }

  undo(): Promise<void> {
    return this.#go(-1);
  }

  redo(): Promise<void> {
    return this.#go(1);
  }

  /** What a link's state asks for before anything is open; the rest is taken up by `begin`. */
  prepare(state: PageState): Setup {
    return filesOf(state) === null && Object.keys(state).length > 0 ? setupOf(state).setup : FRESH_SETUP;
  }

  /** Takes up a link's state on the graph that was opened for it. */
  async begin(state: PageState): Promise<void> {
    const files = filesOf(state);
    if (files !== null) {
      this.#awaited = state;
      this.#app.data.say({
        kind: "error",
        text: `This link was made with ${files}, which it does not carry. Open ${files} here to see the same.`,
      });
      return;
    }
    if (Object.keys(state).length > 0) await this.#take(state);
  }

  /** A link in place of what is on show; one step back undoes it. */
  async follow(state: PageState): Promise<void> {
    if (sameState(state, this.state)) return;
    const files = filesOf(state);
    if ((state.graph ?? "") !== (this.state.graph ?? "")) {
      const safe = "Your open graph is unchanged.";
      const address = addressOf(state);
      const name = address ?? sampleOf(state.graph).name;
      const open = {
        id: "open-sample",
        label: address === null ? `Open ${name}` : "Open it",
        take: () => this.#app.opening.openLink(state),
      };
      this.#app.data.say(
        files === null
          ? {
              kind: "error",
              text: `This link shows ${address === null ? "the sample" : "the graph at"} ${name}. ${safe}`,
              offers: [open],
            }
          : { kind: "error", text: `This link was made with ${files}, which it does not carry. ${safe}` },
      );
      this.changed();
      return;
    }
    this.#push(state);
    await this.#take(state);
  }

  #observe(): void {
    const { graph, plan, view } = this.#app;
    if (this.#turning || graph === null) return;
    const state = readState(this.#app);
    // What a new plan or a new batch brings along follows from the wish for it.
    const arrived = plan !== this.#plan || view.batch !== this.#batch;
    this.#plan = plan;
    this.#batch = view.batch;
    if (graph.source !== this.#source) {
      this.#source = graph.source;
      this.#steps = [state];
      this.#at = 0;
      this.changed();
      const awaited = this.#awaited;
      if (awaited?.graph === originOf(graph)) {
        this.#awaited = null;
        void this.#take(awaited);
      }
      return;
    }
    const keys = changedKeys(this.state, state).join();
    const now = performance.now();
    if (keys === "") {
      if (arrived) this.#changedAt = now;
      return;
    }
    const after = now - this.#changedAt;
    // Batches that a schedule plays are one step, however slowly they follow.
    const played = keys === "batch" && this.#app.figures.player.playing;
    // One area after another is selected on purpose, however quickly.
    const drag = after < SAME_MS && keys !== "nodes";
    const follows = after < ACT_MS || ((drag || played) && keys === this.#changed);
    if (arrived || (follows && this.canUndo && !this.canRedo)) this.#steps[this.#at] = state;
    else this.#push(state);
    this.#changedAt = now;
    this.#changed = keys;
    this.changed();
  }

  #push(state: PageState): void {
    this.#steps = [...this.#steps.slice(0, this.#at + 1), state].slice(-MAX_STEPS);
    this.#at = this.#steps.length - 1;
  }

  async #go(by: 1 | -1): Promise<void> {
    const state = this.#steps[this.#at + by];
    if (state === undefined) return;
    this.#at += by;
    this.changed();
    await this.#take(state);
  }

  /** Brings the page to a state and tells what of it cannot be. */
  async #take(state: PageState): Promise<void> {
    const turn = ++this.#turns;
    const current = () => turn === this.#turns;
    this.#turning = true;
    const { setup, problems: wrong } = setupOf(state);
    const problems = [...unknownKeys(state), ...wrong];
    try {
      await this.#app.setUp(setup);
      if (!current()) return;
      if (setup.split !== null && this.#app.graph?.split !== setup.split)
        problems.push(`split ${setup.split.slice(0, 40)} does not exist in this graph.`);
      problems.push(...(await showState(this.#app, state, current)));
    } finally {
      if (current()) {
        this.#turning = false;
        this.#steps[this.#at] = readState(this.#app);
        this.#changedAt = -Infinity;
        this.changed();
      }
    }
    if (current() && problems.length > 0) {
      const values =
        problems.length === 1
          ? "One value of the link is ignored"
          : `${problems.length} values of the link are ignored`;
      this.#app.data.say({ kind: "error", text: `${values}: ${problems.join(" ")}` });
    }
  }

  /** The state for an address. */
  get address(): string {
    // A link that waits for its files stays until something is set.
    return encodeState(this.#awaited !== null && !this.canUndo ? this.#awaited : this.state);
  }

  /** What a link of the state does not carry, in words; `null` when it carries all. */
  get leftOut(): string | null {
    const { graph, modelling, view } = this.#app;
    const model = modelling.model;
    const parts = [
      graph !== null && !graph.source.sample && !graph.source.address
        ? `the files of ${graph.handle.name}, which the recipient must open`
        : "",
      tooLong(this.state).includes("nodes")
        ? `the selection of ${count(view.chosen.length)} nodes, which is too long for a link`
        : "",
      model !== null && !model.sample ? `the weights (${model.source})` : "",
    ].filter(Boolean);
    return parts.length === 0 ? null : parts.join("; nor ");
  }
}
