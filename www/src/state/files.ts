import type { InputFile } from "ibmb";

/** Tensors and metadata by the header of a safetensors file, `null` when it is none. The rest is not read. */
async function headOf(file: InputFile): Promise<Record<string, unknown> | null> {
  const blob = file.data instanceof Blob ? file.data : new Blob([file.data as BlobPart]);
  if (blob.size < 10) return null;
  const length = new DataView(await blob.slice(0, 8).arrayBuffer()).getBigUint64(0, true);
  if (length > 100_000_000n || Number(length) + 8 > blob.size) return null;
  try {
    const header: unknown = JSON.parse(await blob.slice(8, 8 + Number(length)).text());
    return typeof header !== "object" || Array.isArray(header)
      ? null
      : (header as Record<string, unknown> | null);
  } catch {
    return null;
  }
}

/**
 * One safetensors file without edges holds a plan, where it says so, or weights; all else is read as a graph.
 */
export async function kindOf(files: readonly InputFile[]): Promise<"graph" | "plan" | "weights"> {
  const head = files.length === 1 ? await headOf(files[0]!) : null;
  if (head === null || "edge_index" in head) return "graph";
  const { __metadata__: metadata, ...tensors } = head;
  if ((metadata as { kind?: unknown } | null | undefined)?.kind === "plan") return "plan";
  return Object.keys(tensors).length > 0 ? "weights" : "graph";
}

/** Hidden files of desktops, which a folder brings along. */
export const isClutter = (name: string): boolean =>
  /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/.test(name);
