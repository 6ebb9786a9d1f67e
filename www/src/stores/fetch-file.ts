import type { InputFile } from "ibmb";

/** A file that lies beside the page. */
export async function fetchFile(address: string): Promise<InputFile> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return {
    name: address.slice(address.lastIndexOf("/") + 1),
    data: new Uint8Array(await response.arrayBuffer()),
  };
}
