/** Nodes by place, to find the one under a pointer. */
export class PlaceGrid {
  readonly #start: Uint32Array;
  readonly #nodes: Uint32Array;
  readonly #side: number;
  readonly #cell: (x: number, y: number) => number;

  constructor(readonly positions: Float32Array) {
    const n = positions.length / 2;
    const side = Math.max(1, Math.min(1024, Math.ceil(Math.sqrt(n / 4))));
    this.#side = side;
    const slot = (value: number) => Math.min(side - 1, Math.max(0, Math.floor(value * side)));
    this.#cell = (x, y) => slot(y) * side + slot(x);
    const start = new Uint32Array(side * side + 1);
    for (let i = 0; i < n; i++) start[this.#cell(positions[2 * i]!, positions[2 * i + 1]!) + 1]!++;
    for (let c = 0; c < side * side; c++) start[c + 1]! += start[c]!;
    const next = start.slice(0, side * side);
    const nodes = new Uint32Array(n);
    for (let i = 0; i < n; i++) nodes[next[this.#cell(positions[2 * i]!, positions[2 * i + 1]!)]!++] = i;
    this.#start = start;
    this.#nodes = nodes;
  }

  /**
   * The nearest node within `reach` of a place, in the layout's units; `null` when there is none.
   * `weigh` scales distances: below 1 for marks that stand out.
   */
  nearest(x: number, y: number, reach: number, weigh: (node: number) => number): number | null {
    const side = this.#side;
    const low = (value: number) => Math.max(0, Math.min(side - 1, Math.floor(value * side)));
    let best: number | null = null;
    let least = 1;
    for (let row = low(y - reach); row <= low(y + reach); row++) {
      for (let column = low(x - reach); column <= low(x + reach); column++) {
        const cell = row * side + column;
        for (let i = this.#start[cell]!; i < this.#start[cell + 1]!; i++) {
          const node = this.#nodes[i]!;
          const dx = (this.positions[2 * node]! - x) / reach;
          const dy = (this.positions[2 * node + 1]! - y) / reach;
          const far = Math.sqrt(dx * dx + dy * dy) * weigh(node);
          if (far < least) {
            least = far;
            best = node;
          }
        }
      }
    }
    return best;
  }
}
