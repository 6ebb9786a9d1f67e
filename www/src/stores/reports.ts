import type { DataStore, Offer } from "./data.ts";

const CRASHED = "Restart the engine to go on: what is open is read again.";

/** Tells the user what went wrong, what is safe, and the way out. */
export class Reports {
  readonly #data: DataStore;
  readonly #restarting: Offer;

  constructor(data: DataStore, restart: () => Promise<void>) {
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

export const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

/** The error's own sentence, ended. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The option of the table that an error is about. */
export function optionOf<Name extends string>(
  error: unknown,
  options: Readonly<Record<Name, unknown>>,
): Name | null {
  const { code, details } = error as { code?: string; details?: { name?: unknown } };
  const name = details?.name;
  return code === "invalid_option" && typeof name === "string" && Object.hasOwn(options, name)
    ? (name as Name)
    : null;
}
