//! Random graphs with planted classes, the same on every machine.

use std::borrow::Cow;

use oorandom::Rand32;

use super::{BuildReport, CsrMatrix, Dataset, Features, Graph, Labels, Report, Split};
use crate::error::{Error, Result};
use crate::limits::{self, Limits};
use crate::options::{
    FEATURE_SIGNAL, GRAPH_SEED, Given, HOMOPHILY, NUM_CLASSES, NUM_DRAWS, NUM_FEATURES, NUM_NODES,
};
use crate::task::{Progress, Step};

/// Options of a [`PlantedJob`].
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedConfig {
    /// Nodes, a multiple of the classes.
    pub num_nodes: u32,
    /// Edges drawn ([`NUM_DRAWS`]); loops and repeats among them are dropped.
    pub num_draws: u32,
    /// Classes, `>= 1`; node `v` is of class `v mod num_classes`.
    pub num_classes: u32,
    /// Share of the edges that stay within a class for certain, 0 to 1.
    pub homophily: f64,
    /// Seed of edges, features and split.
    pub seed: u32,
    /// Columns of the features, `>= num_classes`; column `c` is of class `c mod num_classes`.
    pub num_features: u32,
    /// Probability that a feature of a node is one of its class instead of any, 0 to 1.
    pub feature_signal: f64,
}

impl Default for PlantedConfig {
    fn default() -> Self {
        Self {
            num_nodes: NUM_NODES.count_default(),
            num_draws: NUM_DRAWS.count_for(NUM_NODES.count_default().into()) as u32,
            num_classes: NUM_CLASSES.count_default(),
            homophily: HOMOPHILY.number(),
            seed: GRAPH_SEED.count_default(),
            num_features: NUM_FEATURES.count_default(),
            feature_signal: FEATURE_SIGNAL.number(),
        }
    }
}

/// Features that are drawn for a node; repeats count once.
const FEATURES_DRAWN: usize = 8;

impl PlantedConfig {
    /// The options of a call.
    ///
    /// # Errors
    /// `invalid_option` when the default number of edges is too great.
    pub fn read(given: &Given) -> Result<Self> {
        let num_nodes = given.count_or_default(&NUM_NODES);
        let usual = NUM_DRAWS.count_for(num_nodes.into());
        let num_draws = match given.count(&NUM_DRAWS) {
            Some(draws) => draws,
            None => u32::try_from(usual).map_err(|_| {
                NUM_DRAWS
                    .refuse(format!("five draws a node are too many for {num_nodes} nodes; give numDraws"))
            })?,
        };
        Ok(Self {
            num_nodes,
            num_draws,
            num_classes: given.count_or_default(&NUM_CLASSES),
            homophily: given.number_or_default(&HOMOPHILY),
            seed: given.count_or_default(&GRAPH_SEED),
            num_features: given.count_or_default(&NUM_FEATURES),
            feature_signal: given.number_or_default(&FEATURE_SIGNAL),
        })
    }

    /// `invalid_option` when a value is out of range; `limit_exceeded` for more nodes, edges or memory than allowed.
    pub fn validate(&self, limits: &Limits) -> Result<()> {
        let wrong = |name, found: String, allowed: String| {
            Err(Error::option(name, format!("{found} is out of range, allowed is {allowed}")))
        };
        let Self { num_nodes, num_classes: k, num_features, .. } = *self;
        NUM_CLASSES.check(k.into())?;
        if num_nodes == 0 || num_nodes % k != 0 {
            return wrong(
                "num_nodes",
                num_nodes.to_string(),
                format!("a multiple of the {k} classes, >= {k}"),
            );
        }
        if num_features < k {
            return wrong(
                "num_features",
                num_features.to_string(),
                format!("a whole number >= the {k} classes"),
            );
        }
        NUM_DRAWS.check(self.num_draws.into())?;
        HOMOPHILY.check(self.homophily)?;
        FEATURE_SIGNAL.check(self.feature_signal)?;
        limits::check("nodes", num_nodes.into(), limits.max_nodes)?;
        // What is drawn again is merged only later.
        let entries = 2 * u64::from(self.num_draws) + u64::from(num_nodes);
        limits::check("adjacency entries", entries, limits.max_entries.min(u32::MAX.into()))?;
        limits::check("estimated bytes to make the graph", self.bytes(), limits.max_memory_bytes)
    }

    /// Bytes that making the graph takes at its peak: while its edges are put in order, or while features are drawn.
    pub fn bytes(&self) -> u64 {
        let (n, m) = (u64::from(self.num_nodes), u64::from(self.num_draws));
        (72 * m + 32 * n).max(8 * m + (24 + 12 * FEATURES_DRAWN as u64) * n)
    }

    /// Edge `j`, the smaller node first; a loop where both are the same.
    ///
    /// Ends are skewed towards small ids, so that degrees are.
    fn edge(&self, j: u32) -> (u32, u32) {
        let [r0, r1, r2] = [0, 1, 2].map(|i| draw(self.seed, 3 * j + i));
        let (n, k) = (f64::from(self.num_nodes), self.num_classes);
        let u = (n * r0) as u32;
        let skewed = r2 * r2;
        let v = if r1 < self.homophily {
            u % k + k * (f64::from(self.num_nodes / k) * skewed) as u32
        } else {
            (n * skewed) as u32
        };
        (u.min(v), u.max(v))
    }

