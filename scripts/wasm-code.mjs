/** How much of the code of a wasm file each function takes, by the names that the compiler left in it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const decoder = new TextDecoder();

/** `[name, bytes]` of every function of the file; empty when it has no names. */
export function functionSizes(bytes) {
  let at = 8;
  const number = () => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte >= 128);
    return value;
  };
  const text = () => {
    const length = number();
    at += length;
    return decoder.decode(bytes.subarray(at - length, at));
  };
  const [sizes, names] = [[], new Map()];
  let imported = 0;
  while (at < bytes.length) {
    const id = bytes[at++];
    const length = number();
    const end = at + length;
    if (id === 2)
      imported = countImports(
        number,
        text,
        () => bytes[at++],
        (count) => (at += count),
      );
    if (id === 10) {
      for (let left = number(); left > 0; left -= 1) {
        const size = number();
        sizes.push(size);
        at += size;
      }
    }
    if (id === 0 && text() === "name") {
      while (at < end) {
        const kind = bytes[at++];
        const after = number() + at;
        if (kind === 1) for (let left = number(); left > 0; left -= 1) names.set(number(), text());
        at = after;
      }
    }
    at = end;
  }
  return sizes.map((size, index) => [names.get(index + imported) ?? "", size]);
}

/** Number of imported functions. */
function countImports(number, text, byte, skip) {
  let functions = 0;
  for (let left = number(); left > 0; left -= 1) {
    text();
    text();
    const kind = byte();
    if (kind === 0) functions += 1;
    if (kind === 1 || kind === 3) skip(1);
    if (kind === 1 || kind === 2) {
      const flags = number();
      number();
      if (flags & 1) number();
    } else {
      number();
    }
  }
  return functions;
}

/** The file of `src/io` that a function is in: `formats/gml`, or `formats` for `formats/mod.rs`. */
function ownModule(name) {
  // Names are mangled: `4ibmb2io7formats3gml` in paths, `ibmb..io..formats..gml` in implementations. Digits
  // before a name are its length.
  const [, room, file] =
    /4ibmb2io\d+([a-z_]+)(?:\d+([a-z_]+))?/.exec(name) ??
    /ibmb\.\.io\.\.([a-z_]+)(?:\.\.([a-z_]+))?/.exec(name) ??
    [];
  if (!room) return undefined;
  const module = `${room}/${file}`;
  return existsSync(join(root, "src/io", `${module}.rs`)) ? module : room;
}

/** Code of the modules of `ibmb::io`, and of what they use, in bytes before wasm-opt. */
export function readerSizes(bytes) {
  const sizes = new Map();
  for (const [name, size] of functionSizes(bytes)) {
    const crate = /(quick_xml|csv_core|safetensors|serde_json|miniz_oxide|flate2)/.exec(name);
    const module = ownModule(name) ?? crate?.[1];
    if (module) sizes.set(module, (sizes.get(module) ?? 0) + size);
  }
  return [...sizes].sort((a, b) => b[1] - a[1]);
}
