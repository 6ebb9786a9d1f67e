//! Tables of text: which columns hold what, by the header or by the first rows.

use crate::error::{Error, Result};
use crate::io::dataset::columns::Role;
use crate::io::dataset::ids::is_integer;
use crate::io::options::{Column, Delimiter, EdgeListOptions};
use crate::io::source::bytes::Source;
use crate::io::source::words::{base_name, found};
use crate::io::text::rows::{Style, TextRows};
use crate::limits::Limits;

/// Data rows that decide whether ids are integers.
const SAMPLE_ROWS: usize = 1000;

/// The columns of an edge list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EdgeTable {
    pub(crate) style: Style,
    pub(crate) source: usize,
    pub(crate) target: usize,
    pub(crate) weight: Option<usize>,
    pub(crate) integers: bool,
    pub(crate) warnings: Vec<String>,
}

/// The columns of a node table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NodeTable {
    pub(crate) style: Style,
    /// Column of the ids; without one the rows are the nodes.
    pub(crate) node: Option<usize>,
    pub(crate) columns: Vec<(usize, String, Role)>,
}

/// A table of text, recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Table {
    Edges(EdgeTable),
    Nodes(NodeTable),
    /// A node table without a column that is used, with its header.
    Unused(String),
    /// Text in rows of one word, then another number of words: no table.
    Ragged,
}

impl NodeTable {
    /// Words for the report.
    pub(crate) fn words(&self) -> String {
        let count = |is: fn(Role) -> bool| self.columns.iter().filter(|column| is(column.2)).count();
        let mut parts = Vec::new();
        let across = count(|role| role == Role::Position(0));
        let up = count(|role| role == Role::Position(1));
        for (what, there) in [
            ("labels", count(|role| role == Role::Label) + if across == 0 { up } else { 0 }),
            ("names", count(|role| role == Role::Name)),
            ("splits", count(|role| matches!(role, Role::Split | Role::Mask(_)))),
            ("positions", across * up),
        ] {
            if there > 0 {
                parts.push(what.to_owned());
            }
        }
        let features = count(|role| role == Role::Other);
        if features > 0 {
            parts.push(format!("{features} feature{}", if features == 1 { "" } else { "s" }));
        }
        let last = parts.pop().unwrap_or_default();
        let parts = if parts.is_empty() { last } else { format!("{} and {last}", parts.join(", ")) };
        format!("{parts}, {}", self.style.describe())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Source,
    Target,
    Node,
    Weight,
    /// An attribute of a node.
    Of(Role),
}

fn cell(text: &str) -> Option<Cell> {
    match text.to_lowercase().as_str() {
        "source" | "src" | "from" | "source_id" | "id1" | "id_1" | "node1" | "node_1" => Some(Cell::Source),
        "target" | "dst" | "dest" | "to" | "target_id" | "id2" | "id_2" | "node2" | "node_2" => {
            Some(Cell::Target)
        }
        "node" | "id" | "node_id" | "nodeid" => Some(Cell::Node),
        "weight" | "weights" => Some(Cell::Weight),
        other => match Role::of(other) {
            Role::Other | Role::LeftOut => None,
            role => Some(Cell::Of(role)),
        },
    }
}

/// Whether a column of this name holds an end of every edge.
pub(crate) fn names_an_end(text: &str) -> bool {
    matches!(cell(text), Some(Cell::Source | Cell::Target))
}

/// The role of all columns of a file whose rows are the nodes, by its name.
fn rows_are_nodes(base: &str) -> Option<Role> {
    match base.split('.').next().unwrap_or(base) {
        "node-feat" | "node_feat" | "features" | "feat" | "x" => Some(Role::Other),
        "node-label" | "node_label" | "y" => Some(Role::Label),
        _ => None,
    }
}

/// The first rows of a table.
struct TableSample<'a> {
    file: &'a str,
    style: Style,
    rows: Vec<(u64, Vec<String>)>,
    cells: Vec<Option<Cell>>,
}

