//! LADIES: nodes drawn for a layer as a whole ([Zou19]).

use oorandom::Rand64;

use super::neighbour::number;
use crate::error::Result;
use crate::graph::{ABSENT, Csr, Layers};
use crate::limits;

/// Draws the nodes that every layer reads; scratch is reused.
///
/// A neighbour `u` of the rows of a layer is taken with probability `pi(u) = min(1, c p(u))`, `p(u)` the sum of its
/// squared entries in these rows and `c` such that the layer has the wanted number of nodes on average. Its entries
/// count `1 / pi(u)` times: the expectation of a sum over the sample is the sum over all neighbours. The published code
/// draws in the same proportion but divides rows by their sums afterwards, which keeps the scale and not the expectation.
/// # Source
/// [Zou19] alg. 1 and eq. 5; [Horvitz52]; systematic sampling by [Madow49].
pub struct LayerSampler {
    position: Vec<u32>,
    weight: Vec<f64>,
}

impl LayerSampler {
    /// Scratch for `csr`: `12 n` bytes.
    ///
    /// # Errors
    /// `out_of_memory`.
    pub fn new(csr: &Csr) -> Result<Self> {
        let n = csr.num_nodes() as usize;
        Ok(Self { position: limits::filled(n, ABSENT)?, weight: limits::filled(n, 0.0)? })
    }

    /// Draws all layers, from the outputs down.
    ///
    /// # Arguments
    /// * `csr`: the graph that [`LayerSampler::new`] was given. * `values`: factor of every entry in the exact
    ///   aggregate. * `outputs`: ascending. * `nodes_per_layer`: on average, one number for all layers.
    /// # Cost
    /// `O(entries of the rows)` a layer.
    #[allow(clippy::too_many_arguments, reason = "one call a batch")]
    pub fn sample(
        &mut self,
        csr: &Csr,
        values: &[f32],
        outputs: &[u32],
        num_layers: usize,
        nodes_per_layer: u32,
        rng: &mut Rand64,
        layers: &mut Layers,
    ) {
        layers.start(num_layers, outputs);
        for layer in (0..num_layers).rev() {
            let (before, after) = layers.rows.split_at_mut(layer + 1);
            let (before, after, block) = (&mut before[layer], &after[0], &mut layers.blocks[layer]);
            let entries = |node: u32| {
                let start = csr.indptr()[node as usize] as usize;
                csr.row(node).iter().zip(&values[start..])
            };
            before.clear();
            for &node in after {
                for (&u, &value) in entries(node).filter(|(_, value)| **value != 0.0) {
                    let weight = &mut self.weight[u as usize];
                    if *weight == 0.0 {
                        before.push(u);
                    }
                    // Not even the square of a small value vanishes in f64.
                    *weight += f64::from(value) * f64::from(value);
                }
            }
            before.sort_unstable();
            let weights: Vec<f64> =
                before.iter().map(|&u| std::mem::take(&mut self.weight[u as usize])).collect();
            let chances = inclusion(&weights, nodes_per_layer);
            let taken = systematic(&chances, rng.rand_float());
            for &place in &taken {
                self.position[before[place] as usize] = 0;
                self.weight[before[place] as usize] = chances[place];
            }
            block.clear();
            block.indptr.push(0);
            for &node in after {
                for (&u, &value) in entries(node) {
                    if self.position[u as usize] != ABSENT && value != 0.0 {
                        block.indices.push(u);
                        block.values.push((f64::from(value) / self.weight[u as usize]) as f32);
                    }
                }
                block.indptr.push(block.indices.len() as u32);
            }
            for (kept, &place) in taken.iter().enumerate() {
                before[kept] = before[place];
                self.weight[before[kept] as usize] = 0.0;
            }
            before.truncate(taken.len());
            number(&mut self.position, before, after, block, &mut layers.roots[layer]);
        }
    }
}

/// Probabilities `min(1, c w)` that add up to `count`; all of them 1 when there are not more weights than that.
///
/// Weights are finite and `> 0`.
/// # Example
/// ```
/// use ibmb::baseline::inclusion;
/// // 8 is certain; of the others one is expected.
/// assert_eq!(inclusion(&[1.0, 8.0, 1.0, 2.0], 2), [0.25, 1.0, 0.25, 0.5]);
/// ```
pub fn inclusion(weights: &[f64], count: u32) -> Vec<f64> {
    let mut chances = vec![1.0; weights.len()];
    if weights.len() <= count as usize {
        return chances;
    }
    // Whoever would be taken more than once is certain; that raises the share of the others.
    let mut open: Vec<usize> = (0..weights.len()).collect();
    loop {
        let left = f64::from(count) - (weights.len() - open.len()) as f64;
        let sum: f64 = open.iter().map(|&at| weights[at]).sum();
        let before = open.len();
        open.retain(|&at| weights[at] * left < sum);
        if open.len() == before {
            for at in open {
                chances[at] = weights[at] * left / sum;
            }
            return chances;
        }
    }
}

/// Places taken, ascending, each with its probability: those whose run of the added up probabilities holds one of
/// `start, start + 1, …`; whoever has probability 1 is always taken and stands outside of the runs.
///
/// With `start` uniform in `[0, 1)` a place is taken exactly as often as its probability says.
/// # Example
/// ```
/// use ibmb::baseline::systematic;
/// let chances = [0.25, 1.0, 0.25, 0.5];
/// assert_eq!(systematic(&chances, 0.1), [0, 1]);
/// assert_eq!(systematic(&chances, 0.3), [1, 2]);
/// assert_eq!(systematic(&chances, 0.9), [1, 3]);
/// ```
/// # Source
/// [Madow49].
pub fn systematic(chances: &[f64], start: f64) -> Vec<usize> {
    let (mut sum, mut next) = (0.0, start);
    let mut taken = Vec::new();
    for (place, &chance) in chances.iter().enumerate() {
        if chance < 1.0 {
            sum += chance;
            if sum <= next {
                continue;
            }
            next += 1.0;
        }
        taken.push(place);
    }
    taken
}
