//! Arrays of an npz: a zip of npy files.

use std::borrow::Cow;

use crate::error::{Error, Result};
use crate::graph::{CsrMatrix, Features, is_weight};
use crate::io::dataset::ids::no_such_node;
use crate::io::dataset::parts::{DatasetParts, EDGES, FEATURES, LABELS, Reading, put};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind, Head};
use crate::io::formats::npy::Npy;
use crate::io::formats::whole::Whole;
use crate::io::options::{OpenOptions, Weights};
use crate::io::source::bytes::Source;
use crate::io::source::words::{found, grouped};
use crate::io::source::zip::{self, Entry, list, unpack};
use crate::limits::{self, Limits};

/// Arrays of NumPy in a zip: an adjacency matrix of SciPy, a graph of gnn-benchmark, or sparse features.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "npz",
        label: "npz",
        files: "npz",
        extensions: &["npz"],
        media_type: "application/zip",
        signatures: zip::SIGNATURES,
    },
    evidence: Evidence::Signature,
    recognise: |head| Ok(role(head, &head.base)?.map(|role| Box::new(role) as Box<dyn FileKind>)),
    by_option: Some(|head| match role(head, "adj.npz")? {
        Some(role) => Ok(Box::new(role)),
        None => Err(Error::in_file(head.name(), "the zip file holds no npy arrays")),
    }),
};

/// The role of an npz file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum MatrixRole {
    Features,
    /// An adjacency matrix.
    Edges,
    /// Adjacency, features and labels side by side.
    Benchmark,
}

/// The role of a zip of npy arrays, by the names of the arrays and of the file; `None` for a zip with other entries.
fn role(head: &Head<'_, '_>, base: &str) -> Result<Option<MatrixRole>> {
    let Some(bytes) = head.source.plain() else { return Ok(Some(MatrixRole::Features)) };
    let arrays = NpzArrays::new(head.name(), bytes, head.limits)?;
    if !arrays.entries.iter().all(|entry| entry.name.ends_with(".npy")) {
        return Ok(None);
    }
    Ok(Some(match () {
        () if arrays.has("adj_indptr") => MatrixRole::Benchmark,
        () if ["adj", "edge", "graph"].iter().any(|start| base.starts_with(start)) => MatrixRole::Edges,
        () => MatrixRole::Features,
    }))
}

impl FileKind for MatrixRole {
    fn describe(&self) -> String {
        let words = match self {
            Self::Features => "sparse features (npz)",
            Self::Edges => "adjacency matrix (npz)",
            Self::Benchmark => "graph, features and labels (npz)",
        };
        words.to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(if *self == Self::Features { FEATURES } else { EDGES })
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_whole(2)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let weights = options.weights;
        let read = move |file: &str, bytes: Cow<'_, [u8]>, parts: &mut DatasetParts, limits: &Limits| {
            read_npz(&NpzArrays::new(file, &bytes, limits)?, file, *self, weights, parts, limits)
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }

    /// Features that are a square matrix may be the edges.
    fn as_edges(&self, source: &Source<'_>, limits: &Limits) -> Option<Box<dyn FileKind>> {
        let bytes = source.plain().filter(|_| *self == Self::Features)?;
        let shape = NpzArrays::new(source.name(), bytes, limits).and_then(|arrays| arrays.shape(""));
        let is_square = shape.is_ok_and(|(rows, columns)| rows == columns);
        is_square.then(|| Box::new(Self::Edges) as Box<dyn FileKind>)
    }
}

