//! Inference over the batches of a plan or over the whole graph.

use std::sync::Arc;

use super::forward::Pass;
use super::metrics::Predictions;
use super::source::{Source, Whole};
use super::{Input, Model, Outputs, reach};
use crate::batch::Plan;
use crate::error::{Error, Result};
use crate::graph::{Dataset, Normalization, Split};
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// What both kinds of inference hold.
struct Job {
    model: Arc<Model>,
    input: Input,
    source: Source,
    pass: Pass,
    split: Option<Split>,
    nodes: Vec<u32>,
    logits: Vec<f32>,
    done: usize,
}

impl Job {
    fn new(
        dataset: Arc<Dataset>,
        model: Arc<Model>,
        outputs: Outputs,
        normalization: Normalization,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        model.fits(&dataset)?;
        let split = match split {
            Some(_) => Some(dataset.split(split)?.clone()),
            None => dataset.splits.first().cloned(),
        };
        let whole = || Ok(Arc::new(Whole::new(&dataset, normalization, limits)?));
        let source = Source::new(outputs, &dataset, whole)?;
        let input = Input::new(dataset, &model)?;
        let pass = Pass::new(&model, false, limits);
        let nodes = source.output_nodes();
        let mut logits = Vec::new();
        reach::resize(&mut logits, nodes.len(), model.num_classes(), limits.max_matrix_bytes)?;
        Ok(Self { model, input, source, pass, split, nodes, logits, done: 0 })
    }

    fn progress(&self, total: usize) -> Progress {
        let finished = self.done >= total;
        Progress { stage: "inference", done: self.done as u64, total: total as u64, finished }
    }

    fn finish(self, total: usize) -> Result<Predictions> {
        if self.done < total {
            return Err(Error::Internal(format!("inference: {} of {total} steps are done", self.done)));
        }
        let dataset = self.input.dataset();
        let labels = dataset.labels.as_ref();
        let classes = self.model.num_classes();
        Ok(Predictions::new(self.nodes, classes, self.logits, labels, self.split.as_ref()))
    }
}

/// Predicts the outputs of a plan, batch by batch ([Gasteiger22]).
///
/// The features of a batch are read from the data set by global id; buffers are used again from batch to batch. Each
/// unit of [`Step::step`] is one batch.
pub struct PlanInference(Job);

impl PlanInference {
    /// Makes an inference ready to run.
    ///
    /// # Arguments
    /// * `dataset`, `plan`, `model`: must belong together; the plan's edge weights are used.
    /// * `split`: for the measures; `None` for the first split, if there is one.
    /// # Errors
    /// `shape_mismatch` when the plan was made for a graph of another size or the weights do not fit the graph;
    /// `invalid_option` for an unknown split; `limit_exceeded` and `out_of_memory` for sizes.
    /// # Cost
    /// Time and memory of a batch follow its nodes and edges, whatever the size of the graph.
    pub fn new(
        dataset: Arc<Dataset>,
        plan: Arc<Plan>,
        model: Arc<Model>,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        let normalization = plan.normalization();
        Ok(Self(Job::new(dataset, model, Outputs::Plan(plan), normalization, split, limits)?))
    }
}

impl Step for PlanInference {
    type Output = Predictions;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let job = &mut self.0;
        let (total, classes) = (job.source.len(), job.model.num_classes());
        let end = total.min(job.done.saturating_add(budget as usize));
        while job.done < end {
            let sub = job.source.get(job.input.dataset(), job.done);
            job.pass.forward(&job.model, job.input.nodes(&sub, job.done), &sub, job.done, None)?;
            for (row, &local) in job.pass.logits.chunks_exact(classes).zip(sub.outputs) {
                let node = sub.nodes[local as usize];
                let place = job.nodes.binary_search(&node).expect("an output of a batch is one of the plan");
                job.logits[place * classes..(place + 1) * classes].copy_from_slice(row);
            }
            job.done += 1;
        }
        Ok(job.progress(total))
    }

    fn finish(self) -> Result<Predictions> {
        let total = self.0.source.len();
        self.0.finish(total)
    }
}

/// Predicts nodes with the whole graph around them: the exact result that batches approximate.
///
/// Each unit of [`Step::step`] is one layer, computed only for the nodes that reach `nodes`.
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use ibmb::gnn::{FullInference, Model, TrainConfig};
/// use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, Normalization};
/// use ibmb::limits::Limits;
///
/// let limits = Limits::default();
/// let (graph, _) = Graph::from_edges(3, &[(0, 1), (1, 2)], &limits)?;
/// let features = CsrMatrix::new(2, vec![0, 1, 2, 3], vec![0, 1, 0], vec![1.0; 3])?;
/// let features = Some(Features::Sparse(features));
/// let dataset = Dataset::new("path", graph, features, None, None, Vec::new(), Default::default())?;
/// let model = Model::init(&TrainConfig::default(), 2, 4, &limits)?;
/// let job = FullInference::new(
///     Arc::new(dataset), Arc::new(model), vec![2, 0], Normalization::GlobalSym, None, &limits,
/// )?;
/// let result = ibmb::task::run(job)?;
/// assert_eq!(result.nodes, [0, 2]);
/// assert_eq!(result.logits.len(), 2 * 4);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct FullInference(Job);

impl FullInference {
    /// Makes an inference ready to run.
    ///
    /// # Arguments
    /// * `nodes`: nodes to predict, in any order; repeats count once.
    /// * `normalization`: edge weights; on the whole graph "local" degrees are the "global" ones.
    /// * `split`: for the measures; `None` for the first split, if there is one.
    /// # Errors
    /// `invalid_graph` when a node is out of range; `shape_mismatch` when the weights do not fit the graph;
    /// `invalid_option` for an unknown split; `limit_exceeded` and `out_of_memory` for sizes.
    /// # Cost
    /// `4 (entries + 4 n hidden)` bytes when `nodes` are all nodes.
    pub fn new(
        dataset: Arc<Dataset>,
        model: Arc<Model>,
        nodes: Vec<u32>,
        normalization: Normalization,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        Ok(Self(Job::new(dataset, model, Outputs::Nodes(nodes), normalization, split, limits)?))
    }

    fn total(&self) -> usize {
        self.0.source.len() * self.0.model.num_layers()
    }
}

impl Step for FullInference {
    type Output = Predictions;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.total();
        let job = &mut self.0;
        let end = total.min(job.done.saturating_add(budget as usize));
        while job.done < end {
            let sub = job.source.get(job.input.dataset(), 0);
            let nodes = job.input.nodes(&sub, 0);
            job.pass.prepare(&job.model, nodes, &sub, 0, None)?;
            job.pass.layer(&job.model, nodes, &sub, job.done, None)?;
            job.done += 1;
            if job.done == total {
                job.pass.head(&job.model)?;
                std::mem::swap(&mut job.logits, &mut job.pass.logits);
            }
        }
        Ok(job.progress(total))
    }

    fn finish(self) -> Result<Predictions> {
        let total = self.total();
        self.0.finish(total)
    }
}
