#!/usr/bin/env python3
"""Makes karate.safetensors and les-miserables.safetensors in www/public/samples from the packages that carry them.

usage: make_small.py [FOLDER]

Needs pip, npm and their registries; both packages are pinned.
"""
import json
import pathlib
import struct
import subprocess
import sys
import tarfile
import tempfile
import venv

from container import pack, write
from packages import npm_package

NETWORKX = "networkx==3.6.1"
VEGA = "vega-datasets@3.2.1"
VEGA_SHA256 = "6f72fda460a9863fae5fcb32f85bcd49e1761fdea6dc6cf9f4962472881cc5a3"
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "www" / "public" / "samples"
KARATE = (
    "import json, networkx as nx; g = nx.karate_club_graph(); "
    "print(json.dumps([[g.nodes[v]['club'] for v in g], [[a, b, d['weight']] for a, b, d in g.edges(data=True)]]))"
)


def karate(folder: pathlib.Path, output: pathlib.Path) -> None:
    """Zachary's club: a class is the part that a member went with, and the two leaders are known."""
    venv.create(folder / "env", with_pip=True)
    python = str(folder / "env" / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", NETWORKX], check=True)
    clubs, edges = json.loads(subprocess.run([python, "-c", KARATE], check=True, capture_output=True).stdout)
    assert (len(clubs), len(edges)) == (34, 78)
    n, classes = len(clubs), ["Mr. Hi", "Officer"]
    known = [int(v in (0, n - 1)) for v in range(n)]
    write(output, {
        "edge_index": pack("I64", [2, len(edges)], [a for a, _, _ in edges] + [b for _, b, _ in edges]),
        "edge_weight": ("F32", [len(edges)], struct.pack(f"<{len(edges)}f", *(weight for *_, weight in edges))),
        # Every member is a feature of its own.
        "x_indices": pack("I32", [n], list(range(n))),
        "x_indptr": pack("I32", [n + 1], list(range(n + 1))),
        "y": pack("I64", [n], [classes.index(club) for club in clubs]),
        "train_mask": pack("BOOL", [n], known),
        "val_mask": pack("BOOL", [n], [0] * n),
        "test_mask": pack("BOOL", [n], [1 - one for one in known]),
    }, {
        "name": "Karate club",
        "node_kind": "members",
        "class_names": json.dumps(classes),
        "num_features": str(n),
        "splits": json.dumps(["two leaders"]),
        "source": f"PyPI {NETWORKX} (BSD-3-Clause), after Zachary (1977)",
    })


def les_miserables(folder: pathlib.Path, output: pathlib.Path) -> None:
    """Who meets whom in the novel, and how often."""
    with tarfile.open(npm_package(VEGA, VEGA_SHA256, folder)) as tar:
        graph = json.load(tar.extractfile("package/data/miserables.json"))
    nodes, links = graph["nodes"], graph["links"]
    assert (len(nodes), len(links)) == (77, 254)
    groups = sorted({node["group"] for node in nodes})
    write(output, {
        "edge_index": pack("I64", [2, len(links)], [x["source"] for x in links] + [x["target"] for x in links]),
        "edge_weight": ("F32", [len(links)], struct.pack(f"<{len(links)}f", *(link["value"] for link in links))),
        "y": pack("I64", [len(nodes)], [groups.index(node["group"]) for node in nodes]),
    }, {
        "name": "Les Misérables",
        "node_kind": "characters",
        "class_names": json.dumps([f"group {group}" for group in groups]),
        "node_names": json.dumps([node["name"] for node in nodes]),
        "source": f"npm {VEGA} (BSD-3-Clause), sha256 {VEGA_SHA256}, after Knuth (1993)",
    })


def main() -> None:
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    with tempfile.TemporaryDirectory() as folder:
        karate(pathlib.Path(folder), output / "karate.safetensors")
        les_miserables(pathlib.Path(folder), output / "les-miserables.safetensors")


if __name__ == "__main__":
    main()
