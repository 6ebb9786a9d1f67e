/** Reading what the user gave, in the worker. */

import { host } from "#host";
import { IbmbError } from "../contract/errors.js";
import type { WireFile } from "../contract/protocol.js";
import type { Task } from "./jobs.js";

const HEAD_BYTES = 65 * 1024;
const MAGIC_BYTES = 4;
/** Bytes of a Blob that are fetched at a time, where more than a few are wanted. */
const SLICE_BYTES = 4 * 2 ** 20;
const FEW_BYTES = 1024;

const sizeOf = ({ data }: WireFile) => (data instanceof Blob ? data.size : data.length);
const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 0);

/** A file on its way into the wasm. */
export interface Source {
  name: string;
  size: number;
  /** Its first bytes, enough to tell Parquet by. */
  head: Uint8Array;
  /** Some of the bytes from a place on, at the least one and at most as many as are asked for. */
  read(at: number, length: number): Uint8Array;
  whole(): Promise<Uint8Array>;
}

/** Bytes that are fetched from Blobs before the work on the files begins. */
export function preloadBytes(files: readonly WireFile[]): number {
  return host.bytesNow ? 0 : sum(files.filter(({ data }) => data instanceof Blob).map(sizeOf));
}

/**
 * The source of every file. Where a Blob cannot be read while the wasm waits, it is fetched before:
 * progress in the stage `reading` counts its bytes twice, since they are read here and by the wasm after
 * that.
 */
export async function* sourcesOf(files: readonly WireFile[], task: Task): AsyncGenerator<Source> {
  const progress = { done: 0, total: preloadBytes(files) + sum(files.map(sizeOf)) };
  for (const { name, data } of files) {
    if (data instanceof Blob && host.bytesNow) {
      const read = slicing(data, host.bytesNow);
      let head: Uint8Array;
      try {
        head = read(0, MAGIC_BYTES);
      } catch (cause) {
        throw unreadable(name, cause);
      }
      yield { name, size: data.size, head, read, whole: () => fetched(name, data, task, progress) };
    } else yield sourceOf(name, data instanceof Blob ? await fetched(name, data, task, progress) : data);
  }
}

/** Bytes that are at hand. */
export function sourceOf(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: bytes.length,
    head: bytes.subarray(0, MAGIC_BYTES),
    read: (at, length) => bytes.subarray(at, at + length),
    whole: () => Promise.resolve(bytes),
  };
}

/** Reads a Blob by slices, the last long one of which is kept. */
function slicing(blob: Blob, bytesNow: (blob: Blob) => Uint8Array): Source["read"] {
  let start = 0;
  let slice = new Uint8Array(0) as Uint8Array;
  return (at, length) => {
    if (at < start || at >= start + slice.length) {
      if (length <= FEW_BYTES) return bytesNow(blob.slice(at, at + length));
      [start, slice] = [at, bytesNow(blob.slice(at, at + SLICE_BYTES))];
    }
    return slice.subarray(at - start, at - start + length);
  };
}

async function fetched(
  name: string,
  blob: Blob,
  task: Task,
  progress: { done: number; total: number },
): Promise<Uint8Array> {
  const bytes = allocate(name, blob.size);
  let end = 0;
  for await (const chunk of chunks(name, blob)) {
    bytes.set(chunk, end);
    end += chunk.length;
    progress.done += chunk.length;
    task.report({ stage: "reading", ...progress });
    await task.turn();
    task.check();
  }
  return bytes;
}

/**
 * The beginning of a file that is read to detect its format: 64 KiB, and room for the heads of
 * gzip.
 */
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
export async function readFile(
  { name, data }: WireFile,
  task: Task,
): Promise<{ name: string; bytes: Uint8Array }> {
  if (!(data instanceof Blob)) return { name, bytes: data };
  return { name, bytes: await fetched(name, data, task, { done: 0, total: 2 * data.size }) };
}

/** A file that was changed or removed since it was chosen. */
function unreadable(name: string, cause: unknown): IbmbError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IbmbError("parse", `${name}: the file could not be read: ${reason}`, { file: name });
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
    throw unreadable(name, cause);
  } finally {
    void reader.cancel();
  }
}
