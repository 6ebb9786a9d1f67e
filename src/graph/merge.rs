//! Builds CSR rows from unsorted entries, those of a graph with its self-loops.

use super::Csr;
use super::csr::check_weights;
use crate::error::{Error, Result};
use crate::limits::{self, Limits};

impl Csr {
    /// Sorts directed `(row, column)` entries into rows and merges duplicates.
    ///
    /// # Errors
    /// `invalid_graph` for an id `>= num_nodes`; `limit_exceeded` and `out_of_memory` for sizes.
    ///
    /// # Cost
    /// Two counting sorts: `O(n + m)` time, `8 m + 16 n` bytes besides the input.
    pub fn from_entries(num_nodes: u32, entries: &[(u32, u32)], limits: &Limits) -> Result<Self> {
        let entries = entries.iter().map(|&(row, column)| (row, column, ()));
        Buckets::new(num_nodes, entries, false, limits)?.merged()?.rows(false, limits)
    }

    /// [`Csr::from_entries`] with a weight an entry; those of duplicates are added.
    ///
    /// # Errors
    /// Those of [`Csr::from_entries`]; `invalid_graph` for a weight or a sum that is not finite and `> 0`;
    /// `shape_mismatch` for another number of weights.
    ///
    /// # Cost
    /// As [`Csr::from_entries`], with `16 m` bytes.
    pub fn from_weighted_entries(
        num_nodes: u32,
        entries: &[(u32, u32)],
        weights: &[f32],
        limits: &Limits,
    ) -> Result<Self> {
        check_weights(weights, entries.len())?;
        let entries = entries.iter().zip(weights).map(|(&(row, column), &weight)| (row, column, weight));
        Buckets::new(num_nodes, entries, false, limits)?.merged()?.rows(false, limits)
    }
}

/// Row, column and weight.
pub(super) type Entry<W> = (u32, u32, W);

/// What an entry weighs: `()` for 1, which takes no memory, or a number.
pub(super) trait Weight: Copy + Default {
    /// What repeats of an entry add up to; by default there was none.
    type Sum: Copy + Default;

    /// The weight 1.
    const ONE: Self;

    fn added_to(self, sum: Self::Sum) -> Self::Sum;

    /// The weight of all repeats, `None` when there was none.
    fn of(sum: Self::Sum) -> Option<Self>;

    /// `invalid_graph` for a sum that is no weight.
    fn check(sum: Self::Sum, row: u32, column: u32) -> Result<()>;

    fn mean(a: Self, b: Self) -> Self;

    fn into_weights(weights: Vec<Self>) -> Option<Vec<f32>>;
}

impl Weight for () {
    type Sum = bool;

    const ONE: Self = ();

    fn added_to(self, _: bool) -> bool {
        true
    }

    fn of(sum: bool) -> Option<Self> {
        sum.then_some(())
    }

    fn check(_: bool, _: u32, _: u32) -> Result<()> {
        Ok(())
    }

    fn mean(_: Self, _: Self) -> Self {}

    fn into_weights(_: Vec<Self>) -> Option<Vec<f32>> {
        None
    }
}

impl Weight for f32 {
    type Sum = f64;

    const ONE: Self = 1.0;

    fn added_to(self, sum: f64) -> f64 {
        sum + f64::from(self)
    }

    fn of(sum: f64) -> Option<Self> {
        (sum > 0.0).then_some(sum as f32)
    }

