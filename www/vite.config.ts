import { readdirSync } from "node:fs";
import { defineConfig, type Plugin } from "vite";

/** Names of built files say their content, so that a browser need not ask again: what was used once is there without a connection. */
const keepAssets: Plugin = {
  name: "keep-assets",
  configurePreviewServer: ({ middlewares }) => {
    middlewares.use("/assets/", (_, response, next) => {
      const { setHeader } = response;
      response.setHeader = (name, value) =>
        setHeader.call(
          response,
          name,
          name.toLowerCase() === "cache-control" ? "public, max-age=31536000, immutable" : value,
        );
      next();
    });
  },
};

export default defineConfig({
  base: "./",
  plugins: [keepAssets],
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
