/**
 * The forward pass of a GCN in other engines, in Node on one thread. Each gives a function that runs it once.
 */

import { fileURLToPath } from "node:url";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import * as ort from "onnxruntime-web/wasm";
import { gcnModel } from "./onnx.mjs";

/**
 * Gathered rows are added up by `sparseSegmentSum`; the edge values are the product of a scale of both ends.
 */
export async function tfjs({ numNodes, entries, scale, x }, layers) {
  setWasmPaths(fileURLToPath(new URL("./node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url)));
  setThreadsCount(1);
  await tf.setBackend("wasm");
  const sources = tf.tensor1d(Int32Array.from(entries.sources), "int32");
  const targets = tf.tensor1d(Int32Array.from(entries.targets), "int32");
  const scales = tf.tensor2d(scale, [numNodes, 1]);
  const features = tf.tensor2d(x, [numNodes, layers[0].inputs]);
  const parameters = layers.map(({ inputs, outputs, weight, bias }) => [
    tf.tensor2d(weight, [inputs, outputs]),
    tf.tensor1d(bias),
  ]);
  const forward = () =>
    parameters.reduce((h, [weight, bias], i) => {
      const scaled = tf.mul(tf.matMul(h, weight), scales);
      const out = tf.add(tf.mul(tf.sparse.sparseSegmentSum(scaled, sources, targets), scales), bias);
      return i + 1 < layers.length ? tf.relu(out) : out;
    }, features);
  return {
    run: async () => {
      const logits = tf.tidy(forward);
      const data = await logits.data();
      logits.dispose();
      return data;
    },
    end: () => [sources, targets, scales, features, ...parameters.flat()].forEach((each) => each.dispose()),
  };
}

/** Gathered rows are added up by `ScatterND`. */
export async function onnxruntime({ numNodes, entries, x }, layers) {
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(gcnModel(numNodes, entries, layers), {
    executionProviders: ["wasm"],
  });
  const input = new ort.Tensor("float32", x, [numNodes, layers[0].inputs]);
  return { run: async () => (await session.run({ x: input })).logits.data, end: () => session.release() };
}
