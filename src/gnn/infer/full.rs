//! Inference over the whole graph.

use std::sync::Arc;

use super::metrics::{Predictions, split_of};
use super::source::{Source, Whole};
use super::{Input, Outputs};
use crate::error::{Error, Result};
use crate::gnn::Model;
use crate::gnn::kernels::resize;
use crate::gnn::model::{InputRows, LayerInput, LayerState, Pass, add_bias};
use crate::graph::{Dataset, Normalization, SparseView, Split};
use crate::limits::Limits;
use crate::task::{Progress, Step};

/// Rows of a layer that are computed together: their intermediate results stay in the cache.
const BLOCK_ROWS: usize = 2048;

/// Predicts nodes with the whole graph around them: the exact result that batches approximate.
///
/// Layer after layer, each only for the nodes that reach `nodes`, in blocks of 2,048 rows: besides what it reads and
/// gives, a layer holds at most one more matrix of its width. Each unit of [`Step::step`] is one block.
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
pub struct FullInference {
    model: Arc<Model>,
    input: Input,
    source: Source,
    split: Option<Split>,
    /// Finds the rows of every layer; its own layers are not used.
    pass: Pass,
    /// What the current layer reads, unless that is the features; then what it gives.
    rows: Vec<f32>,
    next: Vec<f32>,
    state: LayerState,
    /// Logits of a block, where a linear layer gives them.
    headed: Vec<f32>,
    bounds: Vec<u32>,
    layer: usize,
    /// Rows of the layer that are done.
    done: usize,
    blocks_done: u64,
}

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
    /// Up to `4 (entries + 3 n hidden)` bytes when `nodes` are all nodes.
    pub fn new(
        dataset: Arc<Dataset>,
        model: Arc<Model>,
        nodes: Vec<u32>,
        normalization: Normalization,
        split: Option<&str>,
        limits: &Limits,
    ) -> Result<Self> {
        let split = split_of(&dataset, split)?;
        let whole = || Ok(Arc::new(Whole::new(&dataset, normalization, limits)?));
        let source = Source::new(Outputs::Nodes(nodes), &dataset, whole)?;
        let input = Input::new(dataset, &model)?;
        let mut pass = Pass::new(&model, false, limits);
        if source.len() > 0 {
            let sub = source.get(input.dataset(), 0);
            pass.prepare(&model, input.nodes(&sub, 0), &sub, 0, None)?;
        }
        Ok(Self {
            model,
            input,
            source,
            split,
            pass,
            rows: Vec::new(),
            next: Vec::new(),
            state: LayerState::default(),
            headed: Vec::new(),
            bounds: Vec::new(),
            layer: 0,
            done: 0,
            blocks_done: 0,
        })
    }

    /// Bytes of buffers and results so far.
    pub fn bytes(&self) -> u64 {
        let own = [&self.rows, &self.next, &self.headed].map(Vec::capacity).iter().sum::<usize>();
        self.pass.bytes() + self.state.bytes() + own as u64 * 4
    }

    /// Starts over with the buffers that are there: another pass gives the same bits.
    pub fn again(&mut self) {
        (self.layer, self.done, self.blocks_done) = (0, 0, 0);
    }

    /// Nodes whose features are read.
    pub fn nodes_read(&self) -> u64 {
        if self.source.len() == 0 { 0 } else { self.pass.flow.layers.rows[0].len() as u64 }
    }

    /// What the pass gave; [`FullInference::again`] may start another.
    ///
    /// # Errors
    /// `internal` when blocks are left.
    pub fn predictions(&self) -> Result<Predictions> {
        self.predicted(self.rows.clone())
    }

    fn predicted(&self, logits: Vec<f32>) -> Result<Predictions> {
        let total = self.total();
        if self.blocks_done < total {
            return Err(Error::Internal(format!(
                "inference: {} of {total} blocks are done",
                self.blocks_done
            )));
        }
        let labels = self.input.dataset().labels.as_ref();
        let (nodes, classes) = (self.source.output_nodes(), self.model.num_classes());
        Ok(Predictions::new(nodes, classes, logits, labels, self.split.as_ref()))
    }

    fn total(&self) -> u64 {
        if self.source.len() == 0 {
            return 0;
        }
        let blocks = |layer: usize| self.pass.flow.layers.rows[layer + 1].len().div_ceil(BLOCK_ROWS) as u64;
        (0..self.model.num_layers()).map(blocks).sum()
    }

    /// One block of the current layer.
    fn block(&mut self) -> Result<()> {
        let Self { model, input, source, pass, rows, next, state, headed, bounds, .. } = self;
        let (layer, conv, max_bytes) = (self.layer, &model.structure.convs[self.layer], pass.max_bytes);
        let sub = source.get(input.dataset(), 0);
        let nodes = input.nodes(&sub, 0);
        let head = model.structure.head.as_ref().filter(|_| layer + 1 == model.num_layers());
        let width = head.map_or(conv.outputs(), |head| head.outputs);
        let all = pass.input(model, nodes, &sub, layer);
        let after = pass.flow.layers.rows[layer + 1].len();
        if self.done == 0 {
            conv.start(reading(all, layer, rows), &mut state.conv)?;
            if layer > 0 && conv.is_done_with_rows(&state.conv) {
                // Their memory takes what the layer gives.
                *next = std::mem::take(rows);
            }
            resize(next, after, width, max_bytes)?;
        }
        let whole = reading(all, layer, rows);
        let block = self.done..after.min(self.done + BLOCK_ROWS);
        // Bounds from 0 on, as in a block of its own.
        let first = whole.block.indptr[block.start];
        let entries = first as usize..whole.block.indptr[block.end] as usize;
        bounds.clear();
        bounds.extend(whole.block.indptr[block.start..=block.end].iter().map(|bound| bound - first));
        let part = SparseView {
            indptr: bounds,
            indices: &whole.block.indices[entries.clone()],
            values: &whole.block.values[entries],
        };
        let part = LayerInput { block: part, roots: &whole.roots[block.clone()], ..whole };
        conv.rest(part, &mut state.conv, &mut state.out)?;
        pass.close(model, layer, state, None)?;
        let result = match head {
            None => &state.out,
            Some(head) => {
                resize(headed, block.len(), width, max_bytes)?;
                head.times(InputRows::Dense(&state.out), &model.parameters, headed);
                add_bias(head.bias, &model.parameters, headed);
                &*headed
            }
        };
        next[block.start * width..block.end * width].copy_from_slice(result);
        self.done = block.end;
        if self.done == after {
            std::mem::swap(&mut self.rows, &mut self.next);
            (self.done, self.layer) = (0, layer + 1);
        }
        self.blocks_done += 1;
        Ok(())
    }
}

/// The first layer reads features, the others what the one before gave.
fn reading<'a>(input: LayerInput<'a>, layer: usize, rows: &'a [f32]) -> LayerInput<'a> {
    if layer == 0 { input } else { LayerInput { rows: InputRows::Dense(rows), ..input } }
}

impl Step for FullInference {
    type Output = Predictions;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.total();
        let end = total.min(self.blocks_done.saturating_add(budget.into()));
        while self.blocks_done < end {
            self.block()?;
        }
        Ok(Progress {
            stage: "inference",
            done: self.blocks_done,
            total,
            finished: self.blocks_done == total,
        })
    }

    fn finish(mut self) -> Result<Predictions> {
        let logits = std::mem::take(&mut self.rows);
        self.predicted(logits)
    }
}
