"""The karate club (Zachary 1977) with its two factions: what goes into every file of the corpus."""

import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent

edges = np.loadtxt(HERE / "karate/edges.csv", delimiter=",", skiprows=1, dtype=np.int64)[:, :2]
labels = np.loadtxt(HERE / "karate/labels.csv", delimiter=",", skiprows=1, dtype=np.int64)[:, 1]
n = 34
clubs = ["Mr. Hi" if label == 0 else "Officer" for label in labels]
# Weights that f32 holds, so that every text of them reads back alike.
weights = ((edges[:, 0] * 7 + edges[:, 1] * 3) % 8 + 1) / 4
positions = [((node * 37 % 100) / 4, -(node * 53 % 100) / 8) for node in range(n)]
names = [f"Ä {node}\u00a0<&\"" if node == 3 else f"member {node}" for node in range(n)]


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return f"{value:016x}"


def edge_hash(called=str):
    """FNV-1a of the sorted lines "a<tab>b"; `called` names a node."""
    pairs = sorted(tuple(sorted((called(int(a)), called(int(b))))) for a, b in edges)
    return fnv("".join(f"{a}\t{b}\n" for a, b in pairs))
