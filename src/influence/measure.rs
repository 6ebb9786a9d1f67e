//! Which influence is meant, and the walker that computes it.

use super::{HeatConfig, HeatWalker, InfluenceRow, PushConfig, Pusher};
use crate::error::Result;
use crate::graph::{Csr, Graph};
use crate::options::{Given, MEASURE, MeasureName};

/// How influence spreads with distance.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Measure {
    /// Personalised PageRank: the length of a walk is geometric.
    PageRank(PushConfig),
    /// The heat kernel: the length of a walk is a Poisson number.
    HeatKernel(HeatConfig),
}

impl From<PushConfig> for Measure {
    fn from(config: PushConfig) -> Self {
        Self::PageRank(config)
    }
}

impl From<HeatConfig> for Measure {
    fn from(config: HeatConfig) -> Self {
        Self::HeatKernel(config)
    }
}

impl Measure {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        match given.word(&MEASURE) {
            MeasureName::PageRank => PushConfig::read(given).into(),
            MeasureName::HeatKernel => HeatConfig::read(given).into(),
        }
    }

    /// `invalid_option` when an option is out of range.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::PageRank(config) => config.validate(),
            Self::HeatKernel(config) => config.validate(),
        }
    }
}

/// Computes rows of one [`Measure`] over one graph; scratch is reused.
#[non_exhaustive]
pub enum Walker {
    /// By push.
    PageRank(Pusher),
    /// Step by step.
    HeatKernel(HeatWalker),
}

impl Walker {
    /// Scratch for `csr`.
    ///
    /// # Errors
    /// `invalid_option` when an option is out of range; `out_of_memory`.
    pub fn new(csr: &Csr, measure: Measure) -> Result<Self> {
        Ok(match measure {
            Measure::PageRank(config) => Self::PageRank(Pusher::new(csr, config)?),
            Measure::HeatKernel(config) => Self::HeatKernel(HeatWalker::new(csr, config)?),
        })
    }

    /// Influence of nodes on `source`; `csr` is the graph that [`Walker::new`] was given.
    ///
    /// # Errors
    /// `invalid_graph` when `source` does not exist.
    pub fn row(&mut self, csr: &Csr, source: u32) -> Result<&InfluenceRow> {
        match self {
            Self::PageRank(pusher) => pusher.push(csr, source),
            Self::HeatKernel(walker) => walker.walk(csr, &[(source, 1.0)]),
        }
    }

    /// Influence of nodes on many sources together, each with its weight.
    ///
    /// # Errors
    /// `invalid_graph` when a source does not exist.
    pub fn sum(&mut self, csr: &Csr, sources: &[(u32, f64)]) -> Result<&InfluenceRow> {
        match self {
            Self::PageRank(pusher) => pusher.push_many(csr, sources),
            Self::HeatKernel(walker) => walker.walk(csr, sources),
        }
    }

    /// Mass of each source within `nodes`, which ascend; `graph` is the one of [`Walker::new`].
    ///
    /// # Errors
    /// `invalid_graph` when a source or node does not exist.
    /// # Cost
    /// One walk from all nodes, or, when the graph is directed, one from each source.
    pub fn captured(&mut self, graph: &Graph, sources: &[u32], nodes: &[u32]) -> Result<Vec<f64>> {
        let csr = graph.adjacency();
        if graph.is_directed() {
            return sources.iter().map(|&source| Ok(self.row(csr, source)?.mass_within(nodes))).collect();
        }
        // Both matrices are reversible: d_u P[u, v] = d_v P[v, u]. So one walk from the nodes, each weighted by its
        // degree or strength, gives what every source has within them.
        let weighted: Vec<(u32, f64)> = nodes.iter().map(|&v| (v, csr.strength(v))).collect();
        let back = self.sum(csr, &weighted)?;
        let mass = |u: u32| back.nodes.binary_search(&u).map_or(0.0, |at| back.mass[at]);
        Ok(sources.iter().map(|&u| mass(u) / csr.strength(u)).collect())
    }
}
