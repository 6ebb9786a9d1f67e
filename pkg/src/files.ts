/** Reading what the user gave, in the worker. */
import { IbmbError } from "./errors.js";
import type { Task } from "./jobs.js";
import type { WireFile } from "./protocol.js";

const HEAD_BYTES = 65 * 1024;

const sizeOf = ({ data }: WireFile) => (data instanceof Blob ? data.size : data.length);
const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

/** Bytes that are fetched from Blobs before the work on the files begins. */
export function blobBytes(files: readonly WireFile[]): number {
  return sum(files.filter(({ data }) => data instanceof Blob).map(sizeOf));
}

/**
 * The bytes of every file; Blobs are read in pieces, one after another. Progress in the stage `reading` counts every byte
 * of a Blob twice, since it is read here and by the wasm after that.
 */
export async function* readFiles(files: readonly WireFile[], task: Task): AsyncGenerator<[name: string, bytes: Uint8Array]> {
  const total = blobBytes(files) + sum(files.map(sizeOf));
  let done = 0;
  for (const { name, data } of files) {
    if (!(data instanceof Blob)) {
      yield [name, data];
      continue;
    }
    const bytes = allocate(name, data.size);
    let end = 0;
    for await (const chunk of chunks(name, data)) {
      bytes.set(chunk, end);
      end += chunk.length;
      done += chunk.length;
      task.report({ stage: "reading", done, total });
      await task.turn();
      task.check();
    }
    yield [name, bytes];
  }
}

/** The beginning of a file, as much as is looked at to tell how it is read: 64 KiB, and room for the heads of gzip. */
export async function readHead({ name, data }: WireFile): Promise<{ name: string; bytes: Uint8Array }> {
  if (!(data instanceof Blob)) return { name, bytes: data.subarray(0, HEAD_BYTES) };
  const bytes = new Uint8Array(Math.min(data.size, HEAD_BYTES));
  let end = 0;
  for await (const chunk of chunks(name, data.slice(0, HEAD_BYTES))) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return { name, bytes };
}

/** The bytes of one file. */
export async function readFile(file: WireFile, task: Task): Promise<{ name: string; bytes: Uint8Array }> {
  for await (const [name, bytes] of readFiles([file], task)) return { name, bytes };
  throw new IbmbError("internal", "the file was not read");
}

function allocate(name: string, size: number): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch {
    throw new IbmbError("out_of_memory", `${name}: ${size} bytes could not be reserved`, { bytes: size });
  }
}

async function* chunks(name: string, blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (cause) {
    // A file that was changed or removed since it was chosen.
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IbmbError("parse", `${name}: the file could not be read: ${reason}`, { file: name });
  } finally {
    void reader.cancel();
  }
}
