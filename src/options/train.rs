//! Options of models, training and inference.

use super::{
    ALPHA, EPS, K, Kind, OUTPUT_NODES, OptionSpec, Preset, Range, SCHEDULE, SPLIT, Set, When, Words, options,
    words,
};

words! {
    /// Kind of the convolutions.
    pub enum Arch of "arch", by default Gcn {
        /// Normalised sums of neighbours ([Kipf17]).
        Gcn = "gcn",
        /// The mean of the neighbours beside the node itself ([Hamilton17]).
        Sage = "sage",
        /// Sums weighted by attention ([Velickovic18]).
        Gat = "gat",
    }
}

words! {
    /// What follows a hidden convolution.
    pub enum Activation of "activation", by default Relu {
        /// `max(x, 0)`.
        Relu = "relu",
        /// `x` above 0, `exp(x) - 1` below ([Clevert16]).
        Elu = "elu",
    }
}

words! {
    /// How the layers follow each other.
    pub enum Shape of "shape", by default Pyg {
        /// Convolution, optional layer norm, ReLU, dropout, …, convolution; with biases. Training drops features too.
        Pyg = "pyg",
        /// Convolution without bias, layer norm, ReLU, dropout, …, linear layer: the model of [Gasteiger22].
        Ibmb = "ibmb",
    }
}

words! {
    /// How steps are taken.
    pub enum Optimizer of "optimizer", by default Adam {
        /// Weight decay is added to the gradient ([Kingma15]).
        Adam = "adam",
        /// The weights shrink by it ([Loshchilov19]).
        AdamW = "adamw",
    }
}

words! {
    /// How much the outputs of a batch count.
    pub enum Loss of "loss", by default BatchMean {
        /// Every batch counts the same, so that an output of a small batch counts more ([Gasteiger22]).
        BatchMean = "batch-mean",
        /// Every output counts the same: a batch counts by its share of the labelled outputs, times the number of batches.
        OutputMean = "output-mean",
    }
}

words! {
    /// How features are prepared before the first layer.
    pub enum FeatureNormalization of "feature_normalization", by default Row {
        /// As they are.
        None = "none",
        /// Every row divided by the sum of its absolute values.
        Row = "row",
        /// Every row divided by its Euclidean length, whatever its number of entries; rows of zeros stay.
        L2 = "l2",
    }
}

words! {
    /// Nodes that an evaluation looks at.
    pub enum Part of "part", by default All {
        /// All nodes with a label.
        All = "all",
        /// The training nodes of the split.
        Train = "train",
        /// The validation nodes of the split.
        Val = "val",
        /// The test nodes of the split.
        Test = "test",
    }
}

/// Most epochs, and most of what is counted in epochs or batches.
const MOST: u64 = 100_000;

/// The weights of edges that the whole graph can have.
const WHOLE_GRAPH: &[&str] = &["global-sym", "global-rw"];

