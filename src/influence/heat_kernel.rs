//! The heat kernel as another measure of influence.

use super::InfluenceRow;
use super::power::check_node;
use crate::error::Result;
use crate::graph::Csr;
use crate::options::{EPS, Given, HEAT_TIME};
use crate::{limits, math};

/// Options of the heat kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatConfig {
    /// Mean number of steps of a walk ([`HEAT_TIME`]).
    pub time: f64,
    /// Error allowed per unit of degree, of strength on a weighted graph ([`EPS`]).
    pub eps: f64,
}

impl Default for HeatConfig {
    fn default() -> Self {
        Self { time: HEAT_TIME.number(), eps: EPS.number() }
    }
}

impl HeatConfig {
    /// `invalid_option` when `time` or `eps` is out of range.
    pub fn validate(&self) -> Result<()> {
        HEAT_TIME.check(self.time)?;
        EPS.check(self.eps)
    }

    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self { time: given.number_or_default(&HEAT_TIME), eps: given.number_or_default(&EPS) }
    }

    /// Probabilities that a walk has 0, 1, 2, … steps, until at most `rest` is left, and for each the probability that
    /// it has that many or more.
    fn steps(&self, rest: f64) -> (Vec<f64>, Vec<f64>) {
        let mut exactly = vec![math::exp64(-self.time)];
        let mut left = 1.0 - exactly[0];
        // Rounding may leave a rest that no term removes, so the terms themselves end the series, too.
        while left > rest && exactly.len() < 500 {
            let term = exactly[exactly.len() - 1] * self.time / exactly.len() as f64;
            exactly.push(term);
            left -= term;
        }
        let mut at_least = exactly.clone();
        for step in (0..at_least.len() - 1).rev() {
            at_least[step] += at_least[step + 1];
        }
        (exactly, at_least)
    }
}

/// Heat kernel of one node, exactly: the slow twin of [`HeatWalker`].
///
/// # Arguments
/// * `csr`: a step goes from row to column, to each in proportion to its weight; what reaches a node without neighbours
///   goes no further.
/// * `tolerance`: bound on the sum of absolute errors, `> 0`.
/// # Returns
/// For each of the `n` nodes the probability that a walk of a Poisson number of steps ends there.
/// # Errors
/// `invalid_option` for `time`; `invalid_graph` when `source` does not exist.
/// # Cost
/// `O(m (time + ln(1 / tolerance)))`, `24 n` bytes.
/// # Source
/// [Kloster14]; `exp(-t (I - P))` by its Taylor series.
pub fn heat_kernel(csr: &Csr, source: u32, time: f64, tolerance: f64) -> Result<Vec<f64>> {
    let config = HeatConfig { time, eps: tolerance };
    config.validate()?;
    check_node(csr, source)?;
    let (exactly, _) = config.steps(tolerance);
    let n = csr.num_nodes() as usize;
    let (mut heat, mut walking, mut next) = (vec![0.0; n], vec![0.0; n], vec![0.0; n]);
    walking[source as usize] = 1.0;
    for weight in exactly {
        next.fill(0.0);
        for v in 0..csr.num_nodes() {
            let here = walking[v as usize];
            heat[v as usize] += weight * here;
            csr.share_out(v, here, |u, share| next[u as usize] += share);
        }
        std::mem::swap(&mut walking, &mut next);
    }
    Ok(heat)
}

/// Approximate heat kernel, step by step and locally; scratch is reused.
///
/// After `j` steps a node is walked from only when what stands there exceeds a threshold that falls with the probability
/// of `j` or more steps.
/// # Example
/// ```
/// use ibmb::{graph::Graph, influence::{HeatConfig, HeatWalker}, limits::Limits};
/// let (graph, _) = Graph::from_edges(3, &[(0, 1), (1, 2)], &Limits::default())?;
/// let mut walker = HeatWalker::new(graph.adjacency(), HeatConfig::default())?;
/// let row = walker.walk(graph.adjacency(), &[(0, 1.0)])?;
/// assert_eq!(row.nodes, [0, 1, 2]);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct HeatWalker {
    config: HeatConfig,
    heat: Vec<f64>,
    here: Vec<f64>,
    next: Vec<f64>,
    row: InfluenceRow,
}

impl HeatWalker {
    /// Scratch for `csr`: `24 n` bytes.
    ///
    /// # Errors
    /// `invalid_option` when an option is out of range; `out_of_memory`.
    pub fn new(csr: &Csr, config: HeatConfig) -> Result<Self> {
        config.validate()?;
        let zeros = || limits::filled(csr.num_nodes() as usize, 0.0);
        Ok(Self { config, heat: zeros()?, here: zeros()?, next: zeros()?, row: InfluenceRow::default() })
    }

    /// Heat of all nodes from some sources, each with its weight.
    ///
    /// # Arguments
    /// * `csr`: the graph that [`HeatWalker::new`] was given.
    /// # Returns
    /// Nodes and masses. On an undirected graph whose nodes have neighbours each mass is below the exact one by at most
    /// `eps * degree`, with weights `eps * max(strength, 1)`.
    /// # Errors
    /// `invalid_graph` when a source does not exist.
    /// # Cost
    /// With `s` steps to consider, at most `2 s (s + 1) weights / eps` edges, whatever the size of the graph.
    /// # Source
    /// [Kloster14], with all nodes of one number of steps taken together.
    pub fn walk(&mut self, csr: &Csr, sources: &[(u32, f64)]) -> Result<&InfluenceRow> {
        assert_eq!(csr.num_nodes() as usize, self.heat.len(), "a walker serves the graph it was made for");
        for &(source, _) in sources {
            check_node(csr, source)?;
        }
        let weights: f64 = sources.iter().map(|&(_, weight)| weight).sum();
        // Half of the error for longer walks, half for what is not walked from.
        let half = 0.5 * self.config.eps;
        let (exactly, at_least) = self.config.steps(half / weights.max(1.0));
        let Self { heat, here, next, row, .. } = self;
        let (mut now, mut later, mut warm) = (Vec::new(), Vec::new(), Vec::new());
        for &(source, weight) in sources {
            if here[source as usize] == 0.0 {
                now.push(source);
            }
            here[source as usize] += weight;
        }
        (row.pushes, row.edge_touches) = (0, 0);
        for (step, (&weight, &rest)) in exactly.iter().zip(&at_least).enumerate() {
            let threshold = half / (exactly.len() as f64 * rest);
            for node in now.drain(..) {
                let mass = std::mem::take(&mut here[node as usize]);
                if mass == 0.0 || mass < threshold * csr.strength(node) {
                    continue;
                }
                row.pushes += 1;
                if heat[node as usize] == 0.0 {
                    warm.push(node);
                }
                heat[node as usize] += weight * mass;
                if step + 1 == exactly.len() {
                    continue;
                }
                row.edge_touches += u64::from(csr.degree(node));
                csr.share_out(node, mass, |other, share| {
                    if next[other as usize] == 0.0 {
                        later.push(other);
                    }
                    next[other as usize] += share;
                });
            }
            std::mem::swap(here, next);
            std::mem::swap(&mut now, &mut later);
        }
        warm.sort_unstable();
        row.mass.clear();
        row.mass.extend(warm.iter().map(|&node| std::mem::take(&mut heat[node as usize])));
        row.nodes = warm;
        Ok(row)
    }
}
