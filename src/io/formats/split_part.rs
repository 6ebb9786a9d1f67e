//! One part of a split as a list of nodes, as in OGB.

use std::borrow::Cow;

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::dataset::splits::{NodeRef, RawSplits};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::whole::Whole;
use crate::io::options::{Delimiter, OpenOptions};
use crate::io::source::bytes::Source;
use crate::io::text::rows::{Style, TextRows};
use crate::limits::{self, Limits, grow};

/// `split/time/train.csv` and the like.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "split-part",
        label: "part of a split",
        files: "",
        extensions: &["csv", "txt"],
        media_type: "text/csv",
        signatures: &[],
    },
    evidence: Evidence::NameOfText,
    recognise: |head| {
        let part = split_part(head.name());
        Ok(part.map(|(split, part)| Box::new(Part { split, part }) as Box<dyn FileKind>))
    },
    by_option: None,
};

/// Nodes of one part of a split.
struct Part {
    split: String,
    part: usize,
}

impl FileKind for Part {
    fn describe(&self) -> String {
        format!("{} of split {:?}", PARTS[self.part].0, self.split)
    }

    fn gives(&self) -> Option<&'static str> {
        None
    }

    fn bytes_to_open(&self, size: &Size<'_, '_>) -> u64 {
        size.of_whole(1)
    }

    fn reader<'a>(
        self: Box<Self>,
        source: Source<'a>,
        _: &mut DatasetParts,
        _: &OpenOptions,
        limits: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        let read = move |file: &str, bytes: Cow<'_, [u8]>, parts: &mut DatasetParts, limits: &Limits| {
            let Part { split, part } = *self;
            let nodes = read_nodes(Source::of_bytes(file, bytes, limits)?, limits)?;
            let nodes = RawSplits::of_part(&split, part, nodes);
            parts.put_part(file, split, part, nodes)
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }
}

/// Parts of a split and the stems of their files.
const PARTS: [(&str, &[&str]); 3] = [("train", &["train"]), ("val", &["valid", "val"]), ("test", &["test"])];

/// Split and part of `split/time/train.csv.gz`.
fn split_part(name: &str) -> Option<(String, usize)> {
    let mut path = name.rsplit(['/', '\\']);
    let base = path.next()?.to_lowercase();
    let stem = base.split('.').next()?;
    let part = PARTS.iter().position(|(_, stems)| stems.contains(&stem))?;
    let split = path.next().filter(|folder| !folder.is_empty()).unwrap_or("default");
    Some((split.to_owned(), part))
}

/// One node a row: ids or names.
fn read_nodes(source: Source<'_>, limits: &Limits) -> Result<Vec<NodeRef>> {
    let mut rows = TextRows::new(source, &Style::plain(Delimiter::Comma))?;
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
