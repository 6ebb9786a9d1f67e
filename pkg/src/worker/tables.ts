/** Tables on their way into the wasm of files: Parquet becomes text before. */

import type { Args, WireFile } from "../contract/protocol.js";
import type { Limits, OpenGraphOptions, Report } from "../contract/types.js";
import { readHead, type Source, sourceOf, sourcesOf } from "./files.js";
import type { Task } from "./jobs.js";

/** As the wasm has it where nothing is said. */
const MAX_FILE_BYTES = 2 ** 31;
/** Rows of a Parquet file that a preview looks at. */
const PREVIEW_ROWS = 1001;

const isParquet = (bytes: Uint8Array) =>
  bytes.length >= 4 && String.fromCharCode(...bytes.subarray(0, 4)) === "PAR1";

type Options = Pick<OpenGraphOptions, "format" | "edgeList">;

/**
 * The columns of Parquet have names always, and tabs between them: texts may hold other delimiters and lines.
 */
const asText = <Some extends Options>(options: Some): Some => ({
  ...options,
  edgeList: { header: true, ...options.edgeList, delimiter: "tab" },
});

/** Words for a table that was Parquet. */
const asParquet = (kind: string) => kind.replace(", tab, header", ", Parquet");

/** Gives all files to the wasm; with the options to open them by, and what puts the report right. */
export async function addFiles(
  files: { add(name: string, size: number, read: Source["read"]): void },
  call: Args<"readGraph">,
  task: Task,
  limits: Partial<Limits> | undefined,
) {
  const parquet = new Set<string>();
  for await (let source of sourcesOf(call.files, task)) {
    const { name } = source;
    if (isParquet(source.head)) {
      const { parquetTable } = await import("./parquet.js");
      source = sourceOf(
        name,
        await parquetTable(name, await source.whole(), task, {
          maxBytes: limits?.maxFileBytes ?? MAX_FILE_BYTES,
        }),
      );
      parquet.add(name);
    }
    files.add(name, source.size, source.read);
  }
  const described = (report: Report): Report => {
    for (const file of report.files) if (parquet.has(file[0])) file[1] = asParquet(file[1]);
    return report;
  };
  return {
    options: parquet.size > 0 && parquet.size === call.files.length ? asText(call.options) : call.options,
    described,
  };
}

/** The beginning of a file for a preview, with the options and words for it. */
export async function headOf(file: WireFile, options: Options, task: Task) {
  const { name, bytes } = await readHead(file);
  if (!isParquet(bytes)) return { name, bytes, options, described: (kind: string) => kind };
  const { parquetTable } = await import("./parquet.js");
  const whole = file.data instanceof Blob ? new Uint8Array(await file.data.arrayBuffer()) : file.data;
  const table = await parquetTable(name, whole, task, { rows: PREVIEW_ROWS, maxBytes: MAX_FILE_BYTES });
  return { name, bytes: table, options: asText(options), described: asParquet };
}
