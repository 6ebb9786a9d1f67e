//! Bytes of a plan before it is built.

use super::config::BatchLimit;
use crate::graph::Csr;

/// Bounds of the bytes of a plan's arrays ([`Plan::bytes`](super::Plan::bytes)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanBytes {
    /// No plan with these options takes fewer.
    pub least: u64,
    /// No plan with these options takes more; `u64::MAX` when it is beyond all counting.
    pub most: u64,
}

/// Bounds of the bytes of a node-wise plan, from the degrees alone.
///
/// The lower bound has the outputs only, in as few batches as the limit allows; real plans are closer to the upper
/// one when neighbourhoods do not overlap, and far below it when they do.
///
/// # Arguments
/// * `csr`: the graph that the plan is for.
/// * `num_outputs`, `top_k`, `limit`: as for the plan.
/// # Returns
/// Upper bound: every output brings `top_k + 1` nodes; a node of a batch of `s` nodes has at most as many entries as
/// its degree and as `s`, and a batch at most those of the `s` nodes of greatest degree. A batch bounded by nodes may
/// exceed its bound when one output alone does.
/// # Cost
/// `O(n log n)` time, `4 n` bytes.
/// # Example
/// ```
/// use ibmb::batch::{BatchLimit, estimate_plan_bytes};
/// use ibmb::{graph::Graph, limits::Limits};
///
/// let (ring, _) = Graph::from_edges(10, &[(0, 1), (1, 2), (2, 3), (3, 4)], &Limits::default())?;
/// let bytes = estimate_plan_bytes(ring.adjacency(), 4, 2, BatchLimit::Outputs(2));
/// assert!(bytes.least < bytes.most);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn estimate_plan_bytes(csr: &Csr, num_outputs: usize, top_k: u32, limit: BatchLimit) -> PlanBytes {
    let (n, outputs) = (u64::from(csr.num_nodes()), num_outputs as u64);
    let least = least_plan_bytes(num_outputs, limit);
    if outputs == 0 {
        return PlanBytes { least, most: least };
    }
    let own = n.min(u64::from(top_k) + 1);
    let (most_batches, largest) = match limit {
        // Packing ends when the two smallest batches do not fit into one.
        BatchLimit::Outputs(max) => {
            (outputs.min(2 * fewest_batches(outputs, limit) - 1), u64::from(max).saturating_mul(own).min(n))
        }
        BatchLimit::Nodes(max) => (outputs, u64::from(max).max(own).min(n)),
    };
    let nodes = outputs.saturating_mul(own).min(most_batches.saturating_mul(largest));
    let mut degrees = csr.degrees();
    degrees.sort_unstable_by(|a, b| b.cmp(a));
    let of_one_batch: u64 =
        degrees[..largest as usize].iter().map(|&degree| largest.min(degree.into())).sum();
    let of_one_node = largest.min(degrees[0].into());
    let entries = most_batches.saturating_mul(of_one_batch).min(nodes.saturating_mul(of_one_node));
    PlanBytes { least, most: bytes(outputs, nodes, most_batches, entries) }
}

/// The lower bound of [`estimate_plan_bytes`], which needs no graph.
pub(super) fn least_plan_bytes(num_outputs: usize, limit: BatchLimit) -> u64 {
    let outputs = num_outputs as u64;
    bytes(outputs, outputs, fewest_batches(outputs, limit), 0)
}

fn fewest_batches(outputs: u64, limit: BatchLimit) -> u64 {
    let (BatchLimit::Outputs(max) | BatchLimit::Nodes(max)) = limit;
    outputs.div_ceil(u64::from(max).max(1))
}

/// Bytes of the arrays; those of a plan are counted alike.
fn bytes(outputs: u64, nodes: u64, batches: u64, entries: u64) -> u64 {
    // Id, score, best output, rank, row bound, hop; local id, captured mass; column, value; bounds of nodes, outputs
    // and entries, one more than there are batches, and of the rows, one more in every batch.
    let parts = [(nodes, 21), (outputs, 12), (entries, 8), (batches, 4 + 24), (1, 24)];
    parts.iter().fold(0u64, |sum, &(count, size)| sum.saturating_add(count.saturating_mul(size)))
}
