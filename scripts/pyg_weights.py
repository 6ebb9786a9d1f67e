"""Weights in both directions between this crate and PyTorch Geometric: equal logits.

    pip install torch==2.* torch_geometric==2.* safetensors
    cargo run --release --example exchange_weights -- write DIR
    python scripts/pyg_weights.py DIR
    cargo run --release --example exchange_weights -- check DIR

The example writes a graph, models of every kind and the logits that the crate gives. This script reads the models with
PyG's own classes and compares; then it writes models of its own with their logits, which the example reads and compares.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch_geometric.nn import GAT, GCN, GraphSAGE
import torch_geometric

TOLERANCE = 1e-4


def model_of(arch):
    """PyG's class for an entry `arch` of the metadata."""
    common = dict(
        in_channels=arch["inputs"],
        hidden_channels=arch["hidden"],
        num_layers=arch["layers"],
        out_channels=arch["classes"],
        act=arch["act"],
    )
    if arch["conv"] == "gat":
        return GAT(heads=arch["heads"], **common)
    return {"gcn": GCN, "sage": GraphSAGE}[arch["conv"]](**common)


def difference(ours, theirs):
    return float((ours - theirs).abs().max() / theirs.abs().max().clamp(min=1.0))


def main(folder):
    graph = load_file(folder / "graph.safetensors")
    x, edge_index = graph["x"], graph["edge_index"]
    worst = 0.0
    for path in sorted(folder.glob("ours_*.safetensors")):
        with safe_open(path, "pt") as file:
            arch = json.loads(file.metadata()["arch"])
            weights = {name: file.get_tensor(name) for name in file.keys()}
        want = load_file(folder / f"logits_{path.name}")["logits"]
        arch |= {"inputs": x.shape[1], "classes": want.shape[1]}
        model = model_of(arch).eval()
        model.load_state_dict(weights, strict=True)
        with torch.no_grad():
            error = difference(want, model(x, edge_index))
        print(f"{path.name}: PyG reads it, logits differ by {error:.1e}")
        worst = max(worst, error)
    torch.manual_seed(1)
    for conv in ["gcn", "sage", "gat"]:
        for layers in [1, 2, 3]:
            arch = dict(conv=conv, layers=layers, hidden=16, heads=4, act="elu", inputs=x.shape[1], classes=5)
            model = model_of(arch).eval()
            name = f"theirs_{conv}_{layers}.safetensors"
            state = {key: value.contiguous() for key, value in model.state_dict().items()}
            save_file(state, folder / name, metadata={"arch": json.dumps({"conv": conv, "act": "elu"})})
            with torch.no_grad():
                save_file({"logits": model(x, edge_index)}, folder / f"logits_{name}")
    print(f"torch {torch.__version__}, torch_geometric {torch_geometric.__version__}: worst {worst:.1e}")
    if worst > TOLERANCE:
        sys.exit(f"logits differ by more than {TOLERANCE}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
