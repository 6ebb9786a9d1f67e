//! Approximate personalised PageRank by local push.

use std::collections::VecDeque;

use super::{InfluenceRow, Queue, power::check_node};
use crate::error::Result;
use crate::graph::Csr;
use crate::limits;
use crate::options::{ALPHA, EPS, Given, QUEUE};

/// Options of a push.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PushConfig {
    /// Teleport probability ([`ALPHA`]).
    pub alpha: f64,
    /// Residual allowed per unit of degree, of strength on a weighted graph ([`EPS`]).
    pub eps: f64,
    /// Order of the work ([`QUEUE`]).
    pub queue: Queue,
}

impl Default for PushConfig {
    fn default() -> Self {
        Self { alpha: ALPHA.number(), eps: EPS.number(), queue: Queue::default() }
    }
}

impl PushConfig {
    /// `invalid_option` when `alpha` or `eps` is out of range.
    pub fn validate(&self) -> Result<()> {
        ALPHA.check(self.alpha)?;
        EPS.check(self.eps)
    }

    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self {
            alpha: given.number_or_default(&ALPHA),
            eps: given.number_or_default(&EPS),
            queue: given.given_word(&QUEUE).unwrap_or_default(),
        }
    }
}

/// State of one node, together so that a touch costs one cache line.
#[derive(Clone, Copy)]
struct Slot {
    residual: f64,
    mass: f64,
    threshold: f64,
}

/// Pushes from one source after another over one graph; scratch is reused.
///
/// Use it for neighbourhoods on large graphs; [`power`](crate::influence::power) is the slow, exact twin.
/// # Source
/// [Andersen06] with the residual stored as `alpha` times the probability that is still walking.
/// # Example
/// ```
/// use ibmb::{graph::Graph, influence::{PushConfig, Pusher}, limits::Limits};
/// let (graph, _) = Graph::from_edges(3, &[(0, 1), (1, 2)], &Limits::default())?;
/// let mut pusher = Pusher::new(graph.adjacency(), PushConfig { eps: 1e-9, ..PushConfig::default() })?;
/// let row = pusher.push(graph.adjacency(), 0)?;
/// assert_eq!(row.nodes, [0, 1, 2]);
/// assert!(row.mass.iter().sum::<f64>() <= 1.0);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct Pusher {
    config: PushConfig,
    slots: Vec<Slot>,
    touched: Vec<u32>,
    queue: VecDeque<u32>,
    row: InfluenceRow,
}

impl Pusher {
    /// Scratch for `csr`: `24 n` bytes, and 8 for every node that a push touches.
    ///
    /// # Errors
    /// `invalid_option` when the options are out of range; `out_of_memory`.
    pub fn new(csr: &Csr, config: PushConfig) -> Result<Self> {
        config.validate()?;
        let mut slots = limits::reserve(csr.num_nodes() as usize)?;
        let per_degree = config.alpha * config.eps;
        slots.extend((0..csr.num_nodes()).map(|v| Slot {
            residual: 0.0,
            mass: 0.0,
            // A node without neighbours takes any mass that reaches it.
            threshold: (per_degree * csr.strength(v)).max(f64::MIN_POSITIVE),
        }));
        Ok(Self { config, slots, touched: Vec::new(), queue: VecDeque::new(), row: InfluenceRow::default() })
    }

    /// Approximate personalised PageRank of `source`.
    ///
    /// # Arguments
    /// * `csr`: the graph that [`Pusher::new`] was given; rows ascending, a step goes from row to column, to each in
    ///   proportion to its weight. On a node without neighbours the mass that does not stop is lost.
    /// # Returns
    /// Nodes and masses. On an undirected graph each mass is below the exact one by less than `eps * degree` (with
    /// weights `eps * strength`); the sum of mass and of residual over alpha is 1 when every node reached has a
    /// neighbour.
    /// # Errors
    /// `invalid_graph` when `source` does not exist.
    /// # Cost
    /// `edge_touches <= 1 / (alpha * eps) + degree(source)`, whatever the size of the graph. With weights that bounds
    /// the sum of strengths over pushes, so small weights take longer.
    pub fn push(&mut self, csr: &Csr, source: u32) -> Result<&InfluenceRow> {
        self.start(csr, &[(source, 1.0)])?;
        // The source is pushed even when a large eps would not ask for it.
        if self.queue.is_empty() {
            self.queue.push_back(source);
        }
        Ok(self.run(csr))
    }

