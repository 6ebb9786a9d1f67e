import type { ErrorCode } from "./types.js";

/** The one error of this package. `code` is stable, `message` is for people. */
export class IbmbError extends Error {
  override readonly name = "IbmbError";
  /** What went wrong; stable across versions. */
  readonly code: ErrorCode;
  /** Values of the message for programs, such as `file` and `line` of a `parse` error. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** An error as a plain object, the form in which it crosses between threads. */
export interface PlainError {
  code: ErrorCode;
  message: string;
  details: Record<string, unknown>;
}

/** Any thrown value as a plain object; what has no code of ours is `internal`. */
export function toPlain(thrown: unknown): PlainError {
  if (thrown instanceof Error) {
    const { code, details } = thrown as Partial<IbmbError>;
    if (thrown.name === "IbmbError" && code !== undefined) {
      return { code, message: thrown.message, details: { ...details } };
    }
    return { code: "internal", message: `${thrown.name}: ${thrown.message}`, details: {} };
  }
  return { code: "internal", message: String(thrown), details: {} };
}

/** The error that a plain object stands for. */
export function fromPlain(plain: PlainError): IbmbError {
  return new IbmbError(plain.code, plain.message, plain.details);
}
