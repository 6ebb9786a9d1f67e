//! Label tables: `node,label[,name]`.

use std::collections::HashMap;

use super::bytes::{Source, found, grouped, grow};
use super::detect::NodeLayout;
use super::edge_list::{Ids, Shape, integer, intern};
use super::ids::Names;
use super::rows::Rows;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Most classes: each has a name and a column of logits.
pub(super) const MAX_CLASSES: usize = 65_536;
/// Most distinct label texts that are kept while it is open whether they are numbers.
const MAX_TEXTS: u64 = 2 * MAX_CLASSES as u64;

/// A label table before its nodes are known to exist.
#[derive(Debug, Default)]
pub(super) struct RawLabels {
    /// Id of the node of every row: an integer as it stood, or the number of its name.
    pub(super) nodes: Vec<u32>,
    /// Line of every row.
    pub(super) lines: Vec<u32>,
    /// Position of every row's label in `texts`; empty without a label column.
    labels: Vec<u32>,
    texts: Names,
    /// Name of every row's node; empty without a name column.
    names: Vec<String>,
    /// Names that no edge had.
    pub(super) num_new: usize,
}

/// Reads a label table bit by bit.
pub(super) struct LabelReader<'a> {
    rows: Rows<'a>,
    layout: NodeLayout,
    shape: Shape,
    raw: RawLabels,
    max_nodes: u64,
}

impl<'a> LabelReader<'a> {
    pub(super) fn new(source: Source<'a>, layout: NodeLayout, limits: &Limits) -> Result<Self> {
        let (rows, shape) = (Rows::new(source, layout.delimiter)?, Shape::new(layout.header));
        Ok(Self { rows, layout, shape, raw: RawLabels::default(), max_nodes: limits.max_nodes })
    }

    pub(super) fn source(&self) -> &Source<'a> {
        self.rows.source()
    }

    /// Reads about `bytes` bytes of rows; true at the end. Names that no edge had are added to `ids`.
    ///
    /// # Errors
    /// `parse` for a row that does not fit; `limit_exceeded` beyond `max_nodes` rows or too many distinct labels.
    pub(super) fn step(&mut self, ids: &mut Ids, bytes: u64) -> Result<bool> {
        let mut used = 0;
        while used < bytes {
            if !self.rows.advance()? {
                return Ok(true);
            }
            used += self.rows.num_bytes();
            if self.shape.is_header(&self.rows)? {
                continue;
            }
            let (rows, raw) = (&self.rows, &mut self.raw);
            limits::check("rows of labels", raw.nodes.len() as u64 + 1, self.max_nodes)?;
            let node = match ids {
                Ids::Integers { .. } => integer(rows, self.layout.node, "node")?,
                Ids::Names(names) => {
                    let before = names.len();
                    let node = intern(rows, self.layout.node, "node", names, self.max_nodes)?;
                    raw.num_new += names.len() - before;
                    node
                }
            };
            push(&mut raw.nodes, node)?;
            push(&mut raw.lines, rows.line().min(u32::MAX.into()) as u32)?;
            if let Some(at) = self.layout.label {
                let text = rows.field_text(at, "label")?;
                push(&mut raw.labels, raw.texts.intern("distinct labels", text, MAX_TEXTS)?)?;
            }
            if let Some(at) = self.layout.name {
                push(&mut raw.names, rows.field_text(at, "name")?.to_owned())?;
            }
        }
        Ok(false)
    }

    pub(super) fn finish(self) -> RawLabels {
        self.raw
    }
}

fn push<T>(data: &mut Vec<T>, value: T) -> Result<()> {
    grow(data, 1)?;
    data.push(value);
    Ok(())
}

/// Labels and names by node.
pub(super) struct Joined {
    /// Class of every node, -1 for none, and the names when they are known from the labels themselves.
    pub(super) labels: Option<(Vec<i32>, Option<Vec<String>>)>,
    /// Name of every node, empty where there is none.
    pub(super) names: Option<Vec<String>>,
}

impl RawLabels {
    /// Number of rows.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Puts every row at its node. `class_names` are those of `meta.json`.
    ///
    /// # Errors
    /// `parse` for a node that does not exist or stands twice, and for a class out of range.
    pub(super) fn join(self, file: &str, num_nodes: u32, class_names: Option<&[String]>) -> Result<Joined> {
        let mut row_of = limits::filled(num_nodes as usize, u32::MAX)?;
        for (row, &node) in self.nodes.iter().enumerate() {
            let earlier = &mut row_of[node as usize];
            if *earlier != u32::MAX {
                return Err(Error::at_line(
                    file,
                    self.lines[row].into(),
                    format!("the node stands in line {} already", self.lines[*earlier as usize]),
                ));
            }
            *earlier = row as u32;
        }
        let labels =
            if self.labels.is_empty() { None } else { Some(self.classes(file, &row_of, class_names)?) };
        let mut names = None;
        if !self.names.is_empty() {
            let mut rows = self.names;
            let mut by_node = limits::filled(num_nodes as usize, String::new())?;
            for (name, &row) in by_node.iter_mut().zip(&row_of).filter(|(_, row)| **row != u32::MAX) {
                *name = std::mem::take(&mut rows[row as usize]);
            }
            names = Some(by_node);
        }
        Ok(Joined { labels, names })
    }

    fn classes(
        &self,
        file: &str,
        row_of: &[u32],
        class_names: Option<&[String]>,
    ) -> Result<(Vec<i32>, Option<Vec<String>>)> {
        let mut texts = limits::reserve(self.texts.len())?;
        texts.extend((0..self.texts.len() as u32).map(|text| self.texts.name(text)));
        let line_of = |text: usize| {
            let row = self.labels.iter().position(|&label| label as usize == text).unwrap_or(0);
            u64::from(self.lines[row])
        };
        // Labels may be empty for none; all others are numbers or all are names.
        let numbers: Vec<Option<i64>> = texts.iter().map(|text| text.parse().ok()).collect();
        let are_numbers =
            texts.iter().zip(&numbers).all(|(text, number)| text.is_empty() || number.is_some());
        let mut class_of = limits::filled(texts.len(), -1i32)?;
        let mut names = None;
        if are_numbers {
            let max = class_names.map_or(MAX_CLASSES, <[String]>::len) as i64 - 1;
            for (text, number) in numbers.iter().enumerate() {
                let Some(number) = *number else { continue };
                if !(-1..=max).contains(&number) {
                    let why = if class_names.is_some() { ", as there are that many class names" } else { "" };
                    return Err(Error::at_line(
                        file,
                        line_of(text),
                        format!("label {number} is out of range, allowed are -1 (none) to {max}{why}"),
                    ));
                }
                class_of[text] = number as i32;
            }
        } else {
            // The order of the class names wins over that of the alphabet.
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
                return Err(Error::at_line(file, line_of(at), message));
            }
            for (class, text) in class_of.iter_mut().zip(&texts) {
                *class = index.get(text).copied().unwrap_or(-1);
            }
            names = Some(order.into_iter().map(str::to_owned).collect());
        }
        let mut values = limits::filled(row_of.len(), -1i32)?;
        for (value, &row) in values.iter_mut().zip(row_of).filter(|(_, row)| **row != u32::MAX) {
            *value = class_of[self.labels[row as usize] as usize];
        }
        Ok((values, names))
    }
}
