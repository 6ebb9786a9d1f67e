/**
 * Layouts by forces and pictures without a graphics card, in the wasm, by time of the processor, each beside
 * what its design has measured. Alone: `node scripts/bench/drawing.mjs`.
 */
import { fileURLToPath } from "node:url";
import { createClient } from "ibmb";
import { median, printRows } from "./rows.mjs";

const REPEATS = 3;
const ROUNDS = 6;
const GRAPHS = [
  { numNodes: 20_000, numDraws: 45_000, roundMs: 12, pictureMs: null },
  { numNodes: 170_000, numDraws: 1_200_000, roundMs: 121, pictureMs: 1500 },
];
const WIDTH = 1000;
const HEIGHT = 700;

/** Time of the processor, as the design has it, in ms. */
async function timed(work) {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function repeated(work) {
  const all = [];
  for (let i = 0; i < REPEATS; i += 1) all.push(await timed(work));
  return median(all);
}

/**
 * Rows `{ name, value, unit, peer, ratio }`; a ratio above 1 says that it takes longer than in the design.
 */
export async function drawingRows() {
  const client = await createClient();
  try {
    const rows = [];
    for (const { numNodes, numDraws, roundMs, pictureMs } of GRAPHS) {
      const graph = await client.plantedGraph({ numNodes, numDraws, numFeatures: 10 });
      const size = `${Math.round(numNodes / 1000)}k nodes, ${Math.round(graph.numEdges / 1000)}k edges`;
      const row = (name, value, design) =>
        rows.push({
          name: `${name}, ${size}`,
          value,
          unit: "ms of CPU",
          peer: `${design} ms, the design's`,
          ratio: value / design,
          measure: "long",
        });
      // The start is the same: what more rounds take is theirs.
      let positions;
      const layout = (rounds) => repeated(async () => ({ positions } = await graph.layout({ rounds })));
      const start = await layout(1);
      row("a round of forces", ((await layout(1 + ROUNDS)) - start) / ROUNDS, roundMs);
      if (pictureMs !== null)
        row(
          `picture of ${WIDTH} by ${HEIGHT}`,
          await repeated(() => graph.picture(pictureOf(positions))),
          pictureMs,
        );
      graph.dispose();
    }
    return rows;
  } finally {
    client.dispose();
  }
}

/** All nodes as small dots. */
function pictureOf(positions) {
  const numNodes = positions.length / 2;
  const marks = new Uint8Array(8 * numNodes);
  for (let node = 0; node < numNodes; node += 1) marks.set([80, 120, 200, 148, 7, 0], 8 * node);
  const [paper, grey] = [
    [255, 255, 255],
    [118, 124, 133],
  ];
  return {
    width: WIDTH,
    height: HEIGHT,
    positions,
    scale: HEIGHT,
    offsetX: (WIDTH - HEIGHT) / 2,
    offsetY: 0,
    marks,
    order: Uint32Array.from({ length: numNodes }, (_, node) => node),
    colours: { paper, ring: grey, edge: grey, batchEdge: grey, accent: grey },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) printRows(await drawingRows());
