/** From a crate to optimised wasm with its bindings. Does nothing twice. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/** Beyond the first version of WebAssembly only what every browser has had since 2023. */
const FEATURES = [
  "simd",
  "bulk-memory",
  "nontrapping-float-to-int",
  "sign-ext",
  "mutable-globals",
  "reference-types",
  "multivalue",
].map((name) => `--enable-${name}`);

/** No path of this machine may stand in the module, so that every machine builds the same bytes. */
function remapped() {
  const cargo = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const sources = join(cargo, "registry/src");
  if (!existsSync(sources) || readdirSync(sources).length === 0) run("cargo", ["fetch", "--locked"]);
  const crates = existsSync(sources) ? readdirSync(sources).map((name) => join(sources, name)) : [];
  return [...crates.map((path) => `${path}=crates`), `${root}=ibmb`].map((rule) => `--remap-path-prefix=${rule}`);
}

/**
 * Compiles the library of `crate` with a profile and features, and writes `name.js`, `name.d.ts` and `name_bg.wasm` into
 * the folder `out`. Gives the path of the wasm, that of the compiler's, and whether it was there already.
 */
export function bindings({ crate, name, out, profile = "release", features = [], level = "-O3" }) {
  const chosen = ["--profile", profile, "--features", features.join(",")];
  run(
    "cargo",
    ["build", ...chosen, "--locked", "--lib", "-p", crate, "--target", "wasm32-unknown-unknown", "--target-dir", "target/wasm"],
    { CARGO_ENCODED_RUSTFLAGS: ["-Ctarget-feature=+simd128", ...remapped()].join("\x1f") },
  );
  const compiled = join(root, `target/wasm/wasm32-unknown-unknown/${profile}/${crate.replaceAll("-", "_")}.wasm`);
  const wasm = join(out, `${name}_bg.wasm`);
  const stamp = join(root, `target/wasm/${name}.stamp`);
  const inputs = [compiled, join(root, "xtask/src/main.rs"), new URL(import.meta.url)].map((path) => readFileSync(path));
  const key = inputs.reduce((hash, bytes) => hash.update(bytes), createHash("sha256")).digest("hex");
  if (existsSync(wasm) && existsSync(stamp) && readFileSync(stamp, "utf8") === key) return { wasm, compiled, upToDate: true };
  mkdirSync(out, { recursive: true });
  // The binding writer runs once and for a second: compile it fast rather than make it fast.
  run("cargo", ["build", "--locked", "-p", "xtask", "--target-dir", "target/xtask"], {
    CARGO_PROFILE_DEV_OPT_LEVEL: "0",
    CARGO_PROFILE_DEV_DEBUG: "0",
  });
  run(join(root, "target/xtask/debug/xtask"), [compiled, out, name]);
  const optimise = join(root, "node_modules/binaryen/bin/wasm-opt");
  run(process.execPath, [optimise, level, ...FEATURES, "--strip-debug", "--strip-producers", wasm, "-o", wasm]);
  writeFileSync(stamp, key);
  return { wasm, compiled, upToDate: false };
}
