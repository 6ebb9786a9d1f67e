/** The buffers of all typed arrays in a value; each is moved, not copied. */
export function transferable(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) found.push(value.buffer as ArrayBuffer);
  else if (typeof value === "object" && value !== null) {
    for (const item of Object.values(value)) transferable(item, found);
  }
  return found;
}
