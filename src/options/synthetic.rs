//! Options of synthetic graphs.

use super::{OptionSpec, Preset, Range, Set, options};

/// Features of an edge are drawn three at a time from 2^32 draws.
const MOST_DRAWS: u64 = (u32::MAX / 3) as u64;
const SHARE: Range = Range::from(0.0).to(1.0);

options! { SYNTHETIC_TEXTS:
    /// Nodes, a multiple of the classes; node `v` is of class `v mod numClasses`.
    NUM_NODES = OptionSpec::count("num_nodes", 10_000), "";
    /// Edges drawn; self-loops and repeats among them are dropped.
    NUM_DRAWS = OptionSpec::whole("num_draws", 0, MOST_DRAWS, 0).or(Preset::EachNode(5)), "";
    /// Classes.
    NUM_CLASSES = OptionSpec::count("num_classes", 10), "";
    /// Share of the edges that stay within a class for certain.
    HOMOPHILY = OptionSpec::number_in("homophily", SHARE, 0.8), "";
    /// Start of the random numbers of edges, features and split.
    GRAPH_SEED = OptionSpec::whole("seed", 0, u32::MAX as u64, 1), "";
    /// Columns of the features, at least one a class; a node has up to eight of them.
    NUM_FEATURES = OptionSpec::count("num_features", 100), "";
    /// Probability that a feature of a node is one of its class instead of any.
    FEATURE_SIGNAL = OptionSpec::number_in("feature_signal", SHARE, 0.2), "";
}

/// Options of `client.plantedGraph`.
pub static SYNTHETIC: Set = Set {
    name: "PlantedGraphOptions",
    about: "Options of `client.plantedGraph`.",
    options: &[&NUM_NODES, &NUM_DRAWS, &NUM_CLASSES, &HOMOPHILY, &GRAPH_SEED, &NUM_FEATURES, &FEATURE_SIGNAL],
};
