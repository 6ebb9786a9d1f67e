//! Features as the first layer reads them.

use std::sync::Arc;

use oorandom::Rand32;

use super::arch::DROPPED;
use super::{Model, Subgraph, reach};
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
    /// A copy of the features when they are normalised or not row by row in memory, else nothing.
    pub fn new(dataset: Arc<Dataset>, model: &Model) -> Result<Self> {
        model.fits(&dataset)?;
        let mut prepared = match (model.feature_normalization(), &dataset.features) {
            (FeatureNormalization::Row, Some(features)) => Some(features.row_normalized()),
            _ => None,
        };
        if let Some(Features::Dense(matrix)) = prepared.as_ref().or(dataset.features.as_ref())
            && !matrix.is_standard_layout()
        {
            prepared = Some(Features::Dense(matrix.as_standard_layout().into_owned()));
        }
        Ok(Self { dataset, prepared })
    }

    /// The graph that the features belong to.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// The features of a sub-graph's nodes.
    pub(crate) fn rows<'a>(&'a self, sub: &Subgraph<'a>) -> FeatureRows<'a> {
        let features = self.prepared.as_ref().or(self.dataset.features.as_ref());
        let features = features.expect("a model that fits a graph has features to read");
        let (rows, num_rows, width) = match features {
            Features::Dense(matrix) => {
                let rows = matrix.as_slice().expect("made so when the input was");
                (Rows::Dense(rows), matrix.nrows(), matrix.ncols())
            }
            Features::Sparse(matrix) => {
                let (indptr, indices, values) = (&matrix.indptr, &matrix.indices, &matrix.values);
                let width = matrix.num_columns as usize;
                (Rows::Sparse(SparseView { indptr, indices, values }), matrix.num_rows(), width)
            }
        };
        FeatureRows { rows, num_rows, width, places: Some(sub.nodes) }
    }
}

/// Features and where those of a sub-graph's nodes stand among them.
#[derive(Clone, Copy)]
pub(crate) struct FeatureRows<'a> {
    rows: Rows<'a>,
    num_rows: usize,
    pub(crate) width: usize,
    /// Row of every local id; `None` when it is the local id.
    places: Option<&'a [u32]>,
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
            *value = if self.keeps() { *value * self.scale } else { DROPPED };
        }
    }
}

/// Rows that a layer multiplies with its weight.
#[derive(Clone, Copy)]
pub(crate) enum Rows<'a> {
    Dense(&'a [f32]),
    Sparse(SparseView<'a>),
}

/// Rows copied out of others.
#[derive(Default)]
pub(crate) struct Copied {
    dense: Vec<f32>,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Copied {
    /// Copies the rows at `places`; drops values when `dropout` is given.
    fn copy(
        &mut self,
        rows: Rows<'_>,
        width: usize,
        places: impl ExactSizeIterator<Item = usize> + Clone,
        dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        match rows {
            Rows::Dense(rows) => {
                reach::resize(&mut self.dense, places.len(), width, max_bytes)?;
                for (target, place) in self.dense.chunks_exact_mut(width).zip(places) {
                    target.copy_from_slice(&rows[place * width..][..width]);
                }
                if let Some(dropout) = dropout {
                    dropout.apply(&mut self.dense);
                }
            }
            Rows::Sparse(rows) => self.copy_sparse(rows, places, dropout, max_bytes)?,
        }
        Ok(())
    }

    fn copy_sparse(
        &mut self,
        rows: SparseView<'_>,
        places: impl ExactSizeIterator<Item = usize> + Clone,
        dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        let bounds = |place: usize| rows.indptr[place] as usize..rows.indptr[place + 1] as usize;
        self.indptr.clear();
        self.indices.clear();
        self.values.clear();
        let entries = places.clone().map(|place| bounds(place).len()).sum();
        reach::reserve(&mut self.indices, entries, max_bytes)?;
        reach::reserve(&mut self.values, entries, max_bytes)?;
        reach::reserve(&mut self.indptr, places.len() + 1, max_bytes)?;
        self.indptr.push(0);
        let mut dropout = dropout.filter(|dropout| dropout.threshold > 0);
        for place in places {
            let (columns, values) = (&rows.indices[bounds(place)], &rows.values[bounds(place)]);
            match &mut dropout {
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
        Ok(())
    }

    fn view(&self, like: Rows<'_>) -> Rows<'_> {
        match like {
            Rows::Dense(_) => Rows::Dense(&self.dense),
            Rows::Sparse(_) => Rows::Sparse(SparseView {
                indptr: &self.indptr,
                indices: &self.indices,
                values: &self.values,
            }),
        }
    }

    /// The rows at `places`, ascending, of `count` in all; they are copied unless they are all.
    pub(crate) fn pick<'a>(
        &'a mut self,
        rows: Rows<'a>,
        width: usize,
        count: usize,
        places: &[u32],
        max_bytes: u64,
    ) -> Result<Rows<'a>> {
        if places.len() < count {
            self.copy(rows, width, places.iter().map(|&place| place as usize), None, max_bytes)?;
        }
        Ok(self.picked(rows, count, places))
    }

    /// What [`Copied::pick`] gave last.
    pub(crate) fn picked<'a>(&'a self, rows: Rows<'a>, count: usize, places: &[u32]) -> Rows<'a> {
        if places.len() < count { self.view(rows) } else { rows }
    }
}

/// The rows of the features that a batch reads, gathered unless they stand together already.
#[derive(Default)]
pub(crate) struct Gathered {
    borrowed: bool,
    copied: Copied,
}

impl Gathered {
    /// Reads the features of the local ids `rows`, ascending; drops values when `dropout` is given.
    pub(crate) fn read(
        &mut self,
        features: FeatureRows<'_>,
        rows: &[u32],
        dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        // Places ascend without repeats: as many as there are rows are all of them, in order.
        self.borrowed = dropout.is_none() && rows.len() == features.num_rows;
        if self.borrowed {
            return Ok(());
        }
        let place = |&row: &u32| features.places.map_or(row, |places| places[row as usize]) as usize;
        self.copied.copy(features.rows, features.width, rows.iter().map(place), dropout, max_bytes)
    }

    /// The rows read last; `features` must be those given to [`Gathered::read`].
    pub(crate) fn rows<'a>(&'a self, features: FeatureRows<'a>) -> Rows<'a> {
        if self.borrowed { features.rows } else { self.copied.view(features.rows) }
    }
}
