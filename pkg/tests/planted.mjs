/**
 * A small graph with features, labels and a split, as safetensors with PyG's names: the same bytes
 * everywhere.
 */

/** Numbers from 0 to 1 from a 32-bit state (xorshift). */
function stream(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * `numNodes` nodes in three classes. Four edges of five stay within a class; a third of a node's features
 * tells of it. A tenth of the nodes is for training, a fifth for validation, the rest for testing.
 */
export function planted(numNodes = 600, numFeatures = 48) {
  const random = stream(20240607);
  const pick = (n) => Math.floor(random() * n);
  const numClasses = 3;
  const pairs = [];
  for (let node = 0; node < numNodes; node += 1) {
    for (let i = 0; i < 3; i += 1) {
      let other = pick(numNodes);
      if (random() < 0.8) other -= (other % numClasses) - (node % numClasses);
      if (other !== node && other < numNodes) pairs.push([node, other]);
    }
  }
  const features = new Float32Array(numNodes * numFeatures);
  for (let node = 0; node < numNodes; node += 1) {
    for (let i = 0; i < 8; i += 1) {
      let column = pick(numFeatures);
      if (random() < 1 / 3) column -= (column % numClasses) - (node % numClasses);
      features[node * numFeatures + column] = 1;
    }
  }
  const edges = BigInt64Array.from([...pairs.map(([a]) => a), ...pairs.map(([, b]) => b)], BigInt);
  const labels = BigInt64Array.from({ length: numNodes }, (_, node) => BigInt(node % numClasses));
  const mask = (from, to) =>
    Uint8Array.from({ length: numNodes }, (_, node) => Number(node >= from && node < to));
  const [train, val] = [numNodes / 10, (numNodes * 3) / 10];
  return safetensors({
    edge_index: ["I64", [2, pairs.length], edges],
    x: ["F32", [numNodes, numFeatures], features],
    y: ["I64", [numNodes], labels],
    train_mask: ["BOOL", [numNodes], mask(0, train)],
    val_mask: ["BOOL", [numNodes], mask(train, val)],
    test_mask: ["BOOL", [numNodes], mask(val, numNodes)],
  });
}

/** The container: length of the header, the header, the arrays end to end. */
export function safetensors(tensors) {
  const header = {};
  let end = 0;
  for (const [name, [dtype, shape, data]] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let start = 8 + text.length;
  for (const [, , data] of Object.values(tensors)) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
    start += data.byteLength;
  }
  return bytes;
}
