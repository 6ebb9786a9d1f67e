/** The packed tarball in a fresh folder: plain Node, types, esbuild, Vite build and Vite's development server. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as vite from "vite";

const pkg = fileURLToPath(new URL("..", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));
let folder;

const app = `
  import { createClient, IbmbError } from "ibmb";
  export async function main() {
    const client = await createClient();
    const data = new TextEncoder().encode("source,target\\n0,1\\n1,2\\n2,3\\n");
    const graph = await client.openGraph({ name: "path.csv", data });
    const plan = await graph.plan({ topK: 2, outputsPerBatch: 2 });
    const code = await graph.plan({ alpha: 2 }).catch((error) => error instanceof IbmbError && error.code);
    client.dispose();
    return [graph.numNodes, plan.numBatches, code];
  }
`;
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

const WASM = ["ibmb", "models", "files"];
const LICENSES = ["LICENSE", "LICENSE-APACHE", "LICENSE-MIT"];

before(() => {
  folder = mkdtempSync(join(tmpdir(), "ibmb-packaging-"));
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], pkg));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, packed.filename)]);
  writeFileSync(join(folder, "app.js"), app);
  writeFileSync(join(folder, "page.js"), 'import { main } from "./app.js"; main().then(console.log);');
  writeFileSync(join(folder, "index.html"), '<script type="module" src="./page.js"></script>');
});
after(() => rmSync(folder, { recursive: true, force: true }));

test("the tarball holds what it says and nothing else", () => {
  const installed = join(folder, "node_modules/ibmb");
  const files = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const names = files.map((entry) =>
    join(entry.parentPath ?? entry.path, entry.name).slice(installed.length + 1),
  );
  for (const name of [
    "package.json",
    "README.md",
    ...LICENSES,
    "dist/index.js",
    "dist/index.d.ts",
    ...WASM.map((name) => `dist/wasm/${name}_bg.wasm`),
  ]) {
    assert.ok(names.includes(name), name);
  }
  for (const name of names)
    assert.match(name, /^(package\.json|README\.md|LICENSE.*|dist\/.+\.(js|d\.ts|wasm))$/);
  const { dependencies, exports, main, types } = JSON.parse(
    readFileSync(join(installed, "package.json"), "utf8"),
  );
  assert.equal(dependencies, undefined);
  // Tools that ignore `exports` find the same.
  assert.deepEqual({ types, default: main }, exports["."]);
  for (const name of LICENSES) {
    assert.equal(readFileSync(join(installed, name), "utf8"), readFileSync(join(root, name), "utf8"), name);
  }
});

test("it names no file of the project that is not in the tarball", () => {
  const installed = join(folder, "node_modules/ibmb");
  for (const name of readdirSync(installed, { recursive: true })) {
    if (!/\.(js|d\.ts|md)$/.test(name)) continue;
    const text = readFileSync(join(installed, name), "utf8");
    const found =
      text.match(/(?<![\w/-])(src|docs|pkg|www|tests|scripts|examples)\/[\w./-]+|\w+\.rs\b/g) ?? [];
    assert.deepEqual(found, [], name);
  }
});

test("no path of the building machine stands in the wasm", () => {
  for (const name of WASM) {
    const text = readFileSync(join(folder, `node_modules/ibmb/dist/wasm/${name}_bg.wasm`), "latin1");
    for (const path of ["/home/", "/root/", "/Users/", ".cargo/registry", root])
      assert.ok(!text.includes(path), path);
  }
});

test("it runs in Node without a bundler, and the process ends by itself", () => {
  const script = 'import { main } from "./app.js"; console.log(JSON.stringify(await main()));';
  writeFileSync(join(folder, "node.js"), script);
  assert.deepEqual(JSON.parse(run(process.execPath, ["node.js"])), [4, 2, "invalid_option"]);
  const forgetful = 'import { createClient } from "ibmb"; await createClient(); console.log("done");';
  writeFileSync(join(folder, "forgetful.js"), forgetful);
  assert.equal(run(process.execPath, ["forgetful.js"]).trim(), "done");
});

test("the first example of the README runs", () => {
  const readme = readFileSync(join(pkg, "README.md"), "utf8");
  writeFileSync(join(folder, "readme.js"), readme.match(/```js\n([\s\S]*?)```/)[1]);
  assert.match(run(process.execPath, ["readme.js"]), /^5 5\nUint32Array\(1\) \[ 0 \]/);
});

/** What every user writes, whatever runs it. */
const user = `
  import { createClient, IbmbError, type Batch, type ErrorCode } from "ibmb";
  export async function first(data: Uint8Array): Promise<Batch> {
    using client = await createClient({ limits: { maxNodes: 10 } });
    const graph = await client.openGraph([{ name: "a.csv", data }]);
    using plan = await graph.plan({ outputNodes: "test", topK: 4 });
    return plan.batch(0);
  }
  export const codeOf = (error: unknown): ErrorCode | undefined => (error instanceof IbmbError ? error.code : undefined);
`;

