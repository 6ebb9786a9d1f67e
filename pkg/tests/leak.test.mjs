/** Memory: what is disposed of is free again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "ibmb";
import { circle, edgeFile, rejects } from "./support.mjs";

test("opening, planning and disposing again and again keeps the wasm memory", async () => {
  const client = await createClient();
  const file = edgeFile(circle(2000));
  const round = async () => {
    const graph = await client.openGraph(file);
    const plan = await graph.plan({ eps: 1e-4 });
    await plan.batch(0);
    await plan.layout();
    await graph.layout({ rounds: 3 });
    await rejects(graph.plan({ alpha: 7 }), "invalid_option");
    const control = new AbortController();
    const stopped = graph.plan({ eps: 1e-7 }, { signal: control.signal });
    control.abort();
    await rejects(stopped, "cancelled");
    plan.dispose();
    graph.dispose();
  };
  // How far a cancelled plan comes differs from time to time; a whole one takes at least as much memory.
  const graph = await client.openGraph(file);
  (await graph.plan({ eps: 1e-7 })).dispose();
  graph.dispose();
  for (let i = 0; i < 5; i += 1) await round();
  const warm = await client.memoryBytes();
  for (let i = 0; i < 30; i += 1) await round();
  assert.equal(await client.memoryBytes(), warm);
  client.dispose();
});
