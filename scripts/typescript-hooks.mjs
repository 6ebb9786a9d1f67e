/**
 * Lets Node run TypeScript sources: `node --import ./scripts/typescript-hooks.mjs …`. Types are dropped, not
 * checked.
 */
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { transform } from "esbuild";

// Node loads this file twice: where it is imported, and in the thread that loads modules from then on.
if (isMainThread) register(import.meta.url);

export async function load(url, context, next) {
  if (!url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    target: "es2022",
    sourcefile: path,
    sourcemap: "inline",
    // As in www/tsconfig.json.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
  });
  return { format: "module", source: code, shortCircuit: true };
}
