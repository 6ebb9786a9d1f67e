import type { InputFile } from "ibmb";

/** Names of the tensors in a safetensors file, `null` when it is none. Only the header is read. */
export async function tensorNames(file: InputFile): Promise<string[] | null> {
  const blob = file.data instanceof Blob ? file.data : new Blob([file.data as BlobPart]);
  if (blob.size < 10) return null;
  const length = new DataView(await blob.slice(0, 8).arrayBuffer()).getBigUint64(0, true);
  if (length > 100_000_000n || Number(length) + 8 > blob.size) return null;
  try {
    const header: unknown = JSON.parse(await blob.slice(8, 8 + Number(length)).text());
    if (typeof header !== "object" || header === null || Array.isArray(header)) return null;
    return Object.keys(header).filter((name) => name !== "__metadata__");
  } catch {
    return null;
  }
}

/** One safetensors file without edges holds weights; all else is read as a graph. */
export async function holdsWeights(files: readonly InputFile[]): Promise<boolean> {
  if (files.length !== 1) return false;
  const names = await tensorNames(files[0]!);
  return names !== null && names.length > 0 && !names.includes("edge_index");
}

/** Hidden files of desktops, which a folder brings along. */
export const isClutter = (name: string): boolean => /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/.test(name);
