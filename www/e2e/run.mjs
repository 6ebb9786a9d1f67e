/**
 * Runs every story against the built page: `run.mjs [WORDS] [--write]`. WORDS: only stories whose names have them; --write: pictures
 * are taken anew. The last line is the total; the exit code is 0 only when nothing failed.
 */
import { readdirSync } from "node:fs";
import { launch, openPage, servePage } from "./browser.mjs";
import { startEngine } from "./engine.mjs";

const write = process.argv.includes("--write");
const only = process.argv.slice(2).find((word) => !word.startsWith("--")) ?? "";
/** A story that goes on and on is ended; what it waits for has a patience of its own, and a busy machine takes its time. */
const STORY_MS = 600_000;
const files = readdirSync(new URL("stories/", import.meta.url))
  .filter((name) => name.endsWith(".mjs"))
  .sort();
const server = await servePage();
const engine = await startEngine();
const browser = await launch();
let passed = 0;
let failed = 0;

for (const file of files) {
  const { stories } = await import(`./stories/${file}`);
  for (const [name, story] of Object.entries(stories)) {
    if (!name.includes(only)) continue;
    const started = performance.now();
    const pages = [];
    const open = async (options) => {
      const opened = await openPage(browser.context, server.url, options);
      pages.push(opened);
      return opened.page;
    };
    let timer;
    try {
      const late = new Promise(
        (_, reject) =>
          (timer = setTimeout(() => reject(new Error(`not done after ${STORY_MS} ms`)), STORY_MS)),
      );
      await Promise.race([story({ open, engine, context: browser.context, write }), late]);
      const faults = pages.flatMap((opened) => opened.faults);
      if (faults.length > 0) throw new Error(`the page had faults:\n  ${faults.join("\n  ")}`);
      passed++;
      console.log(`ok    ${name} (${Math.round(performance.now() - started)} ms)`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${name}\n${error.stack ?? error}`);
    } finally {
      clearTimeout(timer);
      for (const { page } of pages) await page.close();
    }
  }
}

await browser.close();
await engine.close();
await server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
