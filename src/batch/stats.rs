//! Figures of a plan.

use super::plan::Plan;

/// What a plan costs and captures.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanStats {
    /// Output nodes of all batches.
    pub num_outputs: usize,
    /// Nodes of all batches over the distinct nodes among them; 1 when no node is in two batches, 0 without batches.
    pub replication: f64,
    /// Mean over the outputs of the PPR mass that their batch captures; 0 without outputs.
    pub captured_mass: f64,
    /// Bytes of the plan's arrays.
    pub bytes: u64,
}

impl Plan {
    /// Figures of the plan.
    ///
    /// # Cost
    /// `O(sum of batch sizes)`, `n` bytes.
    pub fn stats(&self) -> PlanStats {
        let mut seen = vec![false; self.num_graph_nodes as usize];
        let distinct =
            self.nodes.iter().filter(|&&v| !std::mem::replace(&mut seen[v as usize], true)).count();
        PlanStats {
            num_outputs: self.num_outputs(),
            replication: if distinct == 0 { 0.0 } else { self.nodes.len() as f64 / distinct as f64 },
            captured_mass: mean(&self.captured),
            bytes: self.bytes(),
        }
    }
}

/// Mean of the values; 0 without values.
pub fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
