//! Fields of rows: ids, names and weights.

use crate::error::{Error, Result};
use crate::graph::is_weight;
use crate::io::dataset::ids::{Names, explain, parse_id};
use crate::io::source::words::found;
use crate::io::text::rows::TextRows;

/// The integer id in a field of the row.
pub(crate) fn integer(rows: &TextRows<'_>, at: usize, what: &str) -> Result<u32> {
    let field = rows.field(at);
    parse_id(field).ok_or_else(|| rows.fail(explain(what, field)))
}

/// The weight in a field of the row.
pub(crate) fn weight(rows: &TextRows<'_>, at: usize) -> Result<f32> {
    let field = rows.field(at);
    let number = std::str::from_utf8(field).ok().and_then(|text| text.parse().ok());
    number.filter(|&weight| is_weight(weight)).ok_or_else(|| {
        let what =
            if field.is_empty() { "is empty".into() } else { format!("{} is out of range", found(field)) };
        rows.fail(format!("weight {what}, allowed is a finite number > 0"))
    })
}

/// The number of the name in a field of the row.
pub(crate) fn intern(
    rows: &TextRows<'_>,
    at: usize,
    what: &str,
    names: &mut Names,
    max_nodes: u64,
) -> Result<u32> {
    let name = rows.field_text(at, what)?;
    if name.is_empty() {
        return Err(rows.fail(format!("{what} is empty")));
    }
    names.intern("nodes", name, max_nodes)
}

/// Tells the header apart and checks that all rows have as many fields as the first.
pub(crate) struct RowWidth {
    header: bool,
    first: Option<(u64, usize)>,
}

impl RowWidth {
    pub(crate) fn new(header: bool) -> Self {
        Self { header, first: None }
    }

    /// Whether the row is the header.
    ///
    /// # Errors
    /// `parse` when the row is longer or shorter than the first.
    pub(crate) fn is_header(&mut self, rows: &TextRows<'_>) -> Result<bool> {
        let width = rows.num_fields();
        let Some((line, expected)) = self.first else {
            self.first = Some((rows.line(), width));
            return Ok(self.header);
        };
        if width == expected {
            return Ok(false);
        }
        Err(wrong_width(rows, width, line, expected))
    }
}

#[cold]
fn wrong_width(rows: &TextRows<'_>, width: usize, line: u64, expected: usize) -> Error {
    let s = if width == 1 { "" } else { "s" };
    rows.fail(format!("the row has {width} field{s}, line {line} has {expected}; all rows must have as many"))
}
