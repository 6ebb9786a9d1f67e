//! Graph attention, first version ([Velickovic18]).
//!
//! With `z = x W` cut into heads, the score of an entry from `u` to `v` is `leaky(source · z_u + target · z_v)`; a
//! softmax over the entries of `v` turns scores into weights, and `v` gets the weighted sum of the `z_u`.

use std::ops::Range;

use super::super::kernels::{dot, weighted_sum};
use super::super::layout::{Gat, Slot};
use super::super::reach::resize;
use super::{Flow, State, Work, add_bias, bias_gradient, weight_gradient};
use crate::error::Result;
use crate::graph::SparseView;
use crate::math::exp_all;

/// Slope of the leaky ReLU below 0, as in PyG and in the paper.
const SLOPE: f32 = 0.2;

/// Scores and weights of a layer.
#[derive(Default)]
pub(crate) struct Attention {
    /// `[before, heads]` of the nodes that are looked at.
    source: Vec<f32>,
    /// `[after, heads]` of the nodes that look.
    target: Vec<f32>,
    /// `[heads, entries]`.
    weights: Vec<f32>,
    /// One row of a head, for the mean of heads.
    row: Vec<f32>,
}

impl Attention {
    /// Bytes of the buffers.
    pub(crate) fn bytes(&self) -> u64 {
        let buffers = [&self.source, &self.target, &self.weights, &self.row];
        buffers.iter().map(|buffer| buffer.capacity() as u64 * 4).sum()
    }
}

/// `state.out` from `z` in `state.mixed`.
pub(super) fn forward(layer: &Gat, work: Work<'_>, state: &mut State) -> Result<()> {
    let (heads, width, all) = (layer.heads, layer.width, layer.heads * layer.width);
    let (after, entries, max_bytes) = (work.after(), work.block.indices.len(), work.max_bytes);
    let State { mixed, attention, out, .. } = state;
    resize(&mut attention.source, work.before, heads, max_bytes)?;
    resize(&mut attention.target, after, heads, max_bytes)?;
    resize(&mut attention.weights, heads, entries, max_bytes)?;
    resize(&mut attention.row, 1, width, max_bytes)?;
    let z = |place: usize| &mixed[place * all..][..all];
    scores((0..work.before).map(z), layer.source.of(work.parameters), width, &mut attention.source);
    let roots = work.roots.iter().map(|&place| z(place as usize));
    scores(roots, layer.target.of(work.parameters), width, &mut attention.target);
    let outputs = if layer.concat { all } else { width };
    resize(out, after, outputs, max_bytes)?;
    for head in 0..heads {
        let weights = &mut attention.weights[head * entries..][..entries];
        for row in 0..after {
            let bounds = bounds(work.block, row);
            let mine = attention.target[row * heads + head];
            leaky(&work.block.indices[bounds.clone()], &mut weights[bounds], |column| {
                attention.source[column as usize * heads + head] + mine
            });
        }
        // Of all rows at once, since most rows are short.
        exp_all(weights);
        for (row, out) in out.chunks_exact_mut(outputs).enumerate() {
            let bounds = bounds(work.block, row);
            let (columns, weights) = (&work.block.indices[bounds.clone()], &mut weights[bounds]);
            normalize(weights);
            if layer.concat {
                weighted_sum(columns, weights, mixed, all, head * width, &mut out[head * width..][..width]);
                continue;
            }
            weighted_sum(columns, weights, mixed, all, head * width, &mut attention.row);
            let share = 1.0 / heads as f32;
            for (out, &x) in out.iter_mut().zip(&attention.row) {
                *out = if head == 0 { x * share } else { *out + x * share };
            }
        }
    }
    add_bias(layer.bias, work.parameters, out);
    Ok(())
}

/// The way back through [`forward`].
pub(super) fn backward(
    layer: &Gat,
    work: Work<'_>,
    state: &State,
    flow: &mut Flow,
    mut out: Option<&mut [f32]>,
    wants_rows: bool,
) -> Result<()> {
    let (heads, width, all) = (layer.heads, layer.width, layer.heads * layer.width);
    let (after, entries, max_bytes) = (work.after(), work.block.indices.len(), work.max_bytes);
    let (z, attention) = (&state.mixed, &state.attention);
    bias_gradient(layer.bias, &flow.d, out.as_deref_mut());
    let Flow { d, next, spare, scores: [source, target] } = flow;
    if !layer.concat {
        // Every head gets its share of the mean.
        resize(spare, after, all, max_bytes)?;
        let share = 1.0 / heads as f32;
        for (all, d) in spare.chunks_exact_mut(all).zip(d.chunks_exact(width)) {
            for (place, x) in all.iter_mut().enumerate() {
                *x = d[place % width] * share;
            }
        }
        std::mem::swap(d, spare);
    }
    resize(next, work.before, all, max_bytes)?;
    resize(source, work.before, heads, max_bytes)?;
    resize(target, after, heads, max_bytes)?;
    resize(spare, 1, entries.max(1), max_bytes)?;
    next.fill(0.0);
    source.fill(0.0);
    for head in 0..heads {
        let weights = &attention.weights[head * entries..][..entries];
        let band = head * width..(head + 1) * width;
        for row in 0..after {
            let bounds = bounds(work.block, row);
            let (columns, weights) = (&work.block.indices[bounds.clone()], &weights[bounds]);
            let d = &d[row * all..][band.clone()];
            let mine = attention.target[row * heads + head];
            let mut mean = 0.0;
            for ((&column, &weight), slope) in columns.iter().zip(weights).zip(spare.iter_mut()) {
                let place = column as usize * all;
                *slope = dot(d, &z[place..][band.clone()]);
                mean += weight * *slope;
                for (next, &d) in next[place..][band.clone()].iter_mut().zip(d) {
                    *next += weight * d;
                }
            }
            let mut sum = 0.0;
            for ((&column, &weight), &slope) in columns.iter().zip(weights).zip(spare.iter()) {
                let at = column as usize * heads + head;
                let leak = if attention.source[at] + mine > 0.0 { 1.0 } else { SLOPE };
                let score = weight * (slope - mean) * leak;
                source[at] += score;
                sum += score;
            }
            target[row * heads + head] = sum;
        }
    }
    if let Some(out) = out.as_deref_mut() {
        let z = |place: usize| &z[place * all..][..all];
        vector_gradient((0..work.before).map(z), source, layer.source, width, out);
        vector_gradient(work.roots.iter().map(|&place| z(place as usize)), target, layer.target, width, out);
    }
    spread(0..work.before, source, layer.source.of(work.parameters), width, next);
    let roots = work.roots.iter().map(|&place| place as usize);
    spread(roots, target, layer.target.of(work.parameters), width, next);
    std::mem::swap(d, next);
    if let Some(out) = out {
        weight_gradient(&layer.lin, work.rows, &flow.d, out);
    }
    if wants_rows { flow.through(work.parameters, &layer.lin, work.before, max_bytes) } else { Ok(()) }
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
