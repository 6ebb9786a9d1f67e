/** Tensors on their way to the worker and back. */

import { IbmbError } from "../contract/errors.js";
import { ARRAYS, type Tensor, type TensorData, type WireTensor } from "../contract/tensors.js";

/** Tensors as they are sent: elements are copied once, and the copy is moved. An array alone has one axis. */
export function wireTensors(tensors: Record<string, TensorData | Tensor>): WireTensor[] {
  return Object.entries(tensors).map(([name, tensor]) => {
    const data = ArrayBuffer.isView(tensor) ? tensor : tensor?.data;
    const found = Object.entries(ARRAYS).find(([, kind]) => data instanceof kind);
    if (!found) {
      const message = `tensors: ${name} must be a typed array or { data, shape } with one in data`;
      throw new IbmbError("invalid_option", message, { name: "tensors" });
    }
    const shape = ArrayBuffer.isView(tensor) ? [tensor.length] : tensor.shape;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    return { name, type: found[0] as WireTensor["type"], shape, bytes };
  });
}

/** Tensors with their typed arrays again. */
export function fromWire(list: readonly WireTensor[]): Record<string, Tensor> {
  const tensors = list.map(({ name, type, shape, bytes }): [string, Tensor] => {
    const kind = ARRAYS[type];
    return [
      name,
      { data: new kind(bytes.buffer as ArrayBuffer, 0, bytes.byteLength / kind.BYTES_PER_ELEMENT), shape },
    ];
  });
  return Object.fromEntries(tensors);
}
