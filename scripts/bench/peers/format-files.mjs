/** The same random graph in every format that is compared. */

/** Pairs of ids, reproducible. */
export function edgesOf(numNodes, numEdges) {
  const edges = new Uint32Array(2 * numEdges);
  let state = 12345;
  for (let at = 0; at < edges.length; at += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    edges[at] = Math.floor((state / 2 ** 32) * numNodes);
  }
  return edges;
}

/** One text for every edge, between a head and a foot. */
function around(head, each, foot, edges, separator = "") {
  const parts = [];
  for (let at = 0; at < edges.length; at += 2) parts.push(each(edges[at], edges[at + 1]));
  return head + parts.join(separator) + foot;
}

function nodes(numNodes, each, separator = "") {
  return Array.from({ length: numNodes }, (_, node) => each(node)).join(separator);
}

export const texts = {
  csv: (edges) => around("source,target\n", (a, b) => `${a},${b}\n`, "", edges),
  json: (edges, n) =>
    around(
      `{"directed": false, "nodes": [${nodes(n, (node) => `{"id": ${node}}`, ", ")}], "links": [`,
      (a, b) => `{"source": ${a}, "target": ${b}}`,
      "]}",
      edges,
      ", ",
    ),
  graphml: (edges, n) =>
    around(
      `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n<graph edgedefault="undirected">\n${nodes(n, (node) => `<node id="${node}"/>\n`)}`,
      (a, b) => `<edge source="${a}" target="${b}"/>\n`,
      "</graph>\n</graphml>\n",
      edges,
    ),
  mtx: (edges, n) =>
    around(
      `%%MatrixMarket matrix coordinate pattern general\n${n} ${n} ${edges.length / 2}\n`,
      (a, b) => `${a + 1} ${b + 1}\n`,
      "",
      edges,
    ),
};
