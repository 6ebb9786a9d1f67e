//! What a file is: by its content first, by its name second.

use super::bytes::{Source, base_name};
use super::matrix_market::Header;
use super::npy::{self, Npy};
use super::npz::Arrays;
use super::open::{Format, OpenOptions};
use super::tables::{EdgeLayout, NodeLayout, edge_list, node_table, table};
use super::zip;
use crate::error::{Error, Result};
use crate::limits::Limits;

/// What a file was taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Edges(EdgeLayout),
    Nodes(NodeLayout),
    MatrixMarket(Header),
    Json,
    GraphMl,
    Gexf,
    Gml,
    Tensors,
    Npy(ArrayRole),
    Npz(MatrixRole),
    Splits,
    /// Nodes of one part of a split: the name of the split and the part.
    Part(String, usize),
    Meta,
    /// A zip of files.
    Archive,
    /// A node table without a column that is used, with its header.
    LeftOut(String),
    /// A file of an archive that is nothing we know, and why.
    Unknown(String),
}

/// What the array of an npy file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ArrayRole {
    Features,
    Labels,
    Edges,
}

/// What the matrix of an npz file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MatrixRole {
    Features,
    /// An adjacency matrix.
    Edges,
    /// Adjacency, features and labels side by side.
    Benchmark,
}

/// A part of a graph that only one file may give.
pub(super) const EDGES: &str = "edges";

impl Kind {
    /// The part of a graph that only one file may give.
    pub(super) fn gives(&self) -> Option<&'static str> {
        match self {
            Self::MatrixMarket(header) if header.is_features => Some("features"),
            Self::Edges(_)
            | Self::Tensors
            | Self::MatrixMarket(_)
            | Self::Json
            | Self::GraphMl
            | Self::Gexf
            | Self::Gml
            | Self::Npy(ArrayRole::Edges)
            | Self::Npz(MatrixRole::Edges | MatrixRole::Benchmark) => Some(EDGES),
            Self::Npy(ArrayRole::Features) | Self::Npz(MatrixRole::Features) => Some("features"),
            Self::Npy(ArrayRole::Labels) => Some("labels"),
            Self::Splits => Some("splits"),
            Self::Meta => Some("names and classes"),
            Self::Nodes(_) | Self::Part(..) | Self::Archive | Self::LeftOut(_) | Self::Unknown(_) => None,
        }
    }

    /// Words for the report.
    pub(super) fn describe(&self, is_gz: bool) -> String {
        let mut text = match self {
            Self::Edges(layout) => {
                let ids = if layout.integers { "integer" } else { "string" };
                format!("edge list, {}, {ids} ids", layout.style.describe())
            }
            Self::Nodes(layout) => layout.describe(),
            Self::MatrixMarket(header) => header.describe(),
            Self::Json => "graph (json)".to_owned(),
            Self::GraphMl => "graph (GraphML)".to_owned(),
            Self::Gexf => "graph (GEXF)".to_owned(),
            Self::Gml => "graph (GML)".to_owned(),
            Self::Tensors => "graph tensors (safetensors)".to_owned(),
            Self::Npy(ArrayRole::Features) => "dense features (npy)".to_owned(),
            Self::Npy(ArrayRole::Labels) => "labels (npy)".to_owned(),
            Self::Npy(ArrayRole::Edges) => "edges (npy)".to_owned(),
            Self::Npz(MatrixRole::Features) => "sparse features (npz)".to_owned(),
            Self::Npz(MatrixRole::Edges) => "adjacency matrix (npz)".to_owned(),
            Self::Npz(MatrixRole::Benchmark) => "graph, features and labels (npz)".to_owned(),
            Self::Splits => "splits (json)".to_owned(),
            Self::Part(split, part) => format!("{} of split {split:?}", PARTS[*part].0),
            Self::Meta => "names and classes (json)".to_owned(),
            Self::Archive => "zip archive".to_owned(),
            Self::LeftOut(header) => format!("node table without labels or names ({header}), left out"),
            Self::Unknown(_) => "not known, left out".to_owned(),
        };
        if is_gz {
            text.push_str(", gzip");
        }
        text
    }
}

/// Parts of a split and the stems of their files.
const PARTS: [(&str, &[&str]); 3] = [("train", &["train"]), ("val", &["valid", "val"]), ("test", &["test"])];

