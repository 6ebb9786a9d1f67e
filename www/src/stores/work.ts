import type { Progress, WorkOptions } from "ibmb";

/** Long work of which only the latest run counts: a new run cancels the one before. */
export class Work {
  #progress: Progress | null = null;
  #controller: AbortController | null = null;
  readonly #onChange: () => void;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  get progress(): Progress | null {
    return this.#progress;
  }

  get running(): boolean {
    return this.#controller !== null;
  }

  cancel(): void {
    this.#controller?.abort();
    this.#controller = null;
    this.#progress = null;
    this.#onChange();
  }

  /**
   * Runs `job` and returns its value, or `null` when it was cancelled or a later run took its place.
   * `discard` frees a value that arrives too late.
   */
  async run<T>(
    job: (work: Required<WorkOptions>) => Promise<T>,
    discard?: (value: T) => void,
  ): Promise<T | null> {
    this.#controller?.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.#progress = null;
    this.#onChange();
    const onProgress = (progress: Progress) => {
      if (this.#controller !== controller) return;
      this.#progress = progress;
      this.#onChange();
    };
    try {
      const value = await job({ signal: controller.signal, onProgress });
      if (this.#controller === controller) return value;
      discard?.(value);
      return null;
    } catch (error) {
      if (controller.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#controller === controller) {
        this.#controller = null;
        this.#progress = null;
        this.#onChange();
      }
    }
  }
}
