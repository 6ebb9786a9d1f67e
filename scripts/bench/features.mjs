/** The sparse features of the sample or of a data folder, written out. */
import { inflateRawSync } from "node:zlib";

/** `[numNodes, numFeatures]`, row by row. */
export function denseFeatures(files, numNodes, numFeatures) {
  const npz = files.find(({ name }) => name.endsWith(".npz"));
  const { indptr, indices, values } = npz ? ofNpz(npz.data) : ofSafetensors(files[0].data);
  const x = new Float32Array(numNodes * numFeatures);
  for (let row = 0; row < numNodes; row += 1) {
    for (let i = indptr[row]; i < indptr[row + 1]; i += 1)
      x[row * numFeatures + indices[i]] = values ? values[i] : 1;
  }
  return x;
}

function ofSafetensors(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.readBigUInt64LE(0));
  const header = JSON.parse(view.subarray(8, 8 + length).toString());
  const array = (name) => {
    const [start, end] = header[name].data_offsets.map((offset) => 8 + length + offset);
    return new Int32Array(bytes.slice(start, end).buffer);
  };
  return { indptr: array("x_indptr"), indices: array("x_indices") };
}

/** A CSR matrix as scipy saves it: a zip of npy arrays, read from the end. */
function ofNpz(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = view.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  const arrays = {};
  let at = view.readUInt32LE(end + 16);
  for (let i = 0; i < view.readUInt16LE(end + 10); i += 1) {
    const [method, size] = [view.readUInt16LE(at + 10), view.readUInt32LE(at + 20)];
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => view.readUInt16LE(at + offset));
    const local = view.readUInt32LE(at + 42);
    const name = view.subarray(at + 46, at + 46 + nameLength).toString();
    const start = local + 30 + view.readUInt16LE(local + 26) + view.readUInt16LE(local + 28);
    const packed = view.subarray(start, start + size);
    arrays[name.replace(".npy", "")] = ofNpy(method === 8 ? inflateRawSync(packed) : packed);
    at += 46 + nameLength + extra + comment;
  }
  return { indptr: arrays.indptr, indices: arrays.indices, values: arrays.data };
}

function ofNpy(bytes) {
  const start = 10 + bytes.readUInt16LE(8);
  const data = new Uint8Array(bytes.subarray(start)).buffer;
  return bytes.subarray(10, start).includes("<f4") ? new Float32Array(data) : new Int32Array(data);
}