/** Objects of browsers and of Node, wherever the package takes one. */
const given = `
  import type { ClientOptions, InputFile, WorkOptions } from "ibmb";
  export const options: ClientOptions[] = [
    { wasm: new URL("https://example.org/ibmb.wasm"), worker: () => new Worker("worker.js") },
    { modelsWasm: new ArrayBuffer(8), filesWasm: new Uint8Array(8), wasm: "ibmb.wasm" },
  ];
  export const work: WorkOptions = { signal: new AbortController().signal };
  export const timed: WorkOptions = { signal: AbortSignal.timeout(1000) };
  export const files: InputFile[] = [{ name: "a.csv", data: new Blob(["0,1"]) }];
  // What is given can be used as what it is.
  export const fetched = ({ signal }: WorkOptions): Promise<Response> => fetch("a.csv", { signal: signal ?? null });
  export const copy = ({ data }: InputFile): Blob => new Blob([data as Blob]);
`;
const inBrowser = `${given}
  export const compiled = (wasm: WebAssembly.Module): ClientOptions => ({ wasm });
  export const dropped = (file: File): InputFile => ({ name: file.name, data: file });
`;
const inNode = `
  import { Blob } from "node:buffer";
  import { URL } from "node:url";
  import { Worker } from "node:worker_threads";
  ${given}
`;
// A wrong object is refused as before.
const wrong = `
  import type { ClientOptions, InputFile, WorkOptions } from "ibmb";
  // @ts-expect-error
  export const file: InputFile = { name: "a.csv", data: "0,1" };
  // @ts-expect-error
  export const list: InputFile = { name: "a.csv", data: [0, 1] };
  // @ts-expect-error
  export const work: WorkOptions = { signal: new Uint8Array(1) };
  // @ts-expect-error
  export const options: ClientOptions = { wasm: 1 };
`;
const types = join(root, "node_modules/@types");

for (const [who, sources, flags] of [
  ["plain ECMAScript", [user, wrong], ["--lib", "ES2022", "--types", ""]],
  ["browsers", [user, wrong, inBrowser], ["--lib", "ES2022,DOM", "--types", ""]],
  ["Node", [user, wrong, inNode], ["--lib", "ES2022", "--types", "node", "--typeRoots", types]],
]) {
  test(`its types hold for ${who}, with and without a bundler`, () => {
    const names = sources.map((source, at) => {
      writeFileSync(join(folder, `user-${at}.ts`), source);
      return `user-${at}.ts`;
    });
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    for (const [module, resolution] of [
      ["ESNext", "bundler"],
      ["NodeNext", "NodeNext"],
    ]) {
      const all = ["--strict", "--noEmit", "--skipLibCheck", "false", "--target", "ES2022", ...flags];
      run(process.execPath, [tsc, ...all, "--module", module, "--moduleResolution", resolution, ...names]);
    }
  });
}

test("esbuild bundles it for Node", () => {
  const out = join(folder, "out-node");
  const options = {
    bundle: true,
    format: "esm",
    platform: "node",
    absWorkingDir: folder,
    logLevel: "silent",
  };
  esbuild.buildSync({ ...options, entryPoints: ["node.js"], outfile: join(out, "node.js") });
  // The worker is loaded from beside the bundle.
  esbuild.buildSync({ ...options, entryPoints: ["ibmb/worker"], outfile: join(out, "worker.js") });
  mkdirSync(join(out, "wasm"));
  for (const name of WASM)
    cpSync(join(folder, `node_modules/ibmb/dist/wasm/${name}_bg.wasm`), join(out, `wasm/${name}_bg.wasm`));
  assert.deepEqual(JSON.parse(run(process.execPath, ["node.js"], out)), [4, 2, "invalid_option"]);
});

test("esbuild bundles it for browsers, without anything of Node", () => {
  const entryPoints = ["page.js", "ibmb/worker"];
  const { outputFiles } = esbuild.buildSync({
    bundle: true,
    format: "esm",
    platform: "browser",
    absWorkingDir: folder,
    entryPoints,
    outdir: "out-browser",
    write: false,
    logLevel: "silent",
  });
  assert.equal(outputFiles.length, 2);
  for (const { text } of outputFiles) assert.doesNotMatch(text, /["'`]node:/);
});

test("Vite builds it: page, worker and wasm", async () => {
  await vite.build({ root: folder, logLevel: "silent", configFile: false, worker: { format: "es" } });
  const assets = readdirSync(join(folder, "dist/assets"));
  const wasm = assets.filter((name) => name.endsWith(".wasm"));
  const worker = assets.filter((name) => /worker.*\.js$/.test(name));
  assert.equal(wasm.length, WASM.length, assets.join());
  assert.equal(worker.length, 1, assets.join());
  assert.ok(readFileSync(join(folder, "dist/assets", worker[0]), "utf8").includes(wasm[0]));
  const page = assets.find((name) => name.endsWith(".js") && !worker.includes(name));
  const text = readFileSync(join(folder, "dist/assets", page), "utf8");
  assert.ok(text.includes(worker[0]));
  assert.doesNotMatch(text, /["'`]node:/);
});

test("Vite's development server serves page, worker and wasm", async () => {
  const server = await vite.createServer({
    root: folder,
    logLevel: "silent",
    configFile: false,
    optimizeDeps: { exclude: ["ibmb"] },
    server: { port: 0, host: "127.0.0.1" },
  });
  try {
    await server.listen();
    const { port } = server.httpServer.address();
    const get = async (path, type) => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      assert.equal(response.status, 200, path);
      assert.match(response.headers.get("content-type"), type, path);
      return response.text();
    };
    const dist = "/node_modules/ibmb/dist";
    const starting = await get(`${dist}/start-worker.browser.js`, /javascript/);
    const [, worker] = starting.match(/new Worker\(new URL\([^"]*"([^"]+worker\.js[^"]*)"/);
    await get(worker, /javascript/);
    await get(`${dist}/wasm-addresses.js`, /javascript/);
    for (const name of ["ibmb", "files"]) await get(`${dist}/wasm/${name}_bg.wasm`, /wasm/);
  } finally {
    await server.close();
  }
});
