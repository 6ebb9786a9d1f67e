import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, preview } from "vite";

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
      // The package's tests compare those of Node with the same record.
      const record = new URL("../../../pkg/tests/golden.json", import.meta.url);
      assert.deepEqual(JSON.parse(await page.title()), JSON.parse(readFileSync(record, "utf8")));
    } finally {
      await page.close();
      await server.close();
      rmSync(outDir, { recursive: true, force: true });
    }
  },
};
