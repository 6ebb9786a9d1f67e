//! Matrix Market: sparse and dense matrices as text.

use crate::error::{Error, Result};
use crate::graph::Features;
use crate::io::dataset::edges::RawEdges;
use crate::io::dataset::ids::{MAX_ID, parse_id};
use crate::io::dataset::matrix::matrix;
use crate::io::dataset::parts::{DatasetParts, EDGES, FEATURES, Reading, put};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::options::{Delimiter, OpenOptions, Weights};
use crate::io::source::bytes::Source;
use crate::io::source::words::{found, grouped};
use crate::io::text::fields::weight;
use crate::io::text::rows::{Style, TextRows};
use crate::limits::{self, Limits, grow};

/// Matrix Market, coordinate or array.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "matrix-market",
        label: "Matrix Market",
        files: "Matrix Market",
        extensions: &["mtx"],
        media_type: "text/x-matrix-market",
        signatures: &[],
    },
    evidence: Evidence::Start,
    recognise: |head| {
        let text = head.text();
        if text.len() <= START.len() || !text[..START.len()].eq_ignore_ascii_case(START) {
            return Ok(None);
        }
        Ok(Some(Box::new(MatrixHeader::parse(head.name(), text)?)))
    },
    by_option: Some(|head| Ok(Box::new(MatrixHeader::parse(head.name(), head.bytes())?))),
};

/// How a file begins, in any case.
const START: &[u8] = b"%%MatrixMarket";

impl FileKind for MatrixHeader {
    fn describe(&self) -> String {
        let kind = if self.is_coordinate { "coordinate" } else { "array" };
        let values = if self.has_values { "values" } else { "pattern" };
        let half = if self.is_half { "symmetric" } else { "general" };
        format!("matrix (Matrix Market), {kind}, {values}, {half}")
    }

    fn gives(&self) -> Option<&'static str> {
        Some(if self.is_features { FEATURES } else { EDGES })
    }

    /// By the number of entries that the file claims.
    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        if self.is_features { self.entries.saturating_mul(8) } else { size.of_edges(self.entries) }
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        options: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        Ok(Some(Box::new(MatrixReader::new(source, *self, options, limits)?)))
    }
}

/// The first line of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct MatrixHeader {
    /// Whether every entry has its row and column; otherwise all values stand by columns.
    is_coordinate: bool,
    has_values: bool,
    /// Whether the file holds one triangle only.
    is_half: bool,
    /// Whether it is an array that is not square.
    is_features: bool,
    /// How many entries the line of sizes claims.
    entries: u64,
}

impl MatrixHeader {
    /// Reads the first line, for example `%%MatrixMarket matrix coordinate pattern general`.
    ///
    /// # Errors
    /// `parse` for a word that is not allowed.
    fn parse(file: &str, head: &[u8]) -> Result<Self> {
        let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(&line[..line.len().min(200)]).to_lowercase();
        let mut words = line.split_ascii_whitespace().skip(1);
        let mut word = |allowed: &[&str]| {
            let word = words.next().unwrap_or_default();
            allowed.iter().position(|&other| other == word).ok_or_else(|| {
                let word = found(word.as_bytes());
                Error::at_line(
                    file,
                    1,
                    format!("{word} in the header is not read, allowed: {}", allowed.join(", ")),
                )
            })
        };
        word(&["matrix"])?;
        let is_coordinate = word(&["coordinate", "array"])? == 0;
        let field = word(if is_coordinate {
            &["pattern", "real", "integer", "double"]
        } else {
            &["real", "integer", "double"]
        })?;
        let has_values = !is_coordinate || field > 0;
        let is_half = word(&["general", "symmetric"])? == 1;
        let lines = head.split(|&byte| byte == b'\n').skip(1).map(<[u8]>::trim_ascii);
        let sizes =
            lines.map(String::from_utf8_lossy).find(|line| !line.is_empty() && !line.starts_with('%'));
        let sizes = sizes.unwrap_or_default();
        let sizes: Vec<u64> = sizes.split_ascii_whitespace().filter_map(|size| size.parse().ok()).collect();
        let (is_features, entries) = match (is_coordinate, sizes.as_slice()) {
            (true, &[_, _, entries]) => (false, entries),
            (false, &[rows, columns]) => (rows != columns, rows.saturating_mul(columns)),
            // Reading the line of sizes reports what is wrong.
            _ => (false, 0),
        };
        Ok(Self { is_coordinate, has_values, is_half, is_features, entries })
    }
}

