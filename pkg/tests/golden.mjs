/** Fingerprints of everything that is computed or written; `golden.json` holds those of the first release. */
import { fingerprint } from "./digests.mjs";

const METHODS = [
  { method: "node-wise", topK: 8 },
  { method: "node-wise", topK: 8, nodesPerBatch: 600, pairNormalization: "sym" },
  { method: "node-wise", topK: 4, outputsPerBatch: 100, evenOut: true, queue: "reference" },
  { method: "node-wise", topK: 8, measure: "heat-kernel", heatTime: 3 },
  { method: "batch-wise", numBatches: 6, expandRatio: 0.5 },
  { method: "batch-wise", numBatches: 6, direction: "reference", normalization: "local-rw" },
  { method: "hybrid", numBatches: 5, topK: 4, balance: "outputs", seed: 3 },
  { method: "random", topK: 8, seed: 5 },
  { method: "cluster", numBatches: 7 },
];

const BASELINES = [
  { method: "neighbour-sampling", fanOuts: [5, 5] },
  { method: "shadow", topK: 6 },
  { method: "shadow-hops", depth: 2, numNeighbours: 4 },
  { method: "ladies", nodesPerLayer: 300 },
  { method: "saint", walkLength: 3, coverage: 10 },
  { method: "full-graph" },
];

/**
 * @param createClient the package's function, from wherever it was loaded.
 * @param bytes Cora, as safetensors.
 */
export async function golden(createClient, bytes, options = {}) {
  const client = await createClient(options);
  const found = {};
  try {
    const graph = await client.openGraph({ name: "cora.safetensors", data: bytes.slice() });
    const models = {};
    for (const arch of ["gcn", "sage", "gat"]) {
      const run = await graph.train({
        arch,
        epochs: 6,
        hidden: 16,
        seed: 11,
        ...(arch === "gat" ? { heads: 4 } : {}),
      });
      models[arch] = run.model;
      found[`train ${arch}`] = fingerprint(await run.model.save());
      found[`losses ${arch}`] = fingerprint(Float64Array.from(run.history, ({ loss }) => loss));
      found[`full ${arch}`] = (await graph.infer(run.model)).digest;
    }
    for (const [index, method] of METHODS.entries()) {
      const name = `${index} ${method.method}`;
      const plan = await graph.plan({ outputNodes: "test", ...method });
      found[`plan ${name}`] = plan.stats.digest;
      found[`figures ${name}`] = fingerprint(Float64Array.from(plan.table.capturedMass));
      found[`file ${name}`] = fingerprint(await plan.save());
      found[`layout ${name}`] = fingerprint((await plan.layout()).positions);
      for (const [arch, model] of Object.entries(models))
        found[`infer ${arch} ${name}`] = (await plan.infer(model)).digest;
      if (index === 0) {
        for (const schedule of ["random", "sample", "order"])
          found[`schedule ${schedule}`] = fingerprint(
            (await plan.order({ schedule, seed: 2, epochs: 3 })).order,
          );
        const around = await plan.neighbourhood(0);
        found.neighbourhood = fingerprint(around.scores);
        const batched = await graph.train({ plan, epochs: 3, hidden: 16, seed: 3, schedule: "order" });
        found["train over a plan"] = fingerprint(await batched.model.save());
      }
      plan.dispose();
    }
    for (const method of BASELINES) {
      const point = await graph.inferBy(models.gcn, {
        outputNodes: "test",
        repeats: 1,
        warmUps: 0,
        ...method,
      });
      found[`by ${method.method}`] = point.digest;
    }
    found.influencers = fingerprint((await graph.influencers(7, { k: 20 })).scores);
    found["exact influence"] = fingerprint((await graph.exactInfluence(models.gcn, 7)).scores);
    const paths = await graph.paths(7, 9, { k: 3 });
    found.paths = fingerprint(Float64Array.from(paths, ({ strength }) => strength));
    found.force = fingerprint((await graph.layout({ rounds: 30 })).positions);
    found["graph as safetensors"] = fingerprint(await graph.save());
    for (const format of ["graphml", "gexf"])
      found[`graph as ${format}`] = fingerprint(await graph.exportAs(format));
    const synthetic = await client.plantedGraph({
      numNodes: 600,
      numDraws: 2400,
      numClasses: 4,
      numFeatures: 32,
    });
    found["synthetic graph"] = fingerprint(await synthetic.save());
    return found;
  } finally {
    client.dispose();
  }
}
