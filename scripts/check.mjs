/** Formatting, lints of both targets, types. Prints one line a check and a total at the end. */
import { spawnSync } from "node:child_process";
import { root } from "./run.mjs";

const checks = [
  ["rustfmt", "cargo", ["fmt", "--all", "--check"]],
  ["clippy, native", "cargo", ["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"]],
  [
    "clippy, wasm32",
    "cargo",
    [
      "clippy",
      "--locked",
      "-p",
      "ibmb",
      "-p",
      "ibmb-engine",
      "-p",
      "ibmb-files",
      "--lib",
      "--target",
      "wasm32-unknown-unknown",
      "--",
      "-D",
      "warnings",
    ],
  ],
  [
    "what is generated from the options",
    "cargo",
    ["run", "--quiet", "--locked", "-p", "contract", "--", "--check"],
  ],
  ["format and lint of TypeScript and scripts", "npx", ["biome", "check", "--error-on-warnings", "."]],
  [
    "types of the package",
    "npm",
    ["exec", "--workspace", "pkg", "--", "tsc", "-p", "tsconfig.json", "--noEmit"],
  ],
  [
    "API pages of the package",
    "npm",
    ["exec", "--workspace", "scripts/docs", "--", "typedoc", "--emit", "none"],
  ],
  ["types of the page", "npm", ["run", "check", "--workspace", "www"]],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  console.log(`${status === 0 ? "ok" : "FAILED"}: ${name}`);
  if (status !== 0) failed += 1;
}
console.log(`check: ${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
