//! Values out of the core and bytes into it. Arrays are copies: no view into wasm memory leaves the function that made it.

use js_sys::{Array, Object, Reflect, Uint8Array, Uint32Array};
use wasm_bindgen::JsValue;

use super::error::{JsResult, to_js};
use ibmb::limits::{self, Limits};

/// A plain object of these properties.
pub fn object(properties: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (key, value) in properties {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&object, &(*key).into(), value);
    }
    object
}

/// An array of strings.
pub fn strings<'a>(items: impl IntoIterator<Item = &'a String>) -> JsValue {
    items.into_iter().map(JsValue::from).collect::<Array>().into()
}

/// Many strings as their bytes end to end and the end of each: two arrays can be transferred, a million strings not.
pub fn packed_strings(items: &[String]) -> JsValue {
    let bytes: Vec<u8> = items.iter().flat_map(|item| item.bytes()).collect();
    let ends: Vec<u32> = items
        .iter()
        .scan(0u32, |end, item| {
            *end += item.len() as u32;
            Some(*end)
        })
        .collect();
    object(&[
        ("utf8", Uint8Array::from(bytes.as_slice()).into()),
        ("ends", Uint32Array::from(ends.as_slice()).into()),
    ])
    .into()
}

/// A count or size; exact below 2^53.
pub fn number(value: u64) -> JsValue {
    JsValue::from_f64(value as f64)
}

/// Bytes from JavaScript, at most as many as a file may have. They are copied with a fallible reservation, so that a file
/// too large is an error.
pub fn copy_in(name: &str, data: &Uint8Array, limits: &Limits) -> JsResult<Vec<u8>> {
    limits::check(&format!("{name}: bytes"), data.length().into(), limits.max_file_bytes).map_err(to_js)?;
    let mut bytes = limits::filled(data.length() as usize, 0u8).map_err(to_js)?;
    data.copy_to(&mut bytes);
    Ok(bytes)
}
