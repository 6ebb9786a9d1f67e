//! Attributes of nodes: columns by name, each a label, a name, a split, a position or a feature.

use crate::error::{Error, Result};
use crate::graph::Split;
use crate::io::dataset::ids::{MAX_ID, Names};
use crate::io::dataset::splits::complete;
use crate::io::source::words::{found, grouped};
use crate::limits::{self, grow};

/// Most columns of nodes: a wide matrix belongs in npy.
const MAX_COLUMNS: u64 = 1 << 16;

/// The role of a column of nodes, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Label,
    Name,
    Split,
    /// Whether a node is in a part: 0 train, 1 validation, 2 test.
    Mask(usize),
    /// A coordinate: 0 across, 1 up; the second is a label where the first is missing.
    Position(usize),
    /// A feature when it holds numbers, else ignored.
    Other,
    LeftOut,
}

impl Role {
    pub(crate) fn of(name: &str) -> Self {
        let name = name.to_lowercase();
        match name.as_str() {
            "label" | "class" | "group" | "category" | "community" | "modularity_class" | "club" => {
                Self::Label
            }
            "name" | "title" => Self::Name,
            "split" => Self::Split,
            "train_mask" | "train" => Self::Mask(0),
            "val_mask" | "valid_mask" | "val" | "valid" => Self::Mask(1),
            "test_mask" | "test" => Self::Mask(2),
            "x" => Self::Position(0),
            "y" => Self::Position(1),
            "batch" | "prediction" | "score" | "color" | "colour" | "size" => Self::LeftOut,
            _ if name.ends_with("id") => Self::LeftOut,
            _ => Self::Other,
        }
    }

    fn is_text(self) -> bool {
        matches!(self, Self::Label | Self::Name | Self::Split | Self::Position(1))
    }
}

/// Texts by number, with the number of every row.
#[derive(Debug, Default)]
pub(crate) struct Texts {
    pub(crate) of_row: Vec<u32>,
    pub(crate) texts: Names,
}

impl Texts {
    pub(crate) fn row(&self, row: usize) -> &str {
        self.texts.text_of(self.of_row[row])
    }
}

#[derive(Debug)]
enum Cells {
    /// Only empty cells so far.
    Open,
    Texts(Texts),
    /// NaN where there is none.
    Numbers(Vec<f32>),
    LeftOut,
}

#[derive(Debug)]
struct AttributeColumn {
    name: String,
    role: Role,
    cells: Cells,
}

/// Columns that are filled row by row.
#[derive(Debug, Default)]
pub(crate) struct AttributeColumns {
    columns: Vec<AttributeColumn>,
    /// Their names by number, to find them.
    names: Names,
    num_rows: usize,
}

/// The attributes of all rows.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) labels: Option<Texts>,
    pub(crate) names: Option<Texts>,
    /// A second column of labels: where the first has numbers, it may have the names of the classes.
    pub(crate) class_names: Option<Texts>,
    pub(crate) split: Option<Vec<u8>>,
    /// Whether there is a test part.
    pub(crate) has_test: bool,
    pub(crate) positions: Option<Vec<[f32; 2]>>,
    /// Names of the features and their columns.
    pub(crate) features: Vec<(String, Vec<f32>)>,
    /// Names of columns that were left out.
    pub(crate) left_out: Vec<String>,
}

/// Bits of [`Attributes::split`].
const PARTS: [(u8, &[&str]); 3] =
    [(1, &["train", "training"]), (2, &["val", "valid", "validation"]), (4, &["test"])];

impl AttributeColumns {
    /// The number of the column of that name; a new column when there is none.
    pub(crate) fn column(&mut self, name: &str, role: Role) -> Result<usize> {
        let at = self.names.intern("columns of nodes", name, MAX_COLUMNS)? as usize;
        if at < self.columns.len() {
            return Ok(at);
        }
        let cells = match role {
            Role::LeftOut => Cells::LeftOut,
            role if role.is_text() => Cells::Texts(Texts::default()),
            _ => Cells::Open,
        };
        grow(&mut self.columns, 1)?;
        self.columns.push(AttributeColumn { name: name.to_owned(), role, cells });
        Ok(at)
    }

    /// Begins a row.
    pub(crate) fn next_row(&mut self) {
        self.num_rows += 1;
    }

