//! Options of the inference methods that IBMB is compared with.

use super::{
    ALPHA, EPS, Kind, MODEL_NORMALIZATION, OUTPUT_NODES, OUTPUTS_PER_BATCH, OptionSpec, Preset, Range, SEED,
    SPLIT, Set, TOP_K, When, Words, options, words,
};

words! {
    /// Method that reduces the neighbourhood.
    pub enum BaselineName of "method", by default NeighbourSampling {
        /// Neighbours drawn for every node of every layer, again in each pass; sums over them are scaled to be unbiased
        /// ([Hamilton17]).
        NeighbourSampling = "neighbour-sampling",
        /// A sub-graph of its own for every output: the strongest nodes by PageRank ([Zeng21]).
        Shadow = "shadow",
        /// A sub-graph of its own for every output, by neighbours drawn once ([Zeng21]).
        ShadowHops = "shadow-hops",
        /// Nodes drawn for every layer as a whole, anew in each pass, by their weight there; GCN only ([Zou19]).
        Ladies = "ladies",
        /// The nodes that random walks from the outputs of a batch visit, drawn once ([Zeng20]).
        Saint = "saint",
    }
}

const SAMPLING: &[When] = &[When { option: "method", words: &["neighbour-sampling"] }];
const HOPS: &[When] = &[When { option: "method", words: &["shadow-hops"] }];
const LADIES: &[When] = &[When { option: "method", words: &["ladies"] }];
const SAINT: &[When] = &[When { option: "method", words: &["saint"] }];

options! { COMPARE_TEXTS:
    /// Method that reduces the neighbourhood.
    BASELINE_METHOD = OptionSpec::choice("method", BaselineName::WORDS).or(Preset::Required), "";
    /// Neighbours per node, without the node itself: one number per layer, the layer next to the outputs first.
    FAN_OUTS = OptionSpec::of("fan_outs", Kind::Numbers(Range::whole(1, u32::MAX as u64)))
        .or(Preset::EachLayer(10)).only(SAMPLING), "[Hamilton17]";
    /// Number of hops from the output.
    DEPTH = OptionSpec::whole("depth", 1, 16, 2).only(HOPS), "[Zeng21]";
    /// Neighbours drawn for every node reached.
    NUM_NEIGHBOURS = OptionSpec::count("num_neighbours", 10).only(HOPS), "[Zeng21]";
    /// Mean number of nodes per layer.
    NODES_PER_LAYER = OptionSpec::count("nodes_per_layer", 512).only(LADIES), "[Zou19]";
    /// Length of a walk in steps.
    WALK_LENGTH = OptionSpec::whole("walk_length", 1, 64, 2).only(SAINT), "[Zeng20]";
    /// Number of walks from every output.
    WALKS_PER_OUTPUT = OptionSpec::whole("walks_per_output", 1, 4096, 4).only(SAINT), "[Zeng20]";
    /// Number of samples that estimate how often an edge occurs.
    COVERAGE = OptionSpec::whole("coverage", 1, 10_000, 100).only(SAINT), "[Zeng20]";
}

/// Options of a baseline.
pub static BASELINE: Set = Set {
    name: "BaselineOptions",
    about: "Options of a baseline.",
    options: &[
        &BASELINE_METHOD,
        &OUTPUT_NODES,
        &SPLIT,
        &OUTPUTS_PER_BATCH,
        &MODEL_NORMALIZATION,
        &SEED,
        &FAN_OUTS,
        &TOP_K,
        &ALPHA,
        &EPS,
        &DEPTH,
        &NUM_NEIGHBOURS,
        &NODES_PER_LAYER,
        &WALK_LENGTH,
        &WALKS_PER_OUTPUT,
        &COVERAGE,
    ],
};
