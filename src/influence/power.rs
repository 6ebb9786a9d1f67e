//! Exact personalised PageRank: the slow twin of push.

use crate::error::{Error, Result};
use crate::graph::Csr;
use crate::options::ALPHA;

/// Personalised PageRank of one node by power iteration.
///
/// The walk from `source` stops with probability `alpha` at every step; what reaches a node without neighbours and
/// does not stop there is lost. Use [`Pusher`](crate::influence::Pusher) on large graphs.
/// # Arguments
/// * `csr`: `n` nodes; a step goes from row to column, to each in proportion to its weight.
/// * `alpha`: teleport probability, `0 < alpha <= 1`.
/// * `tolerance`: bound on the sum of absolute errors, `> 0`.
/// # Returns
/// Probability of stopping at each of the `n` nodes.
/// # Errors
/// `invalid_option` for `alpha` or `tolerance`; `invalid_graph` when `source >= n`.
/// # Cost
/// `O(m ln(1 / tolerance) / alpha)`, `16 n` bytes.
/// # Source
/// `pi = alpha (I - (1 - alpha) P)^-1`, [Page99]; a row of it is what [Gasteiger22] calls expected influence.
/// # Example
/// ```
/// use ibmb::{graph::Csr, influence::power, limits::Limits};
/// // A single edge: by hand, pi(0) = 1 / (2 - alpha).
/// let csr = Csr::from_entries(2, &[(0, 1), (1, 0)], &Limits::default())?;
/// let pi = power(&csr, 0, 0.5, 1e-12)?;
/// assert!((pi[0] - 2.0 / 3.0).abs() < 1e-12);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn power(csr: &Csr, source: u32, alpha: f64, tolerance: f64) -> Result<Vec<f64>> {
    ALPHA.check(alpha)?;
    if tolerance.is_nan() || tolerance <= 0.0 {
        return Err(Error::option("tolerance", format!("{tolerance} is out of range, allowed is > 0")));
    }
    check_node(csr, source)?;
    let n = csr.num_nodes() as usize;
    let mut stopped = vec![0.0; n];
    let mut walking = vec![0.0; n];
    let mut next = vec![0.0; n];
    walking[source as usize] = 1.0;
    // `walking` is the mass that has not stopped yet, so its sum bounds what is missing from `stopped`.
    while walking.iter().sum::<f64>() > tolerance {
        next.fill(0.0);
        // A slice keeps its place in a register.
        let there = next.as_mut_slice();
        for v in 0..csr.num_nodes() {
            let here = walking[v as usize];
            if here == 0.0 {
                continue;
            }
            stopped[v as usize] += alpha * here;
            csr.share_out(v, (1.0 - alpha) * here, |u, share| there[u as usize] += share);
        }
        std::mem::swap(&mut walking, &mut next);
    }
    Ok(stopped)
}

/// `invalid_graph` when the node does not exist.
pub(super) fn check_node(csr: &Csr, node: u32) -> Result<()> {
    let n = csr.num_nodes();
    if node < n {
        return Ok(());
    }
    Err(Error::InvalidGraph(format!("node {node} is out of range, the graph has {n} nodes")))
}
