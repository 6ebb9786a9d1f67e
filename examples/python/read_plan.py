"""Reads a plan and its graph into PyG, batch by batch, and checks one against the other.

    pip install -r requirements.txt
    python read_plan.py graph.safetensors plan.safetensors [weights.safetensors [predictions.safetensors]]

The files are those of `graph.save()`, `plan.save()` and `model.save()` of the package, or of the Save section of the page;
docs/formats.md and docs/weights.md have their tables. With weights of a GCN every batch is predicted, and with the
predictions that were saved beside them the logits are compared.
"""

import json
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch_geometric.data import Data
from torch_geometric.nn import GCN

TOLERANCE = 1e-4


def metadata_of(path):
    with safe_open(path, "pt") as file:
        return file.metadata() or {}


def read_graph(path):
    """The whole graph as PyG has it; sparse features become dense."""
    tensors, metadata = load_file(path), metadata_of(path)
    num_nodes = int(metadata["num_nodes"])
    x = tensors.get("x")
    if "x_indptr" in tensors:
        indices = tensors["x_indices"].long()
        values = tensors.get("x_values", torch.ones(len(indices)))
        rows = torch.repeat_interleave(torch.arange(num_nodes), tensors["x_indptr"].diff().long())
        x = torch.zeros(num_nodes, int(metadata["num_features"]))
        x[rows, indices] = values
    return Data(x=x, y=tensors.get("y"), edge_index=tensors["edge_index"], edge_weight=tensors.get("edge_weight"), num_nodes=num_nodes)


class Plan:
    """The batches of a plan. Their arrays lie one after another; nothing is copied before a batch is asked for."""

    def __init__(self, path):
        self.tensors, self.metadata = load_file(path), metadata_of(path)
        if self.metadata.get("kind") != "plan":
            raise ValueError(f"{path} holds no plan")

    def __len__(self):
        return len(self.tensors["batch_ptr"]) - 1

    def batch(self, index, graph):
        """One batch as `Data`: `n_id` are global ids, `outputs` local ones; edges lead from source to target and carry
        the weights of the plan's normalization, self-loops included."""
        t = self.tensors

        def run(ptr):
            return slice(int(t[ptr][index]), int(t[ptr][index + 1]))

        nodes, outputs, entries = run("batch_ptr"), run("output_ptr"), run("entry_ptr")
        n_id = t["nodes"][nodes].long()
        # Every batch has one bound more than it has nodes.
        indptr = t["indptr"][nodes.start + index : nodes.stop + index + 1].long()
        target = torch.repeat_interleave(torch.arange(len(n_id)), indptr.diff())
        return Data(
            x=None if graph.x is None else graph.x[n_id],
            y=None if graph.y is None else graph.y[n_id],
            edge_index=torch.stack([t["indices"][entries].long(), target]),
            edge_weight=t["values"][entries],
            n_id=n_id,
            outputs=t["outputs"][outputs].long(),
            scores=t["scores"][nodes],
            hop=t["hop"][nodes],
            num_nodes=len(n_id),
        )

    def batches(self, graph):
        return (self.batch(index, graph) for index in range(len(self)))


def gcn(path):
    """PyG's GCN with the weights of a file, over edge weights that the plan brings."""
    arch = json.loads(metadata_of(path)["arch"])
    weights = load_file(path)
    if arch["conv"] != "gcn" or arch["shape"] != "pyg":
        raise ValueError(f"{path} holds a {arch['conv']} of shape {arch['shape']}, this example reads a gcn of shape pyg")
    layers = [weights[f"convs.{i}.lin.weight"] for i in range(arch["layers"])]
    norm = "layer_norm" if "norms.0.weight" in weights else None
    model = GCN(layers[0].shape[1], arch["hidden"], arch["layers"], layers[-1].shape[0], act=arch["act"], norm=norm,
                norm_kwargs={"mode": "node"} if norm else None, normalize=False, add_self_loops=False)
    model.load_state_dict(weights)
    return model.eval(), arch["feature_normalization"]


def normalized(x, kind):
    """Features as a model reads them; a row of zeros stays."""
    if kind == "none":
        return x
    lengths = x.sum(1, keepdim=True) if kind == "row" else x.norm(dim=1, keepdim=True)
    return x / torch.where(lengths == 0, 1.0, lengths)


def check(plan, graph):
    """What every plan keeps: outputs are partitioned, and a batch has all edges of the graph among its nodes."""
    num_nodes = graph.num_nodes
    assert num_nodes == int(plan.metadata["num_nodes"]), "the plan was made for another graph"
    source, target = graph.edge_index
    ahead = target != source
    edges = source[ahead] * num_nodes + target[ahead]
    degree = torch.bincount(target[ahead], minlength=num_nodes).double() + 1
    seen = torch.zeros(num_nodes, dtype=torch.long)
    for index, batch in enumerate(plan.batches(graph)):
        assert (batch.n_id.diff() > 0).all(), f"batch {index}: nodes ascend"
        seen[batch.n_id[batch.outputs]] += 1
        here = batch.n_id[batch.edge_index]
        own = here[0] == here[1]
        assert int(own.sum()) == batch.num_nodes, f"batch {index}: every node has one self-loop"
        inside = torch.isin(source[ahead], batch.n_id) & torch.isin(target[ahead], batch.n_id)
        found = (here[0] * num_nodes + here[1])[~own]
        assert torch.equal(found.sort().values, edges[inside].sort().values), f"batch {index}: its edges are those of the graph"
        if plan.metadata["normalization"] == "global-sym" and graph.edge_weight is None:
            wanted = 1 / (degree[here[0]] * degree[here[1]]).sqrt()
            worst = float((batch.edge_weight.double() - wanted).abs().max())
            assert worst < 1e-6, f"batch {index}: edge weights are off by {worst}"
        if graph.x is not None:
            assert torch.equal(batch.x, graph.x[batch.n_id])
    assert int(seen.max()) == 1, "every output is in one batch"
    return int(seen.sum())


@torch.no_grad()
def predict(plan, graph, path):
    """Ids of all outputs, ascending, with their logits."""
    model, kind = gcn(path)
    ids, logits = [], []
    for batch in plan.batches(graph):
        out = model(normalized(batch.x, kind), batch.edge_index, edge_weight=batch.edge_weight)
        ids.append(batch.n_id[batch.outputs])
        logits.append(out[batch.outputs])
    ids, order = torch.cat(ids).sort()
    return ids, torch.cat(logits)[order]


def main(graph_path, plan_path, weights=None, predictions=None):
    graph, plan = read_graph(graph_path), Plan(plan_path)
    outputs = check(plan, graph)
    held = len(plan.tensors["nodes"])
    print(f"{len(plan)} batches, {outputs} outputs, {held} nodes and {len(plan.tensors['indices'])} entries: as the graph has them")
    if weights is None:
        return
    ids, logits = predict(plan, graph, weights)
    if graph.y is not None:
        known = graph.y[ids] >= 0
        right = (logits.argmax(1) == graph.y[ids])[known].float().mean()
        print(f"accuracy on {int(known.sum())} labelled outputs: {float(right):.4f}")
    if predictions is not None:
        saved = load_file(predictions)
        assert torch.equal(saved["nodes"].long(), ids), "other nodes were predicted"
        worst = float((saved["logits"] - logits).abs().max() / logits.abs().max().clamp(min=1.0))
        print(f"logits differ by {worst:.2e} of the greatest at most")
        assert worst < TOLERANCE


if __name__ == "__main__":
    main(*sys.argv[1:])
