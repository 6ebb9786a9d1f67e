/** A model and what its file leaves open. */
import type { InputFile, ModelHandle, ModelOptions } from "ibmb";

export interface OpenModel {
  handle: ModelHandle;
  /** Where it came from, for people. */
  source: string;
  /** Its weights, to open them again. */
  file: InputFile;
  /** What was said of the weights that their file does not say. */
  options?: ModelOptions;
  /** Weights of a sample, which come with it. */
  sample?: true;
}

/** Answers to what a file of weights leaves open, when that is why it could not be read. */
export function answers(error: unknown): { id: string; label: string; option: ModelOptions }[] {
  const { code, details } = error as { code?: string; details?: { name?: string } };
  if (code !== "invalid_option") return [];
  switch (details?.name) {
    case "activation":
      return [
        { id: "relu", label: "ReLU", option: { activation: "relu" } },
        { id: "elu", label: "ELU", option: { activation: "elu" } },
      ];
    case "concat":
      return [
        { id: "concat", label: "Side by side", option: { concat: true } },
        { id: "mean", label: "Their mean", option: { concat: false } },
      ];
    default:
      return [];
  }
}
