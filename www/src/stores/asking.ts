/** An answer of the engine, or why there is none; neither while it is on its way. */
export interface Answer<Value> {
  value: Value | null;
  problem: string | null;
}

/** A question to the engine: asked when somebody wants to know, and kept until it is about something else. */
export class Question<Value> {
  #about: readonly unknown[] = [];
  #answer: Answer<Value> | null = null;
  readonly #onAnswer: () => void;
  readonly #onCrash: (error: unknown) => void;

  constructor(onAnswer: () => void, onCrash: (error: unknown) => void) {
    this.#onAnswer = onAnswer;
    this.#onCrash = onCrash;
  }

  /** The answer about these things; asks when there is none. */
  about(things: readonly unknown[], ask: () => Promise<Value | null>): Answer<Value> {
    if (
      this.#answer !== null &&
      things.length === this.#about.length &&
      things.every((one, i) => one === this.#about[i])
    )
      return this.#answer;
    const answer: Answer<Value> = { value: null, problem: null };
    this.#about = things;
    this.#answer = answer;
    ask()
      .then(
        (value) => (answer.value = value),
        (error: unknown) => {
          const { code } = error as { code?: string };
          if (code === "worker_crashed") this.#onCrash(error);
          // What was replaced in the meantime has nothing to say.
          if (code !== "disposed") answer.problem = error instanceof Error ? error.message : String(error);
        },
      )
      .finally(() => this.#onAnswer());
    return answer;
  }

  forget(): void {
    this.#answer = null;
  }
}
