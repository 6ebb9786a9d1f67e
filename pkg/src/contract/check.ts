/** Options that the package checks itself, by what the core declares of them. */
import { IbmbError } from "./errors.js";

/**
 * Checks a whole number.
 *
 * @throws {IbmbError} `invalid_option` naming the option, what was found and what is allowed.
 */
export function checkNumber(
  { name, min, max }: { name: string; min: number; max: number },
  value: number,
): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  const message = `${name}: ${value} is out of range, allowed is a whole number from ${min} to ${max}`;
  throw new IbmbError("invalid_option", message, { name });
}
