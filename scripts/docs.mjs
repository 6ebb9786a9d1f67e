/** The API pages of the crate and of the npm package in target/docs, under one first page. Builds the package before. */
import { spawnSync } from "node:child_process";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** The pages of the crate. A citation such as [Andersen06] looks like a link to rustdoc; every other complaint counts. */
function crate() {
  const { status, stderr, error } = spawnSync("cargo", ["doc", "--locked", "--no-deps"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "inherit", "pipe"],
  });
  const references = readFileSync(join(root, "docs/references.md"), "utf8");
  const complaints = stderr
    .split(/\n(?=warning|error)/)
    .filter((text) => /^(warning|error)/.test(text) && !/generated \d+ warnings?/.test(text))
    .filter((text) => {
      const cited = text.match(/unresolved link to `(\w+)`/)?.[1];
      return cited === undefined || !references.includes(`[${cited}]`);
    });
  if (status === 0 && complaints.length === 0) return;
  console.error(error?.message ?? (complaints.join("\n") || stderr));
  process.exit(status || 1);
}

run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
// Pages of items that no longer exist would be copied along.
for (const folder of [out, rust]) rmSync(folder, { recursive: true, force: true });
crate();
cpSync(rust, join(out, "rust"), { recursive: true });
run("npm", ["exec", "--workspace", "scripts/docs", "--", "typedoc"]);
writeFileSync(join(out, "index.html"), page);
console.log(`docs: ${join(out, "index.html")}`);
