//! Opens a graph from one file of graph tensors without the other readers.

use std::borrow::Cow;

use crate::error::Result;
use crate::graph::{Dataset, Graph, Report};
use crate::io::dataset::graph_contents::GraphContents;
use crate::io::dataset::naming::{named_classes, stem};
use crate::io::dataset::splits::overlaps;
use crate::io::dataset::weights::{ignored_weights, warning_of_weights};
use crate::io::formats::safetensors::read_graph;
use crate::io::open::stages::{Opening, reading};
use crate::io::options::{InputFile, OpenOptions};
use crate::limits::{self, Limits};
use crate::task::{Progress, Step};

/// [`open_graph`](crate::io::open_graph) for one file of graph tensors, with the same result: step `reading`, then `building`.
///
/// Options of formats and edge lists are ignored.
pub struct TensorsJob {
    limits: Limits,
    options: OpenOptions,
    opening: Opening<TensorsStage>,
}

enum TensorsStage {
    Reading(InputFile),
    Building(String, Box<GraphContents>),
}

impl TensorsJob {
    /// Opens a file, whose bytes are freed as soon as they are read.
    pub fn new(file: InputFile, options: &OpenOptions, limits: &Limits) -> Self {
        let opening = Opening::At(TensorsStage::Reading(file));
        Self { limits: limits.clone(), options: options.clone(), opening }
    }
}

impl Step for TensorsJob {
    type Output = Dataset;

    fn step(&mut self, _: u32) -> Result<Progress> {
        let (options, limits) = (&self.options, &self.limits);
        self.opening.step(|stage| match stage {
            TensorsStage::Reading(InputFile { name, bytes }) => {
                let total = bytes.len() as u64;
                // The file, its tensors, and the graph.
                let estimate = total.saturating_mul(3);
                limits::check("estimated bytes to open the files", estimate, limits.max_memory_bytes)?;
                let parts = read_graph(&name, &bytes, options.weights, limits)?;
                Ok((Opening::At(TensorsStage::Building(name, Box::new(parts))), reading(total, total)))
            }
            TensorsStage::Building(file, parts) => Ok(Opening::done(build(&file, *parts, options, limits)?)),
        })
    }

    fn finish(self) -> Result<Dataset> {
        self.opening.finish()
    }
}

fn build(file: &str, parts: GraphContents, options: &OpenOptions, limits: &Limits) -> Result<Dataset> {
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
