/**
 * Sets up what is missing and runs every check and test, stage by stage. A failed stage does not stop the
 * others. The last line is the total, `N passed, N failed`; the exit code is 0 only when nothing failed.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const stages = [
  { name: "set-up", command: ["scripts/setup.sh", "--browser"] },
  { name: "wasm", command: ["node", "scripts/wasm.mjs"] },
  { name: "package", command: ["npm", "run", "build", "--workspace", "pkg"] },
  { name: "check", command: ["node", "scripts/check.mjs"], counts: ownTotals },
  { name: "rust", command: ["cargo", "test", "--locked", "--no-fail-fast"], counts: cargoTotals },
  { name: "package tests", command: ["npm", "test", "--workspace", "pkg"], counts: nodeTotals },
  { name: "sizes", command: ["node", "scripts/size.mjs"], counts: ownTotals },
];
if (existsSync(join(root, "www/package.json"))) {
  stages.push(
    {
      name: "page units",
      command: ["node", "--import", "./scripts/typescript-hooks.mjs", "--test", "www/src/"],
      counts: nodeTotals,
    },
    { name: "samples", command: ["python3", "scripts/samples/make_wordnet.py"] },
    { name: "page", command: ["npm", "run", "build", "--workspace", "www"] },
    { name: "page tests", command: ["npm", "run", "e2e", "--workspace", "www"], counts: ownTotals },
  );
}

/** `… N passed, N failed` closing a stage of ours. */
function ownTotals(lines) {
  return sum(lines, /(\d+) passed, (\d+) failed/, true);
}

/** `test result: ok. N passed; N failed; …`, once a test binary. */
function cargoTotals(lines) {
  return sum(lines, /^test result: \w+\. (\d+) passed; (\d+) failed/, false);
}

/** `# pass N` and `# fail N` of `node --test`, or the same behind an `ℹ`. */
function nodeTotals(lines) {
  const total = (word) =>
    lines.map((line) => line.match(new RegExp(`^(?:#|ℹ) ${word} (\\d+)`))).findLast(Boolean);
  const [passed, failed] = [total("pass"), total("fail")];
  return passed && failed ? { passed: Number(passed[1]), failed: Number(failed[1]) } : undefined;
}

function sum(lines, pattern, lastOnly) {
  const found = lines.map((line) => line.match(pattern)).filter(Boolean);
  if (found.length === 0) return undefined;
  return (lastOnly ? found.slice(-1) : found).reduce(
    (total, [, passed, failed]) => ({
      passed: total.passed + Number(passed),
      failed: total.failed + Number(failed),
    }),
    { passed: 0, failed: 0 },
  );
}

/** Runs a command, shows its output as it comes and keeps it for the count. */
function execute([command, ...args]) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    const take = (stream) => (chunk) => {
      text += chunk;
      stream.write(chunk);
    };
    child.stdout.setEncoding("utf8").on("data", take(process.stdout));
    child.stderr.setEncoding("utf8").on("data", take(process.stderr));
    child.on("error", (error) => done({ status: 1, lines: [error.message] }));
    child.on("close", (status) => done({ status, lines: text.split("\n").map(withoutColour) }));
  });
}

function withoutColour(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of a terminal begin with one.
  return line.replace(/\u001b\[[0-9;]*m/g, "").trim();
}

const rows = [];
for (const { name, command, counts } of stages) {
  console.log(`\n── ${name}: ${command.join(" ")}`);
  const start = performance.now();
  const { status, lines } = await execute(command);
  const total = counts?.(lines) ?? { passed: 0, failed: 0 };
  // A stage that fails without saying how many tests did, or that ran none of them, counts as one failure.
  if (status !== 0 && total.failed === 0) total.failed = 1;
  if (counts && total.passed + total.failed === 0) total.failed = 1;
  rows.push({ name, seconds: (performance.now() - start) / 1000, ...total });
}

console.log("\n── summary");
for (const { name, seconds, passed, failed } of rows) {
  console.log(
    `${name.padEnd(16)} ${String(passed).padStart(5)} ok ${String(failed).padStart(5)} bad ${seconds.toFixed(1).padStart(8)} s`,
  );
}
const passed = rows.reduce((count, row) => count + row.passed, 0);
const failed = rows.reduce((count, row) => count + row.failed, 0);
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed`);