options! { TRAIN_TEXTS:
    /// Kind of the convolutions.
    ARCH = OptionSpec::choice("arch", Arch::WORDS), "[Gasteiger22], experimental set-up";
    /// Convolutions: how many steps the model sees.
    LAYERS = OptionSpec::whole("layers", 1, 16, 2), "[Gasteiger22], experimental set-up";
    /// Width of the hidden layers, all heads of a GAT together.
    HIDDEN = OptionSpec::whole("hidden", 1, 4096, 64), "[Gasteiger22], experimental set-up";
    /// Attention heads side by side, a divisor of `hidden`.
    HEADS = OptionSpec::whole("heads", 1, 64, 8).only(&[When { option: "arch", words: &["gat"] }]),
        "[Velickovic18], section 2";
    /// What follows a hidden convolution.
    ACTIVATION = OptionSpec::choice("activation", Activation::WORDS).or(Preset::WordBy(&ARCH, &[("gat", "elu")], "relu")),
        "[Kipf17]; [Velickovic18]";
    /// Model form: that of PyG, or that of the IBMB paper.
    SHAPE = OptionSpec::choice("shape", Shape::WORDS), "[Gasteiger22], experimental set-up";
    /// Share of inputs set to zero while training.
    DROPOUT = OptionSpec::number_in("dropout", Range::from(0.0).below(1.0), 0.0)
        .or(Preset::NumberBy(&ARCH, &[("gat", 0.6)], 0.5)), "[Kipf17]; [Velickovic18]";
    /// Passes over the training nodes.
    EPOCHS = OptionSpec::whole("epochs", 1, MOST, 200), "[Gasteiger22], experimental set-up";
    /// Adam adds weight decay to the gradient; AdamW lets the weights shrink by it.
    OPTIMIZER = OptionSpec::choice("optimizer", Optimizer::WORDS), "[Kingma15]; [Loshchilov19]";
    /// Learning rate: step size of the optimiser.
    LR = OptionSpec::number_in("lr", Range::above(0.0).to(1.0), 0.01), "[Kipf17]";
    /// How strongly all weights but biases and norms are drawn towards 0.
    WEIGHT_DECAY = OptionSpec::number_in("weight_decay", Range::from(0.0).to(1.0), 0.0)
        .or(Preset::NumberBy(&ARCH, &[("sage", 5e-4)], 2e-3)), "docs/records/accuracy.md";
    /// Batches whose mean gradient makes one step; the last group of an epoch may be smaller.
    ACCUMULATE = OptionSpec::whole("accumulate", 1, MOST, 1), "[Gasteiger22], experimental set-up";
    /// How much the outputs of a batch count: every batch the same, or every output of all batches.
    LOSS = OptionSpec::choice("loss", Loss::WORDS), "[Gasteiger22], training";
    /// Reduces the learning rate when the validation loss does not fall; `{}` as published.
    PLATEAU = OptionSpec::of("plateau", Kind::Group(&PLATEAU_OPTIONS)), "[Gasteiger22], experimental set-up",
        "the learning rate stays";
    /// Ends training when the validation accuracy does not rise; `{}` as published.
    EARLY_STOP = OptionSpec::of("early_stop", Kind::Group(&EARLY_STOP_OPTIONS)),
        "[Gasteiger22], experimental set-up", "all epochs are done";
    /// How the features are prepared: as they are, or each row divided by the sum of its absolute values (row) or by its
    /// Euclidean length (l2).
    TRAIN_FEATURES = OptionSpec::choice("feature_normalization", FeatureNormalization::WORDS).or(Preset::Word("l2")),
        "docs/records/accuracy.md";
    /// Edge weights where the full graph is trained or validated on and no plan brings its own.
    TRAIN_NORMALIZATION = OptionSpec::choice("normalization", WHOLE_GRAPH), "[Kipf17]";
    /// Start of the random numbers for weights, dropout and the order of batches.
    TRAIN_SEED = OptionSpec::seed("seed"), "";

    /// Factor of the learning rate.
    PLATEAU_FACTOR = OptionSpec::number_in("plateau.factor", Range::above(0.0).below(1.0), 0.33),
        "[Gasteiger22], experimental set-up";
    /// Epochs in a row without a smaller validation loss before the learning rate is reduced.
    PLATEAU_PATIENCE = OptionSpec::whole("plateau.patience", 0, MOST, 30), "[Gasteiger22], experimental set-up";
    /// Epochs after a reduction that do not count.
    PLATEAU_COOLDOWN = OptionSpec::whole("plateau.cooldown", 0, MOST, 10), "[Gasteiger22], experimental set-up";
    /// The learning rate does not fall below.
    PLATEAU_MIN_LR = OptionSpec::number_in("plateau.min_lr", Range::from(0.0).to(1.0), 1e-4),
        "[Gasteiger22], experimental set-up";
    /// Epochs without a greater validation accuracy before training ends.
    STOP_PATIENCE = OptionSpec::whole("early_stop.patience", 1, MOST, 100), "[Gasteiger22], experimental set-up";
    /// Epochs that are trained in any case.
    STOP_MIN_EPOCHS = OptionSpec::whole("early_stop.min_epochs", 0, MOST, 300),
        "[Gasteiger22], experimental set-up";

    /// How the features are prepared. What the file says has precedence.
    MODEL_FEATURES = OptionSpec::choice("feature_normalization", FeatureNormalization::WORDS).or(Preset::Word("row")), "";
    /// What follows a hidden layer. What the file says has precedence.
    MODEL_ACTIVATION = OptionSpec::choice("activation", Activation::WORDS).or(Preset::Nothing), "",
        "`relu`; a GAT with hidden layers must be told";
    /// Whether the mean of a GraphSAGE layer counts the self-loops that were added. What the file says has precedence.
    SELF_LOOPS = OptionSpec::flag("self_loops", false), "";
    /// Whether the last GAT layer keeps its heads side by side; needed only where no bias tells.
    CONCAT = OptionSpec::flag("concat", false).or(Preset::Nothing), "", "from the shapes of the tensors";

    /// Whether the result has probabilities, the softmax of the logits.
    PROBABILITIES = OptionSpec::flag("probabilities", false), "";
    /// First batch of the inference.
    FROM_BATCH = OptionSpec::whole("from", 0, u32::MAX as u64, 0), "";
    /// End of the batches of the inference.
    TO_BATCH = OptionSpec::whole("to", 0, u32::MAX as u64, 0).or(Preset::Nothing), "", "all batches";
    /// The nodes to predict.
    NODES = OptionSpec::of("nodes", Kind::Nodes), "", "all nodes";
    /// Edge weights of a GCN, by degrees in the whole graph.
    MODEL_NORMALIZATION = OptionSpec::choice("normalization", WHOLE_GRAPH).or(Preset::Nothing), "[Kipf17]",
        "those that the model was trained with, else `global-sym`";

    /// Nodes that count: a part of the split, or all that have a label.
    PART = OptionSpec::choice("part", Part::WORDS), "";
    /// Ranges of confidence.
    BINS = OptionSpec::whole("bins", 1, 1000, 15), "[Guo17]";

    /// Timed samples of a pass.
    REPEATS = OptionSpec::whole("repeats", 1, 1000, 5), "";
    /// Passes before, which are not timed.
    WARM_UPS = OptionSpec::whole("warm_ups", 0, 1000, 2), "";
}

