//! What a baseline does once, before its passes.

use std::sync::Arc;

use oorandom::{Rand32, Rand64};

use super::{
    Aggregate, BaselineConfig, BaselineMethod, LayerSampler, NeighbourSampler, SaintSampler, ShadowSampler,
    Subgraphs, Walks,
};
use crate::batch::check_outputs;
use crate::error::{Error, Result};
use crate::graph::{ABSENT, Dataset, Layers};
use crate::influence::Pusher;
use crate::limits::{self, Limits};
use crate::task::{Progress, Step};

/// A baseline made ready: its outputs in batches, and their sub-graphs where the method prepares them.
pub struct Baseline {
    dataset: Arc<Dataset>,
    config: BaselineConfig,
    aggregate: Aggregate,
    num_layers: usize,
    /// Ascending.
    outputs: Vec<u32>,
    /// Factor of every entry in the exact aggregate.
    values: Vec<f32>,
    subgraphs: Option<Subgraphs>,
}

impl Baseline {
    /// The graph that it was made for.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// What the convolutions of its model make of neighbours.
    pub fn aggregate(&self) -> Aggregate {
        self.aggregate
    }

    /// Convolutions of its model.
    pub fn num_layers(&self) -> usize {
        self.num_layers
    }

    /// All outputs, ascending; batches are runs of them.
    pub fn outputs(&self) -> &[u32] {
        &self.outputs
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.outputs.len().div_ceil(self.config.outputs_per_batch as usize)
    }

    /// Outputs of a batch.
    fn batch(&self, index: usize) -> &[u32] {
        let size = self.config.outputs_per_batch as usize;
        let start = index * size;
        &self.outputs[start..self.outputs.len().min(start.saturating_add(size))]
    }

    /// The sub-graphs, where the method prepares them; else layers are drawn in every pass.
    pub fn subgraphs(&self) -> Option<&Subgraphs> {
        self.subgraphs.as_ref()
    }

    /// Whether entries of the sub-graphs bring the factors of the aggregate, instead of the pattern alone.
    pub(crate) fn is_weighed(&self) -> bool {
        matches!(self.config.method, BaselineMethod::SaintWalks { .. })
    }

    /// Bytes that it holds besides the data set.
    pub fn bytes(&self) -> u64 {
        let words = self.outputs.len() + self.values.len();
        4 * words as u64 + self.subgraphs.as_ref().map_or(0, Subgraphs::bytes)
    }
}

/// Draws the layers of batch after batch, for methods that do so in every pass.
pub(crate) enum Sampler {
    Neighbours(NeighbourSampler),
    Layers(LayerSampler),
}

impl Sampler {
    /// Scratch for a baseline; `None` where its sub-graphs are prepared.
    pub(crate) fn new(baseline: &Baseline) -> Result<Option<Self>> {
        let csr = baseline.dataset.graph.adjacency();
        Ok(match baseline.config.method {
            BaselineMethod::NeighbourSampling { .. } => Some(Self::Neighbours(NeighbourSampler::new(csr)?)),
            BaselineMethod::Ladies { .. } => Some(Self::Layers(LayerSampler::new(csr)?)),
            _ => None,
        })
    }

    /// The layers of a batch; the same in every pass.
    pub(crate) fn sample(&mut self, baseline: &Baseline, index: usize, layers: &mut Layers) {
        let (csr, values) = (baseline.dataset.graph.adjacency(), &baseline.values);
        let (outputs, config) = (baseline.batch(index), &baseline.config);
        match (self, &config.method) {
            (Self::Neighbours(sampler), BaselineMethod::NeighbourSampling { fan_outs }) => {
                let mut rng = Rand32::new_inc(config.seed, index as u64);
                sampler.sample(csr, values, outputs, fan_outs, &mut rng, layers);
            }
            (Self::Layers(sampler), &BaselineMethod::Ladies { nodes_per_layer }) => {
                let mut rng = Rand64::new_inc(config.seed.into(), index as u128);
                sampler.sample(csr, values, outputs, baseline.num_layers, nodes_per_layer, &mut rng, layers);
            }
            _ => unreachable!("a sampler serves the baseline that it was made for"),
        }
    }
}

/// How a method prepares its sub-graphs.
enum Preparation {
    PageRank(Pusher),
    Hops(ShadowSampler),
    Walks(SaintSampler),
    Nothing,
}

/// Prepares a baseline step by step.
///
/// Stages, as far as the method has something to prepare: `influence` (one unit an output), `neighbourhoods` (one unit
/// an output), `walking` (one unit a sample of a batch).
pub struct BaselineJob {
    baseline: Baseline,
    preparation: Preparation,
    local: Vec<u32>,
    rng: Rand32,
    done: u64,
}

