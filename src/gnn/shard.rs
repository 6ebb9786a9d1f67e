//! Batches of a plan with everything that inference reads, to be sent to another worker.

use std::ops::Range;
use std::sync::Arc;

use super::batch_features::{bounds, leads_to};
use super::infer::Batches;
use super::input::{Nodes, Surroundings};
use super::{BatchFeatures, FeatureNormalization, Model, Subgraph};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::graph::{Dataset, Normalization, SparseView};
use crate::limits::{self, Limits};
use crate::task::{Progress, Step};

/// Some batches of a plan without the graph: edges and features of their nodes, nothing else.
///
/// Batches share nothing but the weights, so that shards of a plan run on workers that have never seen the graph; the
/// logits are the same bits as those of [`PlanInference`](super::PlanInference).
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    pub(crate) normalization: Normalization,
    /// Outputs before each batch, one more than there are batches.
    pub(crate) output_ptr: Vec<u32>,
    /// Local ids of the outputs, ascending in a batch.
    pub(crate) outputs: Vec<u32>,
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    pub(crate) indptr: Vec<u32>,
    /// Entries before each batch.
    pub(crate) entry_ptr: Vec<u32>,
    pub(crate) indices: Vec<u32>,
    pub(crate) values: Vec<f32>,
    /// Degree of every node in the whole graph, its self-loop included.
    pub(crate) degrees: Vec<u32>,
    /// 1 where the node's self-loop stood in the input of the graph, else 0.
    pub(crate) own_loops: Vec<u8>,
    pub(crate) features: BatchFeatures,
}

impl Shard {
    /// Copies `batches` out of a plan.
    ///
    /// # Arguments
    /// * `dataset`, `plan`: must belong together. * `normalization`: how the model wants its features.
    /// # Errors
    /// Those of [`BatchFeatures::gather`]; `limit_exceeded` for 2^32 entries or more.
    /// # Cost
    /// The bytes of the batches' edges and features.
    pub fn of(
        dataset: &Dataset,
        plan: &Plan,
        batches: Range<usize>,
        normalization: FeatureNormalization,
        limits: &Limits,
    ) -> Result<Self> {
        let mut features = BatchFeatures::gather(dataset, plan, batches.clone(), normalization, limits)?;
        features.first = 0;
        let entries: usize = batches.clone().map(|index| plan.batch(index).adjacency.indices.len()).sum();
        limits::check("entries of a shard", entries as u64, u32::MAX.into())?;
        let graph = &dataset.graph;
        let mut shard = Self {
            normalization: plan.normalization(),
            output_ptr: vec![0],
            outputs: Vec::new(),
            indptr: Vec::new(),
            entry_ptr: vec![0],
            indices: limits::reserve(entries)?,
            values: limits::reserve(entries)?,
            degrees: Vec::new(),
            own_loops: Vec::new(),
            features,
        };
        for index in batches {
            let batch = plan.batch(index);
            shard.outputs.extend_from_slice(batch.outputs);
            shard.indptr.extend_from_slice(batch.adjacency.indptr);
            shard.indices.extend_from_slice(batch.adjacency.indices);
            shard.values.extend_from_slice(batch.adjacency.values);
            shard.output_ptr.push(shard.outputs.len() as u32);
            shard.entry_ptr.push(shard.indices.len() as u32);
            shard.degrees.extend(batch.nodes.iter().map(|&node| graph.adjacency().degree(node)));
            let is_own = |node: &u32| u8::from(graph.own_loops().binary_search(node).is_ok());
            shard.own_loops.extend(batch.nodes.iter().map(is_own));
        }
        Ok(shard)
    }

    /// Whether arrays from elsewhere are batches.
    ///
    /// # Errors
    /// `shape_mismatch` or `invalid_graph` telling what does not fit.
    pub(crate) fn check(&self) -> Result<()> {
        self.features.check_arrays()?;
        let (count, nodes) = (self.features.node_ptr.len(), self.degrees.len());
        if self.features.node_ptr.last() != Some(&(nodes as u32))
            || self.own_loops.len() != nodes
            || self.indptr.len() != nodes + count - 1
            || self.values.len() != self.indices.len()
            || !leads_to(&self.output_ptr, count, self.outputs.len())
            || !leads_to(&self.entry_ptr, count, self.indices.len())
        {
            return Err(Error::ShapeMismatch("a shard's arrays do not fit each other".to_owned()));
        }
        let ids = self.ids();
        (0..self.num_batches()).try_for_each(|index| {
            let sub = self.batch(index, &ids);
            sub.check(sub.nodes.len() as u32)
        })
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.features.node_ptr.len() - 1
    }

    /// Local ids of the largest batch.
    fn ids(&self) -> Vec<u32> {
        let sizes = self.features.node_ptr.windows(2).map(|pair| pair[1] - pair[0]);
        (0..sizes.max().unwrap_or(0)).collect()
    }

    /// A batch in local ids; `ids` are [`Shard::ids`].
    fn batch<'a>(&'a self, index: usize, ids: &'a [u32]) -> Subgraph<'a> {
        let nodes = bounds(&self.features.node_ptr, index);
        let entries = bounds(&self.entry_ptr, index);
        Subgraph {
            nodes: &ids[..nodes.len()],
            outputs: &self.outputs[bounds(&self.output_ptr, index)],
            adjacency: SparseView {
                indptr: &self.indptr[nodes.start + index..=nodes.end + index],
                indices: &self.indices[entries.clone()],
                values: &self.values[entries],
            },
            normalization: self.normalization,
        }
    }

    fn nodes(&self, index: usize) -> Nodes<'_> {
        let nodes = bounds(&self.features.node_ptr, index);
        let (degrees, own_loops) = (&self.degrees[nodes.clone()], &self.own_loops[nodes]);
        let surroundings = Surroundings::Listed { degrees, own_loops };
        Nodes { features: self.features.rows(index), surroundings }
    }
}

/// Logits of the outputs of a shard; each unit of [`Step::step`] is one batch.
pub struct ShardInference {
    shard: Arc<Shard>,
    ids: Vec<u32>,
    batches: Batches,
}

impl ShardInference {
    /// Makes an inference ready to run.
    ///
    /// # Errors
    /// `shape_mismatch` when the model wants features of another width or other preparation; `limit_exceeded` and
    /// `out_of_memory` for sizes.
    pub fn new(shard: Arc<Shard>, model: Arc<Model>, limits: &Limits) -> Result<Self> {
        shard.features.check(model.feature_normalization())?;
        if shard.features.width != model.num_features() {
            return Err(Error::ShapeMismatch(format!(
                "the model wants {} features a node, the shard has {}",
                model.num_features(),
                shard.features.width
            )));
        }
        let batches = Batches::new(model, shard.outputs.len(), limits)?;
        Ok(Self { ids: shard.ids(), shard, batches })
    }

    /// Bytes of buffers and results so far.
    pub fn bytes(&self) -> u64 {
        self.batches.bytes()
    }
}

impl Step for ShardInference {
    /// `[outputs, classes]`, batch after batch, each in the order of its outputs.
    type Output = Vec<f32>;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.shard.num_batches();
        let end = total.min(self.batches.done.saturating_add(budget as usize));
        while self.batches.done < end {
            let index = self.batches.done;
            self.batches.run(&self.shard.batch(index, &self.ids), self.shard.nodes(index))?;
        }
        Ok(self.batches.progress(total))
    }

    fn finish(self) -> Result<Vec<f32>> {
        let total = self.shard.num_batches();
        self.batches.finish(total)
    }
}
