//! Options of opening files.

use super::{Kind, OptionSpec, Preset, Set, Words, options, words};

words! {
    /// Whether weights of edges are read.
    pub enum Weights of "weights", by default Ignore {
        /// They are ignored, with a warning: every edge has weight 1.
        Ignore = "ignore",
        /// They are used where a file has them.
        Use = "use",
    }
}

words! {
    /// Character between the fields of a row, in the order of precedence when it is guessed.
    pub enum Delimiter of "edge_list.delimiter", by default Comma {
        /// A tab.
        Tab = "tab",
        /// A semicolon.
        Semicolon = "semicolon",
        /// A comma.
        Comma = "comma",
        /// Blanks, however many.
        Blanks = "blanks",
    }
}

words! {
    /// Type of the node ids of an edge list.
    pub enum Ids of "edge_list.ids", by default Integers {
        /// The numbers from 0 on.
        Integers = "integers",
        /// Names.
        Names = "names",
    }
}

const COLUMN: &str = "string | number";

options! { OPEN_TEXTS:
    /// A name for people.
    NAME = OptionSpec::of("name", Kind::Text), "", "from the files";
    /// Whether edges go from source to target only.
    DIRECTED = OptionSpec::flag("directed", false).or(Preset::Nothing), "", "what the file says, else false";
    /// Edge weights, where the files have them: ignored with a warning, or used.
    WEIGHTS = OptionSpec::choice("weights", Weights::WORDS), "";
    /// Format of the file, where the detected one is wrong; for several files an object by file name.
    FORMAT = OptionSpec::of("format", Kind::Special("FileFormat | Record<string, FileFormat>")), "",
        "by content, then by name";
    /// How an edge list is read; what is left out is guessed from its first lines.
    EDGE_LIST = OptionSpec::of("edge_list", Kind::Group(&EDGE_LIST_OPTIONS)), "", "guessed";

    /// Character between the fields of a row.
    DELIMITER = OptionSpec::choice("edge_list.delimiter", Delimiter::WORDS).or(Preset::Nothing), "", "guessed";
    /// Whether the first row holds the column names.
    HEADER = OptionSpec::flag("edge_list.header", false).or(Preset::Nothing), "", "guessed";
    /// First character of lines that are skipped.
    COMMENT = OptionSpec::of("edge_list.comment", Kind::Text), "", "`#` and `%`";
    /// Column of the sources, by its name in the header or its number from 0.
    SOURCE = OptionSpec::of("edge_list.source", Kind::Special(COLUMN)), "", "guessed";
    /// Column of the targets, by its name in the header or its number from 0.
    TARGET = OptionSpec::of("edge_list.target", Kind::Special(COLUMN)), "", "guessed";
    /// Column of the weights, by its name in the header or its number from 0.
    WEIGHT = OptionSpec::of("edge_list.weight", Kind::Special(COLUMN)), "", "guessed";
    /// Whether ids are the numbers `0..n-1` or names.
    IDS = OptionSpec::choice("edge_list.ids", Ids::WORDS).or(Preset::Nothing), "", "guessed";
}

/// Options of `client.openGraph`.
pub static OPEN: Set = Set {
    name: "OpenGraphOptions",
    about: "Options of `client.openGraph`.",
    options: &[&NAME, &DIRECTED, &WEIGHTS, &FORMAT, &EDGE_LIST],
};

/// Options of a file of graph tensors, which needs no format.
pub static OPEN_TENSORS: Set = Set {
    name: "OpenTensorsOptions",
    about: "Options of a file of graph tensors, which needs no format.",
    options: &[&NAME, &DIRECTED, &WEIGHTS],
};

/// How an edge list is read.
pub static EDGE_LIST_OPTIONS: Set = Set {
    name: "EdgeListOptions",
    about: "How an edge list is read.",
    options: &[&DELIMITER, &HEADER, &COMMENT, &SOURCE, &TARGET, &WEIGHT, &IDS],
};
