import type { Draft } from "../state/draft.ts";
import { SYNTHETIC } from "../state/generated/options.ts";
import { readNumber } from "../state/options.ts";
import { PLANTED_NAMES, type Planted, plantedKey, plantedOf, plantedProblem } from "../state/planted.ts";
import { type Name, PLANTED_OPTIONS } from "../state/planted-options.ts";
import type { App } from "./app.ts";
import { Store } from "./store.ts";

/** The numbers of the next planted graph, those of the open one to begin with. */
export class Planting extends Store {
  drafts: Partial<Record<Name, Draft>> = {};
  #values: Record<Name, number | null>;
  readonly #app: App;

  constructor(app: App) {
    super();
    this.#app = app;
    const open = plantedOf(app.graph?.source.sample ?? "");
    this.#values = Object.fromEntries(
      PLANTED_NAMES.map((name) => [name, open?.[name] ?? PLANTED_OPTIONS[name].default]),
    ) as Record<Name, number | null>;
  }

  value(name: Name): number | null {
    return this.#values[name];
  }

  set(name: Name, text: string): void {
    const option = PLANTED_OPTIONS[name];
    const read = option.default === null && text.trim() === "" ? { value: null } : readNumber(option, text);
    const { [name]: _, ...drafts } = this.drafts;
    if ("problem" in read) this.drafts = { ...drafts, [name]: { text, problem: read.problem } };
    else {
      this.#values = { ...this.#values, [name]: read.value };
      // Each may be wrong for the sake of another.
      this.drafts = Object.fromEntries(
        (Object.entries(drafts) as [Name, Draft][]).filter(([, draft]) => !draft.refused),
      );
    }
    this.changed();
  }

  /** Makes the graph in place of the open one, which stays until it is there. */
  async make(): Promise<void> {
    if (Object.keys(this.drafts).length > 0) return;
    const { numDraws } = this.#values;
    const planted = {
      ...this.#values,
      numDraws:
        numDraws ?? Math.min(SYNTHETIC.numDraws.max, SYNTHETIC.numDraws.eachNode * this.#values.numNodes!),
    } as Planted;
    const wrong = plantedProblem(planted);
    if (wrong !== null) {
      this.drafts = {
        [wrong.name]: { text: String(planted[wrong.name]), problem: wrong.problem, refused: true },
      };
      return this.changed();
    }
    await this.#app.opening.openSample({ graph: plantedKey(planted) });
  }
}
