"""Writes pyg/karate.safetensors from PyG's own data set, and pyg.json with what it must open to.

Run: python3 make_pyg.py (torch 2.9.1, torch_geometric 2.8.1, safetensors 0.8.0, numpy 2.4.6)
"""

import json

from safetensors.torch import save_file
from torch_geometric.datasets import KarateClub

from club import HERE, fnv

OUT = HERE / "pyg"
OUT.mkdir(exist_ok=True)

data = KarateClub()[0]
save_file(dict(edge_index=data.edge_index.contiguous(), x=data.x, y=data.y, train_mask=data.train_mask), OUT / "karate.safetensors")
pairs = sorted({tuple(sorted((str(a), str(b)))) for a, b in data.edge_index.t().tolist()})
wanted = {
    "nodes": data.num_nodes, "edges": len(pairs), "hash": fnv("".join(f"{a}\t{b}\n" for a, b in pairs)), "labels": data.y.tolist(),
    "features": data.num_features, "train": data.train_mask.nonzero().flatten().tolist(),
}
(OUT / "pyg.json").write_text(json.dumps({"karate.safetensors": wanted}, indent=1) + "\n")
