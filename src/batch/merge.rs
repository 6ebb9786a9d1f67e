//! Several batches of a plan as one.

use super::plan::{BatchView, Plan};
use super::write::{KnownNode, PlanWriter};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::limits::Limits;

/// One batch made of several, with its own arrays.
#[derive(Debug, Clone, PartialEq)]
pub struct MergedBatch(Plan);

impl MergedBatch {
    /// The arrays as those of any batch; a GNN takes them as its sub-graph.
    pub fn view(&self) -> BatchView<'_> {
        self.0.batch(0)
    }

    /// Bytes of the arrays.
    pub fn bytes(&self) -> u64 {
        self.0.bytes()
    }
}

impl Plan {
    /// Merges batches into one: the union of their outputs and nodes, with the edges of the graph among them, those
    /// between nodes of different batches included.
    ///
    /// Only what the plan knows goes into the result:
    /// * `scores` are summed (in the order of `batches`, in `f64`, rounded once): the influence of a node on all
    ///   outputs, as far as the batches that hold the node tell it.
    /// * `best_output` is that of the batch with the greatest score at the node, of equal ones the smaller output. It
    ///   is the best for certain where only one batch holds the node; elsewhere another batch may have a stronger
    ///   single output, which the sums do not tell.
    /// * `rank` is the best place in the list of any output, and `hop` is measured in the merged graph.
    /// * `captured` is what each output's own batch captures: at most what the union does.
    ///
    /// # Arguments
    /// * `graph`: the one that the plan was made for.
    /// * `batches`: indices in any order, each once. None give a batch without nodes.
    /// # Returns
    /// A batch weighted like the plan. One batch by itself stays as it is.
    /// # Errors
    /// `invalid_option` when a batch is out of range or comes twice; `shape_mismatch` for a graph of another size;
    /// `limit_exceeded` beyond `max_plan_bytes`; `out_of_memory`.
    /// # Cost
    /// `O(k log k + d)` for `k` nodes of degree sum `d`, and `8 n` bytes of scratch.
    /// # Source
    /// [Gasteiger22] merges batches so when a training step takes several.
    /// # Example
    /// ```
    /// # use std::sync::Arc;
    /// use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob};
    /// use ibmb::graph::{Dataset, Graph, Normalization, Report};
    /// use ibmb::{influence::PushConfig, limits::Limits, task};
    ///
    /// let limits = Limits::default();
    /// let (graph, _) = Graph::from_edges(4, &[(0, 1), (1, 2), (2, 3)], &limits)?;
    /// let dataset = Arc::new(Dataset::new("path", graph, None, None, None, vec![], Report::default())?);
    /// let config = NodeWiseConfig {
    ///     push: PushConfig::default(),
    ///     top_k: 1,
    ///     limit: BatchLimit::Outputs(2),
    ///     normalization: Normalization::GlobalSym,
    /// };
    /// let plan = task::run(NodeWiseJob::new(dataset.clone(), vec![0, 1, 2, 3], config, limits.clone())?)?;
    /// let merged = plan.merged(&dataset.graph, &[0, 1], &limits)?;
    /// assert_eq!(merged.view().output_nodes(), [0, 1, 2, 3]);
    /// // Each batch has one edge; the one between them comes back.
    /// assert_eq!(merged.view().num_edges(), 3);
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn merged(&self, graph: &Graph, batches: &[u32], limits: &Limits) -> Result<MergedBatch> {
        self.check_graph(graph)?;
        self.check_indices(batches)?;
        let mut nodes: Vec<KnownNode> = Vec::new();
        let mut captured: Vec<(u32, f64)> = Vec::new();
        for &index in batches {
            let batch = self.batch(index as usize);
            let first = nodes.len();
            nodes.extend(batch.nodes.iter().enumerate().map(|(local, &node)| KnownNode {
                node,
                rank: batch.rank[local],
                score: batch.scores[local].into(),
                best_output: batch.best_output[local],
                is_output: false,
            }));
            for (&local, &mass) in batch.outputs.iter().zip(batch.captured) {
                nodes[first + local as usize].is_output = true;
                captured.push((batch.nodes[local as usize], mass));
            }
        }
        // The scores of a node stay in the order of the batches.
        let nodes: Vec<KnownNode> = ascending(nodes, |known| known.node);
        let union: Vec<KnownNode> = nodes.chunk_by(|a, b| a.node == b.node).map(join).collect();
        let captured: Vec<f64> =
            ascending(captured, |&(node, _)| node).into_iter().map(|(_, mass)| mass).collect();
        let mut writer = PlanWriter::new(graph, self.normalization, limits)?;
        writer.write_known(graph.adjacency(), &union, &captured)?;
        Ok(MergedBatch(writer.take()))
    }

    fn check_indices(&self, batches: &[u32]) -> Result<()> {
        let mut seen = vec![false; self.num_batches()];
        for &batch in batches {
            let problem = match seen.get_mut(batch as usize) {
                None => format!("batch {batch} is out of range, the plan has {} batches", self.num_batches()),
                Some(true) => format!("batch {batch} comes twice, every batch may come once"),
                Some(slot) => {
                    *slot = true;
                    continue;
                }
            };
            return Err(Error::option("batches", problem));
        }
        Ok(())
    }
}

/// Items by their node; those of one node stay in their order.
fn ascending<T: Copy>(items: Vec<T>, node: impl Fn(&T) -> u32) -> Vec<T> {
    let mut order: Vec<(u32, u32)> = items.iter().map(node).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, at)| items[at as usize]).collect()
}

/// One node from its entries in several batches.
fn join(entries: &[KnownNode]) -> KnownNode {
    let stronger = |a: KnownNode, b: KnownNode| {
        let greater = b.score > a.score || (b.score == a.score && b.best_output < a.best_output);
        if greater { b } else { a }
    };
    let best = entries.iter().copied().reduce(stronger).expect("a chunk has an entry");
    KnownNode {
        // 0 stands for "in no list".
        rank: entries.iter().map(|entry| entry.rank).filter(|&rank| rank > 0).min().unwrap_or(0),
        score: entries.iter().map(|entry| entry.score).sum(),
        best_output: best.best_output,
        is_output: entries.iter().any(|entry| entry.is_output),
        node: best.node,
    }
}
