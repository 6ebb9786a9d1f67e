//! Options of plans, of influence, and of what is asked about a plan.

use super::{Kind, OptionSpec, Preset, Range, Set, When, Words, options, words};

words! {
    /// How outputs are divided into batches, and how auxiliary nodes are selected.
    pub enum Method of "method", by default NodeWise {
        /// Outputs that influence each other are merged into batches; each output selects its top-k nodes ([Gasteiger22],
        /// section 3).
        NodeWise = "node-wise",
        /// One batch per part of the graph, with the top nodes for all its outputs together: topic-sensitive PageRank
        /// ([Gasteiger22], section 3).
        BatchWise = "batch-wise",
        /// One batch per part of the graph, as in batch-wise; each output selects its top-k nodes, as in node-wise (published
        /// code).
        Hybrid = "hybrid",
        /// Outputs are assigned to batches at random; each output selects its top-k nodes: the ablation of [Gasteiger22].
        Random = "random",
        /// One batch per part of the graph, with all nodes of the part: Cluster-GCN ([Chiang19]).
        Cluster = "cluster",
    }
}

words! {
    /// Influence measure.
    pub enum MeasureName of "measure", by default PageRank {
        /// Personalised PageRank ([Gasteiger22], section 3).
        PageRank = "ppr",
        /// The heat kernel, a diffusion over a mean number of steps ([Kloster14]).
        HeatKernel = "heat-kernel",
    }
}

words! {
    /// Order in which nodes are pushed; at a finite `eps` the result depends on it, the bounds do not.
    pub enum Queue of "queue", by default Fast {
        /// First in, first out: the least work for the same bound.
        Fast = "fast",
        /// Last in, first out, as in the published code.
        Reference = "reference",
    }
}

words! {
    /// Scale of the influence between two outputs for merging; `p` is the mass of `v` in the row of `u`.
    pub enum PairScale of "pair_normalization", by default Row {
        /// The influence as it is, `p`.
        Row = "row",
        /// Symmetric: `sqrt(d_u) p / sqrt(d_v)`.
        Sym = "sym",
        /// By column: `d_u p / d_v`.
        Col = "col",
    }
}

words! {
    /// Quantity that is equal in all parts of the graph.
    pub enum Balance of "balance", by default All {
        /// Parts have equally many nodes.
        All = "all",
        /// Parts have equally many outputs.
        Outputs = "outputs",
    }
}

words! {
    /// Direction of topic-sensitive PageRank.
    pub enum Direction of "direction", by default Influence {
        /// From the outputs: the influence on the outputs, as in the theory ([Gasteiger22], section 3).
        Influence = "influence",
        /// Towards the outputs, 50 iterations, as in the published code: hubs count less. Needs PageRank as measure.
        Reference = "reference",
    }
}

words! {
    /// How the edges of a batch are weighted. "Global" uses degrees in the whole graph, "local" those in the batch. With
    /// weights of its own an edge has that times the value here, and `d` is the sum of the weights of a row.
    pub enum Normalization of "normalization", by default GlobalSym {
        /// `1 / sqrt(d_u d_v)` with whole-graph degrees ([Kipf17]); exact when the batch holds the L-hop ball.
        GlobalSym = "global-sym",
        /// `1 / d_v` with whole-graph degrees; rows of a batch may sum to less than one.
        GlobalRw = "global-rw",
        /// `1 / sqrt(d_u d_v)` with degrees inside the batch.
        LocalSym = "local-sym",
        /// `1 / d_v` with degrees inside the batch; rows sum to one.
        LocalRw = "local-rw",
    }
}

words! {
    /// The order in which batches are visited ([Gasteiger22], batch scheduling).
    pub enum Schedule of "schedule", by default Random {
        /// A new random order in every epoch.
        Random = "random",
        /// Each next batch is drawn from those left, with probability proportional to its distance from the previous batch.
        Sample = "sample",
        /// A fixed order that maximises the label distance between consecutive batches.
        Order = "order",
    }
}

words! {
    /// Distance between the label distributions of two batches.
    pub enum Distance of "distance", by default Kl {
        /// Symmetric Kullback-Leibler divergence, natural logarithm ([Gasteiger22]).
        Kl = "kl",
        /// Sum of the absolute differences, at most 2.
        L1 = "l1",
    }
}

