//! `splits.json`: parts of splits by name.

use std::borrow::Cow;

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading, SPLITS, SplitPart, put};
use crate::io::dataset::splits::RawSplits;
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::whole::Whole;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::text::json::read_json;
use crate::limits::Limits;

/// `splits.json`.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "splits",
        label: "splits",
        files: "splits.json",
        extensions: &["json"],
        media_type: "application/json",
        signatures: &[],
    },
    evidence: Evidence::Name,
    recognise: |head| {
        let is_named = head.base.starts_with("splits") || head.base.starts_with("split.");
        let is_one = is_named && head.text().starts_with(b"{");
        Ok(is_one.then(|| Box::new(SplitsFile) as Box<dyn FileKind>))
    },
    by_option: None,
};

struct SplitsFile;

impl FileKind for SplitsFile {
    fn describe(&self) -> String {
        "splits (json)".to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(SPLITS)
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
        let read = move |file: &str, bytes: Cow<'_, [u8]>, parts: &mut DatasetParts, _: &Limits| {
            let splits: RawSplits = read_json(file, &bytes)?;
            put(&mut parts.splits, file, SPLITS, SplitPart::Refs(splits))
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }
}
