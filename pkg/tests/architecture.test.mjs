/**
 * The order of the TypeScript that ARCHITECTURE.md tells, checked on the sources of the package and of the
 * page.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pkg = readSources(join(root, "pkg/src"), packageImports(join(root, "pkg/package.json")));
const page = readSources(join(root, "www/src"), {});

/**
 * Which rooms the files of a room may use besides their own. Files at the top of the package stand in none.
 */
const PACKAGE_ROOMS = { contract: [], client: ["contract"], worker: ["contract"] };
const PAGE_ROOMS = {
  state: [],
  render: ["state"],
  stores: ["state"],
  components: ["state", "stores"],
  views: ["state", "stores", "render", "components"],
};

/**
 * Every file below a folder with its code and what it imports: paths of files below the folder, or names as
 * they are.
 */
function readSources(folder, aliases) {
  const names = readdirSync(folder, { recursive: true })
    .map((name) => name.split(sep).join("/"))
    .filter((name) => name.endsWith(".ts"));
  const known = new Set(names);
  return new Map(
    names.map((name) => {
      const code = codeOf(readFileSync(join(folder, name), "utf8"));
      const imports = specifiers(code).flatMap((specifier) => resolve(name, specifier, known, aliases));
      return [name, { code, imports }];
    }),
  );
}

/** The text without comments. */
function codeOf(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}

/** What a file names behind `from`, `import` and `import(…)`. Type imports count. */
function specifiers(code) {
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
}

function resolve(importer, specifier, known, aliases) {
  if (specifier in aliases) return aliases[specifier];
  if (!specifier.startsWith(".")) return [specifier];
  const path = join(dirname(importer), specifier).split(sep).join("/");
  const source = path.replace(/\.js$/, ".ts");
  return [known.has(source) ? source : path];
}

/** `#name` of a package.json as the sources that its targets are built from. */
function packageImports(file) {
  const { imports } = JSON.parse(readFileSync(file, "utf8"));
  return Object.fromEntries(
    Object.entries(imports).map(([name, targets]) => [name, Object.values(targets).map(sourceOf)]),
  );
}

function sourceOf(target) {
  return target.replace(/^\.\/dist\//, "").replace(/\.js$/, ".ts");
}

/** The folder of a file; empty at the top. */
const roomOf = (name) => (name.includes("/") ? name.slice(0, name.indexOf("/")) : "");

/** Groups of files each of which is reached from itself, by Tarjan's strongly connected components. */
function circles(sources) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (name) => {
    index.set(name, index.size);
    low.set(name, index.get(name));
    stack.push(name);
    for (const next of sources.get(name).imports) {
      if (!sources.has(next)) continue;
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(name, Math.min(low.get(name), low.get(next)));
    }
    if (low.get(name) !== index.get(name)) return;
    const group = stack.splice(stack.indexOf(name));
    if (group.length > 1 || sources.get(name).imports.includes(name)) found.push(group.sort());
  };
  for (const name of sources.keys()) if (!index.has(name)) visit(name);
  return found;
}

/** Uses of rooms that may not be used, and files in rooms that have no place in the order. */
function strays(sources, rooms) {
  return [...sources].flatMap(([name, { imports }]) => {
    const room = roomOf(name);
    if (room === "") return [];
    if (!(room in rooms)) return [`${name} stands in no room`];
    return imports
      .filter((used) => sources.has(used) && roomOf(used) !== "")
      .filter((used) => roomOf(used) !== room && !rooms[room].includes(roomOf(used)))
      .map((used) => `${name} uses ${used}`);
  });
}

test("circles and strays are found", () => {
  const made = (imports) =>
    new Map(Object.entries(imports).map(([name, list]) => [name, { code: "", imports: list }]));
  const tangled = made({ "a/x": ["a/y"], "a/y": ["b/z"], "b/z": ["a/x"], "b/w": ["a/x", "b/w"], "a/v": [] });
  assert.deepEqual(circles(tangled), [["a/x", "a/y", "b/z"], ["b/w"]]);
  assert.deepEqual(strays(tangled, { a: [], b: ["a"] }), ["a/y uses b/z"]);
  assert.deepEqual(strays(made({ "c/x": [] }), { a: [] }), ["c/x stands in no room"]);
  assert.deepEqual(
    specifiers(
      'import type { A } from "./a.js";\nexport * from "./b.js";\nimport "./c.js";\nimport("./d.js")',
    ),
    ["./a.js", "./b.js", "./c.js", "./d.js"],
  );
});