/// Methods whose outputs each bring nodes of their own.
const EACH: &[When] = &[When { option: "method", words: &["node-wise", "hybrid", "random", "shadow"] }];
/// Methods that group the outputs themselves, and the baselines, which take them in runs.
const SIZED: &[When] = &[When {
    option: "method",
    words: &["node-wise", "random", "neighbour-sampling", "shadow", "shadow-hops", "ladies", "saint"],
}];
/// Methods over a partition of the graph.
const PARTS: &[When] = &[When { option: "method", words: &["batch-wise", "hybrid", "cluster"] }];
const NODE_WISE: &[When] = &[When { option: "method", words: &["node-wise"] }];
const BATCH_WISE: When = When { option: "method", words: &["batch-wise"] };
/// Methods that measure influence.
const PLANS: When =
    When { option: "method", words: &["node-wise", "batch-wise", "hybrid", "random", "cluster"] };
const BY_INFLUENCE: When =
    When { option: "method", words: &["node-wise", "batch-wise", "hybrid", "random", "cluster", "shadow"] };
const PPR: When = When { option: "measure", words: &["ppr"] };
const HEAT: When = When { option: "measure", words: &["heat-kernel"] };

options! { PLAN_TEXTS:
    /// How outputs are divided into batches, and how auxiliary nodes are selected.
    METHOD = OptionSpec::choice("method", Method::WORDS), "[Gasteiger22], section 3";
    /// The nodes to predict; every one is in exactly one batch.
    OUTPUT_NODES = OptionSpec::of("output_nodes", Kind::Outputs), "[Gasteiger22], section 3", "all nodes";
    /// Split that `train`, `val` and `test` refer to.
    SPLIT = OptionSpec::of("split", Kind::Text), "", "the first";
    /// Influence measure: personalised PageRank, or the heat kernel.
    MEASURE = OptionSpec::choice("measure", MeasureName::WORDS).only(&[PLANS]), "[Gasteiger22], section 3";
    /// Mean number of steps of a random walk under the heat kernel; smaller values stay closer to the output.
    HEAT_TIME = OptionSpec::number_in("heat_time", Range::above(0.0).to(50.0), 5.0).only(&[PLANS, HEAT]),
        "[Kloster14]; the default is that of the published code";
    /// Teleport probability: the probability that a random walk ends at each step; larger values stay closer to the output.
    ALPHA = OptionSpec::number_in("alpha", Range::above(0.0).to(1.0), 0.25).only(&[BY_INFLUENCE, PPR]),
        "[Gasteiger22], section 3";
    /// Error bound of the influence, per unit of degree (sum of edge weights on a weighted graph); smaller values are more
    /// exact and slower.
    EPS = OptionSpec::number_in("eps", Range::above(0.0), 1e-4).only(&[BY_INFLUENCE]), "[Andersen06], figure 1";
    /// Order of the push: first in, first out (fast), or last in, first out (published code). Both keep the error bound.
    QUEUE = OptionSpec::choice("queue", Queue::WORDS).only(&[PLANS, PPR]), "[Andersen06]";
    /// Lowers `outputsPerBatch` so that all batches have about the same size; the number of batches stays.
    EVEN_OUT = OptionSpec::flag("even_out", false).only(&[When { option: "method", words: &["node-wise", "random"] }])
        .unless("nodes_per_batch"), "published code of [Gasteiger22]";
    /// Outputs per batch at most; smaller batches need less memory.
    OUTPUTS_PER_BATCH = OptionSpec::count("outputs_per_batch", 1).or(Preset::Share { divisor: 8, least: 32 }).only(SIZED)
        .unless("nodes_per_batch"), "[Gasteiger22], section 3";
    /// Nodes per batch at most, outputs and auxiliary nodes together; replaces `outputsPerBatch`. An output that alone
    /// selects more nodes gets a batch of its own.
    NODES_PER_BATCH = OptionSpec::count("nodes_per_batch", 1).or(Preset::Nothing).only(NODE_WISE),
        "[Gasteiger22], section 3", "no limit";
    /// Score by which outputs are merged: the influence `p` of node v on output u, scaled by the degrees of both.
    PAIR_NORMALIZATION = OptionSpec::choice("pair_normalization", PairScale::WORDS).only(NODE_WISE),
        "published code of [Gasteiger22]";
    /// Number of parts into which the graph is partitioned, with few edges between them; each part with outputs is a batch.
    NUM_BATCHES = OptionSpec::count("num_batches", 8).or(Preset::UpToOutputs(8)).only(PARTS),
        "[Gasteiger22], section 3; [Karypis98]";
    /// Quantity that is equal in all parts: nodes, or outputs.
    BALANCE = OptionSpec::choice("balance", Balance::WORDS).only(PARTS), "";
    /// Seed of the random numbers; the same seed gives the same result on every machine.
    SEED = OptionSpec::seed("seed").only(&[When {
        option: "method",
        words: &[
            "random", "batch-wise", "hybrid", "cluster", "neighbour-sampling", "shadow", "shadow-hops", "ladies", "saint",
        ],
    }]), "";
    /// Number of nodes with the greatest influence that each output selects; the output itself counts if it is one of them.
    TOP_K = OptionSpec::count("top_k", 16).only(EACH), "[Gasteiger22], section 3";
    /// Size of a batch relative to an equal share of the graph: it selects `expandRatio * nodes / numBatches` nodes.
    EXPAND_RATIO = OptionSpec::number_in("expand_ratio", Range::above(0.0), 1.0).only(&[BATCH_WISE]),
        "[Gasteiger22], section 3";
    /// Direction of topic-sensitive PageRank: from the outputs, or towards them as in the published code.
    DIRECTION = OptionSpec::choice("direction", Direction::WORDS).only(&[BATCH_WISE, PPR]),
        "[Gasteiger22], section 3; published code";
    /// Edge weights in a batch: by degrees in the whole graph (global) or in the batch (local), symmetric or per row. With
    /// global degrees predictions are exact where a batch contains all neighbours within L hops.
    NORMALIZATION = OptionSpec::choice("normalization", Normalization::WORDS), "[Kipf17]";

    /// How many nodes at most.
    K = OptionSpec::count("k", 16), "";
    /// One walk from all nodes and `k` nodes in all, as in batch-wise plans, instead of `k` for each node.
    TOGETHER = OptionSpec::flag("together", false), "[Gasteiger22], section 3";
    /// How many of the nodes left out are listed at most.
    LEFT_OUT = OptionSpec::whole("left_out", 0, u32::MAX as u64, 16), "";
    /// Around some of the outputs of the batch only.
    AROUND_OUTPUTS = OptionSpec::of("outputs", Kind::Nodes), "", "all of the batch";
    /// How many paths at most.
    NUM_PATHS = OptionSpec::whole("k", 1, 100, 5), "[Yen71]";
    /// The nodes that a path may go through, both ends among them, for example those of a batch.
    WITHIN = OptionSpec::of("within", Kind::Nodes), "", "all nodes";

    /// Order in which the batches are visited, by how much the labels of their outputs differ.
    SCHEDULE = OptionSpec::choice("schedule", Schedule::WORDS), "[Gasteiger22], batch scheduling";
    /// Distance between the label distributions of the outputs of two batches.
    DISTANCE = OptionSpec::choice("distance", Distance::WORDS), "[Gasteiger22], batch scheduling";
    /// Seed of the random numbers.
    ORDER_SEED = OptionSpec::seed("seed"), "";
    /// How many epochs to order.
    ORDER_EPOCHS = OptionSpec::whole("epochs", 1, 10_000, 1), "";
}

