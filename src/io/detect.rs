//! What a file is: by its content first, by its name second.

use std::borrow::Cow;

use super::bytes::{Source, base_name, found};
use super::ids::is_integer;
use super::rows::{Delimiter, Rows};
use crate::error::{Error, Result};
use crate::limits::Limits;

/// Data rows that decide whether ids are integers.
const SAMPLE_ROWS: usize = 1000;

/// What a file was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Edges(EdgeLayout),
    Nodes(NodeLayout),
    Tensors,
    Npy,
    Npz,
    Splits,
    Meta,
    /// A node table without a column that is used, with its header.
    LeftOut(String),
}

/// Where an edge list has what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EdgeLayout {
    pub(super) delimiter: Delimiter,
    pub(super) header: bool,
    pub(super) source: usize,
    pub(super) target: usize,
    pub(super) weight: Option<usize>,
    pub(super) integers: bool,
    pub(super) warnings: Vec<String>,
}

/// Where a node table has what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NodeLayout {
    pub(super) delimiter: Delimiter,
    pub(super) header: bool,
    pub(super) node: usize,
    pub(super) label: Option<usize>,
    pub(super) name: Option<usize>,
}

impl Kind {
    /// The part of a graph that only one file may give.
    pub(super) fn gives(&self) -> Option<&'static str> {
        match self {
            Self::Edges(_) | Self::Tensors => Some("edges"),
            Self::Nodes(_) => Some("labels"),
            Self::Npy | Self::Npz => Some("features"),
            Self::Splits => Some("splits"),
            Self::Meta => Some("names and classes"),
            Self::LeftOut(_) => None,
        }
    }

    /// Words for the report.
    pub(super) fn describe(&self, is_gz: bool) -> String {
        let header = |header: bool| if header { "header" } else { "no header" };
        let mut text = match self {
            Self::Edges(layout) => format!(
                "edge list, {}, {}, {} ids",
                layout.delimiter.name(),
                header(layout.header),
                if layout.integers { "integer" } else { "string" }
            ),
            Self::Nodes(layout) => {
                let columns = match (layout.label, layout.name) {
                    (Some(_), Some(_)) => "labels and names",
                    (None, _) => "names",
                    _ => "labels",
                };
                format!("{columns}, {}, {}", layout.delimiter.name(), header(layout.header))
            }
            Self::Tensors => "graph tensors (safetensors)".to_owned(),
            Self::Npy => "dense features (npy)".to_owned(),
            Self::Npz => "sparse features (npz)".to_owned(),
            Self::Splits => "splits (json)".to_owned(),
            Self::Meta => "names and classes (json)".to_owned(),
            Self::LeftOut(header) => format!("node table without labels or names ({header}), left out"),
        };
        if is_gz {
            text.push_str(", gzip");
        }
        text
    }
}

/// Looks at the head of a file.
///
/// # Errors
/// `parse` for an empty file, for one that is nothing we know, and for a table that lacks a column.
pub(super) fn detect(source: &Source<'_>, limits: &Limits) -> Result<Kind> {
    let (name, head) = (source.name(), source.head());
    let base = base_name(name);
    if head.iter().all(u8::is_ascii_whitespace) && source.is_all_head() {
        return Err(Error::in_file(name, "the file is empty"));
    }
    if head.starts_with(b"\x93NUMPY") {
        return Ok(Kind::Npy);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Ok(Kind::Npz);
    }
    // Eight bytes of header length, then JSON; no header is beyond 100 MB, so its upper bytes are zero.
    let is_tensors = head.get(8) == Some(&b'{') && head[4..8] == [0; 4];
    if is_tensors || base.ends_with(".safetensors") {
        return Ok(Kind::Tensors);
    }
    if head.trim_ascii_start().first() == Some(&b'{') {
        if base.starts_with("splits") || base.starts_with("split.") {
            return Ok(Kind::Splits);
        }
        if base.starts_with("meta") {
            return Ok(Kind::Meta);
        }
        return Err(unrecognised(name, "it is JSON, but not named splits.json or meta.json"));
    }
    if head.iter().any(|&byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return Err(unrecognised(name, "it is not text"));
    }
    table(source, &base, limits)
}

