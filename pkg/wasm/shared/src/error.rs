//! The one place where an [`Error`] becomes a JavaScript error.

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use super::convert::object;
use ibmb::error::Error;

/// Result of every function of the binding.
pub type JsResult<T> = Result<T, JsValue>;

/// A JavaScript `Error` with `name`, `message`, `code` and `details`.
///
/// Options are named as JavaScript users write them: `top_k` becomes `topK`.
pub fn to_js(error: Error) -> JsValue {
    let (message, details) = match &error {
        Error::InvalidOption { name, message } => {
            let name = camel(name);
            (format!("{name}: {message}"), object(&[("name", name.into())]))
        }
        Error::Parse { file, line, .. } => {
            let line = line.map_or(JsValue::UNDEFINED, |line| JsValue::from_f64(line as f64));
            (error.to_string(), object(&[("file", file.into()), ("line", line)]))
        }
        Error::LimitExceeded { what, got, max } => {
            let (got, max) = (JsValue::from_f64(*got as f64), JsValue::from_f64(*max as f64));
            (error.to_string(), object(&[("what", what.into()), ("got", got), ("max", max)]))
        }
        Error::OutOfMemory { bytes } => {
            (error.to_string(), object(&[("bytes", JsValue::from_f64(*bytes as f64))]))
        }
        Error::Diverged { epoch, lr, .. } => {
            (error.to_string(), object(&[("epoch", (*epoch).into()), ("learningRate", (*lr).into())]))
        }
        _ => (error.to_string(), Object::new()),
    };
    let js = js_sys::Error::new(&message);
    js.set_name("IbmbError");
    // Setting a property of a fresh object cannot fail.
    let _ = Reflect::set(&js, &"code".into(), &error.code().into());
    let _ = Reflect::set(&js, &"details".into(), &details);
    js.into()
}

/// `top_k` to `topK`.
fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}
