"""Writes parquet/ with pyarrow, and parquet.json with what each table must open to, as make_graphs.py does.

Run: python3 make_parquet.py (pyarrow 26.0.1, numpy 2.4.6)
"""

import json
import shutil

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from club import HERE, clubs, edge_hash, edges, labels, n, names, weights

OUT = HERE / "parquet"
shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir()

manifest = {}


def put(file, columns, **options):
    pq.write_table(pa.table(columns), OUT / file, **options)


def expect(*files, called=str, **also):
    manifest[" ".join(files)] = {"nodes": n, "edges": len(edges), "hash": edge_hash(called), **also}


called = names.__getitem__
sources, targets = edges[:, 0], edges[:, 1]
people = {"person": pa.array([called(a) for a in sources]), "friend": pa.array([called(b) for b in targets])}
# A node's note has what separates the fields of a text: tabs, quotes, lines.
note = [f'{node}\t"quoted"\nline, {node}' for node in range(n)]
thirds = np.arange(n) % 3

put("edges.parquet", {"source": sources, "target": targets, "weight": weights.astype(np.float32)})
expect("edges.parquet", weighted=True)
put("narrow.parquet", {"src": sources.astype(np.uint8), "dst": targets.astype(np.int16)}, compression="none", use_dictionary=False)
expect("narrow.parquet")
put("version2.parquet", {"source": sources.astype(np.int32), "target": targets.astype(np.int32)}, version="2.6", data_page_version="2.0",
    use_dictionary=False, column_encoding="DELTA_BINARY_PACKED")
expect("version2.parquet")
put("friends.parquet", people, row_group_size=20)
expect("friends.parquet", called=called, named=True)
put("nodes.parquet", {
    "node": np.arange(n), "club": pa.array(clubs), "note": pa.array(note), "train": thirds == 0, "val": thirds == 1,
    "age": pa.array([None if node == 5 else node / 8 for node in range(n)], pa.float64()), "joined": pa.array(np.arange(n) * 2, pa.int64()),
}, row_group_size=10)
split = {part: np.flatnonzero(thirds == at).tolist() for at, part in enumerate(["train", "val", "test"])}
expect("edges.parquet", "nodes.parquet", weighted=True, labels=labels.tolist(), classes=["Mr. Hi", "Officer"], split=split, features=2)

# Words that every codec finds again, and numbers that none does.
random = np.random.default_rng(7)
for codec, version in [("gzip", "1.0"), ("zstd", "2.0"), ("brotli", "1.0"), ("lz4", "2.0")]:
    put(f"{codec}.parquet", {**people, "said": pa.array([f"the time of {called(a)} and {called(b)}, over and over" for a, b in edges]),
        "noise": random.random(len(edges))}, compression=codec, data_page_version=version, use_dictionary=False, row_group_size=60)
    expect(f"{codec}.parquet", called=called, named=True)

# What is not read.
put("lists.parquet", {"source": sources, "target": targets, "tags": pa.array([[1, 2]] * len(edges))})
put("negative.parquet", {"source": sources, "target": np.where(targets == 33, -1, targets)})
put("alone.parquet", {"source": sources})

(OUT / "parquet.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
