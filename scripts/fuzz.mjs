/**
 * Fuzzes a reader: `node scripts/fuzz.mjs TARGET SECONDS`. Starts from the corpus of the tests; what crashes
 * goes to tests/crashers/open, where a test of the stable suite replays it.
 */
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./run.mjs";

/** Name that the bytes are given as, and which files of the corpus are alike. */
const targets = {
  edge_list: ["edges.csv", /\.(edgelist|ncol|csv)$/],
  node_table: ["nodes.csv", /labels\.csv$/],
  matrix_market: ["g.mtx", /\.mtx$/],
  json: ["g.json", /\.json$/],
  graphml: ["g.graphml", /\.graphml$/],
  gexf: ["g.gexf", /\.gexf$/],
  gml: ["g.gml", /\.gml$/],
  npy: ["x.npy", /\.npy$/],
  edges_npy: ["edge_index.npy", /\.npy$/],
  npz: ["adj.npz", /\.npz$/],
  zip: ["g.zip", /\.zip$/],
  gzip: ["g.gz", /\.gz$/],
  safetensors: ["g.safetensors", /\.safetensors$/],
  splits: ["splits.json", /splits\.json$/],
};

const [target = "edge_list", seconds = "60"] = process.argv.slice(2);
const chosen = targets[target];
if (!chosen) throw new Error(`no target ${target}; there are ${Object.keys(targets).join(", ")}`);
const [name, alike] = chosen;

const corpus = join(root, "target/fuzz", target);
mkdirSync(corpus, { recursive: true });
const files = join(root, "tests/cases/files");
for (const file of readdirSync(files, { recursive: true })) {
  if (alike.test(file)) cpSync(join(files, file), join(corpus, file.replaceAll("/", "_")));
}
const crashers = join(root, "tests/crashers/open");
for (const file of readdirSync(crashers)) {
  if (alike.test(file)) cpSync(join(crashers, file), join(corpus, file));
}

// What cargo-fuzz sets, but for the sanitizers, which need a nightly compiler: this code has nothing unsafe.
const coverage = ["level=4", "inline-8bit-counters", "pc-table", "trace-compares"];
const flags = [
  "-Cpasses=sancov-module",
  ...coverage.map((what) => `-Cllvm-args=-sanitizer-coverage-${what}`),
];
const env = {
  RUSTFLAGS: [...flags, "-Ccodegen-units=1", "--cfg=fuzzing"].join(" "),
  CARGO_TARGET_DIR: join(root, "target/fuzz-build"),
  FUZZ_FILE: name,
};
const triple = ["--target", "x86_64-unknown-linux-gnu"];
run("cargo", ["build", "--release", "--manifest-path", join(root, "fuzz/Cargo.toml"), ...triple], env);
const binary = join(root, "target/fuzz-build/x86_64-unknown-linux-gnu/release/ibmb-fuzz");
if (!existsSync(binary)) throw new Error("the target was not built");
const limits = ["-rss_limit_mb=2048", "-timeout=20", "-max_len=65536", `-max_total_time=${seconds}`];
run(binary, [corpus, ...limits, `-artifact_prefix=${crashers}/${target}_`], env);
