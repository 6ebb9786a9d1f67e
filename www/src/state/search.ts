import type { OpenGraph } from "./graph.ts";
import { tidyClass } from "./words.ts";

/** Something that a search has found: a node, or all nodes of a class. */
export type Hit = { kind: "node"; node: number } | { kind: "class"; group: number };

/**
 * Nodes and classes that a text names: the node of that id first, then classes, then nodes whose name starts
 * with it, then nodes whose name holds it; at most `limit`.
 */
export function search(graph: OpenGraph, text: string, limit: number): Hit[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return [];
  const { numNodes, nodeNames, classNames, numClasses, labels } = graph.handle;
  const id = /^(?:node\s*)?(\d{1,9})$/.exec(wanted);
  const hits: Hit[] = [];
  const own = id === null ? -1 : Number(id[1]);
  if (own >= 0 && own < numNodes) hits.push({ kind: "node", node: own });
  if (labels !== null) {
    for (let group = 0; group < numClasses; group++) {
      if (
        tidyClass(classNames[group] ?? `class ${group}`)
          .toLowerCase()
          .includes(tidyClass(wanted))
      )
        hits.push({ kind: "class", group });
    }
  }
  const inside: Hit[] = [];
  for (let node = 0; node < numNodes && nodeNames !== null && hits.length < limit; node++) {
    const at = nodeNames[node]!.toLowerCase().indexOf(wanted);
    if (node === own || at < 0) continue;
    if (at === 0) hits.push({ kind: "node", node });
    else if (inside.length < limit) inside.push({ kind: "node", node });
  }
  return [...hits, ...inside].slice(0, limit);
}
