//! Files that are read once all their bytes are unpacked.

use std::borrow::Cow;

use crate::error::Result;
use crate::io::dataset::parts::{DatasetParts, Reading};
use crate::io::source::bytes::Source;
use crate::limits::Limits;

/// Reads a file, given its name and all its bytes.
type Read = dyn FnOnce(&str, Cow<'_, [u8]>, &mut DatasetParts, &Limits) -> Result<()>;

/// A file that is unpacked step by step, then read at once.
pub(crate) struct Whole<'a> {
    /// `None` once the file has been read.
    left: Option<(Source<'a>, Box<Read>)>,
    bytes: Vec<u8>,
    limits: Limits,
    stored: u64,
}

impl<'a> Whole<'a> {
    /// Unpacks `source` and has `read` read all its bytes.
    pub(crate) fn begin(
        source: Source<'a>,
        limits: &Limits,
        read: Box<Read>,
    ) -> Option<Box<dyn Reading + 'a>> {
        let stored = source.stored_bytes();
        let left = Some((source, read));
        Some(Box::new(Self { left, bytes: Vec::new(), limits: limits.clone(), stored }))
    }
}

impl Reading for Whole<'_> {
    fn step(&mut self, bytes: u64, parts: &mut DatasetParts) -> Result<bool> {
        let Some((source, _)) = &mut self.left else { return Ok(true) };
        if source.plain().is_none() && !source.unpack(&mut self.bytes, bytes)? {
            return Ok(false);
        }
        let Some((source, read)) = self.left.take() else { return Ok(true) };
        let file = source.name().to_owned();
        let all = match source.plain() {
            Some(_) => source.into_bytes()?,
            None => Cow::Owned(std::mem::take(&mut self.bytes)),
        };
        read(&file, all, parts, &self.limits)?;
        Ok(true)
    }

    fn consumed(&self) -> u64 {
        self.left.as_ref().map_or(self.stored, |(source, _)| source.consumed())
    }
}
