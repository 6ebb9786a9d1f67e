//! A zip whose entries are files of their own.

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::format::Format;
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::{Evidence, FileFormat, FileKind};
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::io::source::zip;
use crate::limits::Limits;

/// A zip of other than npy arrays.
pub(crate) static FORMAT: FileFormat = FileFormat {
    format: Format {
        name: "zip",
        label: "zip archive",
        files: "",
        extensions: &["zip"],
        media_type: "application/zip",
        signatures: zip::SIGNATURES,
    },
    evidence: Evidence::Signature,
    recognise: |_| Ok(Some(Box::new(Archive))),
    by_option: None,
};

struct Archive;

impl FileKind for Archive {
    fn describe(&self) -> String {
        "zip archive".to_owned()
    }

    fn gives(&self) -> Option<&'static str> {
        None
    }

    fn bytes_to_open(&self, _: &Size<'_, '_>) -> u64 {
        0
    }

    fn reader<'a>(
        self: Box<Self>,
        _: Source<'a>,
        _: &mut DatasetParts,
        _: &OpenOptions,
        _: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        Ok(None)
    }

    fn is_archive(&self) -> bool {
        true
    }
}
