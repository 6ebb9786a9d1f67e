//! Rows out of entries in any order, and what makes the rows of a graph of them.

use super::Csr;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

/// Row, column and weight.
pub(super) type Entry<W> = (u32, u32, W);

/// What an entry weighs: `()` for 1, which takes no memory, or a number.
pub(super) trait Weight: Copy + Default {
    /// The weight 1.
    const ONE: Self;

    /// The weight of an entry of `csr`.
    fn of(csr: &Csr, entry: usize) -> Self;

    /// The sum of the weights of entries in one place of a row.
    fn sum(row: u32, same: &[(u32, Self)]) -> Result<Self>;

    fn mean(a: Self, b: Self) -> Self;

    fn into_weights(weights: Vec<Self>) -> Option<Vec<f32>>;
}

impl Weight for () {
    const ONE: Self = ();

    fn of(_: &Csr, _: usize) -> Self {}

    fn sum(_: u32, _: &[(u32, Self)]) -> Result<Self> {
        Ok(())
    }

    fn mean(_: Self, _: Self) -> Self {}

    fn into_weights(_: Vec<Self>) -> Option<Vec<f32>> {
        None
    }
}

impl Weight for f32 {
    const ONE: Self = 1.0;

    fn of(csr: &Csr, entry: usize) -> Self {
        csr.weights().map_or(1.0, |weights| weights[entry])
    }

    fn sum(row: u32, same: &[(u32, Self)]) -> Result<Self> {
        let sum: f64 = same.iter().map(|&(_, weight)| f64::from(weight)).sum();
        let weight = sum as f32;
        if weight.is_finite() {
            return Ok(weight);
        }
        let column = same[0].0;
        Err(Error::InvalidGraph(format!(
            "the weights between the nodes {row} and {column} sum to {sum:e}, allowed is up to {:e}",
            f32::MAX
        )))
    }

    fn mean(a: Self, b: Self) -> Self {
        ((f64::from(a) + f64::from(b)) / 2.0) as f32
    }

    fn into_weights(weights: Vec<Self>) -> Option<Vec<f32>> {
        Some(weights)
    }
}

impl Csr {
    /// Sorts entries into rows and adds the weights of duplicates, in the order of the entries.
    pub(super) fn merge<W: Weight>(
        num_nodes: u32,
        entries: impl ExactSizeIterator<Item = Entry<W>> + Clone,
        limits: &Limits,
    ) -> Result<Self> {
        limits::check("nodes", num_nodes.into(), limits.max_nodes)?;
        limits::check("adjacency entries", entries.len() as u64, limits.max_entries.min(u32::MAX.into()))?;
        for (row, column, _) in entries.clone() {
            let worst = row.max(column);
            if worst >= num_nodes {
                return Err(Error::InvalidGraph(format!(
                    "node {worst} is out of range, the graph has {num_nodes} nodes"
                )));
            }
        }
        // A stable sort by column, then by row, leaves every row's columns ascending.
        let by_column = Buckets::new(num_nodes, entries.map(|(row, column, weight)| (column, row, weight)))?;
        let by_row = Buckets::new(num_nodes, by_column.swapped())?;
        drop(by_column);
        let mut indptr = limits::filled(num_nodes as usize + 1, 0u32)?;
        let mut indices = limits::reserve(by_row.items.len())?;
        let mut weights = limits::reserve(by_row.items.len())?;
        for row in 0..num_nodes {
            for same in by_row.of(row).chunk_by(|a, b| a.0 == b.0) {
                indices.push(same[0].0);
                weights.push(W::sum(row, same)?);
            }
            indptr[row as usize + 1] = indices.len() as u32;
        }
        Self::with_weights(indptr, indices, W::into_weights(weights))
    }

    /// Rows that hold their own node, and unless they are `directed` everything that has them in its row: with the mean
    /// of the two weights where both have each other. A node that was not in its row weighs 1 there.
    pub(super) fn completed<W: Weight>(&self, directed: bool, limits: &Limits) -> Result<Self> {
        let n = self.num_nodes();
        let copies = if directed { 1 } else { 2 };
        let most = self.num_entries() as u64 * copies + u64::from(n);
        limits::check("adjacency entries", most, limits.max_entries.min(u32::MAX.into()))?;
        let entries = || {
            (0..n).flat_map(|row| {
                let start = self.indptr()[row as usize] as usize;
                (start..).zip(self.row(row)).map(move |(at, &column)| (column, row, W::of(self, at)))
            })
        };
        let reverse = if directed { Buckets::empty(n)? } else { Buckets::new(n, entries())? };
        let mut indptr = limits::filled(n as usize + 1, 0u32)?;
        let mut indices = limits::reserve(most as usize)?;
        let mut weights = limits::reserve(most as usize)?;
        for node in 0..n {
            let start = self.indptr()[node as usize] as usize;
            let row = (start..).zip(self.row(node)).map(|(at, &column)| (column, W::of(self, at)));
            let mut row = row.peekable();
            let mut back = reverse.of(node).iter().copied().filter(|&(other, _)| other != node).peekable();
            let mut own = Some((node, W::ONE));
            loop {
                let heads = [row.peek().copied(), back.peek().copied(), own];
                let Some(column) = heads.iter().flatten().map(|&(column, _)| column).min() else { break };
                let here = |(other, _): &(u32, W)| *other == column;
                let weight = match (row.next_if(here), back.next_if(here)) {
                    (Some((_, a)), Some((_, b))) => W::mean(a, b),
                    (Some((_, weight)), None) | (None, Some((_, weight))) => weight,
                    (None, None) => W::ONE,
                };
                own = own.filter(|&(node, _)| node != column);
                indices.push(column);
                weights.push(weight);
            }
            indptr[node as usize + 1] = indices.len() as u32;
        }
        indices.shrink_to_fit();
        Self::with_weights(indptr, indices, W::into_weights(weights))
    }
}

/// Entries in the bucket of their row or column, in their order; the bucket says the one, the item the other.
struct Buckets<W> {
    bounds: Vec<u32>,
    items: Vec<(u32, W)>,
}

impl<W: Weight> Buckets<W> {
    fn empty(count: u32) -> Result<Self> {
        Ok(Self { bounds: limits::filled(count as usize + 1, 0)?, items: Vec::new() })
    }

    /// Puts entries `(bucket, other, weight)` into `count` buckets: a counting sort.
    fn new(count: u32, entries: impl Iterator<Item = Entry<W>> + Clone) -> Result<Self> {
        let mut next = limits::filled(count as usize + 1, 0u32)?;
        entries.clone().for_each(|(bucket, ..)| next[bucket as usize + 1] += 1);
        for bucket in 0..count as usize {
            next[bucket + 1] += next[bucket];
        }
        let bounds = next.clone();
        let mut items = limits::filled(bounds[count as usize] as usize, Default::default())?;
        entries.for_each(|(bucket, other, weight)| {
            let slot = &mut next[bucket as usize];
            items[*slot as usize] = (other, weight);
            *slot += 1;
        });
        Ok(Self { bounds, items })
    }

    fn of(&self, bucket: u32) -> &[(u32, W)] {
        &self.items[self.bounds[bucket as usize] as usize..self.bounds[bucket as usize + 1] as usize]
    }

    /// The entries bucket by bucket, with the other side for a bucket.
    fn swapped(&self) -> impl Iterator<Item = Entry<W>> + Clone + '_ {
        let buckets = 0..(self.bounds.len() - 1) as u32;
        buckets.flat_map(|bucket| self.of(bucket).iter().map(move |&(other, weight)| (other, bucket, weight)))
    }
}
