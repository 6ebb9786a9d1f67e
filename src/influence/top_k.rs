//! The k strongest nodes of a PPR row.

/// The `k` nodes of greatest mass, strongest first; equal masses in ascending order of node.
///
/// # Arguments
/// * `nodes`, `mass`: parallel, every mass finite.
/// # Returns
/// At most `k` pairs; fewer when there are fewer nodes.
/// # Cost
/// `O(n + k log k)`.
/// # Example
/// ```
/// use ibmb::influence::top_k;
/// assert_eq!(top_k(&[3, 5, 8], &[0.2, 0.5, 0.2], 2), [(5, 0.5), (3, 0.2)]);
/// ```
pub fn top_k(nodes: &[u32], mass: &[f64], k: usize) -> Vec<(u32, f64)> {
    let stronger = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    let mut pairs: Vec<(u32, f64)> = nodes.iter().copied().zip(mass.iter().copied()).collect();
    if k < pairs.len() {
        pairs.select_nth_unstable_by(k, stronger);
        pairs.truncate(k);
    }
    pairs.sort_unstable_by(stronger);
    pairs
}
