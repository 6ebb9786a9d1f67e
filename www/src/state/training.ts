import type { Training } from "./modelling.ts";

/** So many epochs say how long one takes. */
const RECENT = 20;

/** How fast training goes; `null` before the first epoch has ended. */
export interface Pace {
  /** Mean time of the latest epochs. */
  epochMs: number;
  /** What the epochs that are left take at this pace; an early stop may spare some. */
  leftMs: number;
  totalMs: number;
}

export function paceOf({ epochs, planned }: Training): Pace | null {
  if (epochs.length === 0) return null;
  const recent = epochs.slice(-RECENT);
  const epochMs = recent.reduce((sum, { timeMs }) => sum + timeMs, 0) / recent.length;
  return {
    epochMs,
    leftMs: epochMs * Math.max(0, planned - epochs.length),
    totalMs: epochs.reduce((sum, { timeMs }) => sum + timeMs, 0),
  };
}
