//! Writes batches into the consecutive arrays of a plan.

use std::collections::VecDeque;

use super::plan::{NO_PATH, Plan};
use crate::error::Result;
use crate::graph::{ABSENT, Csr, Graph, Normalization, append_induced, normalize, strength};
use crate::influence::{InfluenceRows, top_k};
use crate::limits::{self, Limits};

/// Appends batch after batch to a [`Plan`]; `4 n` bytes of scratch.
pub(super) struct PlanWriter {
    plan: Plan,
    max_bytes: u64,
    local_from_global: Vec<u32>,
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
pub(super) fn select(members: &[u32], rows: &InfluenceRows, k: u32) -> Vec<(u32, u32)> {
    let mut selected = Vec::new();
    for &member in members {
        let (nodes, mass) = rows.row(member as usize);
        let best = top_k(nodes, mass, k as usize);
        selected.extend(best.iter().zip(1..).map(|(&(node, _), rank)| (node, rank)));
        selected.push((rows.sources()[member as usize], 0));
    }
    best_ranks(selected)
}

/// Every node once, ascending, with its best rank; 0 when it has none.
fn best_ranks(mut selected: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    // Rank 0 last within a node, so that the best one stays.
    selected.iter_mut().for_each(|(_, rank)| *rank = rank.wrapping_sub(1));
    selected.sort_unstable();
    selected.dedup_by_key(|&mut (node, _)| node);
    selected.iter_mut().for_each(|(_, rank)| *rank = rank.wrapping_add(1));
    selected
}

impl PlanWriter {
    pub fn new(graph: &Graph, normalization: Normalization, limits: &Limits) -> Result<Self> {
        Ok(Self {
            plan: Plan::empty(graph.num_nodes(), graph.is_directed(), normalization),
            max_bytes: limits.max_plan_bytes,
            local_from_global: limits::filled(graph.num_nodes() as usize, ABSENT)?,
        })
    }

    pub fn num_batches(&self) -> usize {
        self.plan.num_batches()
    }

    pub fn take(&mut self) -> Plan {
        let empty = Plan::empty(self.plan.num_graph_nodes, self.plan.directed, self.plan.normalization);
        std::mem::replace(&mut self.plan, empty)
    }

    /// Selects the `k` strongest nodes of each output at `members` (positions in `rows`) and appends the batch.
    pub fn write_each(&mut self, csr: &Csr, members: &[u32], rows: &InfluenceRows, k: u32) -> Result<()> {
        let mut by_source: Vec<(u32, u32)> =
            members.iter().map(|&member| (rows.sources()[member as usize], member)).collect();
        by_source.sort_unstable();
        let (outputs, members): (Vec<u32>, Vec<u32>) = by_source.into_iter().unzip();
        let start = self.begin(&select(&members, rows, k));
        self.score(&members, rows, self.plan.nodes.len() - start);
        self.end(csr, start, &outputs)
    }

    /// Appends the batch of `outputs` (ascending) with the selected nodes and their ranks.
    ///
    /// `row` gives the influence on all outputs together, `captured` the mass of each; which output a node serves best
    /// is not known.
    pub fn write_together(
        &mut self,
        csr: &Csr,
        outputs: &[u32],
        mut selected: Vec<(u32, u32)>,
        row: (&[u32], &[f64]),
        captured: Vec<f64>,
    ) -> Result<()> {
        selected.extend(outputs.iter().map(|&output| (output, 0)));
        let start = self.begin(&best_ranks(selected));
        let (nodes, mass) = row;
        let score = |node: &u32| nodes.binary_search(node).map_or(0.0, |at| mass[at] as f32);
        self.plan.scores.extend(self.plan.nodes[start..].iter().map(score));
        self.plan.best_output.resize(self.plan.nodes.len(), ABSENT);
        self.plan.captured.extend(captured);
        self.end(csr, start, outputs)
    }

    /// Appends nodes (ascending) with their ranks and numbers them; gives the place of the first.
    fn begin(&mut self, selected: &[(u32, u32)]) -> usize {
        let start = self.plan.nodes.len();
        for (local, &(node, rank)) in (0..).zip(selected) {
            self.local_from_global[node as usize] = local;
            self.plan.nodes.push(node);
            self.plan.rank.push(rank);
        }
        start
    }

    /// Appends the batch of some nodes (ascending) whose scores and the like are known.
    pub fn write_known(&mut self, csr: &Csr, nodes: &[KnownNode], captured: &[f64]) -> Result<()> {
        let selected: Vec<(u32, u32)> = nodes.iter().map(|known| (known.node, known.rank)).collect();
        let start = self.begin(&selected);
        self.plan.scores.extend(nodes.iter().map(|known| known.score as f32));
        self.plan.best_output.extend(nodes.iter().map(|known| known.best_output));
        self.plan.captured.extend(captured);
        let outputs: Vec<u32> =
            nodes.iter().filter(|known| known.is_output).map(|known| known.node).collect();
        self.end(csr, start, &outputs)
    }

    /// Completes the batch that began at `start`; `outputs` are global ids, ascending.
    fn end(&mut self, csr: &Csr, start: usize, outputs: &[u32]) -> Result<()> {
        let outputs: Vec<u32> = outputs.iter().map(|&node| self.local_from_global[node as usize]).collect();
        self.adjacency(csr, start);
        self.hops(start, &outputs);
        for node in &self.plan.nodes[start..] {
            self.local_from_global[*node as usize] = ABSENT;
        }
        self.plan.outputs.extend(outputs);
        self.plan.output_ptr.push(self.plan.outputs.len());
        self.plan.node_ptr.push(self.plan.nodes.len());
        self.plan.entry_ptr.push(self.plan.indices.len());
        limits::check(
            "bytes of the plan (fewer auxiliary nodes need fewer)",
            self.plan.bytes(),
            self.max_bytes,
        )
    }

    /// Batch score and best output of every node, captured mass of every output; sums in order of output, then node.
    fn score(&mut self, members: &[u32], rows: &InfluenceRows, num_nodes: usize) {
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
        let Self { plan, local_from_global, .. } = self;
        let (first_entry, first_bound) = (plan.indices.len(), plan.indptr.len());
        let (indptr, indices, values) = (&mut plan.indptr, &mut plan.indices, &mut plan.values);
        append_induced(csr, &plan.nodes[start..], local_from_global, indptr, indices, values);
        // Without weights every entry counts 1.
        values.resize(indices.len(), 1.0);
        let (indptr, values) = (&indptr[first_bound..], &mut values[first_entry..]);
        let strengths: Vec<f64> = if plan.normalization.is_global() {
            plan.nodes[start..].iter().map(|&node| csr.strength(node)).collect()
        } else {
            indptr.windows(2).map(|row| strength(&values[row[0] as usize..row[1] as usize])).collect()
        };
        normalize(values, indptr, &indices[first_entry..], &strengths, plan.normalization);
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
