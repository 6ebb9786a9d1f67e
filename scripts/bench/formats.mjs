/**
 * Reading files against the usual parsers, in one run: MB/s of the file, and bytes at the peak for every
 * edge.
 */
import { spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import { createClient } from "ibmb";
import { root } from "../run.mjs";
import { arxivZip } from "./ogb-zip.mjs";
import { edgesOf, texts } from "./peers/format-files.mjs";
import { npy, zip } from "./zip.mjs";

const NUM_NODES = 169_343;
const NUM_EDGES = 1_200_000;
/** Peers whose trees of objects would not fit get fewer edges; rates and bytes an edge are compared. */
const PEER_EDGES = { csv: NUM_EDGES, json: NUM_EDGES, graphml: 50_000 };
const PEERS = { csv: "papaparse", json: "JSON.parse", graphml: "graphology-graphml" };
/** What comes to pairs of numbers, where the peer leaves objects. */
const TO_PAIRS = { json: "json pairs" };

/**
 * Opens a file in a fresh client with a worker that stands ready, as the page has one: bytes are what reading
 * took at its peak and what is kept, both of which are there for a moment.
 */
async function ours(name, data) {
  const size = data.length;
  const client = await createClient();
  try {
    await client.preload("files");
    const start = performance.now();
    const graph = await client.openGraph({ name, data });
    return {
      ms: performance.now() - start,
      bytes: (await client.memoryBytes()) + graph.report.readingBytes,
      size,
      graph,
    };
  } finally {
    client.dispose();
  }
}

function theirs(format, reader = format) {
  const script = new URL("peers/formats.mjs", import.meta.url).pathname;
  const args = ["--max-old-space-size=3500", script, reader, String(PEER_EDGES[format])];
  const { stdout, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${PEERS[format]} ended with ${status}`);
  const { ms, bytes, size } = JSON.parse(stdout);
  return { rate: size / 1e3 / ms, each: bytes / PEER_EDGES[format] };
}

/** Rows `{ name, value, unit, peer, ratio, measure? }`. */
export async function formatRows() {
  const edges = edgesOf(NUM_NODES, NUM_EDGES);
  const encoder = new TextEncoder();
  const files = Object.fromEntries(
    Object.entries(texts).map(([format, text]) => [format, () => encoder.encode(text(edges, NUM_NODES))]),
  );
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
    const peer = compared ?? { rate, each };
    const called = (text) => (compared ? `${PEERS[format]} (${text})` : "itself");
    rows.push(
      {
        name: `open ${format}, 1.2 M edges`,
        value: rate,
        unit: "MB/s",
        peer: called(`${peer.rate.toPrecision(3)} MB/s`),
        ratio: rate / peer.rate,
      },
      {
        name: `open ${format}, memory at the peak`,
        value: each,
        unit: "bytes an edge",
        peer: called(`${peer.each.toPrecision(3)} bytes`),
        ratio: each / peer.each,
        measure: "large",
      },
    );
    if (format in TO_PAIRS) {
      const pairs = theirs(format, TO_PAIRS[format]);
      rows.push({
        name: `open ${format}, as far as pairs of numbers`,
        value: rate,
        unit: "MB/s",
        peer: called(`with pairs, ${pairs.rate.toPrecision(3)} MB/s`),
        ratio: rate / pairs.rate,
      });
    }
  }
  const { graph, bytes, ms, size } = await ours("arxiv.zip", arxivZip(NUM_NODES, 1_170_000, 128));
  if (graph.numFeatures !== 128) throw new Error("the zip has 128 features");
  rows.push(
    { name: "open a zip like ogbn-arxiv", value: size / 1e3 / ms, unit: "MB/s", peer: "itself", ratio: 1 },
    {
      name: "open a zip like ogbn-arxiv, memory at the peak",
      value: bytes / 2 ** 20,
      unit: "MiB",
      peer: "1 GiB",
      ratio: bytes / 2 ** 30,
      measure: "large",
    },
  );
  return rows;
}
