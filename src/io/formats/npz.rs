//! Arrays of an npz: a zip of npy files.

use std::borrow::Cow;

use super::bytes::{found, grouped};
use super::npy::Npy;
use super::zip::{Entry, list, unpack};
use crate::error::{Error, Result};
use crate::graph::CsrMatrix;
use crate::limits::{self, Limits};

/// The arrays of a file, unpacked when they are asked for.
pub(super) struct Arrays<'a> {
    file: &'a str,
    bytes: &'a [u8],
    entries: Vec<Entry>,
    limits: &'a Limits,
}

/// A sparse matrix as SciPy saves it.
pub(super) struct Sparse {
    pub(super) rows: u32,
    pub(super) columns: u32,
    pub(super) parts: SparseParts,
    /// Absent when all are 1.
    pub(super) values: Option<Vec<f32>>,
}

/// Where the entries of a sparse matrix stand.
pub(super) enum SparseParts {
    /// `indptr` and `indices`, by rows or, when `by_column`, by columns.
    Compressed { indptr: Vec<u32>, indices: Vec<u32>, by_column: bool },
    /// Row and column of every entry.
    Coordinates { rows: Vec<u32>, columns: Vec<u32> },
}

impl<'a> Arrays<'a> {
    pub(super) fn new(file: &'a str, bytes: &'a [u8], limits: &'a Limits) -> Result<Self> {
        Ok(Self { file, bytes, entries: list(file, bytes)?, limits })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entry(name).is_some()
    }

    fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name.strip_suffix(".npy") == Some(name))
    }

    fn get(&self, name: &str) -> Result<Option<Cow<'a, [u8]>>> {
        self.entry(name).map(|entry| unpack(self.file, entry, self.bytes, self.limits)).transpose()
    }

    pub(super) fn fail(&self, message: String) -> Error {
        Error::in_file(self.file, message)
    }

    /// An array of counts or ids.
    ///
    /// # Errors
    /// `parse` when there is none and for anything but integers from 0.
    pub(super) fn integers(&self, name: &str) -> Result<Vec<u32>> {
        let Some(bytes) = self.get(name)? else {
            let names: Vec<&str> = self.entries.iter().map(|entry| entry.name.as_str()).collect();
            let names = found(names.join(", ").as_bytes());
            return Err(self.fail(format!(
                "there is no array {name}.npy; sparse features have shape, indptr, indices and data, the file has {names}"
            )));
        };
        Npy::parse(&format!("{}, {name}.npy", self.file), &bytes)?.to_u32(name, self.limits)
    }

    /// An array that another reader takes apart.
    pub(super) fn with<T>(&self, name: &str, read: impl FnOnce(&Npy<'_>) -> Result<T>) -> Result<Option<T>> {
        let Some(bytes) = self.get(name)? else { return Ok(None) };
        read(&Npy::parse(&format!("{}, {name}.npy", self.file), &bytes)?).map(Some)
    }

    fn floats(&self, name: &str) -> Result<Option<Vec<f32>>> {
        self.with(name, |npy| npy.to_f32(self.limits))
    }

    /// Rows and columns of the matrix whose arrays start with `prefix`.
    pub(super) fn shape(&self, prefix: &str) -> Result<(u32, u32)> {
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
    pub(super) fn sparse(&self, prefix: &str, with_values: bool) -> Result<Sparse> {
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
    /// As for [`Arrays::sparse`], and `parse` for another layout than by rows.
    pub(super) fn features(&self, prefix: &str) -> Result<CsrMatrix> {
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
    pub(super) fn edges(&self, file: &str) -> Result<Vec<(u32, u32)>> {
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
            return Err(Error::in_file(file, super::ids::no_such_node(node, num_nodes.into())));
        }
        Ok(edges)
    }
}
