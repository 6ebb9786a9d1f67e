import type { Neighbourhood } from "ibmb";
import { isLive, type RingsQuestion, same, sameMiddle } from "../state/rings.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/** Around one output so many are listed, chosen or not, so that nothing moves while k does. */
const AROUND_ONE = 72;
const LEFT_OUT = 24;
const LEFT_OUT_OF_ALL = 60;

/**
 * The neighbourhood of an output or of a batch. Under a slider the question at hand is answered, then the
 * latest; another middle puts an end to it.
 */
export class RingsStore extends Store {
  focus: number | null = null;
  around: Neighbourhood | null = null;
  /** The question that `around` answers. */
  answered: RingsQuestion | null = null;
  problem: string | null = null;
  readonly work = new Work(() => this.changed());
  readonly #onCrash: (error: unknown) => void;
  #asked: RingsQuestion | null = null;
  /** The question that is being answered. */
  #asking: RingsQuestion | null = null;

  /** `onCrash` is called when the engine ended over a question. */
  constructor(onCrash: (error: unknown) => void) {
    super();
    this.#onCrash = onCrash;
  }

  /** Puts an output of the batch in the middle, or all of them. */
  centre(output: number | null): void {
    this.focus = output;
    this.changed();
  }

  /** Asks, unless it is what was asked last. */
  ask(question: RingsQuestion | null): void {
    const asked = this.#asked;
    if (question === asked) return;
    this.#asked = question;
    if (question !== null && asked !== null && same(question, asked)) {
      // The same answer, seen from a batch of a newer plan.
      if (this.answered !== asked || question.batch === asked.batch) return;
      this.answered = question;
      return this.changed();
    }
    // What is seen stays until there is something newer, but not over another graph.
    if (question === null || this.answered?.graph !== question.graph) this.around = this.answered = null;
    if (question === null) this.work.cancel();
    else if (!this.work.running || this.#asking === null || !sameMiddle(question, this.#asking))
      void this.#answer(question);
  }

  async #answer(question: RingsQuestion): Promise<void> {
    const { graph, plan, batch, index, focus, settings } = question;
    this.problem = null;
    this.#asking = question;
    try {
      const around = await this.work.run((work) => {
        const outputs = focus === null ? batch.outputNodes : Uint32Array.of(focus);
        if (!isLive(settings))
          return plan.handle.neighbourhood(index, {
            outputs,
            leftOut: focus === null ? LEFT_OUT_OF_ALL : LEFT_OUT,
            ...work,
          });
        const leftOut = focus === null ? LEFT_OUT_OF_ALL : Math.max(LEFT_OUT, AROUND_ONE - settings.topK);
        return graph.handle.neighbourhood(outputs, {
          alpha: settings.alpha,
          eps: settings.eps,
          k: settings.topK,
          leftOut,
          ...work,
        });
      });
      if (around === null) return;
      this.around = around;
      this.answered = this.#asked !== null && same(question, this.#asked) ? this.#asked : question;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "worker_crashed") this.#onCrash(error);
      // What was replaced in the meantime has nothing to say.
      if (code !== "disposed" && this.#asked === question)
        this.problem = error instanceof Error ? error.message : String(error);
    }
    const asked = this.#asked;
    if (asked !== null && this.#asking === question && !same(question, asked)) return this.#answer(asked);
    this.changed();
  }
}
