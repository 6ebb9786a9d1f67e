/** Errors, and the form in which they cross between threads. */

/** The one error of this package. `code` is stable, `message` is for people. */
export class IbmbError extends Error {
  override readonly name = "IbmbError";
  /** Kind of the error; stable across versions. */
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

/** Kind of the error; stable across versions. */
export type ErrorCode =
  | "invalid_graph"
  | "parse"
  | "limit_exceeded"
  | "out_of_memory"
  | "shape_mismatch"
  | "missing_tensor"
  | "unsupported_model"
  | "invalid_option"
  | "cancelled"
  | "disposed"
  /** A loss or weight of a training is no longer finite. */
  | "diverged"
  /** A part of the package could not be loaded; what is open stays open, and the call may be made again. */
  | "not_loaded"
  | "worker_crashed"
  | "internal";