    /// Fills a cell of the row.
    ///
    /// # Errors
    /// The inner error is a text, to which the caller adds file and line; the outer one is `out_of_memory`.
    pub(crate) fn set(&mut self, at: usize, text: &str) -> Result<std::result::Result<(), String>> {
        let AttributeColumn { cells, role, .. } = &mut self.columns[at];
        if text.is_empty() || matches!(cells, Cells::LeftOut) {
            return Ok(Ok(()));
        }
        if let Cells::Open = cells {
            *cells = match number(text) {
                Some(_) => Cells::Numbers(Vec::new()),
                None if *role == Role::Other => Cells::LeftOut,
                None => return Ok(Err(format!("{} is not a number", found(text.as_bytes())))),
            };
        }
        match cells {
            Cells::Texts(texts) => {
                texts.pad(self.num_rows - 1)?;
                let text = texts.texts.insert("distinct texts", text, MAX_ID.into())?;
                // Of several values for a cell the last one counts, as in the formats.
                texts.of_row.truncate(self.num_rows - 1);
                grow(&mut texts.of_row, 1)?;
                texts.of_row.push(text);
            }
            Cells::Numbers(numbers) => {
                let Some(value) = number(text).filter(|value| value.is_finite()) else {
                    let text = found(text.as_bytes());
                    return Ok(Err(format!(
                        "{text} is not a finite number, as the others of its column are"
                    )));
                };
                pad(numbers, self.num_rows - 1)?;
                numbers.truncate(self.num_rows - 1);
                grow(numbers, 1)?;
                numbers.push(value);
            }
            Cells::Open | Cells::LeftOut => {}
        }
        Ok(Ok(()))
    }

    /// The attributes, once all rows have been read.
    ///
    /// # Errors
    /// `parse` for an invalid split, mask or coordinate.
    pub(crate) fn finish(mut self, file: &str) -> Result<Attributes> {
        let num_rows = self.num_rows;
        let mut given = Attributes::default();
        let mut axes: [Option<Vec<f32>>; 2] = [None, None];
        let has_x = self
            .columns
            .iter()
            .any(|column| column.role == Role::Position(0) && matches!(column.cells, Cells::Numbers(_)));
        for AttributeColumn { name, role, cells } in std::mem::take(&mut self.columns) {
            let left_out = match (role, cells) {
                (Role::Mask(part), Cells::Open) => {
                    given.has_test |= part == 2;
                    given.split.get_or_insert(limits::filled(num_rows, 0)?);
                    false
                }
                (_, Cells::Open) => false,
                (_, Cells::Texts(texts)) if texts.texts.len() == 0 => false,
                (Role::Label, Cells::Texts(texts)) => {
                    let texts = texts.padded(num_rows)?;
                    let slot =
                        if given.labels.is_none() { &mut given.labels } else { &mut given.class_names };
                    put_first(slot, texts)
                }
                (Role::Name, Cells::Texts(texts)) => put_first(&mut given.names, texts.padded(num_rows)?),
                (Role::Split, Cells::Texts(texts)) => {
                    let parts = texts.padded(num_rows)?.parts(file)?;
                    given.has_test |= parts.iter().any(|bits| bits & 4 != 0);
                    put_first(&mut given.split, parts)
                }
                (Role::Position(1), Cells::Texts(texts)) => {
                    match texts.padded(num_rows)?.into_numbers(has_x)? {
                        Ok(numbers) => put_first(&mut axes[1], numbers),
                        Err(texts) => put_first(&mut given.labels, texts),
                    }
                }
                (Role::Mask(part), Cells::Numbers(numbers)) => {
                    given.has_test |= part == 2;
                    let split = given.split.get_or_insert(limits::filled(num_rows, 0)?);
                    for (row, &value) in numbers.iter().enumerate() {
                        if value != 0.0 && value != 1.0 && !value.is_nan() {
                            let message = format!("row {row}, {name} is {value}, allowed are 0 and 1");
                            return Err(Error::in_file(file, message));
                        }
                        split[row] |= if value == 1.0 { PARTS[part].0 } else { 0 };
                    }
                    false
                }
                (Role::Position(axis), Cells::Numbers(mut numbers)) => {
                    pad(&mut numbers, num_rows)?;
                    put_first(&mut axes[axis], numbers)
                }
                (_, Cells::Numbers(mut numbers)) => {
                    pad(&mut numbers, num_rows)?;
                    given.features.push((name.clone(), numbers));
                    false
                }
                (_, Cells::Texts(_) | Cells::LeftOut) => true,
            };
            if left_out {
                given.left_out.push(name);
            }
        }
        match axes {
            [Some(across), Some(up)] => {
                let mut positions = limits::reserve(num_rows)?;
                positions.extend(across.into_iter().zip(up).map(<[f32; 2]>::from));
                given.positions = Some(positions);
            }
            [Some(x), None] => given.features.insert(0, ("x".to_owned(), x)),
            [None, _] => {}
        }
        Ok(given)
    }
}

/// Fills a slot that the first column of a role takes; true when it was taken.
fn put_first<T>(slot: &mut Option<T>, value: T) -> bool {
    if slot.is_none() {
        *slot = Some(value);
        return false;
    }
    true
}

