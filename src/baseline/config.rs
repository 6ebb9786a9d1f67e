//! Options of the baselines.

use super::Aggregate;
use crate::batch::default_outputs_per_batch;
use crate::error::{Error, Result};
use crate::influence::PushConfig;
use crate::options::{
    BASELINE_METHOD, BaselineName, COVERAGE, DEPTH, FAN_OUTS, Given, NODES_PER_LAYER, NUM_NEIGHBOURS,
    OUTPUTS_PER_BATCH, OptionSpec, SEED, TOP_K, WALK_LENGTH, WALKS_PER_OUTPUT,
};

/// How a neighbourhood is cut down.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
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
    /// The options of a call.
    ///
    /// # Arguments
    /// * `num_outputs`: outputs of the pass; `num_layers`: layers of the model.
    pub fn read(given: &Given, num_outputs: usize, num_layers: usize) -> Self {
        let method = match given.given_word(&BASELINE_METHOD).unwrap_or_default() {
            BaselineName::NeighbourSampling => BaselineMethod::NeighbourSampling {
                fan_outs: match given.numbers(&FAN_OUTS) {
                    Some(numbers) => numbers.iter().map(|&number| number as u32).collect(),
                    None => vec![FAN_OUTS.count_for(num_layers as u64) as u32; num_layers],
                },
            },
            BaselineName::Shadow => BaselineMethod::ShadowPageRank {
                push: PushConfig::read(given),
                top_k: given.count_or_default(&TOP_K),
            },
            BaselineName::ShadowHops => BaselineMethod::ShadowHops {
                depth: given.count_or_default(&DEPTH),
                num_neighbours: given.count_or_default(&NUM_NEIGHBOURS),
            },
            BaselineName::Ladies => {
                BaselineMethod::Ladies { nodes_per_layer: given.count_or_default(&NODES_PER_LAYER) }
            }
            BaselineName::Saint => BaselineMethod::SaintWalks {
                walk_length: given.count_or_default(&WALK_LENGTH),
                walks_per_output: given.count_or_default(&WALKS_PER_OUTPUT),
                coverage: given.count_or_default(&COVERAGE),
            },
        };
        let asked = given.count(&OUTPUTS_PER_BATCH);
        let outputs_per_batch = asked.unwrap_or_else(|| default_outputs_per_batch(num_outputs));
        Self { method, outputs_per_batch, seed: given.size_or_default(&SEED) }
    }

    /// `invalid_option` when a value is out of range or the method does not go with the network.
    pub fn validate(&self, aggregate: Aggregate, num_layers: usize) -> Result<()> {
        let count = |option: &OptionSpec, value: u32| option.check(value.into());
        count(&OUTPUTS_PER_BATCH, self.outputs_per_batch)?;
        match &self.method {
            BaselineMethod::NeighbourSampling { fan_outs } => {
                if fan_outs.len() != num_layers {
                    let message = format!(
                        "{} numbers for a model of {num_layers} layers, allowed is one a layer",
                        fan_outs.len()
                    );
                    return Err(Error::option("fan_outs", message));
                }
                fan_outs.iter().try_for_each(|&fan_out| count(&FAN_OUTS, fan_out))
            }
            BaselineMethod::ShadowPageRank { push, top_k } => {
                push.validate()?;
                count(&TOP_K, *top_k)
            }
            BaselineMethod::ShadowHops { depth, num_neighbours } => {
                count(&DEPTH, *depth)?;
                count(&NUM_NEIGHBOURS, *num_neighbours)
            }
            BaselineMethod::Ladies { nodes_per_layer } => {
                if !matches!(aggregate, Aggregate::Sum(_)) {
                    return Err(Error::option(
                        "method",
                        "ladies weighs nodes by the entries of a GCN, the model has other convolutions; take another method",
                    ));
                }
                count(&NODES_PER_LAYER, *nodes_per_layer)
            }
            BaselineMethod::SaintWalks { walk_length, walks_per_output, coverage } => {
                count(&WALK_LENGTH, *walk_length)?;
                count(&WALKS_PER_OUTPUT, *walks_per_output)?;
                count(&COVERAGE, *coverage)
            }
        }
    }
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
