//! Options of the baselines.

use super::Aggregate;
use crate::error::{Error, Result};
use crate::influence::PushConfig;

/// How a neighbourhood is cut down.
#[derive(Debug, Clone, PartialEq)]
pub enum BaselineMethod {
    /// Neighbours drawn for every node of every layer ([Hamilton17]).
    NeighbourSampling {
        /// Neighbours drawn without replacement, one number a layer, that next to the outputs first; each `>= 1`. The
        /// node itself does not count and is always there.
        fan_outs: Vec<u32>,
    },
    /// A sub-graph of its own for every output, the strongest nodes by PageRank ([Zeng21]).
    ShadowPageRank {
        /// How PageRank is computed.
        push: PushConfig,
        /// Nodes of a sub-graph, the output counted when it is among the strongest; `>= 1`.
        top_k: u32,
    },
    /// A sub-graph of its own for every output, by drawing neighbours of neighbours ([Zeng21]).
    ShadowHops {
        /// Steps from the output, 1 to 16.
        depth: u32,
        /// Neighbours drawn without replacement for every node that was reached; `>= 1`.
        num_neighbours: u32,
    },
    /// Nodes drawn for every layer as a whole, in proportion to what they weigh there ([Zou19]); GCN only.
    Ladies {
        /// Nodes of a layer on average, `>= 1`.
        nodes_per_layer: u32,
    },
    /// The nodes that random walks from the outputs of a batch visit ([Zeng20]).
    SaintWalks {
        /// Steps of a walk, 1 to 64.
        walk_length: u32,
        /// Walks from every output, 1 to 4,096.
        walks_per_output: u32,
        /// Samples by which it is counted how often nodes and edges are there, 1 to 10,000; published: 100.
        coverage: u32,
    },
}

/// Options of a baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct BaselineConfig {
    /// How a neighbourhood is cut down.
    pub method: BaselineMethod,
    /// Outputs of a batch, `>= 1`: runs of the outputs, ascending; the last may have fewer.
    pub outputs_per_batch: u32,
    /// Seed of all draws.
    pub seed: u64,
}

impl BaselineConfig {
    /// `invalid_option` when a value is out of range or the method does not go with the network.
    pub fn validate(&self, aggregate: Aggregate, num_layers: usize) -> Result<()> {
        within("outputs_per_batch", self.outputs_per_batch, u32::MAX)?;
        match &self.method {
            BaselineMethod::NeighbourSampling { fan_outs } => {
                if fan_outs.len() != num_layers {
                    let message = format!(
                        "{} numbers for a model of {num_layers} layers, allowed is one a layer",
                        fan_outs.len()
                    );
                    return Err(Error::option("fan_outs", message));
                }
                fan_outs.iter().try_for_each(|&fan_out| within("fan_outs", fan_out, u32::MAX))
            }
            BaselineMethod::ShadowPageRank { push, top_k } => {
                push.validate()?;
                within("top_k", *top_k, u32::MAX)
            }
            BaselineMethod::ShadowHops { depth, num_neighbours } => {
                within("depth", *depth, 16)?;
                within("num_neighbours", *num_neighbours, u32::MAX)
            }
            BaselineMethod::Ladies { nodes_per_layer } => {
                if !matches!(aggregate, Aggregate::Sum(_)) {
                    return Err(Error::option(
                        "method",
                        "ladies weighs nodes by the entries of a GCN, the model has other convolutions; take another method",
                    ));
                }
                within("nodes_per_layer", *nodes_per_layer, u32::MAX)
            }
            BaselineMethod::SaintWalks { walk_length, walks_per_output, coverage } => {
                within("walk_length", *walk_length, 64)?;
                within("walks_per_output", *walks_per_output, 4096)?;
                within("coverage", *coverage, 10_000)
            }
        }
    }
}

fn within(name: &'static str, value: u32, most: u32) -> Result<()> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(Error::option(name, format!("{value} is out of range, allowed is a whole number from 1 to {most}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Normalization;

    #[test]
    fn options_out_of_range_are_named() {
        let gcn = Aggregate::Sum(Normalization::GlobalSym);
        let check = |method, outputs_per_batch, aggregate| {
            BaselineConfig { method, outputs_per_batch, seed: 0 }.validate(aggregate, 2)
        };
        let sampling = |fan_outs: &[u32]| BaselineMethod::NeighbourSampling { fan_outs: fan_outs.to_vec() };
        let saint = |walk_length, walks_per_output, coverage| BaselineMethod::SaintWalks {
            walk_length,
            walks_per_output,
            coverage,
        };
        let push = PushConfig::default();
        let bad = [
            ("outputs_per_batch", sampling(&[1, 1]), 0, gcn),
            ("fan_outs", sampling(&[1, 1, 1]), 1, gcn),
            ("fan_outs", sampling(&[1, 0]), 1, gcn),
            ("top_k", BaselineMethod::ShadowPageRank { push, top_k: 0 }, 1, gcn),
            (
                "alpha",
                BaselineMethod::ShadowPageRank { push: PushConfig { alpha: 0.0, ..push }, top_k: 1 },
                1,
                gcn,
            ),
            ("depth", BaselineMethod::ShadowHops { depth: 17, num_neighbours: 1 }, 1, gcn),
            ("num_neighbours", BaselineMethod::ShadowHops { depth: 16, num_neighbours: 0 }, 1, gcn),
            ("nodes_per_layer", BaselineMethod::Ladies { nodes_per_layer: 0 }, 1, gcn),
            ("method", BaselineMethod::Ladies { nodes_per_layer: 1 }, 1, Aggregate::Attention),
            ("walk_length", saint(65, 1, 1), 1, gcn),
            ("walks_per_output", saint(64, 4097, 1), 1, gcn),
            ("coverage", saint(64, 4096, 10_001), 1, gcn),
        ];
        for (name, method, outputs_per_batch, aggregate) in bad {
            let error = check(method, outputs_per_batch, aggregate).unwrap_err();
            assert!(
                matches!(error, Error::InvalidOption { name: found, .. } if found == name),
                "{name}: {error}"
            );
        }
        assert_eq!(check(saint(64, 4096, 10_000), 1, Aggregate::Attention), Ok(()));
        assert_eq!(check(sampling(&[1, 1]), 1, gcn), Ok(()));
    }
}
