//! Opening a graph from one file of graph tensors, which needs none of the other readers.

use std::borrow::Cow;

use super::graph_tensors::{GraphParts, read_graph};
use super::node_rows::MAX_CLASSES;
use super::open::{InputFile, OpenOptions, Weights};
use super::opening::{Opening, reading};
use super::parts::ignored_weights;
use super::splits::overlaps;
use crate::error::{Error, Result};
use crate::graph::{Dataset, Graph, Labels, Report};
use crate::limits::{self, Limits};
use crate::task::{Progress, Step};

/// [`open_graph`](super::open_graph) for one file of graph tensors, with the same result: step `reading`, then `building`.
///
/// Of the options those about formats and edge lists are left alone.
pub struct TensorsJob {
    limits: Limits,
    options: OpenOptions,
    opening: Opening<Stage>,
}

enum Stage {
    Reading(InputFile),
    Building(String, Box<GraphParts>),
}

impl TensorsJob {
    /// Work on a file, which is dropped as soon as it is read.
    pub fn new(file: InputFile, options: &OpenOptions, limits: &Limits) -> Self {
        let opening = Opening::At(Stage::Reading(file));
        Self { limits: limits.clone(), options: options.clone(), opening }
    }
}

impl Step for TensorsJob {
    type Output = Dataset;

    fn step(&mut self, _: u32) -> Result<Progress> {
        let (options, limits) = (&self.options, &self.limits);
        self.opening.step(|stage| match stage {
            Stage::Reading(InputFile { name, bytes }) => {
                let total = bytes.len() as u64;
                // The file, its tensors, and what is made of them.
                let estimate = total.saturating_mul(3);
                limits::check("estimated bytes to open the files", estimate, limits.max_memory_bytes)?;
                let parts = read_graph(&name, &bytes, options.weights, limits)?;
                Ok((Opening::At(Stage::Building(name, Box::new(parts))), reading(total, total)))
            }
            Stage::Building(file, parts) => Ok(Opening::done(build(&file, *parts, options, limits)?)),
        })
    }

    fn finish(self) -> Result<Dataset> {
        self.opening.finish()
    }
}

fn build(file: &str, parts: GraphParts, options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
    let mut report = Report {
        files: vec![(file.to_owned(), "graph tensors (safetensors)".to_owned())],
        ..Report::default()
    };
    if parts.ignored_weights {
        report.warnings.push(ignored_weights(file, "edge_weight"));
    }
    report.warnings.extend(overlaps(&parts.splits));
    report.warnings.extend(warning_of_weights(file, options, parts.edges.weights.as_deref()));
    let labels = parts.labels.map(|labels| named_classes(file, labels, parts.class_names)).transpose()?;
    let directed = options.directed.unwrap_or(parts.directed);
    let (edges, weights) = (Cow::Owned(parts.edges.edges), parts.edges.weights.map(Cow::Owned));
    let (graph, build) = Graph::from_raw(parts.num_nodes, edges, directed, weights, limits)?;
    report.build = build;
    let name = options.name.clone().or(parts.name).unwrap_or_else(|| stem(file));
    let mut dataset =
        Dataset::new(name, graph, parts.features, labels, parts.node_names, parts.splits, report)?;
    dataset.positions = parts.positions;
    Ok(dataset)
}

/// Labels with the names of their classes, which are `"0"`, `"1"`, … where the files do not say.
///
/// # Errors
/// `limit_exceeded` for more names than there may be classes; `parse` for a label without one.
pub(super) fn named_classes(file: &str, values: Vec<i32>, names: Option<Vec<String>>) -> Result<Labels> {
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

/// Says when weights are asked for and there are none, or when they are far from those of self-loops.
pub(super) fn warning_of_weights(
    file: &str,
    options: &OpenOptions,
    weights: Option<&[f32]>,
) -> Option<String> {
    let Some(weights) = weights else {
        return (options.weights == Weights::Use)
            .then(|| format!("{file}: there are no weights, every edge counts 1"));
    };
    let sum: f64 = weights.iter().map(|&weight| f64::from(weight)).sum();
    let mean = sum / weights.len() as f64;
    (mean.is_finite() && !(0.01..=100.0).contains(&mean)).then(|| {
        format!(
            "{file}: the mean weight is {mean:.3e}, but a self-loop weighs 1 and eps is per unit of weight; \
             weights around 1 serve best"
        )
    })
}

/// Name of a data set by its file: `cora` for `cora/edges.csv.gz` and for `cora.safetensors`.
pub(super) fn stem(file: &str) -> String {
    let mut path = file.rsplit(['/', '\\']).filter(|part| !matches!(*part, "" | "raw"));
    let base = path.next().unwrap_or(file);
    let base = base.split_once('.').map_or(base, |(stem, _)| stem);
    if matches!(base, "edges" | "edge") { path.next().unwrap_or(base).to_owned() } else { base.to_owned() }
}