/// Options of `graph.plan`.
pub static PLAN: Set = Set {
    name: "PlanOptions",
    about: "Options of `graph.plan`.",
    options: &[
        &METHOD,
        &OUTPUT_NODES,
        &SPLIT,
        &MEASURE,
        &HEAT_TIME,
        &ALPHA,
        &EPS,
        &QUEUE,
        &EVEN_OUT,
        &OUTPUTS_PER_BATCH,
        &NODES_PER_BATCH,
        &PAIR_NORMALIZATION,
        &NUM_BATCHES,
        &BALANCE,
        &SEED,
        &TOP_K,
        &EXPAND_RATIO,
        &DIRECTION,
        &NORMALIZATION,
    ],
};

/// Options of `graph.influencers`.
pub static INFLUENCERS: Set =
    Set { name: "InfluencerOptions", about: "Options of `graph.influencers`.", options: &[&ALPHA, &EPS, &K] };

/// Options of `graph.neighbourhood`.
pub static NEIGHBOURHOOD: Set = Set {
    name: "NeighbourhoodOptions",
    about: "Options of `graph.neighbourhood`.",
    options: &[&ALPHA, &EPS, &K, &TOGETHER, &LEFT_OUT],
};

/// Options of `plan.neighbourhood`.
pub static BATCH_NEIGHBOURHOOD: Set = Set {
    name: "BatchNeighbourhoodOptions",
    about: "Options of `plan.neighbourhood`.",
    options: &[&AROUND_OUTPUTS, &LEFT_OUT],
};

/// Options of `graph.paths`.
pub static PATHS: Set =
    Set { name: "PathsOptions", about: "Options of `graph.paths`.", options: &[&ALPHA, &NUM_PATHS, &WITHIN] };

/// Options of `plan.order`.
pub static ORDER: Set = Set {
    name: "OrderOptions",
    about: "Options of `plan.order`.",
    options: &[&SCHEDULE, &DISTANCE, &ORDER_SEED, &ORDER_EPOCHS],
};
