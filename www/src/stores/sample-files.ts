/** Files of samples. */
import type { InputFile } from "ibmb";
import type { Sample } from "../state/samples.ts";
import { fetchFile } from "./fetch-file.ts";

/** The files of its graph; none of a planted one. */
export async function readSample({ key, planted }: Sample): Promise<readonly InputFile[]> {
  return planted === undefined ? [await fetchFile(`samples/${key}.safetensors`)] : [];
}

/** Weights that come with it, where there are any. */
export async function readSampleModel({ model }: Sample): Promise<InputFile | null> {
  return model === undefined ? null : fetchFile(`samples/${model}`).catch(() => null);
}
