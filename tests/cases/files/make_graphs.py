"""Writes graphs/ with the usual tool of every format, and graphs.json with what each file must open to.

The graph is the karate club (Zachary 1977) with its two factions; the expected values are computed here from the edges
that went in, never from what came out. A hash is FNV-1a of the sorted lines "a<tab>b" of the node names.
Run: python3 make_graphs.py (networkx 3.6.1, scipy 1.17.1, numpy 2.4.6, python-igraph 1.0.0, safetensors 0.8.0)
"""

import gzip
import io
import json
import re
import shutil
import zipfile

import igraph
import networkx as nx
import numpy as np
import scipy.io
import scipy.sparse as sp
from networkx.readwrite import json_graph
from safetensors.numpy import save_file

from club import HERE, clubs, edge_hash, edges, labels, n, names, positions, weights

OUT = HERE / "graphs"
shutil.rmtree(OUT, ignore_errors=True)
OUT.mkdir()

manifest = {}


def expect(file, called=str, **also):
    """Notes what a file must open to: `called` names a node, `features` are the columns and the sum of all values."""
    manifest[file] = {"nodes": n, "edges": len(edges), "hash": edge_hash(called), **also}


def put(file, data, **also):
    (OUT / file).write_bytes(data if isinstance(data, bytes) else data.encode())
    expect(file, **also)


def graph(ids=lambda node: node):
    g = nx.Graph(name="karate")
    for node in range(n):
        g.add_node(ids(node), club=clubs[node])
    for (a, b), weight in zip(edges, weights):
        g.add_edge(ids(int(a)), ids(int(b)), weight=float(weight))
    return g


def packed(text):
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as file:
        file.write(text.encode())
    return buffer.getvalue()


all_of_them = dict(classes=["Mr. Hi", "Officer"], labels=labels.tolist(), weighted=True)

# NetworkX
g = graph()
nx.write_graphml(g, OUT / "networkx.graphml")
expect("networkx.graphml", **all_of_them)
nx.write_gml(g, OUT / "networkx.gml")
expect("networkx.gml", **all_of_them)
put("networkx.json", json.dumps(json_graph.node_link_data(g, edges="links")), **all_of_them)
put("networkx_edges_key.json", json.dumps(json_graph.node_link_data(g, edges="edges"), indent=1), **all_of_them)
nx.write_gexf(graph(), OUT / "networkx.gexf")
expect("networkx.gexf", **all_of_them)
named = graph(lambda node: names[node])
for node in range(n):
    named.nodes[names[node]]["viz"] = {"position": {"x": positions[node][0], "y": positions[node][1], "z": 0.0}}
nx.write_gexf(named, OUT / "networkx_names_positions.gexf")
expect("networkx_names_positions.gexf", called=names.__getitem__, positions=positions, **all_of_them)
text = "\n".join(nx.generate_graphml(graph(lambda node: names[node])))
put("networkx_names.graphml.gz", packed(text), called=names.__getitem__, **all_of_them)
directed = nx.DiGraph(graph())
nx.write_graphml(directed, OUT / "networkx_directed.graphml")
expect("networkx_directed.graphml", directed=True, **all_of_them)
nx.write_weighted_edgelist(graph(), OUT / "networkx.edgelist")
expect("networkx.edgelist", weighted=True)
nx.write_edgelist(graph(lambda node: f"m{node}"), OUT / "networkx_names.edgelist", delimiter=";", data=False)
expect("networkx_names.edgelist", called=lambda node: f"m{node}")

# python-igraph
i = igraph.Graph(n=n, edges=edges.tolist())
i.vs["name"] = [f"m{node}" for node in range(n)]
i.vs["club"] = clubs
i.es["weight"] = weights.tolist()
i.write_graphml(str(OUT / "igraph.graphml"))
expect("igraph.graphml", called=lambda node: f"m{node}", **all_of_them)
i.write_gml(str(OUT / "igraph.gml"))
expect("igraph.gml", called=lambda node: f"m{node}", **all_of_them)
i.write_ncol(str(OUT / "igraph.ncol"), weights="weight")
expect("igraph.ncol", called=lambda node: f"m{node}", weighted=True)

# D3 as its examples have it: the position of a node is its id, or an id beside a group.
links = [{"source": int(a), "target": int(b), "value": float(w)} for (a, b), w in zip(edges, weights)]
nodes = [{"name": names[node], "group": int(labels[node])} for node in range(n)]
put("d3.json", json.dumps({"nodes": nodes, "links": links}), called=names.__getitem__, labels=labels.tolist(), weighted=True)