/// Reads a matrix bit by bit: square ones are edges, other arrays are features.
struct MatrixReader<'a> {
    rows: TextRows<'a>,
    header: MatrixHeader,
    limits: Limits,
    size: Option<Extents>,
    raw: RawEdges,
    /// Values of a dense matrix, by columns.
    values: Vec<f32>,
    weights: Weights,
    /// Whether the entries of a triangle are added in both directions, for a directed graph.
    both: bool,
    file: String,
}

#[derive(Clone, Copy)]
struct Extents {
    rows: u32,
    columns: u32,
    entries: u64,
    read: u64,
}

impl<'a> MatrixReader<'a> {
    fn new(source: Source<'a>, header: MatrixHeader, options: &OpenOptions, limits: &Limits) -> Result<Self> {
        let file = source.name().to_owned();
        let rows = TextRows::new(source, &Style::plain(Delimiter::Blanks))?;
        let both = header.is_half && options.directed == Some(true);
        let (raw, values, weights) = (RawEdges::empty(), Vec::new(), options.weights);
        Ok(Self { rows, header, limits: limits.clone(), size: None, raw, values, weights, both, file })
    }

    /// The line of sizes. What it claims is compared with the limits before anything is reserved.
    fn size(&self) -> Result<Extents> {
        let rows = &self.rows;
        let wanted = if self.header.is_coordinate { 3 } else { 2 };
        if rows.num_fields() != wanted {
            let message =
                format!("the line of sizes has {} numbers, it must have {wanted}", rows.num_fields());
            return Err(rows.fail(message));
        }
        let number = |at: usize| -> Result<u64> {
            let text = std::str::from_utf8(rows.field(at)).ok().and_then(|text| text.parse().ok());
            text.ok_or_else(|| rows.fail(format!("size {} is not a whole number", found(rows.field(at)))))
        };
        let (num_rows, columns) = (number(0)?, number(1)?);
        if num_rows != columns && (self.header.is_coordinate || self.header.is_half) {
            let (rows_, columns) = (grouped(num_rows), grouped(columns));
            return Err(
                rows.fail(format!("the matrix has {rows_} rows and {columns} columns, edges need as many"))
            );
        }
        let max = self.limits.max_nodes.min(u64::from(MAX_ID) + 1);
        limits::check(&format!("{}: rows", self.file), num_rows, max)?;
        limits::check(&format!("{}: columns", self.file), columns, max)?;
        let entries = match (self.header.is_coordinate, self.header.is_half) {
            (true, _) => number(2)?,
            (false, false) => num_rows * columns,
            (false, true) => num_rows * (num_rows + 1) / 2,
        };
        if self.header.is_coordinate {
            limits::check(&format!("{}: entries", self.file), entries, self.limits.max_entries)?;
        } else {
            let bytes = entries.saturating_mul(4);
            limits::check(&format!("{}: bytes of values", self.file), bytes, self.limits.max_matrix_bytes)?;
        }
        Ok(Extents { rows: num_rows as u32, columns: columns as u32, entries, read: 0 })
    }

    fn entry(&mut self, size: Extents) -> Result<()> {
        let (rows, raw) = (&self.rows, &mut self.raw);
        let width = 2 + usize::from(self.header.has_values);
        if rows.num_fields() != width {
            let message = format!("the entry has {} fields, it must have {width}", rows.num_fields());
            return Err(rows.fail(message));
        }
        let node = |at: usize, what: &str, max: u32| {
            parse_id(rows.field(at)).filter(|id| (1..=max).contains(id)).map(|id| id - 1).ok_or_else(|| {
                let text = found(rows.field(at));
                rows.fail(format!(
                    "{what} {} is out of range, allowed are 1 to {max}",
                    text.trim_matches('"')
                ))
            })
        };
        let edge = (node(0, "row", size.rows)?, node(1, "column", size.columns)?);
        grow(&mut raw.edges, 1)?;
        raw.edges.push(edge);
        if self.header.has_values && self.weights == Weights::Use {
            let weights = raw.weights.get_or_insert_default();
            grow(weights, 1)?;
            weights.push(weight(rows, 2)?);
        }
        Ok(())
    }

