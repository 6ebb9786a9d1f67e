/** Puts the reader of Parquet into one file of pkg/dist with the library it is made of, so that the package has no dependencies. */
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { root } from "./run.mjs";

const require = createRequire(join(root, "pkg/package.json"));
const library = dirname(dirname(require.resolve("hyparquet")));
const { version } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
const licence = readFileSync(join(library, "LICENSE"), "utf8").trim();
const file = join(root, "pkg/dist/parquet.js");
await build({
  entryPoints: [file], outfile: file, allowOverwrite: true, bundle: true, minify: true, format: "esm", target: "es2022", external: ["./errors.js"],
  conditions: ["browser"], logLevel: "warning", banner: { js: `/*! hyparquet ${version}\n${licence.replaceAll("*/", "* /")}\n*/` },
});
