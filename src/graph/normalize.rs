//! Edge values of graph convolutions.

use super::Csr;
use crate::error::{Error, Result};

/// How the edges of a batch are weighted. "Global" uses degrees in the whole graph, "local" those in the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Normalization {
    /// `1 / sqrt(d_u d_v)` with whole-graph degrees ([Kipf17]); exact when the batch holds the L-hop ball.
    #[default]
    GlobalSym,
    /// `1 / d_v` with whole-graph degrees; rows of a batch may sum to less than one.
    GlobalRw,
    /// `1 / sqrt(d_u d_v)` with degrees inside the batch.
    LocalSym,
    /// `1 / d_v` with degrees inside the batch; rows sum to one.
    LocalRw,
}

impl Normalization {
    /// All of them with their option names.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("global-sym", Self::GlobalSym),
        ("global-rw", Self::GlobalRw),
        ("local-sym", Self::LocalSym),
        ("local-rw", Self::LocalRw),
    ];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind).ok_or_else(|| {
            Error::option(
                "normalization",
                format!("{name:?} is unknown, allowed are global-sym, global-rw, local-sym and local-rw"),
            )
        })
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }

    /// Whether degrees are those of the whole graph.
    pub fn is_global(self) -> bool {
        matches!(self, Self::GlobalSym | Self::GlobalRw)
    }

    /// Value of the edge into a node of degree `target` from one of degree `source`; 0 when a degree is 0.
    ///
    /// Computed in `f64` and rounded once.
    pub fn value(self, target: u32, source: u32) -> f32 {
        if target == 0 || source == 0 {
            return 0.0;
        }
        match self {
            Self::GlobalSym | Self::LocalSym => (1.0 / (f64::from(target) * f64::from(source)).sqrt()) as f32,
            Self::GlobalRw | Self::LocalRw => (1.0 / f64::from(target)) as f32,
        }
    }
}

/// Value of every entry of `csr`, in its order; `degrees` has one count a node of `csr`.
pub fn edge_values(csr: &Csr, degrees: &[u32], kind: Normalization) -> Vec<f32> {
    let mut values = Vec::with_capacity(csr.num_entries());
    for row in 0..csr.num_nodes() {
        let target = degrees[row as usize];
        values.extend(csr.row(row).iter().map(|&column| kind.value(target, degrees[column as usize])));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Graph;
    use crate::limits::Limits;

    #[test]
    fn path_of_four_by_hand() {
        // Specification value G7: 0-1-2-3 with loops has degrees 2, 3, 3, 2.
        let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &Limits::default()).unwrap();
        let csr = graph.adjacency();
        let degrees = csr.degrees();
        let rw = edge_values(csr, &degrees, Normalization::GlobalRw);
        assert_eq!(rw[..5], [0.5, 0.5, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0]);
        let sym = edge_values(csr, &degrees, Normalization::GlobalSym);
        assert!((sym[0] - 0.5).abs() < 1e-6);
        assert!((sym[1] - 0.408_248).abs() < 1e-6);
        assert!((sym[3] - 0.333_333).abs() < 1e-6);
    }

    #[test]
    fn names_are_read_back() {
        for (name, kind) in Normalization::NAMES {
            assert_eq!(Normalization::from_name(name).unwrap(), kind);
            assert_eq!(kind.name(), name);
        }
        assert_eq!(Normalization::from_name("sym").unwrap_err().code(), "invalid_option");
    }
}
