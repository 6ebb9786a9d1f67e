//! Graph attention, first version ([Velickovic18]).
//!
//! With `z = x W` cut into heads, the score of an entry from `u` to `v` is `leaky(source · z_u + target · z_v)`; a
//! softmax over the entries of `v` turns scores into weights, and `v` gets the weighted sum of the `z_u`.

use std::ops::Range;

use super::affine::{Affine, add_bias, bias_gradient};
use super::aggregation::Aggregation;
use super::convolution::{Convolution, Kind, LayerInput, LayerSize, Memory};
use super::gradient_buffers::GradientBuffers;
use super::layer_tensors::LayerTensors;
use super::parameters::{Init, Parameter, Slot, Slots};
use crate::error::Result;
use crate::gnn::kernels::{bytes_of, dot, resize, weighted_sum};
use crate::graph::SparseView;
use crate::math::exp_all;

/// Slope of the leaky ReLU below 0, as in PyG and in the paper.
const SLOPE: f32 = 0.2;

/// A GAT layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gat {
    /// Gives the values of all heads side by side and has no bias.
    lin: Affine,
    heads: usize,
    /// Width of a head.
    width: usize,
    /// Whether the heads stay side by side; else the layer gives their mean.
    concat: bool,
    /// `[heads, width]`, for the node that a message comes from.
    source: Slot,
    /// `[heads, width]`, for the node that it goes to.
    target: Slot,
    bias: Option<Slot>,
}

/// Values, scores and weights.
#[derive(Default)]
pub(crate) struct Attention {
    /// `x W` of the rows before.
    z: Vec<f32>,
    /// `[before, heads]`, of the nodes that messages come from.
    source: Vec<f32>,
    /// `[after, heads]`, of the nodes that they go to.
    target: Vec<f32>,
    /// `[heads, entries]`.
    weights: Vec<f32>,
    /// One row of a head, for the mean of heads.
    row: Vec<f32>,
}

impl Memory for Attention {
    fn bytes(&self) -> u64 {
        bytes_of(&[&self.z, &self.source, &self.target, &self.weights, &self.row])
    }
}

impl Gat {
    fn with(
        slots: &mut Slots,
        inputs: usize,
        [heads, width]: [usize; 2],
        concat: bool,
        has_bias: bool,
    ) -> Result<Self> {
        let lin = Affine::new(slots, inputs, heads * width, false)?;
        let [source, target] = [slots.vector(heads * width), slots.vector(heads * width)];
        let bias = has_bias.then(|| slots.vector(if concat { heads * width } else { width }));
        Ok(Self { lin, heads, width, concat, source, target, bias })
    }
}

impl Convolution for Gat {
    const KIND: Kind = Kind {
        title: "GAT",
        tensors: &["lin.weight", "att_src", "att_dst", "bias"],
        marks: &["att_src", "att_dst"],
        // Before PyG 2.5 one weight had two names.
        aliases: &[("lin_src.weight", "lin.weight")],
        copies: &[("lin_dst.weight", "lin.weight")],
        needs_activation: Some(
            "the weights of a GAT do not say what follows a hidden layer: give relu (PyG's GAT class) or elu \
             (the GAT paper and the IBMB model)",
        ),
        has_heads: true,
        self_loops_are_optional: false,
        // Its model ends with the mean of the heads.
        has_linear_head: false,
    };

    type Memory = Attention;

    fn new(size: LayerSize, slots: &mut Slots) -> Result<Self> {
        let LayerSize { inputs, outputs, heads, is_last, .. } = size;
        let width = if is_last { outputs } else { outputs / heads };
        Self::with(slots, inputs, [heads, width], !is_last, true)
    }

    fn read(tensors: &LayerTensors<'_>, [outputs, inputs]: [usize; 2], slots: &mut Slots) -> Result<Self> {
        let [heads, width] = tensors.heads("att_src", outputs)?;
        tensors.needs("att_dst", &[1, heads, width])?;
        let concat = match tensors.shape("bias") {
            _ if heads == 1 => true,
            Some(bias) => bias != [width],
            None => tensors.concat([heads, width])?,
        };
        let has_bias = tensors.has_vector("bias", if concat { outputs } else { width })?;
        Self::with(slots, inputs, [heads, width], concat, has_bias)
    }

    fn parameters(&self) -> Vec<Parameter> {
        let shape = || vec![1, self.heads, self.width];
        let init = Init::glorot(self.heads, self.width);
        let lin = Init::glorot(self.lin.inputs, self.lin.outputs);
        let bias = self.bias.map(|slot| Parameter::bias("bias", slot, Init::Constant(0.0)));
        [
            self.lin.weight_as("lin.weight", lin),
            Parameter::vectors("att_src", self.source, shape(), init),
            Parameter::vectors("att_dst", self.target, shape(), init),
        ]
        .into_iter()
        .chain(bias)
        .collect()
    }