impl BaselineJob {
    /// Checks the options and takes the outputs, in any order.
    ///
    /// # Arguments
    /// * `aggregate`, `num_layers`: those of the model that will be used.
    /// # Errors
    /// `invalid_option` for an option out of range or a method that the model does not go with; `invalid_graph` for an
    /// output that does not exist or comes twice; `limit_exceeded` and `out_of_memory` for sizes.
    pub fn new(
        dataset: Arc<Dataset>,
        aggregate: Aggregate,
        num_layers: usize,
        mut outputs: Vec<u32>,
        config: BaselineConfig,
        limits: &Limits,
    ) -> Result<Self> {
        config.validate(aggregate, num_layers)?;
        let csr = dataset.graph.adjacency();
        check_outputs(csr.num_nodes(), &outputs)?;
        outputs.sort_unstable();
        let values = aggregate.values(&dataset.graph, limits)?;
        let preparation = match &config.method {
            BaselineMethod::ShadowPageRank { push, .. } => Preparation::PageRank(Pusher::new(csr, *push)?),
            BaselineMethod::ShadowHops { .. } => Preparation::Hops(ShadowSampler::new(csr)?),
            BaselineMethod::SaintWalks { .. } => Preparation::Walks(SaintSampler::new(csr)?),
            BaselineMethod::NeighbourSampling { .. } | BaselineMethod::Ladies { .. } => Preparation::Nothing,
        };
        let prepares = !matches!(preparation, Preparation::Nothing);
        let local = limits::filled(if prepares { csr.num_nodes() as usize } else { 0 }, ABSENT)?;
        let subgraphs = prepares.then(|| Subgraphs::new(limits));
        let rng = Rand32::new(config.seed);
        let baseline = Baseline { dataset, config, aggregate, num_layers, outputs, values, subgraphs };
        Ok(Self { baseline, preparation, local, rng, done: 0 })
    }

    fn progress(&self) -> Progress {
        let outputs = self.baseline.outputs.len() as u64;
        let (stage, total) = match (&self.preparation, &self.baseline.config.method) {
            (Preparation::PageRank(_), _) => ("influence", outputs),
            (Preparation::Walks(_), BaselineMethod::SaintWalks { coverage, .. }) => {
                ("walking", self.baseline.num_batches() as u64 * u64::from(*coverage))
            }
            (Preparation::Nothing, _) => ("neighbourhoods", 0),
            _ => ("neighbourhoods", outputs),
        };
        Progress { stage, done: self.done, total, finished: self.done >= total }
    }

    /// The sub-graph of one more output.
    fn shadow(&mut self) -> Result<()> {
        let Self { baseline, preparation, local, .. } = self;
        let Baseline { dataset, config, outputs, values, subgraphs, .. } = baseline;
        let (csr, output) = (dataset.graph.adjacency(), outputs[self.done as usize]);
        let nodes = match (preparation, &config.method) {
            (Preparation::PageRank(pusher), BaselineMethod::ShadowPageRank { top_k, .. }) => {
                ShadowSampler::strongest(pusher, csr, output, *top_k)?
            }
            (Preparation::Hops(sampler), BaselineMethod::ShadowHops { depth, num_neighbours }) => {
                // What an output draws does not depend on the others.
                let mut rng = Rand32::new_inc(config.seed, output.into());
                sampler.within(csr, output, *depth, *num_neighbours, &mut rng)
            }
            _ => unreachable!("preparation and method are chosen together"),
        };
        let subgraphs = subgraphs.as_mut().expect("methods that prepare have sub-graphs");
        subgraphs.append(csr, values, &nodes, &[output], local)?;
        self.done += 1;
        if self.done as usize == outputs.len() || self.done.is_multiple_of(config.outputs_per_batch.into()) {
            subgraphs.close();
        }
        Ok(())
    }

    /// One more sample of the current batch.
    fn walk(&mut self, walks: Walks, coverage: u32) -> Result<()> {
        let (index, sample) = (self.done / u64::from(coverage), self.done % u64::from(coverage));
        let Self { baseline, preparation, local, rng, .. } = self;
        let csr = baseline.dataset.graph.adjacency();
        let mut subgraphs = baseline.subgraphs.take().expect("methods that prepare have sub-graphs");
        let roots = baseline.batch(index as usize);
        let Preparation::Walks(sampler) = preparation else {
            unreachable!("preparation and method are chosen together")
        };
        if sample == 0 {
            // What a batch draws does not depend on the others.
            *rng = Rand32::new_inc(baseline.config.seed, index);
            sampler.first(csr, &baseline.values, roots, walks, rng, local, &mut subgraphs)?;
        } else {
            sampler.another(csr, roots, walks, rng, &subgraphs);
        }
        if sample + 1 == u64::from(coverage) {
            sampler.weigh(&mut subgraphs);
        }
        baseline.subgraphs = Some(subgraphs);
        self.done += 1;
        Ok(())
    }
}

impl Step for BaselineJob {
    type Output = Baseline;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let end = self.progress().total.min(self.done.saturating_add(budget.into()));
        while self.done < end {
            match self.baseline.config.method {
                BaselineMethod::SaintWalks { walk_length, walks_per_output, coverage } => {
                    self.walk(Walks { length: walk_length, per_output: walks_per_output }, coverage)?;
                }
                _ => self.shadow()?,
            }
        }
        Ok(self.progress())
    }

    fn finish(self) -> Result<Baseline> {
        let Progress { done, total, finished, .. } = self.progress();
        if !finished {
            return Err(Error::Internal(format!("baseline: {done} of {total} units are done")));
        }
        Ok(self.baseline)
    }
}
