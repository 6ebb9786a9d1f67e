//! Batches of a plan with everything that inference reads, to be sent to another worker.

use std::ops::Range;
use std::sync::Arc;

use super::BatchFeatures;
use super::batch_features::{SparsePattern, bounds, leads_to};
use super::batches::Batches;
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::gnn::model::{NodeInputs, Surroundings};
use crate::gnn::{FeatureNormalization, Model, Subgraph};
use crate::graph::{Dataset, Normalization, SparseView};
use crate::limits::{self, Limits};
use crate::task::{Progress, Step};

/// Some batches of a plan without the graph: edges and features of their nodes, nothing else.
///
/// Batches share nothing but the weights, so that shards of a plan run on workers that have never seen the graph; the
/// logits are the same bits as those of [`PlanInference`](super::PlanInference).
#[derive(Debug, Clone, PartialEq)]
pub struct Shard {
    normalization: Normalization,
    /// Outputs before each batch, one more than there are batches.
    output_ptr: Vec<u32>,
    /// Local ids of the outputs, ascending in a batch.
    outputs: Vec<u32>,
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    indptr: Vec<u32>,
    /// Entries before each batch.
    entry_ptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
    /// Degree of every node in the whole graph, its self-loop included.
    degrees: Vec<u32>,
    /// 1 where the node's self-loop stood in the input of the graph, else 0.
    own_loops: Vec<u8>,
    features: BatchFeatures,
}

/// The arrays of a [`Shard`], as they are sent from the worker that holds the graph to one that does not.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardArrays {
    /// How the edge weights were made.
    pub normalization: Normalization,
    /// How the features were prepared.
    pub feature_normalization: FeatureNormalization,
    /// Number of features.
    pub width: usize,
    /// Nodes before each batch, one more than there are batches.
    pub node_ptr: Vec<u32>,
    /// Outputs before each batch.
    pub output_ptr: Vec<u32>,
    /// Local ids of the outputs, ascending in a batch.
    pub outputs: Vec<u32>,
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    pub indptr: Vec<u32>,
    /// Entries before each batch.
    pub entry_ptr: Vec<u32>,
    /// Local id of the neighbour, one an entry.
    pub indices: Vec<u32>,
    /// Edge weight, one an entry.
    pub values: Vec<f32>,
    /// Degree of every node in the whole graph, its self-loop included.
    pub degrees: Vec<u32>,
    /// 1 where the node's self-loop stood in the input of the graph, else 0.
    pub own_loops: Vec<u8>,
    /// Dense feature rows, or the values of sparse ones.
    pub features: Vec<f32>,
    /// Where the values of sparse features stand; `None` when they are dense.
    pub pattern: Option<FeaturePattern>,
}

/// Where the values of sparse features stand, batch after batch.
#[derive(Debug, Clone, PartialEq)]
pub struct FeaturePattern {
    /// Row bounds, from 0 in every batch, one more a batch than it has nodes.
    pub indptr: Vec<u32>,
    /// Entries before each batch.
    pub entry_ptr: Vec<u32>,
    /// Column of every entry.
    pub indices: Vec<u32>,
}

impl Shard {
    /// Bounds that cut the batches of a plan into `count` runs of about equal work, `count + 1` of them; runs may be empty.
    pub fn cuts(plan: &Plan, count: usize) -> Vec<usize> {
        let mut done = vec![0u64];
        for batch in plan.batches() {
            let work = batch.adjacency.indices.len() + batch.nodes.len();
            done.push(done[done.len() - 1] + work as u64);
        }
        let all = done[done.len() - 1];
        let cut = |part: usize| {
            let wanted = all * part as u64 / count.max(1) as u64;
            // The bound that is nearest to the share.
            let at = done.partition_point(|&work| work < wanted);
            if at > 0 && wanted - done[at - 1] < done[at] - wanted { at - 1 } else { at }
        };
        let mut cuts: Vec<usize> = (0..=count.max(1)).map(cut).collect();
        *cuts.last_mut().expect("there is a last bound") = plan.num_batches();
        cuts
    }

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

    /// Takes the shard apart, to be sent elsewhere.
    pub fn into_arrays(self) -> ShardArrays {
        let BatchFeatures { normalization, width, node_ptr, values, sparse, .. } = self.features;
        let pattern = sparse.map(|SparsePattern { indptr, entry_ptr, indices }| FeaturePattern {
            indptr,
            entry_ptr,
            indices,
        });
        ShardArrays {
            normalization: self.normalization,
            feature_normalization: normalization,
            width,
            node_ptr,
            output_ptr: self.output_ptr,
            outputs: self.outputs,
            indptr: self.indptr,
            entry_ptr: self.entry_ptr,
            indices: self.indices,
            values: self.values,
            degrees: self.degrees,
            own_loops: self.own_loops,
            features: values,
            pattern,
        }
    }