test("no file of the package or the page is reached from itself, type imports counted", () => {
  assert.deepEqual(circles(pkg), []);
  assert.deepEqual(circles(page), []);
});

test("relative imports lead to files that exist, or to generated code", () => {
  for (const [folder, sources] of [
    ["pkg/src", pkg],
    ["www/src", page],
  ])
    for (const [name, { code, imports }] of sources) {
      const outside = specifiers(code).filter((specifier) => !specifier.startsWith("."));
      for (const used of imports.filter((path) => !sources.has(path) && !outside.includes(path)))
        assert.ok(
          used.startsWith("wasm/") || existsSync(join(root, folder, used)),
          `${name} imports ${used}`,
        );
    }
});

test("rooms of the package: client and worker know the contract, and not each other", () => {
  assert.deepEqual(strays(pkg, PACKAGE_ROOMS), []);
});

test("at the top of the package are its entries, which nothing uses, and addresses, which use nothing", () => {
  const { exports } = JSON.parse(readFileSync(join(root, "pkg/package.json"), "utf8"));
  const entries = Object.values(exports)
    .map((target) => target.default)
    .filter(Boolean)
    .map(sourceOf);
  assert.ok(
    entries.every((entry) => pkg.has(entry)),
    entries.join(),
  );
  const used = new Set([...pkg.values()].flatMap(({ imports }) => imports));
  for (const entry of entries) assert.ok(!used.has(entry), `${entry} is used`);
  for (const [name, { imports }] of pkg)
    if (roomOf(name) === "" && !entries.includes(name))
      assert.deepEqual(
        imports.filter((path) => !path.startsWith("node:")),
        [],
        name,
      );
});

test("only the worker touches generated code, and no file of it both wasm", () => {
  const users = (generated) =>
    [...pkg].filter(([, { imports }]) => imports.includes(generated)).map(([name]) => name);
  const [engine, files] = [users("wasm/ibmb.js"), users("wasm/files.js")];
  assert.ok(engine.length > 0 && files.length === 1, `${engine} ${files}`);
  for (const name of [...engine, ...files]) assert.equal(roomOf(name), "worker", name);
  assert.deepEqual(
    engine.filter((name) => files.includes(name)),
    [],
  );
});

test("rooms of the page: views and components show stores, stores hold state, render draws it", () => {
  assert.deepEqual(strays(page, PAGE_ROOMS), []);
});

test("state knows no DOM and no network, and of packages the types only", () => {
  for (const [name, { code }] of page) {
    if (roomOf(name) !== "state") continue;
    assert.doesNotMatch(code, /\b(document|window|navigator|location|localStorage|fetch)\s*[.(]/, name);
    assert.doesNotMatch(code, /\bHTML\w*Element\b/, name);
    for (const [, clause, specifier] of code.matchAll(/^import ([^;]*?)from "([^"]+)";/gm))
      assert.ok(specifier.startsWith(".") || clause.startsWith("type "), `${name} runs ${specifier}`);
  }
});

test("a store is changed by its own methods only", () => {
  const all = [...page.values()].map(({ code }) => code).join("\n");
  const stores = [...all.matchAll(/class (\w+) extends Store\b/g)].map(([, name]) => name);
  assert.ok(stores.length > 5, stores.join());
  const held = new RegExp(`(?:[:|]|\\bas) (${stores.join("|")})\\b(?!\\[)`, "g");
  const made = new RegExp(`^ {2}readonly (\\w+) = new (${stores.join("|")})\\(`, "gm");
  for (const [name, { code }] of page) {
    // Whoever else holds one sees it as `Readonly`, so that the compiler refuses assignments to its fields.
    for (const [text] of code.matchAll(held)) assert.fail(`${name}: "${text}" must be Readonly`);
    for (const [text] of code.matchAll(made)) assert.fail(`${name}: "${text}" must be Readonly`);
    // `Object.assign` is the way around the compiler.
    for (const [, target] of code.matchAll(/Object\.assign\(\s*([\w.#]+)/g))
      assert.equal(target, "this", `${name} assigns to ${target}`);
  }
});
