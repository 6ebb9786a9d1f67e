//! `meta.json`: names of the data set and its classes.

use std::borrow::Cow;

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, META, Reading, put};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::formats::whole::Whole;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::text::json::read_json;
use crate::limits::Limits;

/// `meta.json`.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "meta",
        label: "names and classes",
        files: "meta.json",
        extensions: &["json"],
        media_type: "application/json",
        signatures: &[],
    },
    evidence: Evidence::Name,
    recognise: |head| {
        let is_one = head.base.starts_with("meta") && head.text().starts_with(b"{");
        Ok(is_one.then(|| Box::new(MetaFile) as Box<dyn FileKind>))
    },
    by_option: None,
};

struct MetaFile;

impl FileKind for MetaFile {
    fn describe(&self) -> String {
        "names and classes (json)".to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        Some(META)
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
            put(&mut parts.meta, file, META, read_json(file, &bytes)?)
        };
        Ok(Whole::begin(source, limits, Box::new(read)))
    }
}
