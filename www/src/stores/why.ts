import type { ExactInfluence, Neighbourhood, Reasons, StrongPath } from "ibmb";
import { memberOf } from "../state/batch-members.ts";
import { INFLUENCERS } from "../state/generated/options.ts";
import { alphaOf, type Question, type Trial } from "../state/why.ts";
import { Store } from "./store.ts";
import { Work } from "./work.ts";

/** Nodes left out that are named. */
const NUM_LEFT_OUT = 12;
const NUM_PATHS = 3;

/**
 * Why a node is where it is. The answers to the latest question; those of an earlier one do not arrive any
 * more.
 */
export class WhyStore extends Store {
  question: Question | null = null;
  /** Of an output: what its batch holds of its influence, and what it does not. */
  around: Neighbourhood | null = null;
  /** Of an output, where there is a model. */
  exact: ExactInfluence | null = null;
  /** Of an auxiliary node: who asked for it. */
  reasons: Reasons | null = null;
  /** Of an auxiliary node: the ways from one output to it. */
  paths: { from: number; list: StrongPath[] | null } | null = null;
  trial: Trial | null = null;
  problem: string | null = null;
  readonly work = new Work(() => this.changed());
  readonly #ways = new Work(() => this.changed());
  readonly #trials = new Work(() => this.changed());
  readonly #onCrash: (error: unknown) => void;

  /** `onCrash` is called when the engine ended over a question. */
  constructor(onCrash: (error: unknown) => void) {
    super();
    this.#onCrash = onCrash;
  }

  /** Asks, unless it is what was asked last. */
  ask(question: Question | null): void {
    if (same(question, this.question)) return;
    this.question = question;
    this.work.cancel();
    this.#ways.cancel();
    this.#trials.cancel();
    this.around = this.exact = this.reasons = this.paths = this.trial = this.problem = null;
    this.changed();
    if (question === null) return;
    const member = memberOf(question.batch, question.node);
    if (member === null) return;
    void this.#guard(() => (member.isOutput ? this.#output(question) : this.#auxiliary(question)));
  }

  /** The ways from another output to the auxiliary node that is asked about. */
  followFrom(output: number): void {
    const { question } = this;
    if (question === null) return;
    this.paths = { from: output, list: null };
    void this.#guard(async () => {
      const { graph, batch, node } = question;
      const list = await this.#ways.run((work) =>
        graph.handle.paths(output, node, {
          alpha: alphaOf(question),
          k: NUM_PATHS,
          within: batch.nodes,
          ...work,
        }),
      );
      if (list !== null) this.paths = { from: output, list };
    });
  }

  /** Predicts the batch without an auxiliary node; `null` takes that back. */
  tryWithout(left: number | null): void {
    const { question } = this;
    this.#trials.cancel();
    this.trial = left === null ? null : { left, result: null };
    this.changed();
    const model = question?.model ?? null;
    if (question === null || model === null || left === null) return;
    void this.#guard(async () => {
      const result = await this.#trials.run((work) =>
        question.plan.handle.inferWithout(model, question.index, left, work),
      );
      if (result !== null) this.trial = { left, result };
    });
  }

  async #output({ graph, plan, index, node, model }: Question): Promise<void> {
    const { settings } = plan;
    await this.work.run(async (work) => {
      this.around = await plan.handle.neighbourhood(index, {
        outputs: Uint32Array.of(node),
        leftOut: NUM_LEFT_OUT,
        ...work,
      });
      this.changed();
      if (model === null) return;
      this.exact = await graph.handle.exactInfluence(model, node, {
        alpha: settings.alpha,
        eps: settings.eps,
        k: plan.handle.options.topK ?? INFLUENCERS.k.default,
        normalization: settings.normalization.endsWith("rw") ? "global-rw" : "global-sym",
        ...work,
      });
    });
  }

  async #auxiliary({ plan, index, node }: Question): Promise<void> {
    const reasons = await this.work.run((work) => plan.handle.why(index, node, work));
    if (reasons === null) return;
    this.reasons = reasons;
    if (reasons.outputs.length > 0) this.followFrom(reasons.outputs[0]!);
  }

  async #guard(job: () => Promise<void>): Promise<void> {
    const { question } = this;
    try {
      await job();
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === "worker_crashed") this.#onCrash(error);
      // What was replaced in the meantime has nothing to say.
      if (code !== "disposed" && this.question === question)
        this.problem = error instanceof Error ? error.message : String(error);
    }
    this.changed();
  }
}

const same = (a: Question | null, b: Question | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.plan === b.plan &&
    a.batch === b.batch &&
    a.node === b.node &&
    a.model === b.model);
