//! Small JSON files, read at once.

use serde::Deserialize;

use crate::error::{Error, Result};

/// Reads JSON.
///
/// # Errors
/// `parse` with the line when the text is broken or of another shape.
pub(crate) fn read_json<'de, T: Deserialize<'de>>(file: &str, bytes: &'de [u8]) -> Result<T> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        let mut message = error.to_string();
        if let Some(at) = message.rfind(" at line ") {
            message.truncate(at);
        }
        let what = if error.is_data() { "unexpected JSON" } else { "broken JSON" };
        let message = format!("{what} at column {}: {message}", error.column());
        Error::at_line(file, error.line() as u64, message)
    })
}
