//! Writes batches into the consecutive arrays of a plan.

use std::collections::VecDeque;

use super::plan::{NO_PATH, Plan};
use crate::error::Result;
use crate::graph::{ABSENT, Csr, Graph, Normalization, append_induced};
use crate::influence::{PushRows, top_k};
use crate::limits::{self, Limits};

/// Appends batch after batch to a [`Plan`]; `8 n` bytes of scratch.
pub(super) struct PlanWriter {
    plan: Plan,
    top_k: u32,
    max_bytes: u64,
    degrees: Vec<u32>,
    local_from_global: Vec<u32>,
}

/// A node selected for a batch by one of its outputs.
pub(super) struct Selected {
    pub node: u32,
    rank: u32,
}

/// A node of a batch about which everything is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownNode {
    pub node: u32,
    pub rank: u32,
    pub score: f64,
    pub best_output: u32,
    pub is_output: bool,
}

/// The outputs and the union of their top-k nodes, ascending, each with its best rank from 1 (0 for none).
pub(super) fn select(members: &[u32], rows: &PushRows, k: u32) -> Vec<Selected> {
    let mut selected = Vec::new();
    for &member in members {
        let (nodes, mass) = rows.row(member as usize);
        let best = top_k(nodes, mass, k as usize);
        selected.extend(best.iter().zip(1..).map(|(&(node, _), rank)| Selected { node, rank }));
        selected.push(Selected { node: rows.sources()[member as usize], rank: ABSENT });
    }
    // Best rank first within a node, so that it is the one that stays.
    selected.sort_unstable_by_key(|entry| (entry.node, entry.rank));
    selected.dedup_by_key(|entry| entry.node);
    for entry in &mut selected {
        entry.rank = if entry.rank == ABSENT { 0 } else { entry.rank };
    }
    selected
}

impl PlanWriter {
    pub fn new(graph: &Graph, normalization: Normalization, top_k: u32, limits: &Limits) -> Result<Self> {
        Ok(Self {
            plan: Plan::empty(graph.num_nodes(), normalization),
            top_k,
            max_bytes: limits.max_plan_bytes,
            degrees: graph.adjacency().degrees(),
            local_from_global: limits::filled(graph.num_nodes() as usize, ABSENT)?,
        })
    }

    pub fn num_batches(&self) -> usize {
        self.plan.num_batches()
    }

    pub fn take(&mut self) -> Plan {
        let empty = Plan::empty(self.plan.num_graph_nodes, self.plan.normalization);
        std::mem::replace(&mut self.plan, empty)
    }

    /// Selects the auxiliary nodes of the outputs at `members` (positions in `rows`) and appends the batch.
    pub fn write(&mut self, csr: &Csr, members: &[u32], rows: &PushRows) -> Result<()> {
        let mut members = members.to_vec();
        members.sort_unstable_by_key(|&member| rows.sources()[member as usize]);
        let selected = select(&members, rows, self.top_k);
        let start = self.plan.nodes.len();
        for &Selected { node, rank } in &selected {
            self.local_from_global[node as usize] = (self.plan.nodes.len() - start) as u32;
            self.plan.nodes.push(node);
            self.plan.rank.push(rank);
        }
        self.score(&members, rows, selected.len());
        let outputs: Vec<u32> = members
            .iter()
            .map(|&member| self.local_from_global[rows.sources()[member as usize] as usize])
            .collect();
        self.close(csr, start, outputs)
    }

    /// Appends the batch of some nodes (ascending) whose scores and the like are known.
    pub fn write_known(&mut self, csr: &Csr, nodes: &[KnownNode], captured: &[f64]) -> Result<()> {
        let start = self.plan.nodes.len();
        for (local, known) in (0..).zip(nodes) {
            self.local_from_global[known.node as usize] = local;
            self.plan.nodes.push(known.node);
            self.plan.rank.push(known.rank);
            self.plan.scores.push(known.score as f32);
            self.plan.best_output.push(known.best_output);
        }
        self.plan.captured.extend(captured);
        let outputs = (0..).zip(nodes).filter(|(_, known)| known.is_output).map(|(local, _)| local).collect();
        self.close(csr, start, outputs)
    }

