//! Every node pushed by all others and pulled by its neighbours, until little moves.

mod body;
mod component;
mod packing;
mod pivot_mds;
mod repulsion;

use self::body::Body;
use super::point::{Point, fit};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::limits::Limits;
use crate::options::{Given, ROUNDS, THETA};
use crate::task::{Progress, Step};

/// How long and how exactly nodes are moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ForceConfig {
    /// Rounds in which every node moves ([`ROUNDS`]); `None` for the number that its size asks for.
    pub rounds: Option<u32>,
    /// Reach over distance below which a group of nodes pushes as one ([`THETA`]); 0 is exact and slow.
    pub theta: f64,
}

impl Default for ForceConfig {
    fn default() -> Self {
        Self { rounds: None, theta: THETA.number() }
    }
}

impl ForceConfig {
    /// The options of a call.
    pub fn read(given: &Given) -> Self {
        Self { rounds: given.count(&ROUNDS), theta: given.number_or_default(&THETA) }
    }
}

/// Lays a graph out by forces: neighbours come together, all others keep away.
///
/// It starts from the distances in the graph ([Brandes07]) and moves in rounds ([Jacomy14]), where far nodes push in
/// groups ([Barnes86]). Components are laid out by themselves and packed in rows, the largest first. Direction and
/// weights of edges do not count. The places on the way are there at any time.
/// # Cost
/// `O(m + n log n)` a round, and 24 walks in breadth at the start; some 350 bytes a node.
/// # Example
/// ```
/// use ibmb::graph::Graph;
/// use ibmb::layout::{ForceConfig, ForceJob};
/// use ibmb::limits::Limits;
///
/// let (ring, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3), (3, 0)], &Limits::default())?;
/// let job = ForceJob::new(&ring, ForceConfig::default(), &Limits::default())?;
/// let positions = ibmb::task::run(job)?;
/// assert_eq!(positions.len(), 8);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct ForceJob {
    bodies: Vec<Body>,
    num_nodes: usize,
    rounds: u32,
    theta: f64,
    /// Components whose start is known.
    prepared: usize,
    round: u32,
    /// The component that is moved in this round.
    at: usize,
    /// Nodes served in this round.
    served: u64,
}

impl ForceJob {
    /// Finds the components.
    ///
    /// # Errors
    /// `invalid_option` when `rounds` or `theta` is out of range; `limit_exceeded` when the edges of a directed graph
    /// are too many in both directions.
    pub fn new(graph: &Graph, config: ForceConfig, limits: &Limits) -> Result<Self> {
        let ForceConfig { rounds, theta } = config;
        THETA.check(theta)?;
        if let Some(rounds) = rounds {
            ROUNDS.check(rounds.into())?;
        }
        let csr = graph.undirected(limits)?;
        let num_nodes = csr.num_nodes() as usize;
        Ok(Self {
            bodies: component::components(&csr).into_iter().map(Body::new).collect(),
            num_nodes,
            rounds: rounds.unwrap_or_else(|| ROUNDS.count_for(num_nodes as u64) as u32),
            theta,
            prepared: 0,
            round: 0,
            at: 0,
            served: 0,
        })
    }

    /// x and y of every node on the unit square as they are now, y downwards.
    pub fn positions(&self) -> Vec<f32> {
        let offsets = packing::pack(self.bodies.iter().map(|body| body.points.as_slice()));
        let mut places = vec![Point::default(); self.num_nodes];
        for (body, offset) in self.bodies.iter().zip(offsets) {
            for (&node, point) in body.component.nodes.iter().zip(&body.points) {
                places[node as usize] = point.plus(offset, 1.0);
            }
        }
        fit(&places)
    }

    /// Whether the places mean something: the start of every component is known.
    pub fn has_begun(&self) -> bool {
        self.prepared == self.bodies.len()
    }

    fn prepare(&mut self, budget: u64) -> Progress {
        let mut spent = 0;
        while self.prepared < self.bodies.len() && spent < budget {
            let body = &mut self.bodies[self.prepared];
            spent += body.component.len() as u64;
            if !body.prepare() {
                self.prepared += 1;
            }
        }
        let total = self.bodies.len() as u64;
        Progress { stage: "distances", done: self.prepared as u64, total, finished: self.num_nodes == 0 }
    }
}

impl Step for ForceJob {
    type Output = Vec<f32>;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let mut left = u64::from(budget.max(1));
        if !self.has_begun() || self.num_nodes == 0 {
            return Ok(self.prepare(left));
        }
        while self.round < self.rounds && left > 0 {
            let most = usize::try_from(left).unwrap_or(usize::MAX);
            let (served, over) = self.bodies[self.at].advance(most, self.theta);
            left = left.saturating_sub(served as u64);
            self.served += served as u64;
            if over {
                self.at += 1;
            }
            if self.at == self.bodies.len() {
                self.at = 0;
                self.served = 0;
                self.round += 1;
            }
        }
        let num_nodes = self.num_nodes as u64;
        Ok(Progress {
            stage: "forces",
            done: u64::from(self.round) * num_nodes + self.served,
            total: u64::from(self.rounds) * num_nodes,
            finished: self.round == self.rounds,
        })
    }

    fn finish(self) -> Result<Vec<f32>> {
        if !self.has_begun() || self.round < self.rounds && self.num_nodes > 0 {
            return Err(Error::Internal("the layout is not finished".to_owned()));
        }
        Ok(self.positions())
    }
}
