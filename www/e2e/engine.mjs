/** The package in Node on the page's own sample: what the page must say. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "ibmb";

export const PLAN = {
  method: "node-wise",
  outputNodes: "all",
  alpha: 0.25,
  eps: 1e-4,
  topK: 16,
  normalization: "global-sym",
};

export async function startEngine() {
  const client = await createClient();
  const data = readFileSync(new URL("../dist/samples/cora.safetensors", import.meta.url));
  const sample = new Uint8Array(data);
  const graph = await client.openGraph({ name: "cora.safetensors", data: sample });
  const plan = await graph.plan(PLAN);
  const folder = mkdtempSync(join(tmpdir(), "ibmb-e2e-files-"));
  let weights = null;
  return {
    client,
    sample,
    graph,
    plan,
    folder,
    /** A small trained model, and the file that holds it. */
    async model() {
      if (weights === null) {
        const run = await graph.train({ epochs: 30, hidden: 16, featureNormalization: "row", seed: 7 });
        const path = join(folder, "small-gcn.safetensors");
        writeFileSync(path, await run.model.save());
        weights = { model: run.model, path };
      }
      return weights;
    },
    /** Writes files under a fresh folder and returns its path. */
    write(name, files) {
      const at = mkdtempSync(join(folder, `${name}-`));
      for (const [file, text] of Object.entries(files)) writeFileSync(join(at, file), text);
      return at;
    },
    close: async () => {
      client.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
