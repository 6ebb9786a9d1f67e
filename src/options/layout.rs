//! Options of layouts and pictures.

use super::{Kind, OptionSpec, Preset, Range, Set, options};

const POSITIONS: &str = "Float32Array";
const BYTES: &str = "Uint8Array";
const IDS: &str = "Uint32Array";
const COLOUR: &str = "Colour";

/// Any finite number.
const FINITE: Range = Range::from(f64::MIN).to(f64::MAX);

options! { LAYOUT_TEXTS:
    /// Neighbours come together, all others keep away; the start is by distances in the graph.
    LAYOUT_METHOD = OptionSpec::choice("method", &["force"]), "[Jacomy14]; [Brandes07]";
    /// Rounds in which every node moves.
    ROUNDS = OptionSpec::whole("rounds", 0, 10_000, 0).or(Preset::NumberBySize(&[(50_000, 100), (5_000, 200)], 300)),
        "[Jacomy14]";
    /// Ratio of size to distance below which a group of nodes repels as one (Barnes-Hut); 0 is exact and slow.
    THETA = OptionSpec::number_in("theta", Range::from(0.0).below(1.0), 0.6), "[Barnes86]";

    /// Pixels across. Width times height is at most 67,108,864.
    WIDTH = OptionSpec::count("width", 1).or(Preset::Required), "";
    /// Pixels down.
    HEIGHT = OptionSpec::count("height", 1).or(Preset::Required), "";
    /// x and y of every node.
    POSITIONS_OF_NODES = OptionSpec::of("positions", Kind::Special(POSITIONS)).or(Preset::Required), "";
    /// Pixels per unit of the positions.
    SCALE = OptionSpec::number_in("scale", FINITE, 1.0).or(Preset::Required), "";
    /// Where the origin of the positions is, across.
    OFFSET_X = OptionSpec::number_in("offset_x", FINITE, 0.0).or(Preset::Required), "";
    /// Where the origin of the positions is, down.
    OFFSET_Y = OptionSpec::number_in("offset_y", FINITE, 0.0).or(Preset::Required), "";
    /// Eight bytes a node: red, green, blue, alpha, size in quarter pixels, shape (0 dot, 1 output, 2 auxiliary, 3 cross;
    /// plus 16 for the selected one, plus 32 for those selected together), two unused.
    MARKS = OptionSpec::of("marks", Kind::Special(BYTES)).or(Preset::Required), "";
    /// Nodes in drawing order; others have no mark.
    DRAWING_ORDER = OptionSpec::of("order", Kind::Special(IDS)).or(Preset::Required), "";
    /// Factor of all sizes.
    GROW = OptionSpec::number_in("grow", FINITE, 1.0), "";
    /// Pixels of the picture per pixel in which sizes are meant.
    RATIO = OptionSpec::number_in("ratio", FINITE, 1.0), "";
    /// Factor of the edges' opacity.
    FADE = OptionSpec::number_in("fade", FINITE, 1.0), "";
    /// Pairs of ids that are drawn above the other edges.
    BATCH_EDGES = OptionSpec::of("batch_edges", Kind::Special(IDS)), "", "none";
    /// Colours of the picture.
    COLOURS = OptionSpec::of("colours", Kind::Group(&COLOUR_OPTIONS)).or(Preset::Required), "";

    /// Background.
    PAPER = OptionSpec::of("paper", Kind::Special(COLOUR)).or(Preset::Required), "";
    /// Rings of output nodes.
    RING = OptionSpec::of("ring", Kind::Special(COLOUR)).or(Preset::Required), "";
    /// Edges.
    EDGE = OptionSpec::of("edge", Kind::Special(COLOUR)).or(Preset::Required), "";
    /// Edges of the batch.
    BATCH_EDGE = OptionSpec::of("batch_edge", Kind::Special(COLOUR)).or(Preset::Required), "";
    /// The selected node.
    ACCENT = OptionSpec::of("accent", Kind::Special(COLOUR)).or(Preset::Required), "";
}

/// Options of `graph.layout`.
pub static LAYOUT: Set = Set {
    name: "GraphLayoutOptions",
    about: "Options of `graph.layout`.",
    options: &[&LAYOUT_METHOD, &ROUNDS, &THETA],
};

/// Options of `graph.picture`.
pub static PICTURE: Set = Set {
    name: "PictureOptions",
    about: "Options of `graph.picture`.",
    options: &[
        &WIDTH,
        &HEIGHT,
        &POSITIONS_OF_NODES,
        &SCALE,
        &OFFSET_X,
        &OFFSET_Y,
        &MARKS,
        &DRAWING_ORDER,
        &GROW,
        &RATIO,
        &FADE,
        &BATCH_EDGES,
        &COLOURS,
    ],
};

/// Colours of a picture.
pub static COLOUR_OPTIONS: Set = Set {
    name: "PictureColours",
    about: "Colours of a picture.",
    options: &[&PAPER, &RING, &EDGE, &BATCH_EDGE, &ACCENT],
};
