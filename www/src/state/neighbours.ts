/** Neighbours of every node, in one pair of arrays, from pairs of ids. */
export class Neighbours {
  readonly #start: Uint32Array;
  readonly #ids: Uint32Array;

  constructor(numNodes: number, edges: Uint32Array) {
    const start = new Uint32Array(numNodes + 1);
    for (const node of edges) start[node + 1]!++;
    for (let i = 0; i < numNodes; i++) start[i + 1]! += start[i]!;
    const next = start.slice(0, numNodes);
    const ids = new Uint32Array(edges.length);
    for (let e = 0; e < edges.length; e += 2) {
      const a = edges[e]!;
      const b = edges[e + 1]!;
      ids[next[a]!++] = b;
      ids[next[b]!++] = a;
    }
    this.#start = start;
    this.#ids = ids;
  }

  of(node: number): Uint32Array {
    return this.#ids.subarray(this.#start[node]!, this.#start[node + 1]!);
  }
}
