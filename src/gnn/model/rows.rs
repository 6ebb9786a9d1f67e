//! Rows of features on their way into the first layer.

use oorandom::Rand32;

use super::FeatureNormalization;
use super::arch::DROPPED;
use super::reach;
use crate::error::Result;
use crate::graph::SparseView;

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
    /// Copies the rows at `places`; scales each as `normalization` says, then drops values when `dropout` is given.
    fn copy(
        &mut self,
        rows: Rows<'_>,
        width: usize,
        normalization: FeatureNormalization,
        places: impl ExactSizeIterator<Item = usize> + Clone,
        dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        match rows {
            Rows::Dense(rows) => {
                reach::resize(&mut self.dense, places.len(), width, max_bytes)?;
                for (target, place) in self.dense.chunks_exact_mut(width).zip(places) {
                    target.copy_from_slice(&rows[place * width..][..width]);
                    if normalization != FeatureNormalization::None {
                        let scale = normalization.scale(target);
                        target.iter_mut().for_each(|value| *value *= scale);
                    }
                }
                if let Some(dropout) = dropout {
                    dropout.apply(&mut self.dense);
                }
            }
            Rows::Sparse(rows) => self.copy_sparse(rows, normalization, places, dropout, max_bytes)?,
        }
        Ok(())
    }

    fn copy_sparse(
        &mut self,
        rows: SparseView<'_>,
        normalization: FeatureNormalization,
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
            let scale = normalization.scale(values);
            match &mut dropout {
                None => {
                    self.indices.extend_from_slice(columns);
                    self.values.extend(values.iter().map(|value| value * scale));
                }
                Some(dropout) => {
                    for (&column, &value) in columns.iter().zip(values) {
                        if dropout.keeps() {
                            self.indices.push(column);
                            self.values.push(value * scale * dropout.scale);
                        }
                    }
                }
            }
            self.indptr.push(self.indices.len() as u32);
        }
        Ok(())
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let sparse = self.indptr.capacity() + self.indices.capacity() + self.values.capacity();
        (self.dense.capacity() + sparse) as u64 * 4
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
            let places = places.iter().map(|&place| place as usize);
            self.copy(rows, width, FeatureNormalization::None, places, None, max_bytes)?;
        }
        Ok(self.picked(rows, count, places))
    }

    /// What [`Copied::pick`] gave last.
    pub(crate) fn picked<'a>(&'a self, rows: Rows<'a>, count: usize, places: &[u32]) -> Rows<'a> {
        if places.len() < count { self.view(rows) } else { rows }
    }
}

/// Features and where those of a sub-graph's nodes stand among them.
#[derive(Clone, Copy)]
pub(crate) struct FeatureRows<'a> {
    pub(crate) rows: Rows<'a>,
    pub(crate) num_rows: usize,
    pub(crate) width: usize,
    /// Row of every local id; `None` when it is the local id.
    pub(crate) places: Option<&'a [u32]>,
    /// How each row is still to be scaled.
    pub(crate) normalization: FeatureNormalization,
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
        let place = |&row: &u32| features.places.map_or(row, |places| places[row as usize]) as usize;
        let as_they_are = dropout.is_none() && features.normalization == FeatureNormalization::None;
        // As many as there are rows, none of them twice: all of them, in order.
        self.borrowed =
            as_they_are && rows.len() == features.num_rows && rows.iter().map(place).eq(0..rows.len());
        if self.borrowed {
            return Ok(());
        }
        let (width, normalization) = (features.width, features.normalization);
        self.copied.copy(features.rows, width, normalization, rows.iter().map(place), dropout, max_bytes)
    }

    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        self.copied.bytes()
    }

    /// The rows read last; `features` must be those given to [`Gathered::read`].
    pub(crate) fn rows<'a>(&'a self, features: FeatureRows<'a>) -> Rows<'a> {
        if self.borrowed { features.rows } else { self.copied.view(features.rows) }
    }
}
