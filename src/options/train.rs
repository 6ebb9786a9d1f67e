//! Options of models, training and inference.

use super::{
    ALPHA, EPS, K, Kind, OUTPUT_NODES, OptionSpec, Preset, Range, SCHEDULE, SPLIT, Set, When, Words, options,
    words,
};

words! {
    /// Type of the graph convolutions.
    pub enum Arch of "arch", by default Gcn {
        /// Normalised sum over the neighbours ([Kipf17]).
        Gcn = "gcn",
        /// Mean over the neighbours, with separate weights for the node itself ([Hamilton17]).
        Sage = "sage",
        /// Attention-weighted sum over the neighbours ([Velickovic18]).
        Gat = "gat",
    }
}

words! {
    /// Activation function after each hidden convolution.
    pub enum Activation of "activation", by default Relu {
        /// `max(x, 0)`.
        Relu = "relu",
        /// `x` above 0, `exp(x) - 1` below ([Clevert16]).
        Elu = "elu",
    }
}

words! {
    /// Model form: the sequence of layers.
    pub enum Shape of "shape", by default Pyg {
        /// Convolution, optional layer norm, ReLU, dropout, …, convolution; with biases. Training drops features too.
        Pyg = "pyg",
        /// Convolution without bias, layer norm, ReLU, dropout, …, linear layer: the model of [Gasteiger22].
        Ibmb = "ibmb",
    }
}

words! {
    /// Optimiser.
    pub enum Optimizer of "optimizer", by default Adam {
        /// Weight decay is added to the gradient ([Kingma15]).
        Adam = "adam",
        /// Weight decay is applied to the weights directly ([Loshchilov19]).
        AdamW = "adamw",
    }
}

words! {
    /// Weight of the outputs of a batch in the loss.
    pub enum Loss of "loss", by default BatchMean {
        /// Every batch has the same weight, so an output of a small batch has a larger one ([Gasteiger22]).
        BatchMean = "batch-mean",
        /// Every output has the same weight: a batch is weighted by its share of the labelled outputs times the number of
        /// batches.
        OutputMean = "output-mean",
    }
}

words! {
    /// How features are prepared before the first layer.
    pub enum FeatureNormalization of "feature_normalization", by default Row {
        /// No normalisation.
        None = "none",
        /// Every row is divided by the sum of its absolute values (PyG `NormalizeFeatures`).
        Row = "row",
        /// Every row is divided by its Euclidean norm; rows of zeros stay.
        L2 = "l2",
    }
}

