/** Reading files against the usual parsers, in one run: MB/s of the file, and bytes at the peak for every edge. */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { createClient } from "ibmb";
import { root } from "../run.mjs";
import { edgesOf, texts } from "./peers/format-files.mjs";
import { arxivZip } from "./ogb-zip.mjs";
import { npy, zip } from "./zip.mjs";

const NUM_NODES = 169_343;
const NUM_EDGES = 1_200_000;
/** Peers whose trees of objects would not fit get fewer edges; rates and bytes an edge are compared. */
const PEER_EDGES = { csv: NUM_EDGES, json: NUM_EDGES, graphml: 50_000 };
const PEERS = { csv: "papaparse", json: "JSON.parse", graphml: "graphology-graphml" };

/** Opens a file in a fresh client: bytes are what reading took at its peak and what is kept, both of which are there for a moment. */
async function ours(name, data) {
  const size = data.length;
  const client = await createClient();
  try {
    const start = performance.now();
    const graph = await client.openGraph({ name, data });
    return { ms: performance.now() - start, bytes: (await client.memoryBytes()) + graph.report.readingBytes, size, graph };
  } finally {
    client.dispose();
  }
}

function theirs(format) {
  const script = new URL("peers/formats.mjs", import.meta.url).pathname;
  const args = ["--max-old-space-size=3500", script, format, String(PEER_EDGES[format])];
  const { stdout, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`${PEERS[format]} ended with ${status}`);
  return JSON.parse(stdout);
}

/** Rows `{ name, value, unit, peer, ratio, measure? }`. */
export async function formatRows() {
  const edges = edgesOf(NUM_NODES, NUM_EDGES);
  const encoder = new TextEncoder();
  const files = Object.fromEntries(Object.entries(texts).map(([format, text]) => [format, () => encoder.encode(text(edges, NUM_NODES))]));
  files["csv.gz"] = () => gzipSync(files.csv());
  files["coo.npz"] = () =>
    zip([
      ["row.npy", npy(Int32Array.from({ length: NUM_EDGES }, (_, at) => edges[2 * at]))],
      ["col.npy", npy(Int32Array.from({ length: NUM_EDGES }, (_, at) => edges[2 * at + 1]))],
      ["format.npy", npy(Buffer.from("coo"))],
      ["shape.npy", npy(new Int32Array([NUM_NODES, NUM_NODES]))],
    ]);
  const rows = [];
  for (const [format, bytes] of Object.entries(files)) {
    const { ms, bytes: memory, size } = await ours(`edges.${format}`, bytes());
    const [rate, each] = [size / 1e3 / ms, memory / NUM_EDGES];
    const compared = PEERS[format] === undefined ? undefined : theirs(format);
    const peerRate = compared ? compared.size / 1e3 / compared.ms : rate;
    const peerEach = compared ? compared.bytes / PEER_EDGES[format] : each;
    const peer = (text) => (compared ? `${PEERS[format]} (${text})` : "itself");
    rows.push(
      { name: `open ${format}, 1.2 M edges`, value: rate, unit: "MB/s", peer: peer(`${peerRate.toPrecision(3)} MB/s`), ratio: rate / peerRate },
      { name: `open ${format}, memory at the peak`, value: each, unit: "bytes an edge", peer: peer(`${peerEach.toPrecision(3)} bytes`), ratio: each / peerEach, measure: "large" },
    );
  }
  const { graph, bytes, ms, size } = await ours("arxiv.zip", arxivZip(NUM_NODES, 1_170_000, 128));
  if (graph.numFeatures !== 128) throw new Error("the zip has 128 features");
  rows.push(
    { name: "open a zip like ogbn-arxiv", value: size / 1e3 / ms, unit: "MB/s", peer: "itself", ratio: 1 },
    { name: "open a zip like ogbn-arxiv, memory at the peak", value: bytes / 2 ** 20, unit: "MiB", peer: "1 GiB", ratio: bytes / 2 ** 30, measure: "large" },
  );
  return rows;
}
