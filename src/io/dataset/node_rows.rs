//! Rows of nodes, from a table or a graph file, and how they are joined to the nodes.

use std::collections::HashMap;

use ndarray::Array2;

use crate::error::{Error, Result};
use crate::io::dataset::columns::{AttributeColumns, Attributes, Texts, names_of, rows_of_features};
use crate::io::dataset::matrix::matrix;
use crate::io::source::words::{found, grouped};
use crate::limits::{self, Limits, grow};

/// Most classes: each has a name and a column of logits.
pub(crate) const MAX_CLASSES: usize = 65_536;
/// Most distinct label texts.
const MAX_TEXTS: u64 = 2 * MAX_CLASSES as u64;

/// Rows before it is known which nodes exist.
#[derive(Debug, Default)]
pub(crate) struct RawNodes {
    /// Id of the node of every row: an integer as it stood, or the number of its name.
    pub(crate) nodes: Vec<u32>,
    /// Line of every row; empty where the file has no rows of text.
    pub(crate) lines: Vec<u32>,
    pub(crate) columns: AttributeColumns,
    /// Whether the rows are the nodes and name none.
    pub(crate) by_row: bool,
    /// Names that no edge had, and the first of them.
    pub(crate) num_new: usize,
    pub(crate) first_new: String,
    /// Whether labels that all differ are names, as in graph files; in tables they are classes.
    pub(crate) labels_may_be_names: bool,
}

/// Attributes by node.
#[derive(Default)]
pub(crate) struct JoinedNodes {
    /// Class of every node, -1 for none, and the names when they are known from the labels themselves.
    pub(crate) labels: Option<(Vec<i32>, Option<Vec<String>>)>,
    /// Name of every node, empty where there is none.
    pub(crate) names: Option<Vec<String>>,
    /// Bits of the parts of a split, and whether there is a test part.
    pub(crate) split: Option<(Vec<u8>, bool)>,
    /// NaN where there is none.
    pub(crate) positions: Option<Vec<[f32; 2]>>,
    pub(crate) features: Option<Array2<f32>>,
    pub(crate) warnings: Vec<String>,
}

