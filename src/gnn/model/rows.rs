//! Rows of features on their way into the first layer.

use super::FeatureNormalization;
use super::dropout::Dropout;
use crate::error::Result;
use crate::gnn::kernels::{reserve, resize};
use crate::graph::SparseView;

/// Rows that a layer multiplies with its weight.
#[derive(Clone, Copy)]
pub(crate) enum InputRows<'a> {
    Dense(&'a [f32]),
    Sparse(SparseView<'a>),
}

/// Rows copied out of others.
#[derive(Default)]
pub(crate) struct CopiedRows {
    dense: Vec<f32>,
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl CopiedRows {
    /// Copies the rows at `places`; scales each as `normalization` says, then drops values when `dropout` is given.
    fn copy(
        &mut self,
        rows: InputRows<'_>,
        width: usize,
        normalization: FeatureNormalization,
        places: impl ExactSizeIterator<Item = usize> + Clone,
        dropout: Option<&mut Dropout>,
        max_bytes: u64,
    ) -> Result<()> {
        match rows {
            InputRows::Dense(rows) => {
                resize(&mut self.dense, places.len(), width, max_bytes)?;
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
            InputRows::Sparse(rows) => self.copy_sparse(rows, normalization, places, dropout, max_bytes)?,
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
        reserve(&mut self.indices, entries, max_bytes)?;
        reserve(&mut self.values, entries, max_bytes)?;
        reserve(&mut self.indptr, places.len() + 1, max_bytes)?;
        self.indptr.push(0);
        let mut dropout = dropout.filter(|dropout| dropout.drops());
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

    fn view(&self, like: InputRows<'_>) -> InputRows<'_> {
        match like {
            InputRows::Dense(_) => InputRows::Dense(&self.dense),
            InputRows::Sparse(_) => InputRows::Sparse(SparseView {
                indptr: &self.indptr,
                indices: &self.indices,
                values: &self.values,
            }),
        }
    }

    /// The rows at `places`, ascending, of `count` in all; they are copied unless they are all.
    pub(crate) fn pick<'a>(
        &'a mut self,
        rows: InputRows<'a>,
        width: usize,
        count: usize,
        places: &[u32],
        max_bytes: u64,
    ) -> Result<InputRows<'a>> {
        if places.len() < count {
            let places = places.iter().map(|&place| place as usize);
            self.copy(rows, width, FeatureNormalization::None, places, None, max_bytes)?;
        }
        Ok(self.picked(rows, count, places))
    }

    /// What [`CopiedRows::pick`] gave last.
    pub(crate) fn picked<'a>(&'a self, rows: InputRows<'a>, count: usize, places: &[u32]) -> InputRows<'a> {
        if places.len() < count { self.view(rows) } else { rows }
    }
}

/// Features and where those of a sub-graph's nodes stand among them.
#[derive(Clone, Copy)]
pub(crate) struct FeatureRows<'a> {
    pub(crate) rows: InputRows<'a>,
    pub(crate) num_rows: usize,
    pub(crate) width: usize,
    /// Row of every local id; `None` when it is the local id.
    pub(crate) places: Option<&'a [u32]>,
    /// How each row is still to be scaled.
    pub(crate) normalization: FeatureNormalization,
}

/// The rows of the features that a batch reads, gathered unless they stand together already.
#[derive(Default)]
pub(crate) struct GatheredRows {
    borrowed: bool,
    copied: CopiedRows,
}

impl GatheredRows {
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

    /// The rows read last; `features` must be those given to [`GatheredRows::read`].
    pub(crate) fn rows<'a>(&'a self, features: FeatureRows<'a>) -> InputRows<'a> {
        if self.borrowed { features.rows } else { self.copied.view(features.rows) }
    }
}