/// Recognises a table of text.
///
/// # Errors
/// `parse` for a table that lacks a column.
pub(crate) fn table(source: &Source<'_>, options: &EdgeListOptions, limits: &Limits) -> Result<Table> {
    let base = base_name(source.name());
    let sample = TableSample::read(source, options, limits)?;
    let width = sample.rows[0].1.len();
    if let Some(kind) = sample.by_name(&base) {
        return Ok(kind);
    }
    if options.source.is_some() || options.target.is_some() {
        return sample.edge_list(options).map(Table::Edges);
    }
    let for_nodes = base.starts_with("label") || base.starts_with("node");
    let for_edges = base.starts_with("edge");
    match (sample.column(Cell::Source), sample.column(Cell::Target)) {
        (Some(from), Some(to)) => return sample.edges(from, to, options).map(Table::Edges),
        (Some(_), None) => return Err(sample.missing("a source column but no target column")),
        (None, Some(_)) => return Err(sample.missing("a target column but no source column")),
        (None, None) => {}
    }
    if sample.style.header && !for_edges {
        if let Some(layout) = sample.nodes() {
            return Ok(Table::Nodes(layout));
        }
        let has_label =
            [Role::Label, Role::Position(1)].iter().any(|&role| sample.column(Cell::Of(role)).is_some());
        match (sample.column(Cell::Node).is_some(), has_label) {
            (true, _) if for_nodes => {
                return Err(
                    sample.missing("a node column but no label, name, split, position or feature column")
                );
            }
            (false, true) => return Err(sample.missing("a label column but no node column")),
            (true, _) => return Ok(Table::Unused(sample.rows[0].1.join(", "))),
            _ if base.starts_with("node") => return Ok(Table::Unused(sample.rows[0].1.join(", "))),
            _ => {}
        }
    }
    let line = sample.rows[0].0;
    if width < 2 {
        let needs =
            if for_nodes { "a label needs 2, node and label" } else { "an edge needs 2, source and target" };
        return Err(Error::at_line(sample.file, line, format!("the row has 1 field, {needs}")));
    }
    if for_nodes {
        let mut columns = vec![(1, "label".to_owned(), Role::Label)];
        if width > 2 {
            columns.push((2, "name".to_owned(), Role::Name));
        }
        return Ok(Table::Nodes(NodeTable { style: sample.style, node: Some(0), columns }));
    }
    let is_ragged = sample.rows.iter().any(|(_, row)| row.len() != width);
    if sample.style.delimiter == Delimiter::Blanks
        && is_ragged
        && !for_edges
        && !is_integer(sample.rows[0].1[0].as_bytes())
    {
        return Ok(Table::Ragged);
    }
    sample.edges(0, 1, options).map(Table::Edges)
}

/// The layout of a table that the caller calls an edge list.
pub(crate) fn edge_list(
    source: &Source<'_>,
    options: &EdgeListOptions,
    limits: &Limits,
) -> Result<EdgeTable> {
    TableSample::read(source, options, limits)?.edge_list(options)
}

/// The layout of a table that the caller calls a node table.
pub(crate) fn node_table(source: &Source<'_>, limits: &Limits) -> Result<NodeTable> {
    let sample = TableSample::read(source, &EdgeListOptions::default(), limits)?;
    if !sample.style.header {
        let columns = [(1, "label", Role::Label), (2, "name", Role::Name)];
        let columns = columns.into_iter().filter(|column| column.0 < sample.rows[0].1.len());
        let columns = columns.map(|(at, name, role)| (at, name.to_owned(), role)).collect();
        return Ok(NodeTable { style: sample.style, node: Some(0), columns });
    }
    sample
        .nodes()
        .ok_or_else(|| sample.missing("no node column or no label, name, split, position or feature column"))
}

impl<'a> TableSample<'a> {
    fn read(source: &'a Source<'_>, options: &EdgeListOptions, limits: &Limits) -> Result<Self> {
        let (file, head, whole) = (source.name(), source.head(), source.is_all_head());
        let comment = options.comment;
        let delimiter = options.delimiter.unwrap_or_else(|| Delimiter::guess(head, whole, comment));
        let mut style = Style { delimiter, header: false, comment };
        let mut rows = TextRows::new(Source::of_bytes(file, head, limits)?, &style)?;
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
        let cells: Vec<Option<Cell>> = first.iter().map(|text| cell(text)).collect();
        let integers =
            |at: usize| sample.len() > 1 && are_integers(sample[1..].iter().map(|(_, row)| row.get(at)));
        let first_is_words = !first.iter().any(|cell| is_number(cell));
        // Coordinates and parts of splits are names of nodes in some files.
        let is_sure = |cell: &&Cell| !matches!(cell, Cell::Of(Role::Position(_) | Role::Mask(_)));
        let known = cells.iter().flatten().count() >= 2 && cells.iter().flatten().any(|cell| is_sure(&cell));
        style.header = options.header.unwrap_or(known || (first_is_words && (integers(0) || integers(1))));
        let cells = if style.header { cells } else { Vec::new() };
        Ok(Self { file, style, rows: sample, cells })
    }

    fn column(&self, wanted: Cell) -> Option<usize> {
        self.cells.iter().position(|&found| found == Some(wanted))
    }

    fn data(&self) -> &[(u64, Vec<String>)] {
        &self.rows[usize::from(self.style.header)..]
    }

    fn missing(&self, what: &str) -> Error {
        let (line, cells) = &self.rows[0];
        Error::at_line(self.file, *line, format!("the header has {what}; it has {}", cells.join(", ")))
    }

    /// Recognises a table by the file name when its rows have no node ids.
    fn by_name(&self, base: &str) -> Option<Table> {
        let (style, width) = (self.style.clone(), self.rows[0].1.len());
        let role = rows_are_nodes(base).filter(|&role| {
            let has_names =
                style.header && (self.column(Cell::Node).is_some() || self.column(Cell::Source).is_some());
            !has_names && (role == Role::Other || width == 1)
        })?;
        let name = |at: usize| match (role, style.header) {
            (Role::Other, true) => self.rows[0].1[at].clone(),
            (Role::Other, false) => at.to_string(),
            _ => "label".to_owned(),
        };
        let columns = (0..width).map(|at| (at, name(at), role)).collect();
        Some(Table::Nodes(NodeTable { style, node: None, columns }))
    }

