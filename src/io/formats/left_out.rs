//! Files that are named in the report and not read.

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::formats::estimate::Size;
use crate::io::formats::file_format::FileKind;
use crate::io::options::OpenOptions;
use crate::io::source::bytes::Source;
use crate::limits::Limits;

/// A file that is left out with a warning.
pub(crate) struct LeftOut {
    words: String,
    warning: String,
}

impl LeftOut {
    /// A file of an archive or a folder that is not known, and why.
    pub(crate) fn unknown(why: &str) -> Self {
        Self { words: "not known, left out".to_owned(), warning: format!("{why}; the file was left out") }
    }

    /// A node table without a column that is used, with its header.
    pub(crate) fn table(file: &str, header: &str) -> Self {
        Self {
            words: format!("node table without labels or names ({header}), left out"),
            warning: format!(
                "{file}: the columns {header} hold neither labels nor names, the file was left out"
            ),
        }
    }
}

impl FileKind for LeftOut {
    fn describe(&self) -> String {
        self.words.clone()
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
        parts: &mut DatasetParts,
        _: &OpenOptions,
        _: &Limits,
    ) -> Result<Option<Box<dyn Reading + 'a>>> {
        parts.warn(self.warning);
        Ok(None)
    }
}