fn pad(numbers: &mut Vec<f32>, len: usize) -> Result<()> {
    if numbers.len() < len {
        let more = len - numbers.len();
        grow(numbers, more)?;
        numbers.resize(len, f32::NAN);
    }
    Ok(())
}

/// A number or truth value of a cell.
fn number(text: &str) -> Option<f32> {
    match text {
        "true" | "True" => Some(1.0),
        "false" | "False" => Some(0.0),
        _ => text.parse().ok(),
    }
}

impl Texts {
    fn pad(&mut self, len: usize) -> Result<()> {
        if self.of_row.len() < len {
            let empty = self.texts.insert("distinct texts", "", MAX_ID.into())?;
            let more = len - self.of_row.len();
            grow(&mut self.of_row, more)?;
            self.of_row.resize(len, empty);
        }
        Ok(())
    }

    fn padded(mut self, len: usize) -> Result<Self> {
        self.pad(len)?;
        Ok(self)
    }

    /// The texts as coordinates, or unchanged when one is not a number.
    fn into_numbers(self, wanted: bool) -> Result<std::result::Result<Vec<f32>, Self>> {
        let all = || (0..self.of_row.len()).map(|row| self.row(row));
        if !wanted
            || all().any(|text| !text.is_empty() && number(text).is_none_or(|value| !value.is_finite()))
        {
            return Ok(Err(self));
        }
        let mut numbers = limits::reserve(self.of_row.len())?;
        numbers.extend(all().map(|text| number(text).unwrap_or(f32::NAN)));
        Ok(Ok(numbers))
    }

    /// The bits of the part that every row names.
    fn parts(&self, file: &str) -> Result<Vec<u8>> {
        let mut parts = limits::filled(self.of_row.len(), 0)?;
        for (row, bits) in parts.iter_mut().enumerate() {
            let text = self.row(row).to_lowercase();
            let known = PARTS.iter().find(|(_, words)| words.contains(&text.as_str()));
            *bits = match known {
                Some((bit, _)) => *bit,
                None if text.is_empty() || text == "none" => 0,
                None => {
                    let text = found(text.as_bytes());
                    let message = format!(
                        "row {row}: split {text} is not known, allowed are train, val, test and none"
                    );
                    return Err(Error::in_file(file, message));
                }
            };
        }
        Ok(parts)
    }

    /// Whether all texts differ: then they are names, not classes.
    pub(crate) fn are_names(&self) -> bool {
        let empty = self.texts.get("");
        let filled = self.of_row.iter().filter(|&&text| Some(text) != empty).count();
        let distinct = self.texts.len() - usize::from(empty.is_some());
        filled > 1
            && distinct == filled
            && (0..self.texts.len() as u32)
                .any(|text| Some(text) != empty && number(self.texts.text_of(text)).is_none())
    }
}

/// The split by the bits of every node; without a test part every other labelled node is for test.
pub(crate) fn split_of_bits(bits: &[u8], has_test: bool, labels: Option<&[i32]>) -> Result<Split> {
    let part = |bit: u8| -> Result<Vec<u32>> {
        let chosen = || (0u32..).zip(bits).filter(move |&(_, bits)| bits & bit != 0).map(|(node, _)| node);
        let mut nodes = limits::reserve(chosen().count())?;
        nodes.extend(chosen());
        Ok(nodes)
    };
    let test = has_test.then(|| part(4)).transpose()?;
    Ok(complete("default".to_owned(), part(1)?, part(2)?, test, bits.len() as u32, labels))
}

/// Column-wise features as rows; missing values are 0. `row_of` is the row of every node, `u32::MAX` for none.
pub(crate) fn rows_of_features(columns: &[(String, Vec<f32>)], row_of: &[u32]) -> Result<(Vec<f32>, u64)> {
    let mut data = limits::reserve(row_of.len().saturating_mul(columns.len()))?;
    let mut missing = 0;
    for &row in row_of {
        for (_, column) in columns {
            let value = column.get(row as usize).copied().unwrap_or(f32::NAN);
            missing += u64::from(value.is_nan());
            data.push(if value.is_nan() { 0.0 } else { value });
        }
    }
    Ok((data, missing))
}

/// `columns color, size`, for a warning.
pub(crate) fn names_of(columns: &[String]) -> String {
    let shown: Vec<&str> = columns.iter().take(6).map(String::as_str).collect();
    let more = columns.len() - shown.len();
    let s = if columns.len() == 1 { "column" } else { "columns" };
    let rest = if more > 0 { format!(" and {} more", grouped(more as u64)) } else { String::new() };
    format!("{s} {}{rest}", shown.join(", "))
}
