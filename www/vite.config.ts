import { readdirSync } from "node:fs";
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  appType: "mpa",
  // The page offers the samples that are there.
  define: { SAMPLE_FILES: JSON.stringify(readdirSync(new URL("public/samples", import.meta.url))) },
  // The package finds its worker and its wasm beside itself; pre-bundling would move it away from them.
  optimizeDeps: { exclude: ["ibmb"] },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  worker: { format: "es" },
  preview: { host: "127.0.0.1", port: 8080 },
});
