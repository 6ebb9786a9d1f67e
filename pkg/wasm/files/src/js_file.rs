//! A file whose bytes are on the side of JavaScript.

use std::io;

use js_sys::{Function, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use ibmb::error::Error;
use ibmb::io::ReadAt;

/// Bytes that `read(at, length)` gives, at the least one of them.
pub struct JsFile {
    name: String,
    read: Function,
    size: u64,
}

impl JsFile {
    /// A file of `size` bytes; `name` is for errors.
    pub fn new(name: String, size: u64, read: Function) -> Self {
        Self { name, read, size }
    }

    fn failed(&self, reason: &str) -> io::Error {
        io::Error::other(Error::in_file(&self.name, format!("the file could not be read: {reason}")))
    }

    /// What a file says that was changed or removed since it was chosen.
    fn thrown(&self, thrown: JsValue) -> io::Error {
        let reason = thrown.dyn_into::<js_sys::Error>().map(|error| String::from(error.message()));
        self.failed(reason.as_deref().unwrap_or("it gives no bytes"))
    }
}

impl ReadAt for JsFile {
    fn size(&mut self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_at(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.size.saturating_sub(at).min(buffer.len() as u64) as usize;
        if len == 0 {
            return Ok(0);
        }
        let bytes = self.read.call2(&JsValue::NULL, &(at as f64).into(), &(len as f64).into());
        let bytes = bytes.map_err(|thrown| self.thrown(thrown))?.unchecked_into::<Uint8Array>();
        let read = bytes.length() as usize;
        if !(1..=len).contains(&read) {
            return Err(self.failed(&format!("{read} bytes came where {len} are")));
        }
        bytes.copy_to(&mut buffer[..read]);
        Ok(read)
    }
}