    fn check(sum: f64, row: u32, column: u32) -> Result<()> {
        if (sum as f32).is_finite() {
            return Ok(());
        }
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

/// Entries in the bucket of their column, in their order: row and weight. Mirrored, an entry is that of its smaller id as
/// column and its greater one as row, and a column has a second bucket for those that were the other way round.
pub(super) struct Buckets<W> {
    mirrored: bool,
    bounds: Vec<u32>,
    items: Vec<(u32, W)>,
    num_loops: u32,
}

/// [`Buckets`] in which every row stands once a column.
pub(super) struct Merged<W> {
    mirrored: bool,
    bounds: Vec<u32>,
    items: Vec<(u32, W)>,
    /// Entries of every row.
    sizes: Vec<u32>,
    /// Columns that have themselves as row, ascending.
    pub(super) own_loops: Vec<u32>,
    /// Entries that stood both ways round.
    pub(super) num_reciprocal: u64,
}

impl<W: Weight> Buckets<W> {
    /// A counting sort of the entries by column, or by the smaller id when they are to be `mirrored`.
    ///
    /// # Errors
    /// `invalid_graph` for an id `>= num_nodes`; `limit_exceeded`, `out_of_memory` for sizes.
    pub(super) fn new(
        num_nodes: u32,
        entries: impl ExactSizeIterator<Item = Entry<W>> + Clone,
        mirrored: bool,
        limits: &Limits,
    ) -> Result<Self> {
        limits::check("nodes", num_nodes.into(), limits.max_nodes)?;
        limits::check("adjacency entries", entries.len() as u64, limits.max_entries.min(u32::MAX.into()))?;
        Self::sorted(num_nodes, entries, mirrored)
    }

    /// [`Buckets::new`] for entries that are within the limits.
    pub(super) fn sorted(
        num_nodes: u32,
        entries: impl Iterator<Item = Entry<W>> + Clone,
        mirrored: bool,
    ) -> Result<Self> {
        let ids = entries.clone().map(|(row, column, _)| (row, column));
        let (greatest, num_loops) = ids.clone().fold((0, 0), |(greatest, loops), (row, column)| {
            (row.max(column).max(greatest), loops + u32::from(row == column))
        });
        if greatest >= num_nodes
            && let Some(worst) = ids.map(|(row, column)| row.max(column)).find(|&id| id >= num_nodes)
        {
            return Err(Error::InvalidGraph(format!(
                "node {worst} is out of range, the graph has {num_nodes} nodes"
            )));
        }
        // Bucket and row. Ids are swapped by a rotation: at random ones a branch would be foretold wrongly half the time.
        let place = |row: u32, column: u32| {
            if !mirrored {
                return (column as usize, row);
            }
            let is_swapped = row < column;
            let pair = (u64::from(row) << 32 | u64::from(column)).rotate_left(32 * u32::from(is_swapped));
            (2 * (pair as u32 as usize) + usize::from(is_swapped), (pair >> 32) as u32)
        };
        let buckets = u64::from(num_nodes) * if mirrored { 2 } else { 1 };
        // Counts stand two further, so that after the sums the next place of a bucket is at `bucket + 1` and, when all
        // are placed, its end.
        let mut bounds = limits::filled(usize::try_from(buckets + 2).unwrap_or(usize::MAX), 0u32)?;
        entries.clone().for_each(|(row, column, _)| bounds[place(row, column).0 + 2] += 1);
        add_up(&mut bounds);
        let mut items = limits::filled(bounds[buckets as usize + 1] as usize, (0, W::default()))?;
        entries.for_each(|(row, column, weight)| {
            let (bucket, row) = place(row, column);
            let slot = &mut bounds[bucket + 1];
            items[*slot as usize] = (row, weight);
            *slot += 1;
        });
        bounds.pop();
        Ok(Self { mirrored, bounds, items, num_loops })
    }

    /// Entries whose row is their column.
    pub(super) fn num_loops(&self) -> u64 {
        self.num_loops.into()
    }

    /// Adds the weights of repeats, in the order of the entries; of two sums the one way and the other comes the mean.
    ///
    /// # Errors
    /// `invalid_graph` for the first place, by row and column as they were, whose sum is no weight.
    pub(super) fn merged(self) -> Result<Merged<W>> {
        let Self { mirrored, mut bounds, mut items, .. } = self;
        let ways = if mirrored { 2 } else { 1 };
        let num_nodes = (bounds.len() - 1) / ways;
        // For every row the end of its last entry so far, and how many it has.
        let mut rows = limits::filled(num_nodes, (0u32, 0u32))?;
        let longest = (0..num_nodes).map(|column| bounds[ways * (column + 1)] - bounds[ways * column]).max();
        let mut sums = limits::filled(longest.unwrap_or(0) as usize, [W::Sum::default(); 2])?;
        let mut own_loops = Vec::new();
        let mut refused: Option<((u32, u32), Error)> = None;
        let (mut num_reciprocal, mut len, mut at) = (0, 0, 0);
        for column in 0..num_nodes {
            let start = len;
            let turned = bounds[ways * column + 1] as usize;
            let end = bounds[ways * (column + 1)] as usize;
            for from in at..end {
                let (row, weight) = items[from];
                let (last, size) = &mut rows[row as usize];
                if *last as usize <= start {
                    items[len].0 = row;
                    sums[len - start] = Default::default();
                    len += 1;
                    *last = len as u32;
                    *size += 1;
                }
                let sums = &mut sums[*last as usize - 1 - start];
                let way = usize::from(from >= turned);
                let is_second = W::of(sums[way]).is_none() & W::of(sums[1 - way]).is_some();
                num_reciprocal += u64::from(is_second);
                sums[way] = weight.added_to(sums[way]);
            }
            at = end;
            bounds[column + 1] = len as u32;
            if rows[column].0 as usize > start {
                own_loops.push(column as u32);
            }
            for ((row, weight), sums) in items[start..len].iter_mut().zip(&sums) {
                *weight = match sums.map(W::of) {
                    [Some(a), Some(b)] => W::mean(a, b),
                    [a, b] => a.or(b).unwrap_or(W::ONE),
                };
                for (place, sum) in [(*row, column as u32), (column as u32, *row)].into_iter().zip(*sums) {
                    if let Err(error) = W::check(sum, place.0, place.1)
                        && refused.as_ref().is_none_or(|(first, _)| place < *first)
                    {
                        refused = Some((place, error));
                    }
                }
            }
        }
        if let Some((_, error)) = refused {
            return Err(error);
        }
        bounds.truncate(num_nodes + 1);
        bounds.shrink_to_fit();
        items.truncate(len);
        let mut sizes = limits::reserve(num_nodes)?;
        sizes.extend(rows.iter().map(|&(_, size)| size));
        Ok(Merged { mirrored, bounds, items, sizes, own_loops, num_reciprocal })
    }
}

impl<W: Weight> Merged<W> {
    /// Entries; what stood both ways round counts twice.
    pub(super) fn len(&self) -> u64 {
        self.items.len() as u64 + self.num_reciprocal
    }

    /// The rows, columns ascending; entries to be mirrored stand in those of both their ids. With `loops` every row has its
    /// own node, which weighs 1 where it was not there; mirroring takes that for granted.
    pub(super) fn rows(&self, loops: bool, limits: &Limits) -> Result<Csr> {
        let Self { mirrored, bounds, items, sizes, .. } = self;
        let n = sizes.len();
        if loops {
            let most = self.len() * if *mirrored { 2 } else { 1 } + n as u64;
            limits::check("adjacency entries", most, limits.max_entries.min(u32::MAX.into()))?;
        }
        let bucket =
            |column: u32| &items[bounds[column as usize] as usize..bounds[column as usize + 1] as usize];
        let new_loops = || {
            let mut own = self.own_loops.iter().peekable();
            (0..n as u32).map(move |node| loops && own.next_if_eq(&&node).is_none())
        };
        let mut indptr = limits::filled(n + 1, 0u32)?;
        for ((node, &size), is_new) in (0..n as u32).zip(sizes).zip(new_loops()) {
            // A loop that was there is not mirrored.
            let back = if *mirrored { bucket(node).len() as u32 + u32::from(is_new) - 1 } else { 0 };
            indptr[node as usize + 1] = size + back + u32::from(is_new);
        }
        add_up(&mut indptr);
        let mut next = limits::reserve(n)?;
        next.extend_from_slice(&indptr[..n]);
        let len = indptr[n] as usize;
        let mut rows =
            UnfinishedRows { next, indices: limits::filled(len, 0)?, weights: limits::filled(len, W::ONE)? };
        // What goes from column to column leaves every row's columns ascending.
        for (column, is_new) in (0..n as u32).zip(new_loops()) {
            bucket(column).iter().for_each(|&(row, weight)| rows.put(row, column, weight));
            if is_new {
                rows.put(column, column, W::ONE);
            }
        }
        if *mirrored {
            for node in 0..n as u32 {
                let mut at = indptr[node as usize] as usize;
                while rows.indices[at] < node {
                    rows.put(rows.indices[at], node, rows.weights[at]);
                    at += 1;
                }
            }
        }
        Csr::with_weights(indptr, rows.indices, W::into_weights(rows.weights))
    }
}

/// Rows that are being filled from their starts.
struct UnfinishedRows<W> {
    next: Vec<u32>,
    indices: Vec<u32>,
    weights: Vec<W>,
}

impl<W> UnfinishedRows<W> {
    fn put(&mut self, row: u32, column: u32, weight: W) {
        let slot = &mut self.next[row as usize];
        self.indices[*slot as usize] = column;
        self.weights[*slot as usize] = weight;
        *slot += 1;
    }
}

/// Puts the sum of all counts up to it in the place of each.
fn add_up(counts: &mut [u32]) {
    let mut sum = 0;
    for count in counts {
        sum += *count;
        *count = sum;
    }
}
