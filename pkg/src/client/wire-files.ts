/** Files on their way to the worker. */

import { IbmbError } from "../contract/errors.js";
import type { BlobLike } from "../contract/globals.js";
import type { WireFile } from "../contract/protocol.js";
import type { InputFile } from "../contract/types.js";

/** A file with a name, or bytes alone. */
export type FileOrBytes = InputFile | Uint8Array | ArrayBuffer | BlobLike;

/** One file as it is sent; `name` stands for one that has none. */
export function oneFile(file: FileOrBytes, name: string): WireFile {
  return wireFile("data" in file ? file : { name: nameOf(file) ?? name, data: file }, "file");
}

/** The name of a `File`. */
function nameOf(data: Uint8Array | ArrayBuffer | BlobLike): string | undefined {
  return "name" in data && typeof data.name === "string" ? data.name : undefined;
}

/** A file as it is sent: bytes are copied once, exactly those of the view, and the copy is moved. */
export function wireFile(file: InputFile, option: string): WireFile {
  const { name, data } = file ?? {};
  if (typeof name !== "string") {
    throw new IbmbError("invalid_option", `${option}: name must be a string, got ${typeof name}`, {
      name: option,
    });
  }
  if (data instanceof Blob) return { name, data };
  if (data instanceof Uint8Array || data instanceof ArrayBuffer) {
    try {
      return { name, data: new Uint8Array(data instanceof ArrayBuffer ? data.slice(0) : data) };
    } catch {
      const bytes = data.byteLength;
      throw new IbmbError("out_of_memory", `${name}: ${bytes} bytes could not be reserved`, { bytes });
    }
  }
  throw new IbmbError("invalid_option", `${option}: data must be a Uint8Array, an ArrayBuffer or a Blob`, {
    name: option,
  });
}

/** Buffers of a file that are moved. */
export function buffers({ data }: WireFile): ArrayBuffer[] {
  return data instanceof Blob ? [] : [data.buffer as ArrayBuffer];
}
