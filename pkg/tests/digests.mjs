/** Fingerprints of every kind of result, to be compared between engines: they must agree bit for bit. */

/**
 * @param createClient the package's function, from wherever it was loaded.
 * @param bytes a graph with features, labels and a split, as safetensors.
 */
export async function digests(createClient, bytes, options = {}) {
  const client = await createClient(options);
  try {
    const graph = await client.openGraph({ name: "graph.safetensors", data: bytes });
    const plan = await graph.plan({ outputNodes: "test", topK: 8 });
    const run = await graph.train({ epochs: 15, hidden: 16, seed: 7 });
    const { positions } = await plan.layout();
    const force = await graph.layout({ method: "force", rounds: 40 });
    return {
      plan: plan.stats.digest,
      planInfer: (await plan.infer(run.model)).digest,
      fullInfer: (await graph.infer(run.model)).digest,
      training: fingerprint(await run.model.save()),
      losses: fingerprint(Float64Array.from(run.history, ({ loss }) => loss)),
      layout: fingerprint(positions),
      force: fingerprint(force.positions),
    };
  } finally {
    client.dispose();
  }
}

/** FNV-1a of the bytes of an array, in eight hex digits. */
export function fingerprint(array) {
  const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
