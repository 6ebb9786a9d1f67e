/**
 * Runs all stories of the built page again and again, to find those that fail by chance, and prints them by
 * name: `repeat-stories.mjs [N] [--busy] [--fonts FOLDER] [--only WORDS]`.
 *
 * --busy: beside a process that keeps one core busy. --fonts: as on a machine that has the fonts of that
 * folder too, which come first; nothing is installed (`apt-get download fonts-noto-core` and `dpkg -x` fill
 * such a folder). --only: stories whose names have the words. The exit code is 0 only when no story failed in
 * any run.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./run.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { busy: { type: "boolean" }, fonts: { type: "string" }, only: { type: "string" } },
});
const runs = Number(positionals[0] ?? 20);
if (!Number.isInteger(runs) || runs < 1) throw new Error(`${positionals[0]} is no number of runs`);
const folder = mkdtempSync(join(tmpdir(), "ibmb-stories-"));

/** A configuration of fontconfig with more fonts than the machine has. */
function withFonts(fonts) {
  const path = join(folder, "fonts.conf");
  writeFileSync(
    path,
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<dir>${resolve(fonts)}</dir><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<cachedir>${join(folder, "cache")}</cachedir></fontconfig>`,
  );
  return { FONTCONFIG_FILE: path };
}

/** One run: how many passed, and what failed with its words. */
function runStories(env) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ["www/e2e/run.mjs", ...(values.only ? [values.only] : [])], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    child.on("error", fail);
    child.on("close", (status) => {
      const failures = new Map();
      for (const part of text.split(/^(?=FAIL {2}|ok {4}|\d+ passed, )/m)) {
        const [head, ...words] = part.trimEnd().split("\n");
        if (head.startsWith("FAIL  ")) failures.set(head.slice(6), words.join("\n"));
      }
      const total = text.match(/^(\d+) passed, (\d+) failed$/m);
      if (total === null) failures.set("the run itself", `it ended with ${status}\n${text.slice(-2000)}`);
      done({ passed: Number(total?.[1] ?? 0), failures });
    });
  });
}

const env = values.fonts === undefined ? {} : withFonts(values.fonts);
const busy = values.busy ? spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }) : null;
const failed = new Map();
try {
  for (let run = 1; run <= runs; run++) {
    const started = performance.now();
    const { passed, failures } = await runStories(env);
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`run ${run} of ${runs}: ${passed} passed, ${failures.size} failed, ${seconds} s`);
    for (const [name, words] of failures) {
      failed.set(name, (failed.get(name) ?? 0) + 1);
      console.log(`FAIL  ${name}\n${words}`);
    }
  }
} finally {
  busy?.kill();
  rmSync(folder, { recursive: true, force: true });
}
for (const [name, times] of [...failed].sort((a, b) => b[1] - a[1]))
  console.log(`failed in ${times} of ${runs} runs: ${name}`);
if (failed.size === 0) console.log(`no story failed in ${runs} runs`);
process.exitCode = failed.size === 0 ? 0 : 1;