    fn first_weight(&self) -> [usize; 2] {
        [self.lin.inputs, self.lin.outputs]
    }

    fn outputs(&self) -> usize {
        if self.concat { self.lin.outputs } else { self.width }
    }

    fn heads(&self) -> usize {
        self.heads
    }

    fn aggregation(&self) -> Aggregation {
        Aggregation::Attention
    }

    fn metadata(&self) -> Option<(&'static str, bool)> {
        Some(("concat", self.concat))
    }

    fn start(&self, input: LayerInput<'_>, memory: &mut Attention) -> Result<()> {
        resize(&mut memory.z, input.before, self.lin.outputs, input.max_bytes)?;
        self.lin.times(input.rows, input.parameters, &mut memory.z);
        Ok(())
    }

    fn rest(&self, input: LayerInput<'_>, memory: &mut Attention, out: &mut Vec<f32>) -> Result<()> {
        let (heads, width, all) = (self.heads, self.width, self.heads * self.width);
        let (after, entries, max_bytes) = (input.after(), input.block.indices.len(), input.max_bytes);
        let Attention { z, source, target, weights, row: mean } = memory;
        resize(source, input.before, heads, max_bytes)?;
        resize(target, after, heads, max_bytes)?;
        resize(weights, heads, entries, max_bytes)?;
        resize(mean, 1, width, max_bytes)?;
        let z_of = |place: usize| &z[place * all..][..all];
        scores((0..input.before).map(z_of), self.source.of(input.parameters), width, source);
        let roots = input.roots.iter().map(|&place| z_of(place as usize));
        scores(roots, self.target.of(input.parameters), width, target);
        let outputs = self.outputs();
        resize(out, after, outputs, max_bytes)?;
        for head in 0..heads {
            let weights = &mut weights[head * entries..][..entries];
            for row in 0..after {
                let bounds = bounds(input.block, row);
                let own = target[row * heads + head];
                leaky(&input.block.indices[bounds.clone()], &mut weights[bounds], |column| {
                    source[column as usize * heads + head] + own
                });
            }
            // Of all rows at once, since most rows are short.
            exp_all(weights);
            for (row, out) in out.chunks_exact_mut(outputs).enumerate() {
                let bounds = bounds(input.block, row);
                let (columns, weights) = (&input.block.indices[bounds.clone()], &mut weights[bounds]);
                normalize(weights);
                if self.concat {
                    weighted_sum(columns, weights, z, all, head * width, &mut out[head * width..][..width]);
                    continue;
                }
                weighted_sum(columns, weights, z, all, head * width, mean);
                let share = 1.0 / heads as f32;
                for (out, &x) in out.iter_mut().zip(&*mean) {
                    *out = if head == 0 { x * share } else { *out + x * share };
                }
            }
        }
        add_bias(self.bias, input.parameters, out);
        Ok(())
    }

    fn is_done_with_rows(&self, _: &Attention) -> bool {
        true
    }

    fn backward(
        &self,
        input: LayerInput<'_>,
        memory: &Attention,
        buffers: &mut GradientBuffers,
        mut out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()> {
        bias_gradient(self.bias, &buffers.d, out.as_deref_mut());
        if !self.concat {
            self.split_mean(input, buffers)?;
        }
        self.entries_backward(input, memory, buffers)?;
        let GradientBuffers { d, next, spare: [_, source, target] } = buffers;
        let (width, all) = (self.width, self.lin.outputs);
        if let Some(out) = out.as_deref_mut() {
            let z = |place: usize| &memory.z[place * all..][..all];
            vector_gradient((0..input.before).map(z), source, self.source, width, out);
            let roots = input.roots.iter().map(|&place| z(place as usize));
            vector_gradient(roots, target, self.target, width, out);
        }
        spread(0..input.before, source, self.source.of(input.parameters), width, next);
        let roots = input.roots.iter().map(|&place| place as usize);
        spread(roots, target, self.target.of(input.parameters), width, next);
        std::mem::swap(d, next);
        if let Some(out) = out {
            self.lin.weight_gradient(input.rows, &buffers.d, out);
        }
        if wants_rows {
            self.lin.back(input.parameters, buffers, input.before, input.max_bytes)
        } else {
            Ok(())
        }
    }
}

impl Gat {
    /// Gradient of every head in `buffers.d`: each gets its share of the mean's.
    fn split_mean(&self, input: LayerInput<'_>, buffers: &mut GradientBuffers) -> Result<()> {
        let (width, all) = (self.width, self.lin.outputs);
        let GradientBuffers { d, spare: [split, ..], .. } = buffers;
        resize(split, input.after(), all, input.max_bytes)?;
        let share = 1.0 / self.heads as f32;
        for (all, d) in split.chunks_exact_mut(all).zip(d.chunks_exact(width)) {
            for (place, x) in all.iter_mut().enumerate() {
                *x = d[place % width] * share;
            }
        }
        std::mem::swap(d, split);
        Ok(())
    }