    /// All edges, ascending, without loops or repeats.
    pub fn edges(&self) -> Vec<(u32, u32)> {
        let drawn = (0..self.num_draws).map(|j| self.edge(j)).filter(|(u, v)| u != v).collect();
        ascending(drawn)
    }
}

/// One draw of the mulberry32 stream, in `[0, 1)`.
fn draw(seed: u32, index: u32) -> f64 {
    let a = seed.wrapping_add(index.wrapping_add(1).wrapping_mul(0x6D2B_79F5));
    let mut t = (a ^ (a >> 15)).wrapping_mul(a | 1);
    t ^= t.wrapping_add((t ^ (t >> 7)).wrapping_mul(t | 61));
    f64::from(t ^ (t >> 14)) / 4_294_967_296.0
}

fn ascending(mut edges: Vec<(u32, u32)>) -> Vec<(u32, u32)> {
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// Makes a graph with planted classes, features that tell of them, and a split: a tenth of the nodes to train on, a
/// fifth to validate, the others to test, drawn at random.
///
/// Stages: `drawing` (one unit an edge), `building` (one unit), `features` (one unit a node).
/// # Cost
/// [`PlantedConfig::bytes`] at the peak.
/// # Example
/// ```
/// use ibmb::graph::{PlantedConfig, PlantedJob};
/// use ibmb::limits::Limits;
/// let config = PlantedConfig { num_nodes: 1000, num_draws: 4000, num_classes: 4, ..PlantedConfig::default() };
/// let dataset = ibmb::task::run(PlantedJob::new(config, &Limits::default())?)?;
/// assert_eq!(dataset.graph.num_edges(), 3906);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct PlantedJob {
    config: PlantedConfig,
    limits: Limits,
    edges: Vec<(u32, u32)>,
    drawn: u32,
    built: Option<(Graph, BuildReport)>,
    nodes: NodeDraws,
}

/// Features and parts of the nodes so far.
struct NodeDraws {
    rng: Rand32,
    done: u32,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    split: Split,
}

impl PlantedJob {
    /// Checks the options.
    ///
    /// # Errors
    /// Those of [`PlantedConfig::validate`]; `out_of_memory`.
    pub fn new(config: PlantedConfig, limits: &Limits) -> Result<Self> {
        config.validate(limits)?;
        let edges = limits::reserve(config.num_draws as usize)?;
        // A stream of its own, so that the edges are those of the stream that is published.
        let rng = Rand32::new(config.seed.into());
        let split =
            Split { name: "planted".to_owned(), train: Vec::new(), val: Vec::new(), test: Vec::new() };
        let nodes = NodeDraws { rng, done: 0, indptr: Vec::new(), indices: Vec::new(), split };
        Ok(Self { config, limits: limits.clone(), edges, drawn: 0, built: None, nodes })
    }

    /// The graph from its edges, and room for the features.
    fn build(&mut self) -> Result<()> {
        let edges = ascending(std::mem::take(&mut self.edges));
        let n = self.config.num_nodes;
        self.built = Some(Graph::from_raw(n, Cow::Owned(edges), false, None, &self.limits)?);
        self.nodes.indptr = limits::reserve(n as usize + 1)?;
        self.nodes.indptr.push(0);
        self.nodes.indices = limits::reserve(n as usize * FEATURES_DRAWN)?;
        Ok(())
    }
}

impl NodeDraws {
    /// Features and part of the next node.
    fn next(&mut self, config: &PlantedConfig) {
        let PlantedConfig { num_classes: k, num_features, feature_signal, .. } = *config;
        let (rng, node) = (&mut self.rng, self.done);
        let mut row = [0; FEATURES_DRAWN];
        for column in &mut row {
            let any = rng.rand_range(0..num_features);
            let own = (any - any % k).saturating_add(node % k);
            let is_own = f64::from(rng.rand_float()) < feature_signal && own < num_features;
            *column = if is_own { own } else { any };
        }
        row.sort_unstable();
        let start = self.indices.len();
        for column in row {
            if self.indices[start..].last() != Some(&column) {
                self.indices.push(column);
            }
        }
        self.indptr.push(self.indices.len() as u32);
        let part = match rng.rand_range(0..10) {
            0 => &mut self.split.train,
            1 | 2 => &mut self.split.val,
            _ => &mut self.split.test,
        };
        part.push(node);
        self.done += 1;
    }
}

