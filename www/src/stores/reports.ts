import { codeOf, sentence } from "../state/errors.ts";
import type { DataStore, Offer } from "./data.ts";

const CRASHED = "Restart the engine to continue; the open files are read again.";

/** Tells the user what went wrong, what is safe, and the way out. */
export class Reports {
  readonly #data: Readonly<DataStore>;
  readonly #restarting: Offer;

  constructor(data: Readonly<DataStore>, restart: () => Promise<void>) {
    this.#data = data;
    this.#restarting = { id: "restart", label: "Restart the engine", take: restart };
  }

  /** Does a job and reports what goes wrong, with what is safe. */
  async guard(what: string, job: () => Promise<void>, safe = ""): Promise<void> {
    try {
      await job();
    } catch (error) {
      this.report(what, error, safe);
    }
  }

  report(what: string, error: unknown, safe = ""): void {
    // The page itself lets go of what it no longer shows.
    if (codeOf(error) === "disposed") return;
    const crashed = codeOf(error) === "worker_crashed";
    const text = [what === "" ? sentence(error) : `${what}: ${sentence(error)}`, crashed ? CRASHED : safe]
      .filter(Boolean)
      .join(" ");
    this.#data.say({ kind: "error", text, ...(crashed ? { offers: [this.#restarting] } : {}) });
  }
}