    /// Back over all entries: the gradient of the values goes to `buffers.next`, those of the scores of sources and
    /// targets to `buffers.spare[1]` and `buffers.spare[2]`.
    fn entries_backward(
        &self,
        input: LayerInput<'_>,
        memory: &Attention,
        buffers: &mut GradientBuffers,
    ) -> Result<()> {
        let (heads, width, all) = (self.heads, self.width, self.lin.outputs);
        let (after, entries, max_bytes) = (input.after(), input.block.indices.len(), input.max_bytes);
        let z = &memory.z;
        let GradientBuffers { d, next, spare: [slopes, source, target] } = buffers;
        resize(next, input.before, all, max_bytes)?;
        resize(source, input.before, heads, max_bytes)?;
        resize(target, after, heads, max_bytes)?;
        resize(slopes, 1, entries.max(1), max_bytes)?;
        next.fill(0.0);
        source.fill(0.0);
        for head in 0..heads {
            let weights = &memory.weights[head * entries..][..entries];
            let band = head * width..(head + 1) * width;
            for row in 0..after {
                let bounds = bounds(input.block, row);
                let (columns, weights) = (&input.block.indices[bounds.clone()], &weights[bounds]);
                let d = &d[row * all..][band.clone()];
                let own = memory.target[row * heads + head];
                let mut mean = 0.0;
                for ((&column, &weight), slope) in columns.iter().zip(weights).zip(slopes.iter_mut()) {
                    let place = column as usize * all;
                    *slope = dot(d, &z[place..][band.clone()]);
                    mean += weight * *slope;
                    for (next, &d) in next[place..][band.clone()].iter_mut().zip(d) {
                        *next += weight * d;
                    }
                }
                let mut sum = 0.0;
                for ((&column, &weight), &slope) in columns.iter().zip(weights).zip(slopes.iter()) {
                    let at = column as usize * heads + head;
                    let leak = if memory.source[at] + own > 0.0 { 1.0 } else { SLOPE };
                    let score = weight * (slope - mean) * leak;
                    source[at] += score;
                    sum += score;
                }
                target[row * heads + head] = sum;
            }
        }
        Ok(())
    }
}

fn bounds(block: SparseView<'_>, row: usize) -> Range<usize> {
    block.indptr[row] as usize..block.indptr[row + 1] as usize
}

/// `out[row, head] = vector[head] · z[row, head]`.
fn scores<'a>(rows: impl Iterator<Item = &'a [f32]>, vector: &[f32], width: usize, out: &mut [f32]) {
    for (z, out) in rows.zip(out.chunks_exact_mut(vector.len() / width)) {
        for ((out, z), vector) in out.iter_mut().zip(z.chunks_exact(width)).zip(vector.chunks_exact(width)) {
            *out = dot(z, vector);
        }
    }
}

/// Leaky scores of a row's entries, less their greatest.
fn leaky(columns: &[u32], weights: &mut [f32], score: impl Fn(u32) -> f32) {
    let mut greatest = f32::NEG_INFINITY;
    for (weight, &column) in weights.iter_mut().zip(columns) {
        let score = score(column);
        *weight = if score > 0.0 { score } else { score * SLOPE };
        greatest = greatest.max(*weight);
    }
    weights.iter_mut().for_each(|weight| *weight -= greatest);
}

/// Divides the exponentials of a row by their sum.
fn normalize(weights: &mut [f32]) {
    let scale = 1.0 / weights.iter().fold(0.0, |sum, weight| sum + weight);
    weights.iter_mut().for_each(|weight| *weight *= scale);
}

/// `d vector[head] = sum over rows of d score[row, head] * z[row, head]`.
fn vector_gradient<'a>(
    rows: impl Iterator<Item = &'a [f32]>,
    d: &[f32],
    vector: Slot,
    width: usize,
    out: &mut [f32],
) {
    let out = vector.of_mut(out);
    out.fill(0.0);
    for (z, d) in rows.zip(d.chunks_exact(out.len() / width)) {
        for ((out, z), &d) in out.chunks_exact_mut(width).zip(z.chunks_exact(width)).zip(d) {
            for (out, &z) in out.iter_mut().zip(z) {
                *out += d * z;
            }
        }
    }
}

/// `d z[place, head] += d score[row, head] * vector[head]`.
fn spread(places: impl Iterator<Item = usize>, d: &[f32], vector: &[f32], width: usize, out: &mut [f32]) {
    let all = vector.len();
    for (place, d) in places.zip(d.chunks_exact(all / width)) {
        let out = &mut out[place * all..][..all];
        for ((out, vector), &d) in out.chunks_exact_mut(width).zip(vector.chunks_exact(width)).zip(d) {
            for (out, &x) in out.iter_mut().zip(vector) {
                *out += d * x;
            }
        }
    }
}
