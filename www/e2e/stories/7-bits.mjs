import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createClient } from "ibmb";
import { build, preview } from "vite";
import { digests } from "../../../pkg/tests/digests.mjs";

export const stories = {
  "the wasm gives the same bits in Node and in Chromium": async ({ context }) => {
    const root = fileURLToPath(new URL("../digests", import.meta.url));
    const outDir = mkdtempSync(join(tmpdir(), "ibmb-digests-"));
    const options = {
      root,
      base: "./",
      logLevel: "error",
      configFile: false,
      build: { outDir, emptyOutDir: true, target: "esnext" },
      worker: { format: "es" },
    };
    await build(options);
    const server = await preview({ ...options, preview: { port: 0, host: "127.0.0.1" } });
    const page = await context.newPage();
    try {
      await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
      await page.waitForFunction(() => document.title.startsWith("{"), undefined, { timeout: 60_000 });
      const sample = readFileSync(new URL("../../public/samples/cora.safetensors", import.meta.url));
      const expected = await digests(createClient, new Uint8Array(sample));
      assert.deepEqual(JSON.parse(await page.title()), expected);
      assert.equal(Object.keys(expected).length, 7);
    } finally {
      await page.close();
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    }
  },
};
