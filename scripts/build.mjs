/** The wasm, the package, and the page when it is there. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
if (existsSync(join(root, "www/package.json"))) {
  const { status } = spawnSync("python3", ["scripts/samples/make_wordnet.py"], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) console.error("The sample WordNet could not be made; the page is built without it.");
  run("npm", ["run", "--silent", "build", "--workspace", "www"]);
}
