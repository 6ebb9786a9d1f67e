//! A graph with what belongs to its nodes.

use super::{BuildReport, Features, Graph};
use crate::error::{Error, Result};
use crate::options::{Given, OUTPUT_NODES, SPLIT};

/// One class a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    /// Class of every node, from 0; -1 where there is none.
    pub values: Vec<i32>,
    /// Name of every class; as many as there are classes.
    pub class_names: Vec<String>,
}

/// Which nodes are for training, validation and test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// Name, for example `public`.
    pub name: String,
    /// Training nodes, ascending.
    pub train: Vec<u32>,
    /// Validation nodes, ascending.
    pub val: Vec<u32>,
    /// Test nodes, ascending.
    pub test: Vec<u32>,
}

/// What was read, merged and dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// What each file was taken for: `(name, what)`.
    pub files: Vec<(String, String)>,
    /// What happened to the edges.
    #[serde(flatten)]
    pub build: BuildReport,
    /// Anything a user should know, in sentences.
    pub warnings: Vec<String>,
}

/// A graph with features, labels, splits and names, as far as they were given.
#[derive(Debug, Clone, PartialEq)]
pub struct Dataset {
    /// Short name for people.
    pub name: String,
    /// The graph.
    pub graph: Graph,
    /// Features of all nodes.
    pub features: Option<Features>,
    /// Labels of all nodes.
    pub labels: Option<Labels>,
    /// The user's own name of every node, where ids were not `0..n`.
    pub node_names: Option<Vec<String>>,
    /// Splits, in the order of the file.
    pub splits: Vec<Split>,
    /// Where the files drew every node, across and up; `None` when they did not say. Finite.
    pub positions: Option<Vec<[f32; 2]>>,
    /// What happened on reading.
    pub report: Report,
}

impl Dataset {
    /// Puts the parts together.
    ///
    /// # Errors
    /// `shape_mismatch` when rows, labels or names are not one a node or a feature is not finite; `invalid_graph` when a split names a node
    /// that does not exist or names one twice.
    pub fn new(
        name: impl Into<String>,
        graph: Graph,
        features: Option<Features>,
        labels: Option<Labels>,
        node_names: Option<Vec<String>>,
        splits: Vec<Split>,
        report: Report,
    ) -> Result<Self> {
        let n = graph.num_nodes() as usize;
        let fits = |what: &str, len: usize| {
            if len == n {
                return Ok(());
            }
            Err(Error::ShapeMismatch(format!("{what}: {len} rows, the graph has {n} nodes")))
        };
        let mut features = features;
        if let Some(features) = &mut features {
            fits("features", features.num_rows())?;
            features.check_finite()?;
            if let Features::Dense(matrix) = features
                && !matrix.is_standard_layout()
            {
                *matrix = matrix.as_standard_layout().into_owned();
            }
        }
        if let Some(labels) = &labels {
            fits("labels", labels.values.len())?;
            let classes = labels.class_names.len() as i32;
            if let Some(node) = labels.values.iter().position(|&label| label < -1 || label >= classes) {
                return Err(Error::InvalidGraph(format!(
                    "label {} of node {node} is out of range, there are {classes} classes",
                    labels.values[node]
                )));
            }
        }
        if let Some(names) = &node_names {
            fits("node names", names.len())?;
        }
        for split in &splits {
            for (part, nodes) in [("train", &split.train), ("val", &split.val), ("test", &split.test)] {
                let place = || format!("split {}, {part}", split.name);
                if let Some(&node) = nodes.iter().find(|&&node| node as usize >= n) {
                    return Err(Error::InvalidGraph(format!(
                        "{}: node {node} does not exist, the graph has {n} nodes",
                        place()
                    )));
                }
                if let Some(pair) = nodes.windows(2).find(|pair| pair[0] >= pair[1]) {
                    return Err(Error::InvalidGraph(format!(
                        "{}: nodes must ascend without repeats, {} follows {}",
                        place(),
                        pair[1],
                        pair[0]
                    )));
                }
            }
        }
        let name = name.into();
        Ok(Self { name, graph, features, labels, node_names, splits, positions: None, report })
    }

    /// Number of classes; 0 without labels.
    pub fn num_classes(&self) -> usize {
        self.labels.as_ref().map_or(0, |labels| labels.class_names.len())
    }

    /// The output nodes that options ask for: ids, a part of a split, or all nodes where nothing is said.
    ///
    /// # Errors
    /// `invalid_option` for a word that is not known, or when there is no such split. Ids are checked where they are used.
    pub fn output_nodes(&self, given: &Given) -> Result<Vec<u32>> {
        if let Some(ids) = given.nodes(&OUTPUT_NODES) {
            return Ok(ids.to_vec());
        }
        let split = || self.split(given.text(&SPLIT));
        Ok(match given.text(&OUTPUT_NODES) {
            None | Some("all") => (0..self.graph.num_nodes()).collect(),
            Some("train") => split()?.train.clone(),
            Some("val") => split()?.val.clone(),
            Some("test") => split()?.test.clone(),
            Some(word) => {
                let message = format!("{word:?} is not known; known are all, train, val, test and ids");
                return Err(OUTPUT_NODES.refuse(message));
            }
        })
    }

    /// The split of that name, or the first when none is named.
    ///
    /// # Errors
    /// `invalid_option` when there is no such split.
    pub fn split(&self, name: Option<&str>) -> Result<&Split> {
        let found = match name {
            None => self.splits.first(),
            Some(name) => self.splits.iter().find(|split| split.name == name),
        };
        found.ok_or_else(|| {
            let names: Vec<&str> = self.splits.iter().map(|split| split.name.as_str()).collect();
            Error::option(
                "split",
                match name {
                    None => "the graph has no split; give the nodes as ids".to_owned(),
                    Some(name) => format!("there is no split {name:?}; the graph has {names:?}"),
                },
            )
        })
    }
}
