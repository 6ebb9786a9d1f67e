/**
 * One worker beside two on the same inference over a plan, warm: batches and weights have been sent before.
 */
import { createClient } from "ibmb";
import { planted } from "../../pkg/tests/planted.mjs";
import { median } from "./rows.mjs";

const NUM_NODES = 20_000;
const BATCHES = 16;
const ROUNDS = 15;

/** The same graph, plan and model behind a client of so many workers. */
async function open(workers, weights) {
  const client = await createClient({ workers });
  const graph = await client.openGraph({ name: "planted.safetensors", data: planted(NUM_NODES, 64) });
  const options = { method: "cluster", outputNodes: "all", numBatches: BATCHES, seed: 1 };
  const plan = await graph.plan(options);
  const model = weights
    ? await client.openModel(weights)
    : (await graph.train({ layers: 3, hidden: 256, epochs: 1, seed: 1 })).model;
  return { client, plan, model };
}

export async function workerRows() {
  const one = await open(1);
  const two = await open(2, await one.model.save());
  const seconds = async ({ plan, model }) => {
    const start = performance.now();
    await plan.infer(model);
    return (performance.now() - start) / 1000;
  };
  for (let i = 0; i < 2; i += 1) for (const side of [one, two]) await seconds(side);
  const [ours, theirs] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await seconds(two));
    theirs.push(await seconds(one));
  }
  const name = `package: inference by two workers, ${NUM_NODES} nodes in ${one.plan.numBatches} batches, GCN 3 x 256`;
  one.client.dispose();
  two.client.dispose();
  const [value, peer] = [median(ours), median(theirs)];
  return [{ name, value: value * 1000, unit: "ms", peer: "one worker", ratio: peer / value }];
}
