import type { PlanHandle, WorkOptions } from "ibmb";
import { islandHues } from "../state/colour.ts";
import type { Draft } from "../state/draft.ts";
import type { OpenGraph } from "../state/graph.ts";
import { type NumberOption, type PlanOption, readNumber } from "../state/options.ts";
import { centres, type OpenPlan } from "../state/plan.ts";
import {
  belongs,
  PLAN_DEFAULTS,
  PLAN_NAMES,
  type PlanSettings,
  planOptions,
  replaced,
} from "../state/plan-settings.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

const DEBOUNCE_MS = 180;

/** The plan and its settings. A plan that is being made leaves the one at hand in place. */
export class PlanStore extends Store {
  settings: PlanSettings = { ...PLAN_DEFAULTS };
  drafts: Partial<Record<PlanOption, Draft>> = {};
  /** Why there is no plan of the settings, where no option is to blame. */
  problem: string | null = null;
  plan: OpenPlan | null = null;
  readonly work = new Work(() => this.changed());
  readonly #onWanted: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onWanted` is called when the settings ask for another plan. */
  constructor(onWanted: () => void) {
    super();
    this.#onWanted = onWanted;
  }

  /** Puts a plan on show, or none. */
  show(plan: OpenPlan | null): void {
    this.plan = plan;
    this.changed();
  }

  /** Takes the settings of another graph; the function that it returns puts those at hand back. */
  begin(settings: PlanSettings): () => void {
    const before = { settings: this.settings, drafts: this.drafts, problem: this.problem };
    Object.assign(this, { settings: { ...settings }, drafts: {}, problem: null });
    return () => void Object.assign(this, before);
  }

  setNumber(option: NumberOption, text: string): void {
    const name = option.name as PlanOption;
    const read = option.default === null && text.trim() === "" ? { value: null } : readNumber(option, text);
    if ("problem" in read) {
      this.drafts = { ...this.drafts, [name]: { text, problem: read.problem } };
      this.changed();
    } else this.set(name, read.value as PlanSettings[typeof name]);
  }

  /** Takes a value; a number must have passed `setNumber`. */
  set<Name extends PlanOption>(name: Name, value: PlanSettings[Name]): void {
    this.#take({ ...this.settings, [name]: value }, name);
  }

  /** The value in force, the package's own choice included. */
  value<Name extends PlanOption>(name: Name): PlanSettings[Name] | null {
    const { settings, plan } = this;
    if (replaced(name, settings)) return null;
    const inForce = plan?.handle.options as Partial<PlanSettings> | undefined;
    return settings[name] ?? inForce?.[name] ?? null;
  }

  /**
   * The package made no plan of the settings. They stay, so that another of them can be changed, and so does
   * the plan at hand.
   */
  refuse(name: PlanOption | null, problem: string): void {
    if (name === null || !belongs(name, this.settings)) this.problem = `${problem} The plan is unchanged.`;
    else
      this.drafts = {
        ...this.drafts,
        [name]: { text: String(this.value(name) ?? ""), problem, refused: true },
      };
    this.changed();
  }

  /** Whether the settings wait for a change before there can be a plan of them. */
  get refused(): boolean {
    return this.problem !== null || Object.values(this.drafts).some((draft) => draft.refused);
  }

  /** Stops the plan that is being made; the settings go back to those of the plan at hand. */
  cancel(): void {
    clearTimeout(this.#timer);
    if (this.plan !== null) this.settings = { ...this.plan.settings };
    this.#forgetRefusals();
    this.work.cancel();
  }

  /** Takes settings as they were; says whether they ask for another plan than the one at hand. */
  restore(settings: PlanSettings): boolean {
    clearTimeout(this.#timer);
    this.settings = { ...settings };
    this.drafts = {};
    this.problem = null;
    this.work.cancel();
    const made = this.plan?.settings;
    return made === undefined || PLAN_NAMES.some((name) => made[name] !== settings[name]);
  }

  reset(): void {
    this.drafts = {};
    this.#take({ ...PLAN_DEFAULTS });
  }

  get atDefaults(): boolean {
    return (
      Object.keys(this.drafts).length === 0 &&
      PLAN_NAMES.every((name) => this.settings[name] === PLAN_DEFAULTS[name])
    );
  }

  /** Makes a plan of the settings; `null` when a later one took its place. */
  make(graph: OpenGraph): Promise<OpenPlan | null> {
    const settings = { ...this.settings };
    return this.#layOut(
      (work) => graph.handle.plan(planOptions(settings, graph.split), work),
      () => settings,
    );
  }

  /** Takes a plan that is there, with the settings it was made by; `null` when a later one took its place. */
  async open(
    plan: () => Promise<PlanHandle>,
    settingsOf: (handle: PlanHandle) => PlanSettings,
  ): Promise<OpenPlan | null> {
    try {
      return await this.#layOut(plan, settingsOf);
    } catch (error) {
      // The one that was being made before is still wanted.
      if (!this.#isMade) this.#onWanted();
      throw error;
    }
  }

  #layOut(
    plan: (work: WorkOptions) => Promise<PlanHandle>,
    settingsOf: (handle: PlanHandle) => PlanSettings,
  ): Promise<OpenPlan | null> {
    clearTimeout(this.#timer);
    return this.work.run(
      async (work) => {
        const handle = await plan(work);
        try {
          const layout = await handle.layout(work);
          return {
            handle,
            layout,
            settings: settingsOf(handle),
            hues: islandHues(centres(layout, handle.numBatches)),
          };
        } catch (error) {
          handle.dispose();
          throw error;
        }
      },
      (late) => late.handle.dispose(),
    );
  }

  #take(settings: PlanSettings, name?: PlanOption): void {
    this.settings = settings;
    const kept = Object.entries(this.drafts).filter(
      ([other]) => other !== name && belongs(other as PlanOption, settings),
    );
    this.drafts = Object.fromEntries(kept);
    this.#forgetRefusals();
    this.changed();
    clearTimeout(this.#timer);
    if (!this.work.running && this.#isMade) return;
    this.#timer = setTimeout(() => this.#onWanted(), DEBOUNCE_MS);
  }

  /** Whether the plan at hand is that of the settings. */
  get #isMade(): boolean {
    return PLAN_NAMES.every((name) => this.plan?.settings[name] === this.settings[name]);
  }

  #forgetRefusals(): void {
    this.problem = null;
    this.drafts = Object.fromEntries(Object.entries(this.drafts).filter(([, draft]) => !draft.refused));
  }
}
