/** The API pages of the crate and of the npm package in target/docs, under one first page. Builds the package before. */
import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

const out = join(root, "target/docs");
const rust = join(root, "target/doc");

const page = `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>ibmb: API pages</title>
  <h1>ibmb: API pages</h1>
  <ul>
    <li><a href="javascript/index.html">npm package</a></li>
    <li><a href="rust/ibmb/index.html">Rust crate</a></li>
  </ul>
</html>
`;

run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
// Pages of items that no longer exist would be copied along.
for (const folder of [out, rust]) rmSync(folder, { recursive: true, force: true });
run("cargo", ["doc", "--locked", "--no-deps"], { RUSTDOCFLAGS: "-D warnings" });
cpSync(rust, join(out, "rust"), { recursive: true });
run("npm", ["exec", "--workspace", "scripts/docs", "--", "typedoc"]);
writeFileSync(join(out, "index.html"), page);
console.log(`docs: ${join(out, "index.html")}`);