fn unrecognised(name: &str, why: &str) -> Error {
    Error::in_file(
        name,
        format!(
            "the file was not recognised: {why}; allowed are edge lists, label tables, npy, npz, safetensors, \
             splits.json and meta.json, any of them gzipped"
        ),
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Source,
    Target,
    Node,
    Label,
    Name,
    Weight,
}

fn role(cell: &str) -> Option<Role> {
    match cell.to_lowercase().as_str() {
        "source" | "src" | "from" | "source_id" | "id1" | "id_1" | "node1" | "node_1" => Some(Role::Source),
        "target" | "dst" | "dest" | "to" | "target_id" | "id2" | "id_2" | "node2" | "node_2" => {
            Some(Role::Target)
        }
        "node" | "id" | "node_id" | "nodeid" => Some(Role::Node),
        "label" | "class" | "y" => Some(Role::Label),
        "name" => Some(Role::Name),
        "weight" | "weights" => Some(Role::Weight),
        _ => None,
    }
}

/// The first rows of a table.
struct Sample<'a> {
    file: &'a str,
    delimiter: Delimiter,
    rows: Vec<(u64, Vec<String>)>,
    header: bool,
    roles: Vec<Option<Role>>,
}

fn table(source: &Source<'_>, base: &str, limits: &Limits) -> Result<Kind> {
    let sample = Sample::read(source, limits)?;
    let for_nodes = base.starts_with("label") || base.starts_with("node");
    let for_edges = base.starts_with("edge");
    let column = |role| sample.roles.iter().position(|&found| found == Some(role));
    let (node, label, name) = (column(Role::Node), column(Role::Label), column(Role::Name));
    match (column(Role::Source), column(Role::Target)) {
        (Some(from), Some(to)) => return sample.edges(from, to),
        (Some(_), None) => return Err(sample.missing("a source column but no target column")),
        (None, Some(_)) => return Err(sample.missing("a target column but no source column")),
        (None, None) => {}
    }
    let (delimiter, header) = (sample.delimiter, sample.header);
    if header && !for_edges {
        // Without a node column the name is what the edges call a node.
        let node_table = match (node, label, name) {
            (Some(node), label, name) if label.or(name).is_some() => Some((node, label, name)),
            (None, Some(label), Some(name)) => Some((name, Some(label), None)),
            _ => None,
        };
        if let Some((node, label, name)) = node_table {
            return Ok(Kind::Nodes(NodeLayout { delimiter, header, node, label, name }));
        }
        match (node.is_some(), label.is_some()) {
            (true, _) if for_nodes => {
                return Err(sample.missing("a node column but neither a label nor a name column"));
            }
            (false, true) => return Err(sample.missing("a label column but no node column")),
            (true, _) => return Ok(Kind::LeftOut(sample.rows[0].1.join(", "))),
            _ => {}
        }
    }
    let (line, width) = (sample.rows[0].0, sample.rows[0].1.len());
    if width < 2 {
        let needs =
            if for_nodes { "a label needs 2, node and label" } else { "an edge needs 2, source and target" };
        return Err(Error::at_line(sample.file, line, format!("the row has 1 field, {needs}")));
    }
    if for_nodes {
        let name = (width > 2).then_some(2);
        return Ok(Kind::Nodes(NodeLayout { delimiter, header, node: 0, label: Some(1), name }));
    }
    let is_ragged = sample.rows.iter().any(|(_, row)| row.len() != width);
    if delimiter == Delimiter::Blanks
        && is_ragged
        && !for_edges
        && !is_integer(sample.rows[0].1[0].as_bytes())
    {
        return Err(unrecognised(sample.file, "it is text without a constant number of columns"));
    }
    sample.edges(0, 1)
}

