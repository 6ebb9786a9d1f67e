/** What the package is compared with: the same work in plain JavaScript over typed arrays. */

/** Symmetric CSR with a self-loop on every node, from pairs. */
export function csrOf(numNodes, edges) {
  const indptr = new Uint32Array(numNodes + 1);
  for (const node of edges) indptr[node + 1] += 1;
  for (let node = 0; node < numNodes; node += 1) indptr[node + 1] += indptr[node] + 1;
  const next = indptr.slice(0, numNodes);
  const indices = new Uint32Array(indptr[numNodes]);
  for (let node = 0; node < numNodes; node += 1) indices[next[node]++] = node;
  for (let i = 0; i < edges.length; i += 2) {
    indices[next[edges[i]]++] = edges[i + 1];
    indices[next[edges[i + 1]]++] = edges[i];
  }
  return { numNodes, indptr, indices };
}

/** First-in-first-out push from every source; gives the total mass, which must agree with the package's. */
export function pushAll({ numNodes, indptr, indices }, sources, alpha, eps) {
  const mass = new Float64Array(numNodes);
  const residual = new Float64Array(numNodes);
  const touched = new Uint32Array(numNodes);
  const queue = new Uint32Array(numNodes);
  const queued = new Uint8Array(numNodes);
  const degree = (node) => indptr[node + 1] - indptr[node];
  let total = 0;
  for (const source of sources) {
    let [numTouched, head, length] = [1, 0, 1];
    touched[0] = queue[0] = source;
    residual[source] = alpha;
    queued[source] = 1;
    while (length > 0) {
      const node = queue[head];
      head = head + 1 === numNodes ? 0 : head + 1;
      length -= 1;
      queued[node] = 0;
      const value = residual[node];
      residual[node] = 0;
      mass[node] += value;
      const share = ((1 - alpha) * value) / degree(node);
      for (let i = indptr[node]; i < indptr[node + 1]; i += 1) {
        const other = indices[i];
        if (residual[other] === 0 && mass[other] === 0 && other !== source) touched[numTouched++] = other;
        residual[other] += share;
        if (queued[other] === 0 && residual[other] >= alpha * eps * degree(other)) {
          queued[other] = 1;
          queue[(head + length) % numNodes] = other;
          length += 1;
        }
      }
    }
    for (let i = 0; i < numTouched; i += 1) {
      total += mass[touched[i]];
      mass[touched[i]] = residual[touched[i]] = 0;
    }
  }
  return total;
}

/** A GCN of two layers with ReLU between them; `weights` are `[outputs, inputs]` as PyTorch keeps them. */
export function gcn({ numNodes, indptr, indices }, features, numFeatures, [w1, b1, w2, b2]) {
  const scale = Float32Array.from(
    { length: numNodes },
    (_, node) => 1 / Math.sqrt(indptr[node + 1] - indptr[node]),
  );
  const layer = (x, inputs, weight, bias, relu) => {
    const outputs = bias.length;
    const dense = new Float32Array(numNodes * outputs);
    for (let node = 0; node < numNodes; node += 1) {
      for (let k = 0; k < inputs; k += 1) {
        const value = x[node * inputs + k];
        if (value === 0) continue;
        for (let j = 0; j < outputs; j += 1) dense[node * outputs + j] += value * weight[j * inputs + k];
      }
    }
    const out = new Float32Array(numNodes * outputs);
    for (let node = 0; node < numNodes; node += 1) {
      for (let i = indptr[node]; i < indptr[node + 1]; i += 1) {
        const other = indices[i];
        const value = scale[node] * scale[other];
        for (let j = 0; j < outputs; j += 1) out[node * outputs + j] += value * dense[other * outputs + j];
      }
      for (let j = 0; j < outputs; j += 1) {
        const sum = out[node * outputs + j] + bias[j];
        out[node * outputs + j] = relu && sum < 0 ? 0 : sum;
      }
    }
    return out;
  };
  return layer(layer(features, numFeatures, w1, b1, true), b1.length, w2, b2, false);
}