    /// Weighted sum of the approximate PPR rows of many sources, by one push from all of them at once.
    ///
    /// # Arguments
    /// * `csr`: as for [`Pusher::push`]; `sources`: each with its weight, finite and `>= 0`; a source that stands there
    ///   again counts again.
    /// # Returns
    /// Nodes and masses. On an undirected graph each mass is below the exact sum by less than `eps * degree`: the
    /// bound of one source, for all of them together.
    /// # Errors
    /// `invalid_graph` when a source does not exist.
    /// # Cost
    /// `edge_touches <= weights / (alpha * eps) + sum of degrees of the sources`; on weighted graphs as for one source.
    /// # Source
    /// Topic-sensitive PageRank, batch-wise IBMB [Gasteiger22], in the direction of influence.
    pub fn push_many(&mut self, csr: &Csr, sources: &[(u32, f64)]) -> Result<&InfluenceRow> {
        self.start(csr, sources)?;
        Ok(self.run(csr))
    }

    /// Puts alpha times its weight on every source and queues those that reach their threshold.
    fn start(&mut self, csr: &Csr, sources: &[(u32, f64)]) -> Result<()> {
        assert_eq!(csr.num_nodes() as usize, self.slots.len(), "a pusher serves the graph it was made for");
        for &(source, _) in sources {
            check_node(csr, source)?;
        }
        self.clear();
        for &(source, weight) in sources {
            let slot = &mut self.slots[source as usize];
            let before = slot.residual;
            slot.residual += self.config.alpha * weight;
            if before == 0.0 {
                self.touched.push(source);
            }
            if before < slot.threshold && slot.residual >= slot.threshold {
                self.queue.push_back(source);
            }
        }
        Ok(())
    }

    /// Pushes until the queue is empty.
    fn run(&mut self, csr: &Csr) -> &InfluenceRow {
        let keep = 1.0 - self.config.alpha;
        while let Some(u) = self.next() {
            let Self { slots, touched, queue, row, .. } = self;
            let slot = &mut slots[u as usize];
            let residual = std::mem::take(&mut slot.residual);
            slot.mass += residual;
            row.pushes += 1;
            row.edge_touches += u64::from(csr.degree(u));
            if keep * residual == 0.0 {
                continue;
            }
            csr.share_out(u, keep * residual, |v, share| {
                let slot = &mut slots[v as usize];
                let before = slot.residual;
                slot.residual = before + share;
                if before == 0.0 && slot.mass == 0.0 {
                    touched.push(v);
                }
                // Whoever is at or above its threshold is in the queue already, so no flag is needed.
                if before < slot.threshold && slot.residual >= slot.threshold {
                    queue.push_back(v);
                }
            });
        }
        self.collect();
        &self.row
    }

    /// What the last push left at a node: alpha times the probability that is still walking there.
    pub fn residual(&self, node: u32) -> f64 {
        self.slots[node as usize].residual
    }

    fn next(&mut self) -> Option<u32> {
        match self.config.queue {
            Queue::Fast => self.queue.pop_front(),
            Queue::Reference => self.queue.pop_back(),
        }
    }

    fn clear(&mut self) {
        for node in self.touched.drain(..) {
            let slot = &mut self.slots[node as usize];
            slot.residual = 0.0;
            slot.mass = 0.0;
        }
        self.row.pushes = 0;
        self.row.edge_touches = 0;
    }

    fn collect(&mut self) {
        let Self { slots, touched, row, .. } = self;
        row.nodes.clear();
        row.nodes.extend(touched.iter().copied().filter(|&v| slots[v as usize].mass > 0.0));
        row.nodes.sort_unstable();
        row.mass.clear();
        row.mass.extend(row.nodes.iter().map(|&v| slots[v as usize].mass));
    }
}
