//! Files that are taken apart once all their bytes are unpacked.

use std::borrow::Cow;

use super::bytes::{Source, grouped, grow};
use super::detect::{ArrayRole, Kind, MatrixRole};
use super::graph_tensors::read_graph;
use super::node_rows::MAX_CLASSES;
use super::npy::Npy;
use super::npz::{Arrays, Sparse};
use super::open::Weights;
use super::parts::{Parts, Reading, SplitPart, put};
use super::rows::Rows;
use super::splits::{NodeRef, RawSplits, read_json};
use super::table_options::{Delimiter, Style};
use crate::error::{Error, Result};
use crate::graph::{Features, is_weight};
use crate::limits::{self, Limits};

/// A file on its way: first unpacked or fetched bit by bit, then read.
pub(super) struct Whole<'a> {
    /// `None` once all of it is at hand.
    source: Option<Source<'a>>,
    bytes: Vec<u8>,
    file: String,
    kind: Kind,
    weights: Weights,
    limits: Limits,
    stored: u64,
}

impl<'a> Whole<'a> {
    pub(super) fn new(source: Source<'a>, kind: Kind, weights: Weights, limits: &Limits) -> Self {
        let (file, stored) = (source.name().to_owned(), source.stored_bytes());
        let (bytes, limits) = (Vec::new(), limits.clone());
        Self { source: Some(source), bytes, file, kind, weights, limits, stored }
    }

    fn read(&self, bytes: Cow<'a, [u8]>, parts: &mut Parts) -> Result<()> {
        let (file, limits, weights) = (self.file.as_str(), &self.limits, self.weights);
        match &self.kind {
            Kind::Tensors => {
                let graph = read_graph(file, &bytes, weights, limits)?;
                if graph.ignored_weights {
                    parts.ignored_weights(file, "edge_weight");
                }
                parts.put_graph(file, graph)?;
            }
            Kind::Npy(role) => read_npy(file, &Npy::parse(file, &bytes)?, *role, parts, limits)?,
            Kind::Npz(role) => {
                read_npz(&Arrays::new(file, &bytes, limits)?, file, *role, weights, parts, limits)?
            }
            Kind::Splits => {
                let splits: RawSplits = read_json(file, &bytes)?;
                put(&mut parts.splits, file, "splits", SplitPart::Refs(splits))?;
            }
            Kind::Part(split, part) => {
                let nodes = read_nodes(Source::of_bytes(file, bytes, limits)?, limits)?;
                parts.put_part(file, split.clone(), *part, RawSplits::of_part(split, *part, nodes))?;
            }
            Kind::Meta => put(&mut parts.meta, file, "names and classes", read_json(file, &bytes)?)?,
            other => return Err(Error::Internal(format!("{other:?} is not read as a whole"))),
        }
        Ok(())
    }
}

impl Reading for Whole<'_> {
    fn step(&mut self, bytes: u64, parts: &mut Parts) -> Result<bool> {
        let Some(source) = &mut self.source else { return Ok(true) };
        if source.plain().is_none() && !source.unpack(&mut self.bytes, bytes)? {
            return Ok(false);
        }
        let all = match self.source.take() {
            Some(source) if source.plain().is_some() => source.into_bytes()?,
            _ => Cow::Owned(std::mem::take(&mut self.bytes)),
        };
        self.read(all, parts)?;
        Ok(true)
    }

    fn consumed(&self) -> u64 {
        self.source.as_ref().map_or(self.stored, Source::consumed)
    }
}

fn read_npy(file: &str, npy: &Npy<'_>, role: ArrayRole, parts: &mut Parts, limits: &Limits) -> Result<()> {
    match role {
        ArrayRole::Features => {
            let x = npy.to_matrix(limits)?;
            put(&mut parts.features, file, "features", Features::Dense(x))
        }
        ArrayRole::Labels => put(&mut parts.labels, file, "labels", npy.to_labels(file, limits)?),
        ArrayRole::Edges => parts.put_pairs(file, npy.to_edges(limits)?, None, 0),
    }
}