impl RawNodes {
    /// Begins the row of a node.
    pub(crate) fn push(&mut self, node: u32) -> Result<()> {
        grow(&mut self.nodes, 1)?;
        self.nodes.push(node);
        self.columns.next_row();
        Ok(())
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// An error at a row.
    fn fail(&self, file: &str, row: usize, message: String) -> Error {
        match self.lines.get(row) {
            Some(&line) => Error::at_line(file, line.into(), message),
            None => Error::in_file(file, message),
        }
    }

    /// The row of every node, `u32::MAX` for none.
    fn row_of(&self, file: &str, num_nodes: u32, name: &dyn Fn(u32) -> String) -> Result<Vec<u32>> {
        let mut row_of = limits::filled(num_nodes as usize, u32::MAX)?;
        for (row, &node) in self.nodes.iter().enumerate() {
            let earlier = &mut row_of[node as usize];
            if *earlier != u32::MAX {
                let message = match self.lines.get(*earlier as usize) {
                    Some(line) => format!("the node stands in line {line} already"),
                    None => format!("node {:?} stands twice", name(node)),
                };
                return Err(self.fail(file, row, message));
            }
            *earlier = row as u32;
        }
        Ok(row_of)
    }

    /// Puts every row at its node. `class_names` are those of `meta.json`; `name` gives the name of a node.
    ///
    /// # Errors
    /// `parse` for a node that does not exist or stands twice, and for a class out of range.
    pub(crate) fn join(
        mut self,
        file: &str,
        num_nodes: u32,
        class_names: Option<&[String]>,
        name: &dyn Fn(u32) -> String,
        limits: &Limits,
    ) -> Result<JoinedNodes> {
        let row_of = self.row_of(file, num_nodes, name)?;
        let Attributes {
            mut labels,
            mut names,
            class_names: of_classes,
            split,
            has_test,
            positions,
            features,
            left_out,
        } = std::mem::take(&mut self.columns).finish(file)?;
        let mut joined = JoinedNodes::default();
        if !left_out.is_empty() {
            joined.warnings.push(format!("{file}: of the nodes, {} stayed out", names_of(&left_out)));
        }
        if names.is_none() && self.labels_may_be_names && labels.as_ref().is_some_and(Texts::are_names) {
            names = labels.take();
        }
        if let Some(labels) = labels {
            let (values, mut known) = self.classes(file, &labels, &row_of, class_names)?;
            if let Some(words) = of_classes.filter(|_| known.is_none() && class_names.is_none()) {
                known = Some(name_classes(&values, &row_of, &words)?);
            }
            joined.labels = Some((values, known));
        }
        let rows = || row_of.iter().map(|&row| (row != u32::MAX).then_some(row as usize));
        if let Some(names) = names {
            let mut by_node = limits::reserve(row_of.len())?;
            by_node.extend(rows().map(|row| row.map_or_else(String::new, |row| names.row(row).to_owned())));
            joined.names = Some(by_node);
        }
        if let Some(split) = split {
            let mut by_node = limits::reserve(row_of.len())?;
            by_node.extend(rows().map(|row| row.map_or(0, |row| split[row])));
            joined.split = Some((by_node, has_test));
        }
        if let Some(positions) = positions {
            let mut by_node = limits::reserve(row_of.len())?;
            by_node.extend(rows().map(|row| row.map_or([f32::NAN; 2], |row| positions[row])));
            joined.positions = Some(by_node);
        }
        if !features.is_empty() {
            let bytes = (row_of.len() as u64).saturating_mul(4 * features.len() as u64);
            limits::check(&format!("{file}: bytes of features"), bytes, limits.max_matrix_bytes)?;
            let columns: Vec<String> = features.iter().map(|(name, _)| name.clone()).collect();
            joined.warnings.push(format!("{file}: features were taken from the {}", names_of(&columns)));
            let (data, missing) = rows_of_features(&features, &row_of)?;
            if missing > 0 {
                let missing = grouped(missing);
                joined.warnings.push(format!("{file}: missing features were taken for 0, {missing}"));
            }
            joined.features = Some(matrix(file, "features", row_of.len(), features.len(), data)?);
        }
        Ok(joined)
    }

    /// The class of every node, and the names of the classes when the labels are words.
    fn classes(
        &self,
        file: &str,
        labels: &Texts,
        row_of: &[u32],
        class_names: Option<&[String]>,
    ) -> Result<(Vec<i32>, Option<Vec<String>>)> {
        limits::check("distinct labels", labels.texts.len() as u64, MAX_TEXTS)?;
        let mut texts = limits::reserve(labels.texts.len())?;
        texts.extend((0..labels.texts.len() as u32).map(|text| labels.texts.text_of(text)));
        let fail = |text: usize, message: String| {
            let row = labels.of_row.iter().position(|&label| label as usize == text).unwrap_or(0);
            self.fail(file, row, message)
        };
        // Labels may be empty or NaN for none; all others are numbers or all are names.
        let numbers: Vec<Option<f64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let are_numbers =
            texts.iter().zip(&numbers).all(|(text, number)| text.is_empty() || number.is_some());
        let mut class_of = limits::filled(texts.len(), -1i32)?;
        let mut names = None;
        if are_numbers {
            let max = class_names.map_or(MAX_CLASSES, <[String]>::len) as i64 - 1;
            for (text, number) in numbers.iter().enumerate() {
                let Some(number) = number.filter(|number| !number.is_nan()) else { continue };
                if number.fract() != 0.0 || number.is_infinite() {
                    let label = found(texts[text].as_bytes());
                    return Err(fail(
                        text,
                        format!("label {label} is not a whole number, as the others are"),
                    ));
                }
                let number = number as i64;
                if !(-1..=max).contains(&number) {
                    let why = if class_names.is_some() { ", as there are that many class names" } else { "" };
                    let message =
                        format!("label {number} is out of range, allowed are -1 (none) to {max}{why}");
                    return Err(fail(text, message));
                }
                class_of[text] = number as i32;
            }
        } else {
            // The given order of class names comes before alphabetical order.
            let order: Vec<&str> = match class_names {
                Some(all) => all.iter().map(String::as_str).collect(),
                None => {
                    let mut sorted: Vec<&str> =
                        texts.iter().copied().filter(|text| !text.is_empty()).collect();
                    sorted.sort_unstable();
                    sorted
                }
            };
            limits::check(&format!("{file}: classes"), order.len() as u64, MAX_CLASSES as u64)?;
            let index: HashMap<&str, i32> = order.iter().copied().zip(0..).collect();
            if let Some(at) = texts.iter().position(|text| !text.is_empty() && !index.contains_key(text)) {
                let (text, all) = (found(texts[at].as_bytes()), grouped(order.len() as u64));
                let message = format!("label {text} is not among the {all} class names");
                return Err(fail(at, message));
            }
            for (class, text) in class_of.iter_mut().zip(&texts) {
                *class = index.get(text).copied().unwrap_or(-1);
            }
            names = Some(order.into_iter().map(str::to_owned).collect());
        }
        let mut values = limits::filled(row_of.len(), -1i32)?;
        for (value, &row) in values.iter_mut().zip(row_of).filter(|(_, row)| **row != u32::MAX) {
            *value = class_of[labels.of_row[row as usize] as usize];
        }
        Ok((values, names))
    }
}

/// Names of numbered classes from a second column; its first word of a class counts, and its number where there is none.
fn name_classes(values: &[i32], row_of: &[u32], words: &Texts) -> Result<Vec<String>> {
    let num_classes = values.iter().max().map_or(0, |&most| (most + 1) as usize);
    let mut names = limits::filled(num_classes, String::new())?;
    for (&class, &row) in values.iter().zip(row_of).filter(|(class, _)| **class >= 0) {
        let name = &mut names[class as usize];
        if name.is_empty() {
            name.push_str(words.row(row as usize));
        }
    }
    for (class, name) in names.iter_mut().enumerate().filter(|(_, name)| name.is_empty()) {
        *name = class.to_string();
    }
    Ok(names)
}
