/** Crate to pkg/dist/wasm: compile, write the bindings, optimise, print the sizes. Does nothing twice. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root, run } from "./run.mjs";

const out = join(root, "pkg/dist/wasm");
const compiled = join(root, "target/wasm/wasm32-unknown-unknown/release/ibmb.wasm");
const optimised = join(out, "ibmb_bg.wasm");
const stamp = join(root, "target/wasm/stamp");

/** No path of this machine may stand in the module, so that every machine builds the same bytes. */
function remapped() {
  const cargo = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const sources = join(cargo, "registry/src");
  if (!existsSync(sources) || readdirSync(sources).length === 0) run("cargo", ["fetch", "--locked"]);
  const crates = existsSync(sources) ? readdirSync(sources).map((name) => join(sources, name)) : [];
  return [...crates.map((path) => `${path}=crates`), `${root}=ibmb`].map((rule) => `--remap-path-prefix=${rule}`);
}

run(
  "cargo",
  ["build", "--release", "--locked", "--lib", "--target", "wasm32-unknown-unknown", "--target-dir", "target/wasm"],
  { CARGO_ENCODED_RUSTFLAGS: ["-Ctarget-feature=+simd128", ...remapped()].join("\x1f") },
);

const inputs = [readFileSync(compiled), readFileSync(join(root, "xtask/src/main.rs")), readFileSync(new URL(import.meta.url))];
const key = inputs.reduce((hash, bytes) => hash.update(bytes), createHash("sha256")).digest("hex");
const upToDate = existsSync(optimised) && existsSync(stamp) && readFileSync(stamp, "utf8") === key;
if (!upToDate) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  // The binding writer runs once and for a second: compile it fast rather than make it fast.
  run("cargo", ["build", "--locked", "-p", "xtask", "--target-dir", "target/xtask"], {
    CARGO_PROFILE_DEV_OPT_LEVEL: "0",
    CARGO_PROFILE_DEV_DEBUG: "0",
  });
  run(join(root, "target/xtask/debug/xtask"), [compiled, out]);
  run(process.execPath, [
    join(root, "node_modules/binaryen/bin/wasm-opt"),
    "-O3",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
    optimised,
    "-o",
    optimised,
  ]);
  writeFileSync(stamp, key);
}

const bytes = readFileSync(optimised);
console.log(`wasm: ${bytes.length} bytes, ${gzipSync(bytes, { level: 9 }).length} gzip${upToDate ? " (up to date)" : ""}`);
