/** Nodes of a batch. */
import type { Batch } from "ibmb";

/** Place of a node in a batch's parallel arrays; -1 when it is not in it. */
export const placeIn = (batch: Batch, node: number): number => placeOf(batch.nodes, node);

/** Place of a node among ascending ids; -1 when it is not among them. */
export function placeOf(nodes: Uint32Array, node: number): number {
  let low = 0;
  let high = nodes.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = nodes[middle]!;
    if (found === node) return middle;
    if (found < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

const NONE = 0xffffffff;

/** What a batch knows of one of its nodes. */
export interface Member {
  isOutput: boolean;
  score: number;
  /** `null` when it is in no list of strongest nodes. */
  rank: number | null;
  /** `null` without a path. */
  hop: number | null;
  /** Output with the greatest influence from it; `null` too where outputs are taken together. */
  selectedBy: number | null;
}

export function memberOf(batch: Batch, node: number): Member | null {
  const i = placeIn(batch, node);
  if (i < 0) return null;
  return {
    isOutput: batch.isOutput[i] === 1,
    score: batch.scores[i]!,
    rank: batch.rank[i] === 0 ? null : batch.rank[i]!,
    hop: batch.hop[i] === 255 ? null : batch.hop[i]!,
    selectedBy: batch.bestOutput[i] === NONE ? null : batch.bestOutput[i]!,
  };
}

/** Length of a batch's own list of nodes; 0 when its nodes have no ranks. */
export const numRanked = (batch: Batch): number => batch.rank.reduce((most, rank) => Math.max(most, rank), 0);

/** Nodes of a batch from the greatest score down. */
export function byScore(batch: Batch): Uint32Array {
  const places = Uint32Array.from(batch.nodes.keys());
  places.sort((a, b) => batch.scores[b]! - batch.scores[a]! || a - b);
  return places.map((i) => batch.nodes[i]!);
}