impl<'a> Sample<'a> {
    fn read(source: &'a Source<'_>, limits: &Limits) -> Result<Self> {
        let (file, head, whole) = (source.name(), source.head(), source.is_all_head());
        let delimiter = Delimiter::guess(head, whole);
        let mut rows = Rows::new(Source::new(file, Cow::Borrowed(head), limits)?, delimiter)?;
        let mut sample = Vec::new();
        while sample.len() <= SAMPLE_ROWS && rows.advance()? {
            let cells = (0..rows.num_fields()).map(|at| String::from_utf8_lossy(rows.field(at)).into_owned());
            sample.push((rows.line(), cells.collect::<Vec<_>>()));
        }
        if !whole && sample.len() > 1 && sample.len() <= SAMPLE_ROWS {
            sample.pop();
        }
        let Some((_, first)) = sample.first() else {
            return Err(Error::in_file(file, "the file has comments and blank lines only"));
        };
        let roles: Vec<Option<Role>> = first.iter().map(|cell| role(cell)).collect();
        let integers =
            |at: usize| sample.len() > 1 && are_integers(sample[1..].iter().map(|(_, row)| row.get(at)));
        let first_is_words = !first.iter().any(|cell| is_number(cell));
        let header = roles.iter().flatten().count() >= 2 || (first_is_words && (integers(0) || integers(1)));
        let roles = if header { roles } else { Vec::new() };
        Ok(Self { file, delimiter, rows: sample, header, roles })
    }

    fn data(&self) -> &[(u64, Vec<String>)] {
        &self.rows[usize::from(self.header)..]
    }

    fn missing(&self, what: &str) -> Error {
        let (line, cells) = &self.rows[0];
        Error::at_line(self.file, *line, format!("the header has {what}; it has {}", cells.join(", ")))
    }

    fn edges(&self, source: usize, target: usize) -> Result<Kind> {
        let file = self.file;
        let mut warnings = Vec::new();
        let cells = || {
            self.data()
                .iter()
                .flat_map(|(line, row)| [source, target].map(|at| row.get(at).map(|cell| (*line, cell))))
        };
        let integers = are_integers(cells().map(|cell| cell.map(|(_, text)| text)));
        let a_number = || cells().flatten().find(|(_, text)| is_integer(text.as_bytes()));
        if let Some((line, number)) = (!integers).then(a_number).flatten() {
            warnings.push(format!(
                "{file}: all ids are names, {number} in line {line}, too, since more than a quarter are not integers"
            ));
        }
        let others = || (0..self.rows[0].1.len()).filter(|&at| at != source && at != target);
        let weight = others().find(|&at| match self.roles.get(at) {
            Some(role) => *role == Some(Role::Weight),
            None => self.data().iter().all(|(_, row)| row.get(at).is_some_and(|cell| is_number(cell))),
        });
        for at in others().filter(|&at| Some(at) != weight) {
            let column = at + 1;
            warnings.push(match self.header {
                true => {
                    format!("{file}: column {column}, {}, was ignored", found(self.rows[0].1[at].as_bytes()))
                }
                false => format!("{file}: column {column} was ignored"),
            });
        }
        let (delimiter, header) = (self.delimiter, self.header);
        Ok(Kind::Edges(EdgeLayout { delimiter, header, source, target, weight, integers, warnings }))
    }
}

/// Whether three quarters of the cells are integers: the others are then slips, not names.
fn are_integers<'a>(cells: impl Iterator<Item = Option<&'a String>>) -> bool {
    let (mut integers, mut all) = (0, 0);
    for cell in cells {
        all += 1;
        integers += usize::from(cell.is_some_and(|cell| is_integer(cell.as_bytes())));
    }
    4 * integers >= 3 * all
}

fn is_number(cell: &str) -> bool {
    cell.parse::<f64>().is_ok()
}