# SciPy
half = sp.coo_array((weights, (edges[:, 0], edges[:, 1])), shape=(n, n))
full = (half + half.T).tocsr()
scipy.io.mmwrite(OUT / "scipy_symmetric.mtx", full, symmetry="symmetric")
expect("scipy_symmetric.mtx", weighted=True)
scipy.io.mmwrite(OUT / "scipy_pattern.mtx", full, field="pattern", symmetry="general")
expect("scipy_pattern.mtx")
scipy.io.mmwrite(OUT / "scipy_integer.mtx", (full * 4).astype(np.int64), field="integer", symmetry="general")
expect("scipy_integer.mtx", weighted=True)
scipy.io.mmwrite(OUT / "scipy_array.mtx", full.toarray(), symmetry="symmetric")
expect("scipy_array.mtx", weighted=True)
scipy.io.mmwrite(OUT / "scipy_array_general.mtx", full.toarray(), symmetry="general")
expect("scipy_array_general.mtx", weighted=True)
for name in ["csr", "csc", "coo"]:
    sp.save_npz(OUT / f"scipy_{name}.npz", full.asformat(name))
    expect(f"scipy_{name}.npz", weighted=True)

# numpy: gnn-benchmark's layout, and edges as an array
attributes = sp.csr_array(np.eye(n, 5, dtype="f4"))
np.savez_compressed(
    OUT / "benchmark.npz",
    adj_data=np.ones(full.nnz, "f4"), adj_indices=full.indices, adj_indptr=full.indptr, adj_shape=np.array(full.shape),
    attr_data=attributes.data, attr_indices=attributes.indices, attr_indptr=attributes.indptr,
    attr_shape=np.array(attributes.shape), labels=labels,
)
expect("benchmark.npz", labels=labels.tolist(), features=[5, 5])
np.save(OUT / "edge_index.npy", edges.T)
expect("edge_index.npy")
np.save(OUT / "edges_by_row.npy", edges.astype("<i4"))
expect("edges_by_row.npy")
save_file(dict(edge_index=edges.T.copy(), pos=np.array(positions, "f4"), y=labels.copy()), OUT / "pyg.safetensors")
expect("pyg.safetensors", labels=labels.tolist(), positions=positions)


# OGB's layout of a node property
features = np.arange(n * 3).reshape(n, 3) / 4
part = {"train": [0, 33], "valid": [1, 2], "test": list(range(3, 33))}
files = {
    "karate/RELEASE_v1.txt": b"made for a test\n",
    "karate/mapping/nodeidx2paperid.csv.gz": packed("node idx,paper id\n" + "".join(f"{v},{v * 9999}\n" for v in range(n))),
    "karate/raw/edge.csv.gz": packed("".join(f"{a},{b}\n" for a, b in edges)),
    "karate/raw/node-feat.csv.gz": packed("".join(",".join(map(str, row)) + "\n" for row in features)),
    "karate/raw/node-label.csv.gz": packed("".join(f"{label}\n" for label in labels)),
    "karate/raw/num-edge-list.csv.gz": packed(f"{len(edges)}\n"),
    "karate/raw/num-node-list.csv.gz": packed(f"{n}\n"),
    **{f"karate/split/time/{name}.csv.gz": packed("".join(f"{v}\n" for v in nodes)) for name, nodes in part.items()},
}
with zipfile.ZipFile(OUT / "ogb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name, data in files.items():
        archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
expect("ogb.zip", labels=labels.tolist(), features=[3, float(features.sum())], splits=dict(time=[2, 2, 30]))
with zipfile.ZipFile(OUT / "folder.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for file in sorted((HERE / "karate").iterdir()):
        archive.writestr(zipfile.ZipInfo(f"karate/{file.name}"), file.read_bytes())
expect("folder.zip", features=[34, 34], splits=dict(two_seeds=[2, 0, 32]), **{**all_of_them, "weighted": "not these"})

# Dates would make every run differ.
for file in OUT.glob("*.g*"):
    if file.suffix in (".gml", ".gexf"):
        text = re.sub(r' lastmodifieddate="[^"]*"|(?<=igraph version 1.0.0)[^"]*', "", file.read_text())
        file.write_text(text)

(OUT / "graphs.json").write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
