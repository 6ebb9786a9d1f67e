//! Influence rows of many sources in consecutive memory.

use super::{InfluenceRow, Measure};
use crate::error::Result;
use crate::limits::{self, Limits};

/// Influence rows of many sources in consecutive memory.
#[derive(Debug, Clone, PartialEq)]
pub struct InfluenceRows {
    measure: Measure,
    sources: Vec<u32>,
    ptr: Vec<usize>,
    nodes: Vec<u32>,
    mass: Vec<f64>,
}

impl InfluenceRows {
    /// No rows yet.
    pub fn new(measure: Measure) -> Self {
        Self { measure, sources: Vec::new(), ptr: vec![0], nodes: Vec::new(), mass: Vec::new() }
    }

    /// Appends the row of a source.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_push_bytes`.
    pub fn append(&mut self, source: u32, row: &InfluenceRow, limits: &Limits) -> Result<()> {
        self.append_parts(source, row.nodes.iter().copied(), row.mass.iter().copied(), limits)
    }

    /// Appends a copy of a row of others under another source.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_push_bytes`.
    pub fn append_from(&mut self, other: &Self, index: usize, source: u32, limits: &Limits) -> Result<()> {
        let (nodes, mass) = other.row(index);
        self.append_parts(source, nodes.iter().copied(), mass.iter().copied(), limits)
    }

    /// Appends the entries of a dense row that are above zero.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_push_bytes`.
    pub fn append_dense(&mut self, source: u32, scores: &[f64], limits: &Limits) -> Result<()> {
        let entries = || (0..).zip(scores).filter(|&(_, &score)| score > 0.0);
        let mass = entries().map(|(_, &score)| score);
        self.append_parts(source, entries().map(|(node, _)| node), mass, limits)
    }

    fn append_parts(
        &mut self,
        source: u32,
        nodes: impl Iterator<Item = u32>,
        mass: impl Iterator<Item = f64>,
        limits: &Limits,
    ) -> Result<()> {
        self.nodes.extend(nodes);
        self.mass.extend(mass);
        self.sources.push(source);
        self.ptr.push(self.nodes.len());
        limits::check(
            "bytes of influence rows (a larger eps needs fewer)",
            self.bytes(),
            limits.max_push_bytes,
        )
    }

    /// Bytes of nodes and masses.
    pub fn bytes(&self) -> u64 {
        self.nodes.len() as u64 * 12
    }

    /// What the rows were made with.
    pub fn measure(&self) -> Measure {
        self.measure
    }

    /// Source of every row.
    pub fn sources(&self) -> &[u32] {
        &self.sources
    }

    /// Nodes (ascending) and masses of a row.
    pub fn row(&self, index: usize) -> (&[u32], &[f64]) {
        let range = self.ptr[index]..self.ptr[index + 1];
        (&self.nodes[range.clone()], &self.mass[range])
    }

    /// Mass of a row at a node; 0 when it was not reached.
    pub fn mass_at(&self, index: usize, node: u32) -> f64 {
        let (nodes, mass) = self.row(index);
        nodes.binary_search(&node).map_or(0.0, |at| mass[at])
    }
}