fn read_npz(
    arrays: &NpzArrays<'_>,
    file: &str,
    role: MatrixRole,
    weights: Weights,
    parts: &mut DatasetParts,
    limits: &Limits,
) -> Result<()> {
    let prefix = match role {
        MatrixRole::Features => {
            let x = arrays.features("")?;
            return put(&mut parts.features, file, FEATURES, Features::Sparse(x));
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
        put(&mut parts.features, file, FEATURES, Features::Sparse(arrays.features("attr_")?))?;
    } else if let Some(x) = arrays.with("attr_matrix", |npy| npy.to_matrix(limits))? {
        put(&mut parts.features, file, FEATURES, Features::Dense(x))?;
    }
    if let Some(labels) = arrays.with("labels", |npy| npy.to_labels(file, limits))? {
        put(&mut parts.labels, file, LABELS, labels)?;
    }
    Ok(())
}

/// The values of a matrix as weights; values that are all 1 are none.
fn weights_of(
    file: &str,
    matrix: Sparse,
    num_edges: usize,
    weights: Weights,
    parts: &mut DatasetParts,
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

/// The arrays of a file, each unpacked at its first use.
pub(crate) struct NpzArrays<'a> {
    file: &'a str,
    bytes: &'a [u8],
    entries: Vec<Entry>,
    limits: &'a Limits,
}

/// A sparse matrix as SciPy saves it.
pub(crate) struct Sparse {
    pub(crate) rows: u32,
    pub(crate) columns: u32,
    pub(crate) parts: SparseParts,
    /// Absent when all are 1.
    pub(crate) values: Option<Vec<f32>>,
}

/// Where the entries of a sparse matrix stand.
pub(crate) enum SparseParts {
    /// `indptr` and `indices`, by rows or, when `by_column`, by columns.
    Compressed { indptr: Vec<u32>, indices: Vec<u32>, by_column: bool },
    /// Row and column of every entry.
    Coordinates { rows: Vec<u32>, columns: Vec<u32> },
}

impl<'a> NpzArrays<'a> {
    pub(crate) fn new(file: &'a str, bytes: &'a [u8], limits: &'a Limits) -> Result<Self> {
        Ok(Self { file, bytes, entries: list(file, bytes)?, limits })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.strip_suffix(".npy") == Some(name))
    }

    fn get(&self, name: &str) -> Result<Option<Cow<'a, [u8]>>> {
        self.entry(name).map(|entry| unpack(self.file, entry, self.bytes, self.limits)).transpose()
    }

    pub(crate) fn fail(&self, message: String) -> Error {
        Error::in_file(self.file, message)
    }

    /// An array of counts or ids.
    ///
    /// # Errors
    /// `parse` when there is none and for anything but integers from 0.
    pub(crate) fn integers(&self, name: &str) -> Result<Vec<u32>> {
        let Some(bytes) = self.get(name)? else {
            let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
            let names = found(names.join(", ").as_bytes());
            return Err(self.fail(format!(
                "there is no array {name}.npy; sparse features have shape, indptr, indices and data, the file has {names}"
            )));
        };
        Npy::parse(&format!("{}, {name}.npy", self.file), &bytes)?.to_u32(name, self.limits)
    }

    /// Reads an array by `read`, when there is one of that name.
    pub(crate) fn with<T>(&self, name: &str, read: impl FnOnce(&Npy<'_>) -> Result<T>) -> Result<Option<T>> {
        let Some(bytes) = self.get(name)? else { return Ok(None) };
        read(&Npy::parse(&format!("{}, {name}.npy", self.file), &bytes)?).map(Some)
    }

    fn floats(&self, name: &str) -> Result<Option<Vec<f32>>> {
        self.with(name, |npy| npy.to_f32(self.limits))
    }

    /// Rows and columns of the matrix whose arrays start with `prefix`.
    pub(crate) fn shape(&self, prefix: &str) -> Result<(u32, u32)> {
        let shape = self.integers(&format!("{prefix}shape"))?;
        let &[rows, columns] = shape.as_slice() else {
            return Err(
                self.fail(format!("shape has {} numbers, features have 2: nodes and columns", shape.len()))
            );
        };
        Ok((rows, columns))
    }

    /// The layout of the matrix at the end of the bytes, for example `csr`.
    fn format(&self, prefix: &str) -> Result<Vec<u8>> {
        // SciPy writes it as three bytes or as three characters of four bytes.
        let format = self.get(&format!("{prefix}format"))?;
        let bytes = format.map(|npy| npy.iter().copied().filter(|&byte| byte != 0).collect());
        Ok(bytes.unwrap_or_else(|| b"csr".to_vec()))
    }

    /// The matrix whose arrays start with `prefix`, with its values when they are wanted.
    ///
    /// # Errors
    /// `parse` for a missing array or parts that do not fit together; `limit_exceeded` for sizes.
    pub(crate) fn sparse(&self, prefix: &str, with_values: bool) -> Result<Sparse> {
        let format = self.format(prefix)?;
        let format = &format[format.len().saturating_sub(3)..];
        let (rows, columns) = self.shape(prefix)?;
        let name = |name: &str| format!("{prefix}{name}");
        let parts = match format {
            b"coo" => SparseParts::Coordinates {
                rows: self.integers(&name("row"))?,
                columns: self.integers(&name("col"))?,
            },
            b"csr" | b"csc" => {
                let by_column = format == b"csc";
                let (indptr, indices) = (self.integers(&name("indptr"))?, self.integers(&name("indices"))?);
                let lines = if by_column { columns } else { rows };
                if indptr.len() as u64 != u64::from(lines) + 1 {
                    return Err(self.fail(format!(
                        "indptr has {} entries, {} rows need one more than there are rows",
                        grouped(indptr.len() as u64),
                        grouped(lines.into())
                    )));
                }
                SparseParts::Compressed { indptr, indices, by_column }
            }
            other => {
                let format = found(other);
                return Err(
                    self.fail(format!("sparse format {format} is not read, allowed are csr, csc and coo"))
                );
            }
        };
        let values = if with_values { self.floats(&name("data"))? } else { None };
        Ok(Sparse { rows, columns, parts, values })
    }

    /// Sparse features.
    ///
    /// # Errors
    /// As for [`NpzArrays::sparse`], and `parse` for another layout than by rows.
    pub(crate) fn features(&self, prefix: &str) -> Result<CsrMatrix> {
        let by_rows = || self.fail("sparse features are read by rows; convert them with tocsr()".to_owned());
        if !self.format(prefix)?.ends_with(b"csr") {
            return Err(by_rows());
        }
        let Sparse { columns, parts, values, .. } = self.sparse(prefix, true)?;
        let SparseParts::Compressed { indptr, indices, .. } = parts else { return Err(by_rows()) };
        let values = match values {
            Some(values) => values,
            None => limits::filled(indices.len(), 1.0)?,
        };
        CsrMatrix::new(columns, indptr, indices, values).map_err(|error| self.fail(error.to_string()))
    }
}

