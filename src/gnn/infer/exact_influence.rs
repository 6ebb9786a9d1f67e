//! The influence of every node around one on what a trained model says about it.

use std::sync::Arc;

use super::Input;
use super::induced::Induced;
use crate::error::{Error, Result};
use crate::gnn::Model;
use crate::gnn::kernels::resize;
use crate::gnn::model::{Backward, Pass};
use crate::graph::{Dataset, Normalization, hop_ball};
use crate::influence::{PushConfig, Pusher, rank_correlation, top_k, top_k_overlap};
use crate::limits::Limits;
use crate::options::K;
use crate::task::{Progress, Step};

/// Exact influence of nodes on one node, and how well PPR foresees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Influence {
    /// All nodes that reach the node within the model's layers, the most influential first, of equal ones the smaller id.
    pub nodes: Vec<u32>,
    /// Sum over logits and features of the absolute derivative, one a node.
    pub scores: Vec<f64>,
    /// Approximate PPR of the node at `nodes`; 0 where push did not get to.
    pub ppr: Vec<f64>,
    /// Spearman's correlation of `scores` and `ppr`; `None` where one of them says the same of all nodes.
    pub rank_correlation: Option<f64>,
    /// Share of the `k` nodes of greatest score that are among the `k` of greatest PPR.
    pub top_k_overlap: f64,
}

/// Computes `sum over i, j of |d logit_i(node) / d x_j(u)|` for every node `u` that `node` can see, by one backward pass
/// a class; each unit of [`Step::step`] is one class.
///
/// PPR is what remains of this influence in expectation, when nothing is known about the weights ([Xu18],
/// [Gasteiger22]): the result tells how far that holds for a model.
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use ibmb::gnn::{ExactInfluence, Model, TrainConfig};
/// use ibmb::graph::{CsrMatrix, Dataset, Features, Graph, Normalization};
/// use ibmb::influence::PushConfig;
/// use ibmb::limits::Limits;
///
/// // A path of four nodes; one layer of the two sees the neighbours, both see two steps.
/// let limits = Limits::default();
/// let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &limits)?;
/// let features = CsrMatrix::new(2, vec![0, 1, 2, 3, 4], vec![0, 1, 0, 1], vec![1.0; 4])?;
/// let features = Some(Features::Sparse(features));
/// let dataset = Arc::new(Dataset::new("path", graph, features, None, None, Vec::new(), Default::default())?);
/// let model = Arc::new(Model::init(&TrainConfig::default(), 2, 3, &limits)?);
/// let kind = Normalization::GlobalSym;
/// let job = ExactInfluence::new(dataset, model, 0, kind, PushConfig::default(), 2, &limits)?;
/// let influence = ibmb::task::run(job)?;
/// let mut nodes = influence.nodes.clone();
/// nodes.sort();
/// assert_eq!(nodes, [0, 1, 2]);
/// # Ok::<(), ibmb::Error>(())
/// ```
pub struct ExactInfluence {
    model: Arc<Model>,
    input: Input,
    /// The ball around the node, and the node's place in it.
    ball: Induced,
    output: [u32; 1],
    ppr: Vec<f64>,
    k: usize,
    pass: Pass,
    backward: Backward,
    /// Sums so far, one a row that the first layer reads.
    sums: Vec<f64>,
    done: usize,
}

impl ExactInfluence {
    /// Makes the work ready.
    ///
    /// # Arguments
    /// * `node`: below the number of nodes.
    /// * `normalization`: edge weights of a GCN; on the whole graph "local" degrees are the "global" ones.
    /// * `push`: how PPR is approximated. * `k`: how many nodes of both orders are compared, at least 1.
    /// # Errors
    /// `invalid_graph` when the node is out of range; `invalid_option` when `push` or `k` is; those of [`Model::fits`];
    /// `limit_exceeded` and `out_of_memory` for sizes.
    /// # Cost
    /// One forward pass over the ball and a backward pass a class; the last step of each gives all features' derivatives,
    /// `4 ball features` bytes. Derivatives are by the features as the model reads them, after their normalisation.
    /// # Source
    /// [Xu18] definition 3.1
    pub fn new(
        dataset: Arc<Dataset>,
        model: Arc<Model>,
        node: u32,
        normalization: Normalization,
        push: PushConfig,
        k: usize,
        limits: &Limits,
    ) -> Result<Self> {
        K.check(k as f64)?;
        let input = Input::new(dataset, &model)?;
        let csr = input.dataset().graph.adjacency();
        // Checks the node, too.
        let row = Pusher::new(csr, push)?.push(csr, node)?.clone();
        let nodes = hop_ball(csr, &[node], model.num_layers() as u32);
        let ball = Induced::new(csr, nodes, normalization.on_whole_graph());
        let mass = |node: &u32| row.nodes.binary_search(node).map_or(0.0, |at| row.mass[at]);
        let ppr = ball.nodes.iter().map(mass).collect();
        let pass = Pass::new(&model, true, limits);
        Ok(Self {
            model,
            input,
            output: [ball.local(node)],
            ball,
            ppr,
            k,
            pass,
            backward: Backward::default(),
            sums: Vec::new(),
            done: 0,
        })
    }

    /// The derivatives of one logit.
    fn class(&mut self) -> Result<()> {
        let sub = self.ball.sub(&self.output);
        let (nodes, pass) = (self.input.nodes(&sub, 0), &mut self.pass);
        if self.done == 0 {
            pass.forward(&self.model, nodes, &sub, 0, None)?;
            self.sums = vec![0.0; pass.flow.layers.rows[0].len()];
        }
        let d = &mut self.backward.buffers.d;
        resize(d, 1, self.model.num_classes(), pass.max_bytes)?;
        d.fill(0.0);
        d[self.done] = 1.0;
        self.backward.through(&self.model, nodes, &sub, pass, None, true)?;
        for (sum, row) in self.sums.iter_mut().zip(self.backward.buffers.d.chunks_exact(nodes.features.width))
        {
            *sum += row.iter().map(|&d| f64::from(d.abs())).sum::<f64>();
        }
        self.done += 1;
        Ok(())
    }
}

impl Step for ExactInfluence {
    type Output = Influence;

    fn step(&mut self, budget: u32) -> Result<Progress> {
        let total = self.model.num_classes();
        let end = total.min(self.done.saturating_add(budget as usize));
        while self.done < end {
            self.class()?;
        }
        let finished = self.done == total;
        Ok(Progress { stage: "influence", done: self.done as u64, total: total as u64, finished })
    }

    fn finish(self) -> Result<Influence> {
        let total = self.model.num_classes();
        if self.done < total {
            return Err(Error::Internal(format!("influence: {} of {total} classes are done", self.done)));
        }
        let mut scores = vec![0.0; self.ball.nodes.len()];
        for (&local, &sum) in self.pass.flow.layers.rows[0].iter().zip(&self.sums) {
            scores[local as usize] = sum;
        }
        let rank_correlation = rank_correlation(&scores, &self.ppr);
        let top_k_overlap = top_k_overlap(&scores, &self.ppr, self.k).expect("a ball holds its centre");
        let (nodes, scores): (Vec<u32>, Vec<f64>) =
            top_k(&self.ball.nodes, &scores, self.ball.nodes.len()).into_iter().unzip();
        let ppr = nodes.iter().map(|&node| self.ppr[self.ball.local(node) as usize]).collect();
        Ok(Influence { nodes, scores, ppr, rank_correlation, top_k_overlap })
    }
}
