/** The wasm, the package, and the page when it is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

run(process.execPath, ["scripts/wasm.mjs"]);
run("npm", ["run", "--silent", "build", "--workspace", "pkg"]);
if (existsSync(join(root, "www/package.json"))) run("npm", ["run", "--silent", "build", "--workspace", "www"]);
