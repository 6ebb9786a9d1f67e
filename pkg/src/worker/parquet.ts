/**
 * Parquet as a table of text, which the wasm reads like any other: columns by name, a row a line, separated
 * by tabs. Loaded with the first file that is Parquet. Besides the text it takes as much memory as the
 * largest row group, decoded.
 */

import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
  parquetSchema,
  type SchemaElement,
} from "hyparquet";
import { decompressGzip, decompressLz4Raw, decompressZstd } from "hyparquet-compressors";
import { IbmbError } from "../contract/errors.js";
import type { Task } from "./jobs.js";

const encoder = new TextEncoder();

/** Values of a column from a row on. */
interface Chunk {
  columnName: string;
  columnData: ArrayLike<unknown>;
  rowStart: number;
}

/** The request to read a file. */
export interface ParquetOptions {
  /** Rows that are enough. */
  rows?: number;
  /** Bytes of text that the wasm takes. */
  maxBytes: number;
}

/**
 * The table of a Parquet file as text.
 *
 * @throws {IbmbError} `parse` for a file that is damaged, nested or packed with a codec that is not read,
 * `limit_exceeded`.
 */
export async function parquetTable(
  name: string,
  bytes: Uint8Array,
  task: Task,
  { rows = Infinity, maxBytes }: ParquetOptions,
): Promise<Uint8Array> {
  const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
  const file = whole.buffer as ArrayBuffer;
  const metadata = guarded(name, () => parquetMetadata(file));
  const columns = plainColumns(name, metadata);
  const compressors = await unpackers(name, metadata);
  const total = Math.min(rows, Number(metadata.num_rows));
  // Every field takes a byte at least.
  check(name, total * columns.length, maxBytes);
  const parts: Uint8Array[] = [encoder.encode(`${columns.map(quoted).join("\t")}\n`)];
  let size = parts[0]!.length;
  for (let start = 0, group = 0; start < total; group += 1) {
    const end = Math.min(total, start + Number(metadata.row_groups[group]?.num_rows ?? 0));
    if (end <= start) throw wrong(name, `${total} rows are announced, the row groups hold ${start}`);
    task.report({ stage: "unpacking", done: start, total });
    const data = await read(name, { file, metadata, compressors, rowStart: start, rowEnd: end });
    const text = lines(name, columns, data, end - start);
    size += text.length;
    check(name, size, maxBytes);
    parts.push(text);
    start = end;
    await task.turn();
    task.check();
  }
  return joined(name, parts, size);
}

function check(name: string, got: number, max: number): void {
  if (got <= max) return;
  const what = `${name}: bytes as text`;
  throw new IbmbError("limit_exceeded", `${what}: ${got} exceeds the limit of ${max}`, { what, got, max });
}

const wrong = (name: string, message: string) =>
  new IbmbError("parse", `${name}: ${message}`, { file: name });

/** The error of the library for a file that it cannot read, in our words. */
function explained(name: string, thrown: unknown): IbmbError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const codec = /unsupported compression codec: (\w+)/i.exec(reason)?.[1];
  if (codec === undefined) return wrong(name, `not a readable Parquet file: ${reason}`);
  return wrong(
    name,
    `the columns are packed with ${codec}, read are SNAPPY, GZIP, ZSTD, BROTLI, LZ4_RAW and unpacked ones: write it with compression="snappy"`,
  );
}

/**
 * What unpacks pages besides Snappy, which the reader has. A page has the bytes that its head says, or is an
 * error.
 */
async function unpackers(name: string, { row_groups }: FileMetaData): Promise<Compressors> {
  const known: Compressors = {
    GZIP: decompressGzip,
    LZ4_RAW: decompressLz4Raw,
    ZSTD: (page, length) => decompressZstd(page, new Uint8Array(length)),
  };
  const codecs = guarded(name, () =>
    row_groups.flatMap(({ columns }) => columns.map(({ meta_data }) => meta_data?.codec)),
  );
  if (!codecs.includes("BROTLI")) return known;
  const { decompressBrotli } = await import("./parquet-brotli.js");
  return { ...known, BROTLI: decompressBrotli };
}

function guarded<Value>(name: string, job: () => Value): Value {
  try {
    return job();
  } catch (thrown) {
    throw explained(name, thrown);
  }
}

/** Names of the columns, all of which hold one value a row. */
function plainColumns(name: string, metadata: FileMetaData): string[] {
  const { children } = guarded(name, () => parquetSchema(metadata));
  if (children.length === 0) throw wrong(name, "the Parquet file has no columns");
  const isNested = ({ element, children }: { element: SchemaElement; children: readonly unknown[] }) =>
    children.length > 0 || element.repetition_type === "REPEATED";
  const nested = children.find(isNested);
  if (nested)
    throw wrong(
      name,
      `column ${JSON.stringify(nested.element.name)} holds lists or structs, read are columns of one value a row`,
    );
  return children.map(({ element }) => element.name);
}

/** Values of some rows by column. */
async function read(
  name: string,
  rows: {
    file: ArrayBuffer;
    metadata: FileMetaData;
    compressors: Compressors;
    rowStart: number;
    rowEnd: number;
  },
): Promise<Map<string, unknown[]>> {
  const values = new Map<string, unknown[]>();
  try {
    await parquetRead({
      ...rows,
      onChunk: ({ columnName, columnData, rowStart: first }: Chunk) => {
        const column = values.get(columnName) ?? [];
        values.set(columnName, column);
        for (let at = 0; at < columnData.length; at += 1) column[first + at - rows.rowStart] = columnData[at];
      },
    });
  } catch (thrown) {
    throw explained(name, thrown);
  }
  return values;
}

function lines(
  name: string,
  columns: readonly string[],
  data: Map<string, unknown[]>,
  count: number,
): Uint8Array {
  const all = columns.map((column) => {
    const values = data.get(column) ?? [];
    if (values.length === count) return values;
    throw wrong(
      name,
      `column ${JSON.stringify(column)} has ${values.length} values where a group of ${count} rows is announced`,
    );
  });
  const rows: string[] = [];
  for (let row = 0; row < count; row += 1)
    rows.push(all.map((values, at) => written(name, columns[at]!, values[row])).join("\t"));
  return encoder.encode(`${rows.join("\n")}\n`);
}

function written(name: string, column: string, value: unknown): string {
  switch (typeof value) {
    case "number":
      return Number.isNaN(value) ? "" : String(value);
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "1" : "0";
    case "string":
      return quoted(value);
    default:
      if (value === null || value === undefined) return "";
      if (value instanceof Date) return value.toISOString();
      throw wrong(name, `column ${JSON.stringify(column)} holds values that are neither numbers nor texts`);
  }
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;

function joined(name: string, parts: readonly Uint8Array[], size: number): Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(size);
  } catch {
    throw new IbmbError("out_of_memory", `${name}: ${size} bytes could not be reserved`, { bytes: size });
  }
  let end = 0;
  for (const part of parts) {
    bytes.set(part, end);
    end += part.length;
  }
  return bytes;
}
