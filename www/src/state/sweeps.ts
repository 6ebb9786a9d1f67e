import type { InferByOptions } from "ibmb";
import { count, plural } from "./words.ts";

/** Inference methods that are compared: name, and short name for narrow charts. */
export const WAYS = [
  ["node-wise", "IBMB node-wise", "node-wise"],
  ["batch-wise", "IBMB batch-wise", "batch-wise"],
  ["random", "Random batches", "random"],
  ["cluster", "Cluster-GCN", "Cluster"],
  ["neighbour-sampling", "Neighbour sampling", "sampling"],
  ["shadow", "ShaDow (PPR)", "ShaDow"],
  ["ladies", "LADIES", "LADIES"],
  ["saint", "GraphSAINT-RW", "SAINT"],
  ["full-graph", "Full graph", "Full graph"],
] as const;

export type Way = (typeof WAYS)[number][0];

export const wayName = (way: Way): string => WAYS.find(([known]) => known === way)![1];

/** Name for narrow charts. */
export const shortName = (way: Way): string => WAYS.find(([known]) => known === way)![2];

/** Whether it is influence-based mini-batching. */
export const isIbmb = (way: Way): boolean => way === "node-wise" || way === "batch-wise";

/** A setting that is measured. */
export interface Setting {
  way: Way;
  options: InferByOptions;
  /** The parameter that its way is swept over, short: what stands at the point. */
  label: string;
}

/** What the sweep must know of graph, model and outputs. */
export interface SweepGround {
  numNodes: number;
  numOutputs: number;
  numLayers: number;
  arch: string;
  /** Those of the plan at hand. */
  alpha: number;
  eps: number;
  normalization: "global-sym" | "global-rw";
  together: Together;
}

/**
 * Into how many batches the outputs go: the package's default, or one, which needs the most memory and shares
 * the most.
 */
export const TOGETHER = [
  ["small", "small batches"],
  ["one", "one batch"],
] as const;

export type Together = (typeof TOGETHER)[number][0];

const TOP_K = [2, 4, 8, 16, 32, 64];
/** IBMB is swept more densely: few nodes are what it is about. */
const TOP_K_IBMB = [2, 3, 4, 6, 8, 12, 16, 32, 64];
/** Shares of the graph that all batches together select. */
const EXPAND_RATIO = [0.05, 0.1, 0.15, 0.25, 0.35, 0.5, 1];
const PARTS = [2, 4, 8, 16, 32];
const FAN_OUT = [2, 3, 5, 10, 20];
const NODES_PER_LAYER = [64, 256, 1024, 4096];
const WALKS = [1, 2, 4, 8, 16];

/** Every way over its own parameter; the others are the package's defaults or those of the plan at hand. */
export function sweep(ground: SweepGround): Setting[] {
  const { numNodes, numOutputs, numLayers, arch, alpha, eps, normalization } = ground;
  const size = ground.together === "one" ? { outputsPerBatch: numOutputs } : {};
  const ppr = { alpha, eps, normalization };
  const parts = PARTS.filter((numBatches) => numBatches <= numOutputs);
  const setting = (way: Way, label: string, options: object): Setting => ({
    way,
    label,
    options: { method: way, ...options } as InferByOptions,
  });
  return [
    setting("full-graph", "exact", { normalization }),
    ...TOP_K_IBMB.map((topK) => setting("node-wise", `k ${topK}`, { topK, ...ppr, ...size })),
    ...EXPAND_RATIO.map((expandRatio) =>
      setting("batch-wise", `ratio ${expandRatio}`, {
        expandRatio,
        numBatches: ground.together === "one" ? 1 : Math.min(8, numOutputs),
        ...ppr,
      }),
    ),
    ...TOP_K.map((topK) => setting("random", `k ${topK}`, { topK, ...ppr, ...size })),
    ...(parts.length > 0 ? parts : [1]).map((numBatches) =>
      setting("cluster", `${numBatches} parts`, { numBatches, normalization }),
    ),
    ...FAN_OUT.map((fanOut) =>
      setting("neighbour-sampling", `fan-out ${fanOut}`, {
        fanOuts: Array<number>(numLayers).fill(fanOut),
        normalization,
        ...size,
      }),
    ),
    ...TOP_K.filter((topK) => topK >= 4).map((topK) =>
      setting("shadow", `k ${topK}`, { topK, ...ppr, ...size }),
    ),
    ...(arch === "gcn" ? NODES_PER_LAYER : [])
      .filter((nodes) => nodes <= numNodes)
      .map((nodesPerLayer) =>
        setting("ladies", `${count(nodesPerLayer)} a layer`, { nodesPerLayer, normalization, ...size }),
      ),
    // Length and coverage are those that were published.
    ...WALKS.map((walksPerOutput) =>
      setting("saint", plural(walksPerOutput, "walk"), {
        walksPerOutput,
        normalization,
        ...size,
      }),
    ),
  ];
}

/** `topK 8, alpha 0.25`: all settings of a point but its method. */
export const settingWords = ({ options }: Setting): string =>
  Object.entries(options)
    .filter(([name]) => name !== "method")
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join(", ") : value}`)
    .join(" · ");

/** Shares of the nodes that can be asked for. */
export const SHARES = [
  ["0.01", "1 %"],
  ["0.1", "10 %"],
  ["1", "all"],
] as const;

export type Share = (typeof SHARES)[number][0];

/**
 * A share of the nodes as good as random, the same every time; smaller shares are within larger ones.
 * Ascending.
 */
export function shareOf(nodes: Uint32Array, share: number): Uint32Array {
  const wanted = Math.max(Math.min(1, nodes.length), Math.round(nodes.length * share));
  if (wanted === nodes.length) return nodes;
  return Uint32Array.from(nodes)
    .sort((a, b) => scatter(a) - scatter(b) || a - b)
    .subarray(0, wanted)
    .slice()
    .sort();
}

/** A number without visible order for each node: the finaliser of MurmurHash3. */
function scatter(node: number): number {
  let h = Math.imul(node ^ (node >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
