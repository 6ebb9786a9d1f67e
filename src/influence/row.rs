//! Influence on one source.

/// Approximate influence of nodes on one source, or on many together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct InfluenceRow {
    /// Nodes with mass, ascending.
    pub nodes: Vec<u32>,
    /// Mass of each, `> 0`; for one source the sum is at most 1.
    pub mass: Vec<f64>,
    /// How often a node was pushed.
    pub pushes: u64,
    /// How many edges were followed: the sum of degrees over pushes.
    pub edge_touches: u64,
}

impl InfluenceRow {
    /// Sum of the masses at `nodes`, which ascend.
    pub fn mass_within(&self, nodes: &[u32]) -> f64 {
        let own = self.nodes.iter().zip(&self.mass);
        own.filter(|(node, _)| nodes.binary_search(node).is_ok()).map(|(_, mass)| mass).sum()
    }
}