    fn value(&mut self) -> Result<()> {
        let rows = &self.rows;
        let text = std::str::from_utf8(rows.field(0)).ok().and_then(|text| text.parse::<f32>().ok());
        let value = text.filter(|value| value.is_finite() && rows.num_fields() == 1).ok_or_else(|| {
            rows.fail(format!("{} is not a line of one finite number", found(rows.field(0))))
        })?;
        grow(&mut self.values, 1)?;
        self.values.push(value);
        Ok(())
    }

    /// The edges of a square dense matrix: its entries that are not 0.
    fn dense_edges(&mut self, size: Extents) -> Result<()> {
        let mut values = std::mem::take(&mut self.values).into_iter();
        let used = self.weights == Weights::Use;
        for column in 0..size.columns {
            for row in if self.header.is_half { column } else { 0 }..size.rows {
                let value = values.next().unwrap_or(0.0);
                if value == 0.0 {
                    continue;
                }
                grow(&mut self.raw.edges, 1)?;
                self.raw.edges.push((row, column));
                if used {
                    if value < 0.0 {
                        let place = format!("row {}, column {}", row + 1, column + 1);
                        let message = format!(
                            "{place}: weight {value} is out of range, allowed is a finite number > 0"
                        );
                        return Err(Error::in_file(&self.file, message));
                    }
                    let weights = self.raw.weights.get_or_insert_default();
                    grow(weights, 1)?;
                    weights.push(value);
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self, parts: &mut DatasetParts) -> Result<()> {
        let size = self.size.ok_or_else(|| Error::in_file(&self.file, "there is no line of sizes"))?;
        if size.read != size.entries {
            let (read, claimed) = (grouped(size.read), grouped(size.entries));
            return Err(Error::in_file(&self.file, format!("{claimed} entries are claimed, {read} follow")));
        }
        if !self.header.is_coordinate && size.rows != size.columns {
            let (rows, columns) = (size.rows as usize, size.columns as usize);
            let mut turned = limits::reserve(self.values.len())?;
            for row in 0..rows {
                turned.extend((0..columns).map(|column| self.values[column * rows + row]));
            }
            let x = matrix(&self.file, "features", rows, columns, turned)?;
            return put(&mut parts.features, &self.file, FEATURES, Features::Dense(x));
        }
        if !self.header.is_coordinate {
            self.dense_edges(size)?;
        }
        if self.header.has_values && self.weights == Weights::Ignore {
            parts.ignored_weights(&self.file, "the values");
        }
        let RawEdges { mut edges, mut weights, .. } = std::mem::replace(&mut self.raw, RawEdges::empty());
        if self.both {
            for at in 0..edges.len() {
                let (row, column) = edges[at];
                if row != column {
                    grow(&mut edges, 1)?;
                    edges.push((column, row));
                    if let Some(weights) = &mut weights {
                        grow(weights, 1)?;
                        weights.push(weights[at]);
                    }
                }
            }
        }
        parts.put_pairs(&self.file, edges, weights, size.rows)
    }
}

impl Reading for MatrixReader<'_> {
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let mut used = 0;
        while used < bytes {
            if !self.rows.advance()? {
                self.finish(parts)?;
                return Ok(true);
            }
            used += self.rows.num_bytes();
            let Some(size) = self.size else {
                self.size = Some(self.size()?);
                continue;
            };
            if size.read == size.entries {
                let claimed = grouped(size.entries);
                return Err(self.rows.fail(format!("{claimed} entries are claimed, this is one more")));
            }
            if self.header.is_coordinate {
                self.entry(size)?;
            } else {
                self.value()?;
            }
            self.size = Some(Extents { read: size.read + 1, ..size });
        }
        Ok(false)
    }

    fn consumed(&self) -> u64 {
        self.rows.source().consumed()
    }
}