    /// The columns of a node table, when there is an id and something beside it.
    fn nodes(&self) -> Option<NodeTable> {
        let mut columns = Vec::new();
        for (at, text) in self.rows[0].1.iter().enumerate() {
            let role = match self.cells.get(at).copied().flatten() {
                Some(Cell::Of(role)) => role,
                Some(_) => continue,
                None => Role::of(text),
            };
            if role != Role::LeftOut && (role != Role::Other || self.is_numeric(at)) {
                columns.push((at, text.clone(), role));
            }
        }
        // Without a node column the names are the ids in the edges.
        let node = self.column(Cell::Node).or_else(|| {
            let name = columns.iter().position(|column| column.2 == Role::Name)?;
            columns.iter().any(|column| column.2 == Role::Label).then(|| columns.remove(name).0)
        })?;
        (!columns.is_empty()).then(|| NodeTable { style: self.style.clone(), node: Some(node), columns })
    }

    /// Whether a column holds numbers and nothing else.
    fn is_numeric(&self, at: usize) -> bool {
        let cells = || self.data().iter().filter_map(|(_, row)| row.get(at)).filter(|cell| !cell.is_empty());
        cells().next().is_some() && cells().all(|cell| is_number(cell))
    }

    /// The position of a column that the caller names.
    fn wanted(&self, option: &'static str, column: &Column) -> Result<usize> {
        let cells = &self.rows[0].1;
        let at = match column {
            Column::At(at) => Some(*at as usize).filter(|&at| at < cells.len()),
            Column::Name(name) if self.style.header => cells.iter().position(|cell| cell == name),
            Column::Name(_) => None,
        };
        at.ok_or_else(|| {
            let wanted = match column {
                Column::At(at) => format!("there is no column {at}"),
                Column::Name(name) => format!("there is no column {}", found(name.as_bytes())),
            };
            let there = match self.style.header {
                true => cells.join(", "),
                false => format!("{} columns without a header, from 0", cells.len()),
            };
            Error::option(option, format!("{wanted} in {}; it has {there}", self.file))
        })
    }

    fn edge_list(&self, options: &EdgeListOptions) -> Result<EdgeTable> {
        let wanted = |option, column: &Option<Column>| {
            column.as_ref().map(|column| self.wanted(option, column)).transpose()
        };
        let source = wanted("source", &options.source)?.or(self.column(Cell::Source));
        let target = wanted("target", &options.target)?.or(self.column(Cell::Target));
        let free = |taken: Option<usize>| usize::from(taken == Some(0));
        let source = source.unwrap_or_else(|| free(target));
        let target = target.unwrap_or(usize::from(source == 0));
        if self.rows[0].1.len() < 2 {
            let message = "the row has 1 field, an edge needs 2, source and target";
            return Err(Error::at_line(self.file, self.rows[0].0, message));
        }
        self.edges(source, target, options)
    }

    fn edges(&self, source: usize, target: usize, options: &EdgeListOptions) -> Result<EdgeTable> {
        let file = self.file;
        let mut warnings = Vec::new();
        let cells = || {
            self.data()
                .iter()
                .flat_map(|(line, row)| [source, target].map(|at| row.get(at).map(|cell| (*line, cell))))
        };
        let guessed = are_integers(cells().map(|cell| cell.map(|(_, text)| text)));
        let integers = options.integer_ids.unwrap_or(guessed);
        let a_number = || cells().flatten().find(|(_, text)| is_integer(text.as_bytes()));
        if let Some((line, number)) = (!integers && !guessed).then(a_number).flatten() {
            warnings.push(format!(
                "{file}: all ids are names, {number} in line {line}, too, since more than a quarter are not integers"
            ));
        }
        let others = || (0..self.rows[0].1.len()).filter(|&at| at != source && at != target);
        let weight = match &options.weight {
            Some(column) => Some(self.wanted("weight", column)?),
            None => others().find(|&at| match self.cells.get(at) {
                Some(cell) => *cell == Some(Cell::Weight),
                None => self.data().iter().all(|(_, row)| row.get(at).is_some_and(|cell| is_number(cell))),
            }),
        };
        for at in others().filter(|&at| Some(at) != weight) {
            let column = at + 1;
            warnings.push(match self.style.header {
                true => {
                    format!("{file}: column {column}, {}, was ignored", found(self.rows[0].1[at].as_bytes()))
                }
                false => format!("{file}: column {column} was ignored"),
            });
        }
        let style = self.style.clone();
        Ok(EdgeTable { style, source, target, weight, integers, warnings })
    }
}

/// Whether at least three quarters of the cells are integers: the others are then errors, not names.
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
