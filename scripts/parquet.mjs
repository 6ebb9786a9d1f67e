/**
 * Puts the reader of Parquet into files of pkg/dist with the libraries it is made of, so that the package has
 * no dependencies.
 */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { root } from "./run.mjs";

const require = createRequire(join(root, "pkg/package.json"));

/** Name, version and licence of a library. */
function notice(name) {
  const folder = join(dirname(require.resolve(name)).split(`/${name}/`)[0], name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}`.replaceAll(
    "*/",
    "* /",
  );
}

/**
 * What is not used of a library goes, its start included: it has a wasm for Snappy that would be compiled at
 * once.
 */
const unusedGoes = {
  name: "unused-goes",
  setup: (building) =>
    building.onResolve({ filter: /./ }, async ({ path, pluginData, ...from }) =>
      pluginData === unusedGoes
        ? undefined
        : { ...(await building.resolve(path, { ...from, pluginData: unusedGoes })), sideEffects: false },
    ),
};

/** Files of pkg/dist with the libraries in each. */
const files = {
  "worker/parquet.js": ["hyparquet", "hyparquet-compressors", "fzstd"],
  "worker/parquet-brotli.js": ["hyparquet-compressors"],
};

for (const [name, libraries] of Object.entries(files)) {
  const file = join(root, "pkg/dist", name);
  await build({
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    external: ["../contract/errors.js", "./parquet-brotli.js"],
    conditions: ["browser"],
    logLevel: "warning",
    plugins: [unusedGoes],
    banner: { js: `/*! ${libraries.map(notice).join("\n\n")}\n*/` },
  });
}
