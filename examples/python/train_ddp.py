"""Trains a GCN on the batches of a plan in several processes, each with batches of its own: PyTorch's DistributedDataParallel.

    pip install -r requirements.txt
    python train_ddp.py graph.safetensors train-plan.safetensors test-plan.safetensors [processes]

The batches of a plan are independent, so that every process reads its own and no more; only gradients are exchanged (gloo, on
the CPU). The plans are those of the training and of the test nodes; `read_plan.py` tells where the files come from.
"""

import os
import sys

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F
from torch.distributed.algorithms.join import Join
from torch.nn.parallel import DistributedDataParallel
from torch_geometric.nn import GCN

from read_plan import Plan, normalized, read_graph

EPOCHS = 60
HIDDEN = 64


def network(graph):
    torch.manual_seed(1)
    return GCN(graph.num_features, HIDDEN, 2, int(graph.y.max()) + 1, dropout=0.5, normalize=False, add_self_loops=False)


def loss_of(model, batch, share):
    """Sum of the losses of a batch's outputs, times `share`."""
    out = model(normalized(batch.x, "row"), batch.edge_index, edge_weight=batch.edge_weight)[batch.outputs]
    return F.cross_entropy(out, batch.y[batch.outputs], reduction="sum") * share


def gradients(model):
    return torch.cat([parameter.grad.flatten() for parameter in model.parameters()])


def check_gradients(model, graph, shards, rank, world, share):
    """The first batches of all processes give together the gradient that one process computes alone. Without dropout."""
    model.eval()
    alone = network(graph).eval()
    for shard in shards:
        loss_of(alone, shard[0], share / world).backward()
    loss_of(model, shards[rank][0], share).backward()
    worst = float((gradients(model.module) - gradients(alone)).abs().max() / gradients(alone).abs().max())
    assert worst < 1e-5, f"gradients differ by {worst}"
    model.zero_grad()
    return worst


@torch.no_grad()
def accuracy(model, batches):
    """Share right of the outputs of all processes."""
    model.eval()
    counts = torch.zeros(2)
    for batch in batches:
        out = model.module(normalized(batch.x, "row"), batch.edge_index, edge_weight=batch.edge_weight)[batch.outputs]
        counts += torch.tensor([float((out.argmax(1) == batch.y[batch.outputs]).sum()), float(len(batch.outputs))])
    dist.all_reduce(counts)
    return float(counts[0] / counts[1])


def work(rank, world, graph_path, train_path, test_path):
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    dist.init_process_group("gloo", rank=rank, world_size=world)
    torch.set_num_threads(1)
    # A shard could as well hold the features of its own nodes only; the graph is small here.
    graph, plan, test = read_graph(graph_path), Plan(train_path), Plan(test_path)
    mine = range(rank, len(plan), world)
    batches = [plan.batch(index, graph) for index in mine]
    tested = [test.batch(index, graph) for index in range(rank, len(test), world)]
    model = DistributedDataParallel(network(graph))
    # Of the mean batch, so that a step is as large whatever the number of processes.
    outputs = len(plan.tensors["outputs"])
    share = len(plan) / outputs
    shards = [[plan.batch(first, graph)] for first in range(world)]
    worst = check_gradients(model, graph, shards, rank, world, share)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=5e-4)
    first = last = None
    for epoch in range(EPOCHS):
        model.train()
        torch.manual_seed(1000 * epoch + rank)
        total = torch.zeros(1)
        # A process with fewer batches goes along with the others until they are done.
        with Join([model]):
            for batch in batches:
                optimizer.zero_grad()
                loss = loss_of(model, batch, share)
                loss.backward()
                optimizer.step()
                total += loss.detach() / share
        dist.all_reduce(total)
        last = float(total) / outputs
        first = last if first is None else first
    parameters = torch.cat([parameter.detach().flatten() for parameter in model.parameters()])
    sums = [torch.zeros_like(parameters) for _ in range(world)]
    dist.all_gather(sums, parameters)
    assert all(torch.equal(one, sums[0]) for one in sums), "all processes end with the same weights"
    assert last < first, "the loss falls"
    right = accuracy(model, tested)
    if rank == 0:
        print(f"{world} processes, {len(plan)} batches of {outputs} outputs: gradients as of one process within {worst:.1e}")
        print(f"loss {first:.3f} to {last:.3f} in {EPOCHS} epochs, the same weights everywhere, test accuracy {right:.4f}")
    dist.destroy_process_group()


if __name__ == "__main__":
    paths, world = sys.argv[1:4], int(sys.argv[4]) if len(sys.argv) > 4 else 2
    mp.spawn(work, args=(world, *paths), nprocs=world)