/// Options of `graph.train`.
pub static TRAIN: Set = Set {
    name: "TrainSettings",
    about: "Options of `graph.train`.",
    options: &[
        &SPLIT,
        &ARCH,
        &LAYERS,
        &HIDDEN,
        &HEADS,
        &ACTIVATION,
        &SHAPE,
        &DROPOUT,
        &EPOCHS,
        &OPTIMIZER,
        &LR,
        &WEIGHT_DECAY,
        &ACCUMULATE,
        &LOSS,
        &PLATEAU,
        &EARLY_STOP,
        &TRAIN_FEATURES,
        &TRAIN_NORMALIZATION,
        &SCHEDULE,
        &TRAIN_SEED,
    ],
};

/// Options of a learning rate that is reduced on a plateau.
pub static PLATEAU_OPTIONS: Set = Set {
    name: "PlateauOptions",
    about: "Options of a learning rate that is reduced on a plateau.",
    options: &[&PLATEAU_FACTOR, &PLATEAU_PATIENCE, &PLATEAU_COOLDOWN, &PLATEAU_MIN_LR],
};

/// Options of stopping early.
pub static EARLY_STOP_OPTIONS: Set = Set {
    name: "EarlyStopOptions",
    about: "Options of stopping early.",
    options: &[&STOP_PATIENCE, &STOP_MIN_EPOCHS],
};

/// Options of `client.openModel`.
pub static MODEL: Set = Set {
    name: "ModelOptions",
    about: "Options of `client.openModel`.",
    options: &[&MODEL_FEATURES, &MODEL_ACTIVATION, &SELF_LOOPS, &CONCAT],
};

/// Options of `plan.infer`.
pub static PLAN_INFER: Set =
    Set { name: "PlanInferSettings", about: "Options of `plan.infer`.", options: &[&SPLIT, &PROBABILITIES] };

/// Options of the batches that one worker infers.
pub static SHARD_INFER: Set = Set {
    name: "ShardInferOptions",
    about: "Options of the batches that one worker infers.",
    options: &[&SPLIT, &PROBABILITIES, &FROM_BATCH, &TO_BATCH],
};

/// Options of `graph.infer`.
pub static FULL_INFER: Set = Set {
    name: "FullInferOptions",
    about: "Options of `graph.infer`.",
    options: &[&NODES, &MODEL_NORMALIZATION, &SPLIT, &PROBABILITIES],
};

/// Options of inference over the whole graph, with the nodes given in either way.
pub static FULL_INFER_BY: Set = Set {
    name: "FullInferByOptions",
    about: "Options of inference over the whole graph, with the nodes given in either way.",
    options: &[&NODES, &OUTPUT_NODES, &MODEL_NORMALIZATION, &SPLIT, &PROBABILITIES],
};

/// Options of the full graph beside other inference methods.
pub static FULL_GRAPH: Set = Set {
    name: "FullGraphSettings",
    about: "Options of the full graph beside other inference methods.",
    options: &[&OUTPUT_NODES, &MODEL_NORMALIZATION, &SPLIT],
};

/// Options of `graph.evaluate`.
pub static EVALUATE: Set =
    Set { name: "EvaluateOptions", about: "Options of `graph.evaluate`.", options: &[&SPLIT, &PART, &BINS] };

/// Options of `graph.exactInfluence`.
pub static EXACT_INFLUENCE: Set = Set {
    name: "ExactInfluenceOptions",
    about: "Options of `graph.exactInfluence`.",
    options: &[&ALPHA, &EPS, &K, &MODEL_NORMALIZATION],
};

/// Options of the passes of `graph.inferBy`.
pub static PASSES: Set = Set {
    name: "PassOptions",
    about: "Options of the passes of `graph.inferBy`.",
    options: &[&REPEATS, &WARM_UPS],
};
