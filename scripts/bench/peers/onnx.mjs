/** A GCN as an ONNX model, encoded by hand: field numbers are those of onnx.proto. */
import protobuf from "protobufjs/minimal.js";

const FLOAT = 1;
const INT64 = 7;

/** A message of `[field, value]` pairs: numbers as varints, text and bytes by length. */
function message(...fields) {
  const writer = protobuf.Writer.create();
  for (const [field, value] of fields) {
    if (typeof value === "number") writer.uint32(field << 3).int64(value);
    else if (typeof value === "string") writer.uint32((field << 3) | 2).string(value);
    else writer.uint32((field << 3) | 2).bytes(value);
  }
  return writer.finish();
}

function tensor(name, dims, data) {
  const type = data instanceof Float32Array ? FLOAT : INT64;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return message(...dims.map((dim) => [1, dim]), [2, type], [8, name], [9, bytes]);
}

function node(type, inputs, output, ...attributes) {
  return message(
    ...inputs.map((input) => [1, input]),
    [2, output],
    [4, type],
    ...attributes.map((each) => [5, each]),
  );
}

function value(name, dims) {
  const shape = message(...dims.map((dim) => [1, message([1, dim])]));
  return message([1, name], [2, message([1, message([1, FLOAT], [2, shape])])]);
}

/**
 * `x` to `logits`: every layer multiplies, gathers the rows of all entries, scales them and adds them up.
 * `sources`, `targets` and `values` are the entries of the adjacency; a layer has `weight` `[inputs,
 * outputs]` and `bias`.
 */
export function gcnModel(numNodes, { sources, targets, values }, layers) {
  const count = sources.length;
  const wide = (from) => BigInt64Array.from(from, BigInt);
  const initializers = [
    tensor("sources", [count], wide(sources)),
    tensor("targets", [count, 1], wide(targets)),
    tensor("values", [count, 1], values),
  ];
  const add = message([1, "reduction"], [4, "add"], [20, 3]);
  const nodes = layers.flatMap(({ inputs, outputs, weight, bias }, i) => {
    initializers.push(tensor(`w${i}`, [inputs, outputs], weight), tensor(`b${i}`, [outputs], bias));
    initializers.push(tensor(`shape${i}`, [2], wide([numNodes, outputs])));
    const isLast = i + 1 === layers.length;
    return [
      node("MatMul", [i ? `h${i}` : "x", `w${i}`], `xw${i}`),
      node("Gather", [`xw${i}`, "sources"], `rows${i}`),
      node("Mul", [`rows${i}`, "values"], `scaled${i}`),
      node("ConstantOfShape", [`shape${i}`], `zeros${i}`),
      node("ScatterND", [`zeros${i}`, "targets", `scaled${i}`], `sums${i}`, add),
      node("Add", [`sums${i}`, `b${i}`], isLast ? "logits" : `out${i}`),
      ...(isLast ? [] : [node("Relu", [`out${i}`], `h${i + 1}`)]),
    ];
  });
  const graph = message(
    ...nodes.map((each) => [1, each]),
    [2, "gcn"],
    ...initializers.map((each) => [5, each]),
    [11, value("x", [numNodes, layers[0].inputs])],
    [12, value("logits", [numNodes, layers.at(-1).outputs])],
  );
  return message([1, 8], [7, graph], [8, message([1, ""], [2, 18])]);
}
