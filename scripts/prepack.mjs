/** Before the package is packed: builds what is missing of pkg/dist, and puts the licences beside it. */
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

const pkg = join(root, "pkg");
const isMissing = (name) => !existsSync(join(pkg, "dist", name));

if (["ibmb", "models", "files"].some((name) => isMissing(`wasm/${name}_bg.wasm`))) {
  run(process.execPath, ["scripts/wasm.mjs"]);
}
if (["index.js", "index.d.ts", "parquet.js"].some(isMissing)) {
  run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
}
for (const name of ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"])
  copyFileSync(join(root, name), join(pkg, name));
