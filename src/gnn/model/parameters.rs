//! Where the parameters of a model lie, what they are called and how they start.

use crate::error::Result;
use crate::limits;

/// Where a parameter lies in the one array of all parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    start: usize,
    len: usize,
}

impl Slot {
    /// Its indices.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }

    /// The parameter in `all`.
    pub(crate) fn of(self, all: &[f32]) -> &[f32] {
        &all[self.range()]
    }

    /// The parameter in `all`.
    pub(crate) fn of_mut(self, all: &mut [f32]) -> &mut [f32] {
        &mut all[self.range()]
    }
}

/// Gives parameters their slots, one after another.
pub(crate) struct Slots {
    len: usize,
    max_bytes: u64,
}

impl Slots {
    /// No slots yet; a matrix may take so many bytes.
    pub(crate) fn new(max_bytes: u64) -> Self {
        Self { len: 0, max_bytes }
    }

    /// Parameters so far.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The next parameter, of `len` numbers.
    pub(crate) fn vector(&mut self, len: usize) -> Slot {
        let start = self.len;
        self.len += len;
        Slot { start, len }
    }

    /// The next parameter, a matrix.
    ///
    /// # Errors
    /// `limit_exceeded` when it is too large.
    pub(crate) fn matrix(&mut self, rows: usize, columns: usize) -> Result<Slot> {
        let bytes = (rows as u64).saturating_mul(columns as u64).saturating_mul(4);
        limits::check("matrix bytes", bytes, self.max_bytes)?;
        Ok(self.vector(rows * columns))
    }
}

/// How a parameter of a new model starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Init {
    /// Each number drawn from `-bound` to `bound`.
    Uniform { bound: f32 },
    /// All of them the same.
    Constant(f32),
}

impl Init {
    /// The distribution of [Glorot10].
    pub(crate) fn glorot(inputs: usize, outputs: usize) -> Self {
        Self::Uniform { bound: (6.0 / (inputs + outputs) as f32).sqrt() }
    }

    /// That of PyTorch's `nn.Linear`, for weight and bias.
    pub(crate) fn linear(inputs: usize) -> Self {
        Self::Uniform { bound: (1.0 / inputs as f32).sqrt() }
    }
}

/// A parameter: one tensor of PyTorch's `state_dict`.
pub(crate) struct Parameter {
    /// Name; in a layer the part behind the layer's own name.
    pub(crate) name: String,
    pub(crate) slot: Slot,
    /// Its extents in PyTorch.
    pub(crate) shape: Vec<usize>,
    pub(crate) init: Init,
    /// Whether weight decay draws it towards 0 unless told otherwise: weights do, biases and norms do not.
    pub(crate) decays: bool,
    /// Whether it is stored as the transpose of PyTorch's matrix.
    pub(crate) is_transposed: bool,
}

impl Parameter {
    /// A weight `[inputs, outputs]`, which PyTorch has as `[outputs, inputs]`.
    pub(crate) fn weight(name: &str, slot: Slot, [inputs, outputs]: [usize; 2], init: Init) -> Self {
        let shape = vec![outputs, inputs];
        Self { name: name.to_owned(), slot, shape, init, decays: true, is_transposed: true }
    }

    /// Learnt vectors side by side that are no bias: weight decay applies.
    pub(crate) fn vectors(name: &str, slot: Slot, shape: Vec<usize>, init: Init) -> Self {
        Self { name: name.to_owned(), slot, shape, init, decays: true, is_transposed: false }
    }

    /// A bias, or scale or shift of a norm: weight decay does not apply.
    pub(crate) fn bias(name: &str, slot: Slot, init: Init) -> Self {
        let shape = vec![slot.range().len()];
        Self { name: name.to_owned(), slot, shape, init, decays: false, is_transposed: false }
    }
}

/// Turns `[rows, columns]` into `[columns, rows]`.
pub(crate) fn transpose(data: &[f32], rows: usize, columns: usize, out: &mut [f32]) {
    for row in 0..rows {
        for column in 0..columns {
            out[column * rows + row] = data[row * columns + column];
        }
    }
}
