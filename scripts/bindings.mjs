/** From a crate to optimised wasm with its bindings. Does nothing twice. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
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
  return [...crates.map((path) => `${path}=crates`), `${root}=ibmb`].map(
    (rule) => `--remap-path-prefix=${rule}`,
  );
}

/**
 * What the generated code says where the exports of the wasm become known, and what it must say for others to
 * join them.
 */
const EXPORTS = ["wasm = instance.exports;", "wasm = { ...instance.exports };"];

const ADD_PART = `
export async function addPart({ module_or_path }) {
    const { exports } = await WebAssembly.instantiate(module_or_path, { ...__wbg_get_imports(), first: wasmInstance.exports });
    Object.assign(wasm, exports);
}
`;
const ADD_PART_TYPE = `
/** Adds the later part of the wasm; what it exports can be called from then on. */
export function addPart(options: { module_or_path: WebAssembly.Module }): Promise<void>;
`;

/** Lets exports of a later part join those of the first. */
function openForParts(script) {
  const text = readFileSync(script, "utf8");
  if (text.split(EXPORTS[0]).length !== 2) throw new Error(`${script} does not say once: ${EXPORTS[0]}`);
  writeFileSync(script, text.replace(...EXPORTS) + ADD_PART);
  appendFileSync(script.replace(/js$/, "d.ts"), ADD_PART_TYPE);
}

/**
 * Compiles the library of `crate` with a profile, and writes `name.js`, `name.d.ts` and `name_bg.wasm` into
 * the folder `out`. Classes and functions named by `later` go to a wasm of its name. Gives the paths of the
 * parts, that of the compiler's wasm, and whether they were there already.
 */
export function bindings({ crate, name, out, profile = "release", level = "-O3", later }) {
  run(
    "cargo",
    [
      "build",
      "--profile",
      profile,
      "--locked",
      "--lib",
      "-p",
      crate,
      "--target",
      "wasm32-unknown-unknown",
      "--target-dir",
      "target/wasm",
    ],
    { CARGO_ENCODED_RUSTFLAGS: ["-Ctarget-feature=+simd128", ...remapped()].join("\x1f") },
  );
  const compiled = join(
    root,
    `target/wasm/wasm32-unknown-unknown/${profile}/${crate.replaceAll("-", "_")}.wasm`,
  );
  const wasm = join(out, `${name}_bg.wasm`);
  const parts = [wasm, ...(later ? [join(out, `${later.name}_bg.wasm`)] : [])];
  const stamp = join(root, `target/wasm/${name}.stamp`);
  const tools = ["main.rs", "split.rs"].map((file) => join(root, "xtask/src", file));
  const inputs = [compiled, ...tools, new URL(import.meta.url)].map((path) => readFileSync(path));
  const key = [...inputs, JSON.stringify(later ?? "")]
    .reduce((hash, bytes) => hash.update(bytes), createHash("sha256"))
    .digest("hex");
  if (parts.every(existsSync) && existsSync(stamp) && readFileSync(stamp, "utf8") === key) {
    return { wasm, parts, compiled, upToDate: true };
  }
  mkdirSync(out, { recursive: true });
  // The binding writer runs once and for a second: compile it fast rather than make it fast.
  run("cargo", ["build", "--locked", "-p", "xtask", "--target-dir", "target/xtask"], {
    CARGO_PROFILE_DEV_OPT_LEVEL: "0",
    CARGO_PROFILE_DEV_DEBUG: "0",
  });
  const xtask = join(root, "target/xtask/debug/xtask");
  run(xtask, ["bind", compiled, out, name]);
  const optimise = join(root, "node_modules/binaryen/bin/wasm-opt");
  run(process.execPath, [
    optimise,
    level,
    ...FEATURES,
    "--strip-debug",
    "--strip-producers",
    wasm,
    "-o",
    wasm,
  ]);
  if (later) {
    run(xtask, ["split", ...parts, ...later.exports]);
    openForParts(join(out, `${name}.js`));
  }
  writeFileSync(stamp, key);
  return { wasm, parts, compiled, upToDate: false };
}
