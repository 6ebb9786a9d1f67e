/** Options and progress of every long call. */
import type { AbortSignalLike } from "./globals.js";

/** Progress of long work. `done` never falls within a stage. */
export interface Progress {
  /**
   * `reading`, `building`, `influence`, `merging`, `selecting`, `writing batches`, `inference`, `training` …
   */
  stage: string;
  done: number;
  total: number;
}

/** Options of every long call. */
export interface WorkOptions {
  /** Stops the work; the promise then rejects with code `cancelled`. */
  signal?: AbortSignalLike;
  /** Told at most 30 times a second, and at the end. */
  onProgress?: (progress: Progress) => void;
}
