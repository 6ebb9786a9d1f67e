/** Opening a graph: what the engine reads itself, and what the module of files reads for it. */

import type { GraphInfo, Opened, WireFile } from "../contract/protocol.js";
import { transferable } from "../contract/transfer.js";
import type { OpenGraphOptions } from "../contract/types.js";
import type { Engine } from "./engine.js";

/** Opens a graph in the engine; `buffers` are moved there. */
export async function openGraph(
  engine: Engine,
  files: WireFile[],
  buffers: ArrayBuffer[],
  { signal, onProgress, ...options }: OpenGraphOptions,
): Promise<Opened<GraphInfo>> {
  const work = { signal, onProgress };
  engine.check();
  const [file] = files;
  if (
    file &&
    files.length === 1 &&
    !("format" in options || "edgeList" in options) &&
    (await isGraphTensors(file))
  ) {
    return engine.call("openTensors", { file, options }, { ...work, transfer: buffers });
  }
  const { parts, report } = await engine.reader.run((reader) =>
    reader.call("readGraph", { files, options }, { ...work, transfer: buffers }),
  );
  const opened = await engine.call("openParts", { parts }, { signal, transfer: transferable(parts) });
  return { ...opened, info: { ...opened.info, report } };
}

/** Whether a file begins as safetensors do: the length of a header in 8 bytes, then its brace. */
async function isGraphTensors({ data }: WireFile): Promise<boolean> {
  const head =
    data instanceof Blob
      ? new Uint8Array(
          await data
            .slice(0, 9)
            .arrayBuffer()
            .catch(() => new ArrayBuffer(0)),
        )
      : data.subarray(0, 9);
  if (head.length < 9 || head[8] !== "{".charCodeAt(0)) return false;
  const size = data instanceof Blob ? data.size : data.length;
  return new DataView(head.buffer, head.byteOffset).getBigUint64(0, true) <= BigInt(size - 8);
}
