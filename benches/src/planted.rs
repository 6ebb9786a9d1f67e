//! A random graph with planted classes, the same on every machine.

/// One draw of the mulberry32 stream, in `[0, 1)`.
fn draw(seed: u32, index: u32) -> f64 {
    let a = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x6D2B_79F5));
    let mut t = (a ^ (a >> 15)).wrapping_mul(a | 1);
    t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
    f64::from(t ^ (t >> 14)) / 4_294_967_296.0
}

/// Edges of `num_nodes` nodes in `classes` classes (`class(v) = v mod classes`), ascending, without loops or repeats.
///
/// Of `draws` edges a share `homophily` stays within its class; ends are skewed towards small ids, so that degrees are.
/// `num_nodes` is a multiple of `classes`.
pub fn planted(num_nodes: u32, draws: u32, classes: u32, homophily: f64, seed: u32) -> Vec<(u32, u32)> {
    let n = f64::from(num_nodes);
    let mut edges: Vec<(u32, u32)> = (0..draws)
        .map(|j| {
            let [r0, r1, r2] = [0, 1, 2].map(|i| draw(seed, 3 * j + i));
            let u = (n * r0) as u32;
            let skewed = r2 * r2;
            let v = if r1 < homophily {
                u % classes + classes * (f64::from(num_nodes / classes) * skewed) as u32
            } else {
                (n * skewed) as u32
            };
            (u.min(v), u.max(v))
        })
        .filter(|(u, v)| u != v)
        .collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts of the generator in Python that the published figures come from.
    #[test]
    fn counts_are_those_of_the_python_generator() {
        let edges = planted(100_000, 500_000, 10, 0.8, 1);
        let mut degree = vec![0u32; 100_000];
        for &(u, v) in &edges {
            degree[u as usize] += 1;
            degree[v as usize] += 1;
        }
        assert_eq!(edges.len(), 499_614);
        assert_eq!(degree.iter().max(), Some(&704));
        assert_eq!(planted(1000, 4000, 4, 0.8, 1).len(), 3906);
    }
}