impl Sparse {
    /// The entries as edges from row to column, in the order of the file.
    ///
    /// # Errors
    /// `parse` when bounds or ids do not fit.
    pub(crate) fn edges(&self, file: &str) -> Result<Vec<(u32, u32)>> {
        let num_nodes = self.rows;
        let mut edges;
        match &self.parts {
            SparseParts::Coordinates { rows, columns } => {
                if rows.len() != columns.len() {
                    let (rows, columns) = (grouped(rows.len() as u64), grouped(columns.len() as u64));
                    return Err(Error::in_file(file, format!("there are {rows} rows and {columns} columns")));
                }
                edges = limits::reserve(rows.len())?;
                edges.extend(rows.iter().copied().zip(columns.iter().copied()));
            }
            SparseParts::Compressed { indptr, indices, by_column } => {
                edges = limits::reserve(indices.len())?;
                for (line, bounds) in (0u32..).zip(indptr.windows(2)) {
                    let others = indices.get(bounds[0] as usize..bounds[1] as usize).ok_or_else(|| {
                        Error::in_file(
                            file,
                            format!(
                                "indptr of row {line} does not fit the {} indices",
                                grouped(indices.len() as u64)
                            ),
                        )
                    })?;
                    edges.extend(
                        others.iter().map(|&other| if *by_column { (other, line) } else { (line, other) }),
                    );
                }
                if edges.len() != indices.len() {
                    let (edges, all) = (grouped(edges.len() as u64), grouped(indices.len() as u64));
                    return Err(Error::in_file(file, format!("indptr counts {edges} of {all} indices")));
                }
            }
        }
        let beyond = edges.iter().map(|&(a, b)| a.max(b)).find(|&node| node >= num_nodes);
        if let Some(node) = beyond {
            return Err(Error::in_file(file, no_such_node(node, num_nodes.into())));
        }
        Ok(edges)
    }
}