    /// Puts together what [`Shard::into_arrays`] took apart.
    ///
    /// # Errors
    /// `shape_mismatch` or `invalid_graph` telling what does not fit.
    /// # Cost
    /// One pass over the arrays, which are checked.
    pub fn from_arrays(arrays: ShardArrays) -> Result<Self> {
        let sparse = arrays.pattern.map(|FeaturePattern { indptr, entry_ptr, indices }| SparsePattern {
            indptr,
            entry_ptr,
            indices,
        });
        let features = BatchFeatures {
            normalization: arrays.feature_normalization,
            first: 0,
            width: arrays.width,
            node_ptr: arrays.node_ptr,
            values: arrays.features,
            sparse,
        };
        let shard = Self {
            normalization: arrays.normalization,
            output_ptr: arrays.output_ptr,
            outputs: arrays.outputs,
            indptr: arrays.indptr,
            entry_ptr: arrays.entry_ptr,
            indices: arrays.indices,
            values: arrays.values,
            degrees: arrays.degrees,
            own_loops: arrays.own_loops,
            features,
        };
        shard.check()?;
        Ok(shard)
    }

    /// Whether arrays from elsewhere are batches.
    ///
    /// # Errors
    /// `shape_mismatch` or `invalid_graph` telling what does not fit.
    fn check(&self) -> Result<()> {
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

    fn nodes(&self, index: usize) -> NodeInputs<'_> {
        let nodes = bounds(&self.features.node_ptr, index);
        let (degrees, own_loops) = (&self.degrees[nodes.clone()], &self.own_loops[nodes]);
        let surroundings = Surroundings::Listed { degrees, own_loops };
        NodeInputs { features: self.features.rows(index), surroundings }
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

    /// Classes of the outputs of the batch that was done last, in its order; none before the first.
    pub fn latest(&self) -> Vec<u32> {
        self.batches.latest()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob};
    use crate::graph::{CsrMatrix, Features, Graph};
    use crate::influence::PushConfig;

    /// A ring of 12 nodes with one feature each, in batches of two outputs.
    fn ring() -> (Arc<Dataset>, Plan) {
        let edges: Vec<(u32, u32)> = (0..12).map(|v| (v, (v + 1) % 12)).collect();
        let (graph, _) = Graph::from_edges(12, &edges, &Limits::default()).unwrap();
        let x =
            CsrMatrix::new(3, (0..=12).collect(), (0..12).map(|v| v % 3).collect(), vec![1.0; 12]).unwrap();
        let (features, report) = (Some(Features::Sparse(x)), Default::default());
        let dataset =
            Arc::new(Dataset::new("ring", graph, features, None, None, Vec::new(), report).unwrap());
        let (push, limit) = (PushConfig::default(), BatchLimit::Outputs(2));
        let config = NodeWiseConfig { push, top_k: 3, limit, normalization: Normalization::GlobalSym };
        let job = NodeWiseJob::new(dataset.clone(), (0..12).collect(), config, Limits::default()).unwrap();
        let plan = crate::task::run(job).unwrap();
        (dataset, plan)
    }

    #[test]
    fn cuts_share_the_work() {
        let (_, plan) = ring();
        // Six batches of equal work.
        assert_eq!(plan.num_batches(), 6);
        assert_eq!(Shard::cuts(&plan, 1), [0, 6]);
        assert_eq!(Shard::cuts(&plan, 2), [0, 3, 6]);
        assert_eq!(Shard::cuts(&plan, 3), [0, 2, 4, 6]);
        let many = Shard::cuts(&plan, 9);
        assert!(many.len() == 10 && many.is_sorted() && many[0] == 0 && many[9] == 6);
    }

    #[test]
    fn arrays_that_do_not_fit_are_refused() {
        let (dataset, plan) = ring();
        let kind = FeatureNormalization::None;
        let good = Shard::of(&dataset, &plan, 1..4, kind, &Limits::default()).unwrap();
        assert_eq!(good.check(), Ok(()));
        let bad = |change: &dyn Fn(&mut Shard)| {
            let mut shard = good.clone();
            change(&mut shard);
            assert!(shard.check().is_err(), "{shard:?}");
        };
        bad(&|shard| shard.features.node_ptr.clear());
        bad(&|shard| shard.features.node_ptr[1] = u32::MAX);
        bad(&|shard| shard.features.width = 2);
        bad(&|shard| shard.features.values.truncate(1));
        let sparse = |shard: &mut Shard, change: &dyn Fn(&mut SparsePattern)| {
            change(shard.features.sparse.as_mut().unwrap());
        };
        bad(&|shard| sparse(shard, &|sparse| sparse.indptr[1] = 9));
        bad(&|shard| sparse(shard, &|sparse| sparse.entry_ptr[1] = 0));
        bad(&|shard| sparse(shard, &|sparse| sparse.indices[0] = 3));
        bad(&|shard| shard.features.sparse = None);
        bad(&|shard| shard.outputs[0] = 99);
        bad(&|shard| shard.output_ptr.push(0));
        bad(&|shard| shard.indptr[1] = 99);
        bad(&|shard| shard.entry_ptr[0] = 1);
        bad(&|shard| shard.indices[0] = 99);
        bad(&|shard| shard.values.truncate(1));
        bad(&|shard| shard.degrees.push(1));
        bad(&|shard| shard.own_loops.clear());
    }
}