impl Step for PlantedJob {
    type Output = Dataset;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let Self { config, drawn, .. } = self;
        let told = |stage, done: u32, total: u32, finished| Progress {
            stage,
            done: done.into(),
            total: total.into(),
            finished,
        };
        if *drawn < config.num_draws {
            let end = config.num_draws.min(drawn.saturating_add(budget));
            self.edges.extend((*drawn..end).map(|j| config.edge(j)).filter(|(u, v)| u != v));
            *drawn = end;
            return Ok(told("drawing", end, config.num_draws, false));
        }
        if self.built.is_none() {
            self.build()?;
            return Ok(told("building", 1, 1, false));
        }
        let (nodes, n) = (&mut self.nodes, self.config.num_nodes);
        for _ in nodes.done..n.min(nodes.done.saturating_add(budget)) {
            nodes.next(&self.config);
        }
        Ok(told("features", nodes.done, n, nodes.done == n))
    }

    fn finish(self) -> Result<Dataset> {
        let PlantedConfig { num_nodes: n, num_classes: k, num_features, .. } = self.config;
        let NodeDraws { done, indptr, indices, split, .. } = self.nodes;
        let Some((graph, build)) = self.built.filter(|_| done == n) else {
            return Err(Error::Internal("the planted graph is not finished".to_owned()));
        };
        let ones = limits::filled(indices.len(), 1.0)?;
        let features = CsrMatrix::new(num_features, indptr, indices, ones)?;
        let labels = Labels {
            values: (0..n).map(|node| (node % k) as i32).collect(),
            class_names: (0..k).map(|class| class.to_string()).collect(),
        };
        let report = Report { build, ..Report::default() };
        let name = format!("planted graph of {n} nodes");
        Dataset::new(name, graph, Some(Features::Sparse(features)), Some(labels), None, vec![split], report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task;

    /// Counts of the generator in Python that the published figures come from.
    #[test]
    fn counts_are_those_of_the_python_generator() {
        let config = PlantedConfig { num_nodes: 100_000, num_draws: 500_000, ..PlantedConfig::default() };
        let edges = config.edges();
        let mut degree = vec![0u32; 100_000];
        for &(u, v) in &edges {
            degree[u as usize] += 1;
            degree[v as usize] += 1;
        }
        assert_eq!(edges.len(), 499_614);
        assert_eq!(degree.iter().max(), Some(&704));
    }

    #[test]
    fn features_tell_of_the_class_and_parts_share_the_nodes() {
        let config = PlantedConfig { num_nodes: 3000, num_draws: 9000, ..PlantedConfig::default() };
        let dataset = task::run(PlantedJob::new(config.clone(), &Limits::default()).unwrap()).unwrap();
        assert_eq!(dataset.graph.edges().collect::<Vec<_>>(), config.edges());
        let Some(Features::Sparse(x)) = &dataset.features else { panic!("sparse features") };
        let own = |node: u32| {
            let row = &x.indices[x.indptr[node as usize] as usize..x.indptr[node as usize + 1] as usize];
            assert!(row.windows(2).all(|pair| pair[0] < pair[1]) && row.iter().all(|&column| column < 100));
            row.iter().filter(|&&column| column % 10 == node % 10).count()
        };
        // 24,000 draws hit the class with 0.2 + 0.8 / 10; repeats take a few of the 100 columns away.
        let hits: usize = (0..3000).map(own).sum();
        assert!((6000..6750).contains(&hits), "{hits}");
        let split = dataset.split(None).unwrap();
        let sizes = [&split.train, &split.val, &split.test].map(Vec::len);
        assert_eq!(sizes.iter().sum::<usize>(), 3000);
        // Three standard deviations of a binomial number.
        assert!(sizes[0].abs_diff(300) < 50 && sizes[1].abs_diff(600) < 66, "{sizes:?}");
    }

    #[test]
    fn options_out_of_range_are_named() {
        let default = PlantedConfig::default();
        let name = |config: PlantedConfig| match config.validate(&Limits::default()) {
            Err(Error::InvalidOption { name, .. }) => name,
            other => panic!("{other:?}"),
        };
        assert_eq!(name(PlantedConfig { num_nodes: 10_001, ..default.clone() }), "num_nodes");
        assert_eq!(name(PlantedConfig { num_classes: 0, ..default.clone() }), "num_classes");
        assert_eq!(name(PlantedConfig { num_features: 9, ..default.clone() }), "num_features");
        assert_eq!(name(PlantedConfig { num_draws: u32::MAX / 3 + 1, ..default.clone() }), "num_draws");
        assert_eq!(name(PlantedConfig { homophily: 1.1, ..default.clone() }), "homophily");
        assert_eq!(name(PlantedConfig { feature_signal: f64::NAN, ..default.clone() }), "feature_signal");
        let few = Limits { max_nodes: 9_999, ..Limits::default() };
        assert_eq!(default.validate(&few).unwrap_err().code(), "limit_exceeded");
        // 50,000 edges at 72 bytes and 10,000 nodes at 32.
        let room = |max_memory_bytes| default.validate(&Limits { max_memory_bytes, ..Limits::default() });
        assert_eq!(room(3_920_000), Ok(()));
        assert_eq!(room(3_919_999).unwrap_err().code(), "limit_exceeded");
        let entries = |max_entries| default.validate(&Limits { max_entries, ..Limits::default() });
        assert_eq!(entries(110_000), Ok(()));
        assert_eq!(entries(109_999).unwrap_err().code(), "limit_exceeded");
    }
}
