/** The crate as wasm in pkg/dist/wasm; prints the sizes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bindings } from "./bindings.mjs";
import { root } from "./run.mjs";

const { wasm, upToDate } = bindings({ crate: "ibmb", file: "ibmb", out: join(root, "pkg/dist/wasm") });
const bytes = readFileSync(wasm);
console.log(`wasm: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip${upToDate ? " (up to date)" : ""}`);
