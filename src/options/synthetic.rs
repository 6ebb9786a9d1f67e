//! Options of synthetic graphs.

use super::{OptionSpec, Preset, Range, Set, options};

/// Features of an edge are drawn three at a time from 2^32 draws.
const MOST_DRAWS: u64 = (u32::MAX / 3) as u64;
const SHARE: Range = Range::from(0.0).to(1.0);

options! { SYNTHETIC_TEXTS:
    /// Number of nodes, a multiple of the number of classes; node `v` is of class `v mod numClasses`.
    NUM_NODES = OptionSpec::count("num_nodes", 10_000), "";
    /// Number of edges drawn; self-loops and repeated edges are dropped.
    NUM_DRAWS = OptionSpec::whole("num_draws", 0, MOST_DRAWS, 0).or(Preset::EachNode(5)), "";
    /// Number of classes.
    NUM_CLASSES = OptionSpec::count("num_classes", 10), "";
    /// Probability that the second end of an edge is drawn from the class of the first instead of all nodes.
    HOMOPHILY = OptionSpec::number_in("homophily", SHARE, 0.8), "";
    /// Seed of the random numbers for edges, features and split.
    GRAPH_SEED = OptionSpec::whole("seed", 0, u32::MAX as u64, 1), "";
    /// Number of feature columns, at least one per class; a node has at most eight non-zero features.
    NUM_FEATURES = OptionSpec::count("num_features", 100), "";
    /// Probability that a feature of a node is drawn from those of its class instead of all features.
    FEATURE_SIGNAL = OptionSpec::number_in("feature_signal", SHARE, 0.2), "";
}

/// Options of `client.plantedGraph`.
pub static SYNTHETIC: Set = Set {
    name: "PlantedGraphOptions",
    about: "Options of `client.plantedGraph`.",
    options: &[&NUM_NODES, &NUM_DRAWS, &NUM_CLASSES, &HOMOPHILY, &GRAPH_SEED, &NUM_FEATURES, &FEATURE_SIGNAL],
};