    /// Adds edges, hops and bounds to the nodes from `start` on; `outputs` are local ids, ascending.
    fn close(&mut self, csr: &Csr, start: usize, outputs: Vec<u32>) -> Result<()> {
        self.adjacency(csr, start);
        self.hops(start, &outputs);
        for node in &self.plan.nodes[start..] {
            self.local_from_global[*node as usize] = ABSENT;
        }
        self.plan.outputs.extend(outputs);
        self.plan.output_ptr.push(self.plan.outputs.len());
        self.plan.node_ptr.push(self.plan.nodes.len());
        self.plan.entry_ptr.push(self.plan.indices.len());
        limits::check("bytes of the plan (a smaller top-k needs fewer)", self.plan.bytes(), self.max_bytes)
    }

    /// Batch score and best output of every node, captured mass of every output; sums in order of output, then node.
    fn score(&mut self, members: &[u32], rows: &PushRows, num_nodes: usize) {
        let mut scores = vec![0.0f64; num_nodes];
        let mut best = vec![(0.0f64, ABSENT); num_nodes];
        for &member in members {
            let source = rows.sources()[member as usize];
            let (nodes, mass) = rows.row(member as usize);
            let mut captured = 0.0;
            for (&node, &mass) in nodes.iter().zip(mass) {
                let local = self.local_from_global[node as usize];
                if local == ABSENT {
                    continue;
                }
                captured += mass;
                scores[local as usize] += mass;
                if mass > best[local as usize].0 {
                    best[local as usize] = (mass, source);
                }
            }
            self.plan.captured.push(captured);
        }
        self.plan.scores.extend(scores.iter().map(|&score| score as f32));
        self.plan.best_output.extend(best.iter().map(|&(_, output)| output));
    }

    /// The induced sub-graph of the nodes from `start` on, with its edge values.
    fn adjacency(&mut self, csr: &Csr, start: usize) {
        let Self { plan, degrees, local_from_global, .. } = self;
        let first_entry = plan.indices.len();
        let first_bound = plan.indptr.len();
        append_induced(csr, &plan.nodes[start..], local_from_global, &mut plan.indptr, &mut plan.indices);
        let indptr = &plan.indptr[first_bound..];
        let kind = plan.normalization;
        let degree = |local: usize| match kind.is_global() {
            true => degrees[plan.nodes[start + local] as usize],
            false => indptr[local + 1] - indptr[local],
        };
        for row in 0..indptr.len() - 1 {
            let target = degree(row);
            let entries = first_entry + indptr[row] as usize..first_entry + indptr[row + 1] as usize;
            let sources = plan.indices[entries].iter();
            plan.values.extend(sources.map(|&source| kind.value(target, degree(source as usize))));
        }
    }

    /// Steps from the nearest output inside the batch whose bounds are the last in the plan.
    fn hops(&mut self, start: usize, outputs: &[u32]) {
        let num_nodes = self.plan.nodes.len() - start;
        let indptr = &self.plan.indptr[self.plan.indptr.len() - num_nodes - 1..];
        let first_entry = self.plan.indices.len() - indptr[num_nodes] as usize;
        let mut hop = vec![NO_PATH; num_nodes];
        let mut queue: VecDeque<u32> = outputs.iter().copied().collect();
        for &output in outputs {
            hop[output as usize] = 0;
        }
        while let Some(u) = queue.pop_front() {
            let next = hop[u as usize].saturating_add(1).min(NO_PATH - 1);
            let row = indptr[u as usize] as usize..indptr[u as usize + 1] as usize;
            for &v in &self.plan.indices[first_entry + row.start..first_entry + row.end] {
                if hop[v as usize] == NO_PATH {
                    hop[v as usize] = next;
                    queue.push_back(v);
                }
            }
        }
        self.plan.hop.extend(hop);
    }
}
