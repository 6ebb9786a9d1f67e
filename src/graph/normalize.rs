//! Edge values of graph convolutions.

use super::Csr;
use crate::options::Normalization;

impl Normalization {
    /// Whether degrees are those of the whole graph.
    pub fn is_global(self) -> bool {
        matches!(self, Self::GlobalSym | Self::GlobalRw)
    }

    /// The same with whole-graph degrees, which on the whole graph are the "local" ones.
    pub fn on_whole_graph(self) -> Self {
        match self {
            Self::GlobalSym | Self::LocalSym => Self::GlobalSym,
            Self::GlobalRw | Self::LocalRw => Self::GlobalRw,
        }
    }

    /// Value of an edge by its weight (1 without weights) and the strengths of its target and source, which are their
    /// degrees without weights; 0 when a strength is 0.
    ///
    /// Computed in `f64` and rounded once. In a directed graph the strength is that of the incoming edges.
    pub fn value(self, target: f64, source: f64, weight: f32) -> f32 {
        if target == 0.0 || source == 0.0 {
            return 0.0;
        }
        match self {
            Self::GlobalSym | Self::LocalSym => (f64::from(weight) / (target * source).sqrt()) as f32,
            Self::GlobalRw | Self::LocalRw => (f64::from(weight) / target) as f32,
        }
    }
}

/// Value of every entry of `csr`, in its order; `strengths` has one number a node of `csr`.
pub fn edge_values(csr: &Csr, strengths: &[f64], kind: Normalization) -> Vec<f32> {
    let mut values = match csr.weights() {
        Some(weights) => weights.to_vec(),
        None => vec![1.0; csr.num_entries()],
    };
    normalize(&mut values, csr.indptr(), csr.indices(), strengths, kind);
    values
}

/// Turns the weights of sparse rows into their values.
pub(crate) fn normalize(
    values: &mut [f32],
    indptr: &[u32],
    indices: &[u32],
    strengths: &[f64],
    kind: Normalization,
) {
    for (bounds, &target) in indptr.windows(2).zip(strengths) {
        let entries = bounds[0] as usize..bounds[1] as usize;
        for (value, &source) in values[entries.clone()].iter_mut().zip(&indices[entries]) {
            *value = kind.value(target, strengths[source as usize], *value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{Graph, GraphOptions};
    use crate::limits::Limits;

    #[test]
    fn path_of_four_by_hand() {
        // By hand: 0-1-2-3 with loops has degrees 2, 3, 3, 2.
        let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &Limits::default()).unwrap();
        let csr = graph.adjacency();
        let degrees = csr.strengths();
        let rw = edge_values(csr, &degrees, Normalization::GlobalRw);
        assert_eq!(rw[..5], [0.5, 0.5, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        let sym = edge_values(csr, &degrees, Normalization::GlobalSym);
        assert!((sym[0] - 0.5).abs() < 1e-6);
        assert!((sym[1] - 0.408_248).abs() < 1e-6);
        assert!((sym[3] - 0.333_333).abs() < 1e-6);
    }

    #[test]
    fn weighted_path_by_hand() {
        // 0 -2- 1 -6- 2 with loops of 1: strengths 3, 9, 7.
        let options = GraphOptions { directed: false, weights: Some(&[2.0, 6.0]) };
        let (graph, _) = Graph::with_options(3, &[(0, 1), (1, 2)], &options, &Limits::default()).unwrap();
        let csr = graph.adjacency();
        assert_eq!(csr.strengths(), [3.0, 9.0, 7.0]);
        let rw = edge_values(csr, &csr.strengths(), Normalization::GlobalRw);
        assert_eq!(rw, [1.0 / 3.0, 2.0 / 3.0, 2.0 / 9.0, 1.0 / 9.0, 6.0 / 9.0, 6.0 / 7.0, 1.0 / 7.0]);
        // 2 / sqrt(27), 6 / sqrt(63).
        let sym = edge_values(csr, &csr.strengths(), Normalization::GlobalSym);
        let expected = [1.0 / 3.0, 0.384_900, 0.384_900, 1.0 / 9.0, 0.755_929, 0.755_929, 1.0 / 7.0];
        assert!(sym.iter().zip(expected).all(|(a, b): (&f32, f32)| (a - b).abs() < 1e-6), "{sym:?}");
    }
}
