/** A zip in the layout and of the size of ogbn-arxiv, from random numbers. */
import { gzipSync } from "node:zlib";
import { edgesOf } from "./peers/format-files.mjs";
import { zip } from "./zip.mjs";

/** Rows in pieces, since a text of all features would be too long for a string. */
function packed(count, row) {
  const pieces = [];
  for (let from = 0; from < count; from += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - from) }, (_, at) => row(from + at));
    pieces.push(gzipSync(rows.join(""), { level: 1 }));
  }
  return Buffer.concat(pieces);
}

export function arxivZip(numNodes, numEdges, numFeatures) {
  const edges = edgesOf(numNodes, numEdges);
  let state = 1;
  const number = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 31 - 1).toFixed(6);
  };
  const part = (from, to) => packed(to - from, (at) => `${from + at}\n`);
  const [a, b] = [Math.floor(numNodes * 0.54), Math.floor(numNodes * 0.71)];
  return zip([
    ["arxiv/raw/edge.csv.gz", packed(numEdges, (at) => `${edges[2 * at]},${edges[2 * at + 1]}\n`)],
    [
      "arxiv/raw/node-feat.csv.gz",
      packed(numNodes, () => `${Array.from({ length: numFeatures }, number).join(",")}\n`),
    ],
    ["arxiv/raw/node-label.csv.gz", packed(numNodes, (node) => `${node % 40}\n`)],
    ["arxiv/raw/num-node-list.csv.gz", gzipSync(`${numNodes}\n`)],
    ["arxiv/split/time/train.csv.gz", part(0, a)],
    ["arxiv/split/time/valid.csv.gz", part(a, b)],
    ["arxiv/split/time/test.csv.gz", part(b, numNodes)],
  ]);
}