words! {
    /// Nodes of an evaluation.
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
    /// Type of the graph convolutions.
    ARCH = OptionSpec::choice("arch", Arch::WORDS), "[Gasteiger22], experimental set-up";
    /// Number of graph convolutions, which is the number of hops that the model sees.
    LAYERS = OptionSpec::whole("layers", 1, 16, 2), "[Gasteiger22], experimental set-up";
    /// Units of each hidden layer, all heads of a GAT together.
    HIDDEN = OptionSpec::whole("hidden", 1, 4096, 64), "[Gasteiger22], experimental set-up";
    /// Number of parallel attention heads, a divisor of `hidden`.
    HEADS = OptionSpec::whole("heads", 1, 64, 8).only(&[When { option: "arch", words: &["gat"] }]),
        "[Velickovic18], section 2";
    /// Activation function after each hidden convolution.
    ACTIVATION = OptionSpec::choice("activation", Activation::WORDS).or(Preset::WordBy(&ARCH, &[("gat", "elu")], "relu")),
        "[Kipf17]; [Velickovic18]";
    /// Model form: as in PyG, or as in the IBMB paper.
    SHAPE = OptionSpec::choice("shape", Shape::WORDS), "[Gasteiger22], experimental set-up";
    /// Share of the inputs of a layer that is set to zero during training.
    DROPOUT = OptionSpec::number_in("dropout", Range::from(0.0).below(1.0), 0.0)
        .or(Preset::NumberBy(&ARCH, &[("gat", 0.6)], 0.5)), "[Kipf17]; [Velickovic18]";
    /// Number of passes over the training nodes.
    EPOCHS = OptionSpec::whole("epochs", 1, MOST, 200), "[Gasteiger22], experimental set-up";
    /// Optimiser: Adam adds weight decay to the gradient, AdamW applies it to the weights directly.
    OPTIMIZER = OptionSpec::choice("optimizer", Optimizer::WORDS), "[Kingma15]; [Loshchilov19]";
    /// Learning rate: step size of the optimiser.
    LR = OptionSpec::number_in("lr", Range::above(0.0).to(1.0), 0.01), "[Kipf17]";
    /// Strength of weight decay, for all weights except biases and layer norms.
    WEIGHT_DECAY = OptionSpec::number_in("weight_decay", Range::from(0.0).to(1.0), 0.0)
        .or(Preset::NumberBy(&ARCH, &[("sage", 5e-4)], 2e-3)), "docs/records/accuracy.md";
    /// Number of batches whose mean gradient makes one optimiser step; the last group of an epoch may be smaller.
    ACCUMULATE = OptionSpec::whole("accumulate", 1, MOST, 1), "[Gasteiger22], experimental set-up";
    /// Weights in the loss: equal for all batches, or equal for all outputs.
    LOSS = OptionSpec::choice("loss", Loss::WORDS), "[Gasteiger22], training";
    /// Reduces the learning rate when the validation loss stops falling; the defaults are the published values.
    PLATEAU = OptionSpec::of("plateau", Kind::Group(&PLATEAU_OPTIONS)), "[Gasteiger22], experimental set-up",
        "the learning rate stays";
    /// Ends training when the validation accuracy stops rising; the defaults are the published values.
    EARLY_STOP = OptionSpec::of("early_stop", Kind::Group(&EARLY_STOP_OPTIONS)),
        "[Gasteiger22], experimental set-up", "all epochs are done";
    /// Normalisation of the features: none, L1 per row (row), or L2 per row (l2).
    TRAIN_FEATURES = OptionSpec::choice("feature_normalization", FeatureNormalization::WORDS).or(Preset::Word("l2")),
        "docs/records/accuracy.md";
    /// Edge weights of the full graph in training and validation; a plan has its own.
    TRAIN_NORMALIZATION = OptionSpec::choice("normalization", WHOLE_GRAPH), "[Kipf17]";
    /// Seed of the random numbers for weights, dropout and the order of batches.
    TRAIN_SEED = OptionSpec::seed("seed"), "";

    /// Factor by which the learning rate is multiplied.
    PLATEAU_FACTOR = OptionSpec::number_in("plateau.factor", Range::above(0.0).below(1.0), 0.33),
        "[Gasteiger22], experimental set-up";
    /// Number of epochs without a lower validation loss before the learning rate is reduced.
    PLATEAU_PATIENCE = OptionSpec::whole("plateau.patience", 0, MOST, 30), "[Gasteiger22], experimental set-up";
    /// Number of epochs after a reduction that are not counted.
    PLATEAU_COOLDOWN = OptionSpec::whole("plateau.cooldown", 0, MOST, 10), "[Gasteiger22], experimental set-up";
    /// Lowest learning rate.
    PLATEAU_MIN_LR = OptionSpec::number_in("plateau.min_lr", Range::from(0.0).to(1.0), 1e-4),
        "[Gasteiger22], experimental set-up";
    /// Number of epochs without a higher validation accuracy before training ends.
    STOP_PATIENCE = OptionSpec::whole("early_stop.patience", 1, MOST, 100), "[Gasteiger22], experimental set-up";
    /// Smallest number of epochs.
    STOP_MIN_EPOCHS = OptionSpec::whole("early_stop.min_epochs", 0, MOST, 300),
        "[Gasteiger22], experimental set-up";

    /// Normalisation of the features, unless the file states one.
    MODEL_FEATURES = OptionSpec::choice("feature_normalization", FeatureNormalization::WORDS).or(Preset::Word("row")), "";
    /// Activation function after each hidden layer, unless the file states one.
    MODEL_ACTIVATION = OptionSpec::choice("activation", Activation::WORDS).or(Preset::Nothing), "",
        "`relu`; a GAT with hidden layers must be told";
    /// Whether the mean of a GraphSAGE layer includes the added self-loops, unless the file states it.
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

    /// Nodes to evaluate: a part of the split, or all nodes with a label.
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
