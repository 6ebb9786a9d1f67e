/**
 * A peer reads a file, in a process of its own: `formats.mjs READER EDGES` prints time, bytes at the peak and
 * size.
 */
import { edgesOf, texts } from "./format-files.mjs";

const [format, count] = [process.argv[2], Number(process.argv[3])];
const numNodes = Math.min(169_343, count);
const bytes = new TextEncoder().encode(texts[format.split(" ")[0]](edgesOf(numNodes, count), numNodes));

/** What gives pairs of numbers, or a graph, from the bytes of a file. */
const readers = {
  async csv() {
    const { default: papa } = await import("papaparse");
    return () => {
      const { data } = papa.parse(new TextDecoder().decode(bytes), { header: false, skipEmptyLines: true });
      return data.slice(1).map(([a, b]) => [Number(a), Number(b)]).length;
    };
  },
  async json() {
    return () => JSON.parse(new TextDecoder().decode(bytes)).links.length;
  },
  /** To pairs of numbers, as the others come. */
  async "json pairs"() {
    return () => {
      const { nodes, links } = JSON.parse(new TextDecoder().decode(bytes));
      const numbers = new Map(nodes.map(({ id }, at) => [id, at]));
      const pairs = new Uint32Array(2 * links.length);
      for (let at = 0; at < links.length; at += 1) {
        pairs[2 * at] = numbers.get(links[at].source);
        pairs[2 * at + 1] = numbers.get(links[at].target);
      }
      return pairs.length / 2;
    };
  },
  async graphml() {
    const [{ default: Graph }, { default: graphml }] = await Promise.all([
      import("graphology"),
      import("graphology-graphml"),
    ]);
    return () => graphml.parse(Graph.MultiUndirectedGraph, new TextDecoder().decode(bytes)).size;
  },
};

const read = await readers[format]();
globalThis.gc?.();
const before = process.memoryUsage().rss - bytes.length;
const start = performance.now();
const found = read();
const ms = performance.now() - start;
if (found !== count) throw new Error(`${found} edges, ${count} were written`);
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ ms, bytes: peak - before, size: bytes.length }));
