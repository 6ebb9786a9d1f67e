"""Writes the fixtures beside this file with numpy and safetensors, so that the readers are tested against other writers.

The edges are those of the karate club graph (Zachary 1977), its two factions are the classes.
Run: python3 make.py (numpy 2.4.6, safetensors 0.8.0)
"""

import gzip
import json
import pathlib

import numpy as np
from safetensors.numpy import save_file

HERE = pathlib.Path(__file__).parent
FOLDER = HERE / "karate"

edges = np.loadtxt(FOLDER / "edges.csv", delimiter=",", skiprows=1, dtype=np.int64)[:, :2]
labels = np.loadtxt(FOLDER / "labels.csv", delimiter=",", skiprows=1, dtype=np.int64)[:, 1]
n = 34
# Small whole numbers, so that every type holds them.
values = (np.arange(n * 5).reshape(n, 5) * 7) % 11 - 3
values[values < 0] = 0

for dtype in ["<f4", "<f8", "<i8", "<i4", "<i2", "|i1", "|u1", "<u2", "<u4"]:
    np.save(HERE / f"x_{dtype[1:]}.npy", values.astype(dtype))
np.save(HERE / "x_fortran.npy", np.asfortranarray(values.astype("<f8")))
np.save(HERE / "x_big_endian.npy", values.astype(">f4"))
with open(HERE / "x_version2.npy", "wb") as file:
    np.lib.format.write_array(file, values.astype("<f4"), version=(2, 0))
with gzip.GzipFile(HERE / "x_f4.npy.gz", "wb", mtime=0) as file:
    file.write((HERE / "x_f4.npy").read_bytes())

rows, indices = np.nonzero(values)
indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))])
data = values[rows, indices].astype("<f4")
parts = dict(shape=np.array([n, 5], "<i4"), indptr=indptr.astype("<i4"), indices=indices.astype("<i4"))
np.savez_compressed(HERE / "sparse_deflated.npz", **parts, data=data)
np.savez(HERE / "sparse_stored_i64.npz", **{k: v.astype("<i8") for k, v in parts.items()}, data=data.astype("<f8"))
np.savez_compressed(HERE / "sparse_ones.npz", **parts)
np.savez_compressed(HERE / "sparse_scipy.npz", **parts, data=data, format=np.array(b"csr"))
np.savez_compressed(HERE / "sparse_csc.npz", **parts, data=data, format=np.array("csc"))

both = np.concatenate([edges, edges[:, ::-1]]).T.copy()
masks = np.zeros((n, 2), bool)
masks[[0, 33], 0] = True
masks[[1, 32, 5], 1] = True
save_file(
    dict(
        edge_index=both,
        x=values.astype("<f4"),
        y=labels.copy(),  # contiguous, as safetensors writes the memory as it is
        train_mask=masks,
        val_mask=np.arange(n) == 7,
    ),
    HERE / "karate.safetensors",
    metadata=dict(splits=json.dumps(["two", "three"]), class_names=json.dumps(["Mr. Hi", "Officer"])),
)
