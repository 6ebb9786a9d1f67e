//! How influence flows along edges.

use crate::error::Result;
use crate::graph::Csr;
use crate::options::ALPHA;

/// Calls `give` with every edge that leads away from one of `nodes` and the flow along it.
///
/// The flow from `u` to `v` is how often a walk with restart is expected to step from `u` to `v`:
/// `(1 - alpha) / alpha * p_u * w_uv / d_u`, where `p_u / alpha` is how often it is at `u`, and `w_uv / d_u` is the share of
/// the weight of `u`'s row that the edge has. Times `alpha / (1 - alpha)` it is the share of all steps. Self-loops are
/// edges like any other.
///
/// What arrives leaves: with exact PPR of a source `s`, `p_v = alpha [v = s] + alpha * (flow into v)`; with masses of
/// [`Pusher`](super::Pusher) the right side is `p_v` plus the residual at `v`.
/// # Arguments
/// * `csr`: the graph of the masses; a step goes from row to column.
/// * `nodes`, `mass`: PPR of one source, or the sum over several; parallel.
/// * `alpha`: the one that the masses were made with, `0 < alpha <= 1`. `give`: gets from, to, flow, row after row.
/// # Errors
/// `invalid_option` for `alpha`.
/// # Cost
/// `O(sum of degrees of nodes)`.
/// # Source
/// The chain of visits behind [Page99]: `p / alpha` is a row of `(I - (1 - alpha) P)^-1`.
/// # Example
/// ```
/// use ibmb::{graph::Csr, influence::{edge_flow, power}, limits::Limits};
/// // A single edge from 0 to 1 and back.
/// let csr = Csr::from_entries(2, &[(0, 1), (1, 0)], &Limits::default())?;
/// let pi = power(&csr, 0, 0.5, 1e-12)?;
/// let mut into_1 = 0.0;
/// edge_flow(&csr, &[0, 1], &pi, 0.5, |_, to, flow| into_1 += if to == 1 { flow } else { 0.0 })?;
/// assert!((pi[1] - 0.5 * into_1).abs() < 1e-12);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub fn edge_flow(
    csr: &Csr,
    nodes: &[u32],
    mass: &[f64],
    alpha: f64,
    mut give: impl FnMut(u32, u32, f64),
) -> Result<()> {
    ALPHA.check(alpha)?;
    let steps = (1.0 - alpha) / alpha;
    for (&from, &mass) in nodes.iter().zip(mass) {
        csr.share_out(from, steps * mass, |to, flow| give(from, to, flow));
    }
    Ok(())
}
