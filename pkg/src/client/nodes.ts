import { IbmbError } from "../contract/errors.js";
import type { PackedStrings } from "../contract/protocol.js";

/** Names of nodes and the way back, decoded when first asked for. */
export class NodeNames {
  readonly #packed: PackedStrings | null;
  readonly #numNodes: number;
  #names: string[] | undefined;
  #ids: Map<string, number> | undefined;

  constructor(packed: PackedStrings | null, numNodes: number) {
    this.#packed = packed;
    this.#numNodes = numNodes;
  }

  /** The user's names; null where ids are 0..n-1. */
  get names(): string[] | null {
    const packed = this.#packed;
    if (!packed) return null;
    if (!this.#names) {
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      let start = 0;
      this.#names = Array.from(packed.ends, (end) => {
        const name = packed.utf8.subarray(start, end);
        start = end;
        return decoder.decode(name);
      });
    }
    return this.#names;
  }

  /** The id of a name or an id. `option` is what the caller knows the argument as. */
  id(node: number | string, option: string): number {
    if (typeof node === "number") {
      if (Number.isInteger(node) && node >= 0 && node < this.#numNodes) return node;
      throw this.#unknown(node, option);
    }
    const names = this.names;
    if (!names) {
      // Without names of its own a node goes by its id.
      const id = /^\d+$/.test(node) ? Number(node) : Number.NaN;
      if (id < this.#numNodes) return id;
      throw this.#unknown(node, option);
    }
    this.#ids ??= new Map(names.map((name, id) => [name, id]));
    const id = this.#ids.get(node);
    if (id === undefined) throw this.#unknown(node, option);
    return id;
  }

  /** The ids of names and ids. */
  ids(nodes: Uint32Array | readonly (number | string)[], option: string): Uint32Array {
    return nodes instanceof Uint32Array ? nodes : Uint32Array.from(nodes, (node) => this.id(node, option));
  }

  #unknown(node: number | string, option: string): IbmbError {
    const known = this.#packed && typeof node === "string" ? "names" : `ids 0 to ${this.#numNodes - 1}`;
    return new IbmbError(
      "invalid_option",
      `${option}: node ${JSON.stringify(node)} does not exist, the graph has ${this.#numNodes} nodes with ${known}`,
      { name: option, node },
    );
  }
}
