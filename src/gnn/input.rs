//! Features as the first layer reads them.

use std::sync::Arc;

use oorandom::Rand32;

use super::{Model, reach};
use crate::error::{Error, Result};
use crate::graph::{Dataset, Features, SparseView};

/// How features are prepared before the first layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeatureNormalization {
    /// As they are.
    None,
    /// Every row divided by the sum of its absolute values, as [`Features::row_normalized`] does.
    #[default]
    Row,
}

impl FeatureNormalization {
    /// Both of them with their option names.
    pub const NAMES: [(&'static str, Self); 2] = [("none", Self::None), ("row", Self::Row)];

    /// Reads the option name.
    ///
    /// # Errors
    /// `invalid_option` for any other name.
    pub fn from_name(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|&(_, kind)| kind).ok_or_else(|| {
            Error::option("feature_normalization", format!("{name:?} is unknown, allowed are none and row"))
        })
    }

    /// The option name.
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].0
    }
}

/// The features of a graph, prepared once for a model.
#[derive(Debug, Clone)]
pub struct Input {
    dataset: Arc<Dataset>,
    prepared: Option<Features>,
}

impl Input {
    /// Checks that the model fits the graph and prepares the features.
    ///
    /// # Errors
    /// Those of [`Model::fits`].
    /// # Cost
    /// A copy of the features when they are normalised, else nothing.
    pub fn new(dataset: Arc<Dataset>, model: &Model) -> Result<Self> {
        model.fits(&dataset)?;
        let prepared = match (model.feature_normalization(), &dataset.features) {
            (FeatureNormalization::Row, Some(features)) => Some(features.row_normalized()),
            _ => None,
        };
        Ok(Self { dataset, prepared })
    }

    /// The graph that the features belong to.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    pub(crate) fn features(&self) -> &Features {
        let features = self.prepared.as_ref().or(self.dataset.features.as_ref());
        features.expect("a model that fits a graph has features to read")
    }
}

/// Seeded dropout: a value stays with probability `1 - p` and is then divided by it.
pub(crate) struct Dropout {
    rng: Rand32,
    threshold: u32,
    /// Factor of what stays.
    pub(crate) scale: f32,
}

impl Dropout {
    pub(crate) fn new(probability: f32, seed: u64) -> Self {
        // The stream differs from the one of the weights, which have the same seed.
        let rng = Rand32::new_inc(seed, 0xd409);
        let threshold = (f64::from(probability) * 4_294_967_296.0) as u32;
        Self { rng, threshold, scale: 1.0 / (1.0 - probability) }
    }

    /// Whether the next value stays.
    fn keeps(&mut self) -> bool {
        self.rng.rand_u32() >= self.threshold
    }

    /// Drops values of a matrix.
    pub(crate) fn apply(&mut self, values: &mut [f32]) {
        if self.threshold == 0 {
            return;
        }
        for value in values {
            *value = if self.keeps() { *value * self.scale } else { 0.0 };
        }
    }
}

/// The rows of the features that a batch reads, gathered unless they are all rows of the graph.
#[derive(Default)]
pub(crate) struct Gathered {
    borrowed: bool,
    dense: Vec<f32>,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

/// Rows that a layer multiplies with its weight.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    Dense(&'a [f32]),
    Sparse(SparseView<'a>),
}

impl Gathered {
    /// Reads the features of the nodes `nodes[row]` for every `row` of `rows`; drops values when `dropout` is given.
    pub(crate) fn read(
        &mut self,
        features: &Features,
        nodes: &[u32],
        rows: &[u32],
        mut dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        // Nodes ascend without repeats: as many as the graph has are all of them, in order.
        self.borrowed = dropout.is_none() && rows.len() == features.num_rows();
        match features {
            Features::Dense(matrix) => {
                self.borrowed &= matrix.is_standard_layout();
                if self.borrowed {
                    return Ok(());
                }
                let width = matrix.ncols();
                reach::resize(&mut self.dense, rows.len(), width, max_bytes)?;
                for (target, &row) in self.dense.chunks_exact_mut(width).zip(rows) {
                    let source = matrix.row(nodes[row as usize] as usize);
                    for (target, &value) in target.iter_mut().zip(source) {
                        *target = value;
                    }
                }
                if let Some(dropout) = dropout {
                    dropout.apply(&mut self.dense);
                }
            }
            Features::Sparse(matrix) => {
                if self.borrowed {
                    return Ok(());
                }
                self.indptr.clear();
                self.indices.clear();
                self.values.clear();
                let entries = rows.iter().map(|&row| matrix.row(nodes[row as usize] as usize).0.len()).sum();
                reach::reserve(&mut self.indices, entries, max_bytes)?;
                reach::reserve(&mut self.values, entries, max_bytes)?;
                reach::reserve(&mut self.indptr, rows.len() + 1, max_bytes)?;
                self.indptr.push(0);
                for &row in rows {
                    let (columns, values) = matrix.row(nodes[row as usize] as usize);
                    match dropout.as_mut().filter(|dropout| dropout.threshold > 0) {
                        None => {
                            self.indices.extend_from_slice(columns);
                            self.values.extend_from_slice(values);
                        }
                        Some(dropout) => {
                            for (&column, &value) in columns.iter().zip(values) {
                                if dropout.keeps() {
                                    self.indices.push(column);
                                    self.values.push(value * dropout.scale);
                                }
                            }
                        }
                    }
                    self.indptr.push(self.indices.len() as u32);
                }
            }
        }
        Ok(())
    }

    /// The rows read last; `features` must be those given to [`Gathered::read`].
    pub(crate) fn rows<'a>(&'a self, features: &'a Features) -> Rows<'a> {
        match features {
            Features::Dense(matrix) => {
                let whole = if self.borrowed { matrix.as_slice() } else { None };
                Rows::Dense(whole.unwrap_or(&self.dense))
            }
            Features::Sparse(matrix) if self.borrowed => Rows::Sparse(SparseView {
                indptr: &matrix.indptr,
                indices: &matrix.indices,
                values: &matrix.values,
            }),
            Features::Sparse(_) => Rows::Sparse(SparseView {
                indptr: &self.indptr,
                indices: &self.indices,
                values: &self.values,
            }),
        }
    }
}
