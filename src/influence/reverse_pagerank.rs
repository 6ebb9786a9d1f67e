//! Topic-sensitive PageRank towards a set, as the published batch-wise codes compute it.

use super::power::check_node;
use crate::error::Result;
use crate::graph::Csr;
use crate::options::ALPHA;

/// For every node, the probability that a walk from it stops in `targets`.
///
/// This is `sum over targets u of pi_v(u)`: the direction against that of influence, in which hubs count less. Use
/// [`Pusher::push_many`](super::Pusher::push_many) for the influence on the targets.
/// # Arguments
/// * `csr`: a step goes from row to column, to each in proportion to its weight; on a node without neighbours what does not stop is lost.
/// * `targets`: any nodes; `alpha`: teleport probability, `0 < alpha <= 1`.
/// * `iterations`: the error of every value is at most `(1 - alpha)^iterations`; the published codes take 50.
/// # Returns
/// One probability a node.
/// # Errors
/// `invalid_option` for `alpha`; `invalid_graph` when a target does not exist.
/// # Cost
/// `O(m iterations)`, `24 n` bytes.
/// # Source
/// The reference implementation of batch-wise IBMB [Gasteiger22], up to the factor `1 / targets`.
/// # Example
/// ```
/// use ibmb::{graph::Csr, influence::{power, reverse_pagerank}, limits::Limits};
/// let csr = Csr::from_entries(3, &[(0, 1), (1, 0), (1, 2), (2, 1)], &Limits::default())?;
/// let stops = reverse_pagerank(&csr, &[0], 0.5, 60)?;
/// assert!((stops[2] - power(&csr, 2, 0.5, 1e-12)?[0]).abs() < 1e-12);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn reverse_pagerank(csr: &Csr, targets: &[u32], alpha: f64, iterations: u32) -> Result<Vec<f64>> {
    ALPHA.check(alpha)?;
    let mut is_target = vec![0.0; csr.num_nodes() as usize];
    for &target in targets {
        check_node(csr, target)?;
        is_target[target as usize] = 1.0;
    }
    let mut now = is_target.clone();
    let mut next = vec![0.0; now.len()];
    for _ in 0..iterations {
        for v in 0..csr.num_nodes() {
            let row = csr.row(v).iter().map(|&u| now[u as usize]);
            let sum: f64 = match csr.row_weights(v) {
                None => row.sum(),
                Some(weights) => row.zip(weights).map(|(there, &weight)| there * f64::from(weight)).sum(),
            };
            let mean = if csr.degree(v) == 0 { 0.0 } else { sum / csr.strength(v) };
            next[v as usize] = (1.0 - alpha) * mean + alpha * is_target[v as usize];
        }
        std::mem::swap(&mut now, &mut next);
    }
    Ok(now)
}