fn read_npz(
    arrays: &Arrays<'_>,
    file: &str,
    role: MatrixRole,
    weights: Weights,
    parts: &mut Parts,
    limits: &Limits,
) -> Result<()> {
    let prefix = match role {
        MatrixRole::Features => {
            let x = arrays.features("")?;
            return put(&mut parts.features, file, "features", Features::Sparse(x));
        }
        MatrixRole::Edges => "",
        MatrixRole::Benchmark => "adj_",
    };
    let matrix = arrays.sparse(prefix, true)?;
    if matrix.rows != matrix.columns {
        let (rows, columns) = (grouped(matrix.rows.into()), grouped(matrix.columns.into()));
        let message = format!("the matrix has {rows} rows and {columns} columns, edges need as many");
        return Err(Error::in_file(file, message));
    }
    let num_nodes = u64::from(matrix.rows);
    limits::check(&format!("{file}: nodes"), num_nodes, limits.max_nodes)?;
    let edges = matrix.edges(file)?;
    limits::check(&format!("{file}: edges"), edges.len() as u64, limits.max_entries)?;
    let rows = matrix.rows;
    let values = weights_of(file, matrix, edges.len(), weights, parts)?;
    parts.put_pairs(file, edges, values, rows)?;
    if role != MatrixRole::Benchmark {
        return Ok(());
    }
    if arrays.has("attr_indptr") {
        put(&mut parts.features, file, "features", Features::Sparse(arrays.features("attr_")?))?;
    } else if let Some(x) = arrays.with("attr_matrix", |npy| npy.to_matrix(limits))? {
        put(&mut parts.features, file, "features", Features::Dense(x))?;
    }
    if let Some(labels) = arrays.with("labels", |npy| npy.to_labels(file, limits))? {
        put(&mut parts.labels, file, "labels", labels)?;
    }
    Ok(())
}

/// The values of a matrix as weights; values that are all 1 are none.
fn weights_of(
    file: &str,
    matrix: Sparse,
    num_edges: usize,
    weights: Weights,
    parts: &mut Parts,
) -> Result<Option<Vec<f32>>> {
    let Some(values) = matrix.values.filter(|values| values.iter().any(|&value| value != 1.0)) else {
        return Ok(None);
    };
    if weights == Weights::Ignore {
        parts.ignored_weights(file, "data");
        return Ok(None);
    }
    if values.len() != num_edges {
        let (values, edges) = (grouped(values.len() as u64), grouped(num_edges as u64));
        return Err(Error::in_file(file, format!("data has {values} values for {edges} entries")));
    }
    match values.iter().position(|&value| !is_weight(value)) {
        None => Ok(Some(values)),
        Some(at) => Err(Error::in_file(
            file,
            format!("element {at} of data is {}, allowed as a weight is a finite number > 0", values[at]),
        )),
    }
}

/// One node a row: ids or names.
fn read_nodes(source: Source<'_>, limits: &Limits) -> Result<Vec<NodeRef>> {
    let mut rows = Rows::new(source, &Style::plain(Delimiter::Comma))?;
    let mut nodes = Vec::new();
    while rows.advance()? {
        limits::check("nodes of a split", nodes.len() as u64 + 1, limits.max_nodes)?;
        if rows.num_fields() != 1 {
            let fields = rows.num_fields();
            return Err(
                rows.fail(format!("the row has {fields} fields, a part of a split has one node a row"))
            );
        }
        let text = rows.field_text(0, "node")?;
        grow(&mut nodes, 1)?;
        nodes.push(text.parse().map_or_else(|_| NodeRef::Name(text.to_owned()), NodeRef::Id));
    }
    Ok(nodes)
}

impl Npy<'_> {
    /// One class a node, -1 for none; also of shape `[n, 1]`.
    ///
    /// # Errors
    /// `parse` for another shape, for what is no whole number and for a class out of range.
    fn to_labels(&self, file: &str, limits: &Limits) -> Result<Vec<i32>> {
        if !matches!(self.shape.as_slice(), [_] | [_, 1]) {
            let axes = self.shape.len();
            return Err(Error::in_file(file, format!("the array has {axes} axes, labels have one")));
        }
        let values = self.to_f32(limits)?;
        let mut labels = limits::reserve(values.len())?;
        for (node, value) in values.into_iter().enumerate() {
            if value.fract() != 0.0 || !(-1.0..MAX_CLASSES as f32).contains(&value) {
                let max = MAX_CLASSES - 1;
                let message = format!("label {value} of node {node}: allowed are -1 (none) to {max}");
                return Err(Error::in_file(file, message));
            }
            labels.push(value as i32);
        }
        Ok(labels)
    }

    /// Edges of an array of shape `[2, edges]` or `[edges, 2]`.
    fn to_edges(&self, limits: &Limits) -> Result<Vec<(u32, u32)>> {
        let by_pair = match *self.shape.as_slice() {
            [2, _] => self.fortran_order,
            [_, 2] => !self.fortran_order,
            _ => {
                let shape = &self.shape;
                return Err(Error::in_file(
                    self.file,
                    format!("the array has shape {shape:?}, edges have [2, edges] or [edges, 2]"),
                ));
            }
        };
        let ids = self.to_u32("node", limits)?;
        let num_edges = ids.len() / 2;
        let mut edges = limits::reserve(num_edges)?;
        if by_pair {
            edges.extend(ids.chunks_exact(2).map(|pair| (pair[0], pair[1])));
        } else {
            edges.extend(ids[..num_edges].iter().copied().zip(ids[num_edges..].iter().copied()));
        }
        if ids.contains(&u32::MAX) {
            return Err(Error::in_file(self.file, format!("node {} is too large", u32::MAX)));
        }
        Ok(edges)
    }
}