/// Looks at the head of a file, unless the caller says what it is.
///
/// # Errors
/// `parse` for an empty file, for one that is nothing we know, and for a table that lacks a column.
pub(super) fn detect(source: &Source<'_>, options: &OpenOptions, limits: &Limits) -> Result<Kind> {
    let (name, head) = (source.name(), source.head());
    if head.iter().all(u8::is_ascii_whitespace) && source.is_all_head() {
        return Err(Error::in_file(name, "the file is empty"));
    }
    if let Some(format) = options.format_of(name) {
        return as_told(source, format, options, limits);
    }
    let base = base_name(name);
    if head.starts_with(npy::MAGIC) {
        return Ok(Kind::Npy(array_role(source, &base)));
    }
    if zip::is_zip(head) {
        return zip_kind(source, &base, limits);
    }
    // Eight bytes of header length, then JSON; no header is beyond 100 MB, so its upper bytes are zero.
    let is_tensors = head.get(8) == Some(&b'{') && head[4..8] == [0; 4];
    if is_tensors || base.ends_with(".safetensors") {
        return Ok(Kind::Tensors);
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    match text.first() {
        Some(b'{') if base.starts_with("splits") || base.starts_with("split.") => return Ok(Kind::Splits),
        Some(b'{') if base.starts_with("meta") => return Ok(Kind::Meta),
        Some(b'{') if is_graph_json(text) => return Ok(Kind::Json),
        Some(b'{') => {
            let why =
                "it is JSON, but has no list of links or edges and is not named splits.json or meta.json";
            return Err(unrecognised(name, why));
        }
        Some(b'<') => {
            let kinds = [(&b"<graphml"[..], Kind::GraphMl), (b"<gexf", Kind::Gexf)];
            let kind = kinds.into_iter().find(|(tag, _)| contains(text, tag));
            let why = "it is XML, but neither GraphML nor GEXF";
            return kind.map(|(_, kind)| kind).ok_or_else(|| unrecognised(name, why));
        }
        _ => {}
    }
    if text.len() > 14 && text[..14].eq_ignore_ascii_case(b"%%MatrixMarket") {
        return Header::parse(name, text).map(Kind::MatrixMarket);
    }
    if is_gml(text) {
        return Ok(Kind::Gml);
    }
    if head.iter().any(|&byte| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return Err(unrecognised(name, "it is not text"));
    }
    if let Some((split, part)) = split_part(name) {
        return Ok(Kind::Part(split, part));
    }
    table(source, &options.edge_list, limits)
}

/// The kind that the caller names, with what must be known of the head.
fn as_told(source: &Source<'_>, format: Format, options: &OpenOptions, limits: &Limits) -> Result<Kind> {
    let name = source.name();
    Ok(match format {
        Format::EdgeList => edge_list(source, &options.edge_list, limits)?,
        Format::NodeTable => node_table(source, limits)?,
        Format::MatrixMarket => Kind::MatrixMarket(Header::parse(name, source.head())?),
        Format::Json => Kind::Json,
        Format::GraphMl => Kind::GraphMl,
        Format::Gexf => Kind::Gexf,
        Format::Gml => Kind::Gml,
        Format::Npz => match zip_kind(source, "adj.npz", limits)? {
            Kind::Archive => return Err(Error::in_file(name, "the zip file holds no npy arrays")),
            kind => kind,
        },
        Format::Npy => Kind::Npy(array_role(source, "edges.npy")),
        Format::Safetensors => Kind::Tensors,
    })
}

pub(super) fn unrecognised(name: &str, why: &str) -> Error {
    Error::in_file(
        name,
        format!(
            "the file was not recognised: {why}; allowed are edge lists, node tables, Matrix Market, JSON node-link, \
             GraphML, GEXF, GML, npy, npz, safetensors, splits.json and meta.json, any of them gzipped or in a zip"
        ),
    )
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window == word)
}

/// Whether an object starts with keys of a graph.
fn is_graph_json(text: &[u8]) -> bool {
    const KEYS: [&[u8]; 5] = [b"\"nodes\"", b"\"links\"", b"\"edges\"", b"\"directed\"", b"\"multigraph\""];
    KEYS.iter().any(|key| contains(text, key))
}

/// Whether `graph [` stands at the start, after keys with values such as `Creator "igraph"`.
fn is_gml(text: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&text[..text.len().min(4096)]);
    let mut lines = head.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let starts = |line: &str| {
        line.strip_prefix("graph").map(str::trim_start).map(|rest| rest.is_empty() || rest.starts_with('['))
    };
    lines.by_ref().take(8).find_map(|line| {
        let is_key =
            ["Creator", "Version", "comment", "Comment", "label"].iter().any(|key| line.starts_with(key));
        if is_key { None } else { Some(starts(line) == Some(true)) }
    }) == Some(true)
        && head.contains('[')
}

fn array_role(source: &Source<'_>, base: &str) -> ArrayRole {
    let axes = source.plain().and_then(|bytes| Npy::parse(source.name(), bytes).ok());
    match axes {
        _ if base.starts_with("edge") => ArrayRole::Edges,
        Some(npy) if npy.shape.len() == 1 && !base.starts_with("x.") && !base.starts_with("feat") => {
            ArrayRole::Labels
        }
        _ if base.starts_with("label") || base.starts_with("y.") => ArrayRole::Labels,
        _ => ArrayRole::Features,
    }
}

/// An npz is a zip of npy arrays and nothing else.
fn zip_kind(source: &Source<'_>, base: &str, limits: &Limits) -> Result<Kind> {
    let Some(bytes) = source.plain() else {
        return Ok(Kind::Npz(MatrixRole::Features));
    };
    let entries = zip::list(source.name(), bytes)?;
    if !entries.iter().all(|entry| entry.name.ends_with(".npy")) {
        return Ok(Kind::Archive);
    }
    let arrays = Arrays::new(source.name(), bytes, limits)?;
    Ok(Kind::Npz(match () {
        () if arrays.has("adj_indptr") => MatrixRole::Benchmark,
        () if ["adj", "edge", "graph"].iter().any(|start| base.starts_with(start)) => MatrixRole::Edges,
        () => MatrixRole::Features,
    }))
}

/// Split and part of `split/time/train.csv.gz`.
fn split_part(name: &str) -> Option<(String, usize)> {
    let mut path = name.rsplit(['/', '\\']);
    let base = path.next()?.to_lowercase();
    let stem = base.split('.').next()?;
    let part = PARTS.iter().position(|(_, stems)| stems.contains(&stem))?;
    let split = path.next().filter(|folder| !folder.is_empty()).unwrap_or("default");
    Some((split.to_owned(), part))
}

/// Whether the npz is a square matrix, which may be the edges where nothing else is.
pub(super) fn is_square_npz(source: &Source<'_>, limits: &Limits) -> bool {
    let Some(bytes) = source.plain() else { return false };
    let shape = Arrays::new(source.name(), bytes, limits).and_then(|arrays| arrays.shape(""));
    shape.is_ok_and(|(rows, columns)| rows == columns)
}
