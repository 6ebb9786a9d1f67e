/** Errors of the package in sentences. */

export const codeOf = (error: unknown): string | undefined => (error as { code?: string }).code;

/** The error's own sentence, ended. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** The option of the table that an error is about. */
export function optionOf<Name extends string>(
  error: unknown,
  options: Readonly<Record<Name, unknown>>,
): Name | null {
  const { code, details } = error as { code?: string; details?: { name?: unknown } };
  const name = details?.name;
  return code === "invalid_option" && typeof name === "string" && Object.hasOwn(options, name)
    ? (name as Name)
    : null;
}
