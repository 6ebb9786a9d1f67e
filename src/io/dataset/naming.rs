//! Names of data sets and classes.

use crate::error::{Error, Result};
use crate::graph::Labels;
use crate::io::dataset::node_rows::MAX_CLASSES;
use crate::limits;

/// Labels with the names of their classes, which are `"0"`, `"1"`, … where the files do not say.
///
/// # Errors
/// `limit_exceeded` for more names than there may be classes; `parse` for a label without one.
pub(crate) fn named_classes(file: &str, values: Vec<i32>, names: Option<Vec<String>>) -> Result<Labels> {
    let num_names = names.as_ref().map_or(0, Vec::len) as u64;
    limits::check(&format!("{file}: class names"), num_names, MAX_CLASSES as u64)?;
    let num_classes = values.iter().max().map_or(0, |&most| (most + 1) as usize);
    let class_names = names.unwrap_or_else(|| (0..num_classes).map(|class| class.to_string()).collect());
    if class_names.len() < num_classes {
        let len = class_names.len();
        let message = format!("label {} is out of range, there are {len} class names", num_classes - 1);
        return Err(Error::in_file(file, message));
    }
    Ok(Labels { values, class_names })
}

/// Name of a data set by its file: `cora` for `cora/edges.csv.gz` and for `cora.safetensors`.
pub(crate) fn stem(file: &str) -> String {
    let mut path = file.rsplit(['/', '\\']).filter(|part| !matches!(*part, "" | "raw"));
    let base = path.next().unwrap_or(file);
    let base = base.split_once('.').map_or(base, |(stem, _)| stem);
    if matches!(base, "edges" | "edge") { path.next().unwrap_or(base).to_owned() } else { base.to_owned() }
}
