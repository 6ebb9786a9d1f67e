//! Pairs of outputs by shared influence, strongest first.

use crate::influence::InfluenceRows;

/// Two outputs, as positions `i > j`, and the sum of their PPR at each other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pair {
    pub score: f64,
    pub i: u32,
    pub j: u32,
}

/// Pairs in buckets of similar score, so that they can be sorted bucket by bucket.
#[derive(Default)]
pub(super) struct PairBuckets {
    /// The strongest last.
    buckets: Vec<Vec<Pair>>,
    num_pairs: u64,
}

impl PairBuckets {
    /// Adds the pairs that output `i` is responsible for: those with a smaller position, and those with a greater
    /// one whose own row does not reach `i`. `position` gives the position of an output node.
    /// `scale` takes a mass, its source and its node.
    pub fn add_row(
        &mut self,
        rows: &InfluenceRows,
        i: u32,
        position: impl Fn(u32) -> Option<u32>,
        scale: impl Fn(f64, u32, u32) -> f64,
    ) {
        let (nodes, mass) = rows.row(i as usize);
        let source = rows.sources()[i as usize];
        for (&node, &score) in nodes.iter().zip(mass) {
            let Some(j) = position(node).filter(|&j| j != i) else { continue };
            let score = scale(score, source, node);
            let back = rows.mass_at(j as usize, source);
            if j < i {
                self.push(Pair { score: score + scale(back, node, source), i, j });
            } else if back == 0.0 {
                self.push(Pair { score, i: j, j: i });
            }
        }
    }

    /// Number of pairs added so far.
    pub fn num_pairs(&self) -> u64 {
        self.num_pairs
    }

    /// The strongest bucket that is left: score descending, then `i`, then `j` ascending.
    pub fn pop(&mut self) -> Option<Vec<Pair>> {
        let mut pairs = std::iter::from_fn(|| self.buckets.pop()).find(|pairs| !pairs.is_empty())?;
        pairs.sort_unstable_by(|a, b| b.score.total_cmp(&a.score).then((a.i, a.j).cmp(&(b.i, b.j))));
        Some(pairs)
    }

    fn push(&mut self, pair: Pair) {
        self.num_pairs += 1;
        // The leading bits of a positive float (exponent and four of the fraction) ascend with it.
        let bucket = (pair.score.to_bits() >> 48) as usize;
        if bucket >= self.buckets.len() {
            self.buckets.resize_with(bucket + 1, Vec::new);
        }
        self.buckets[bucket].push(pair);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::influence::{InfluenceRow, PushConfig};
    use crate::limits::Limits;

    #[test]
    fn pairs_come_strongest_first_with_ties_by_position() {
        // Outputs are nodes 10, 11, 12; 10 and 11 reach each other, 12 reaches both, nobody reaches 12.
        let mut rows = InfluenceRows::new(PushConfig::default().into());
        for (source, nodes, mass) in [
            (10, vec![10, 11, 99], vec![0.5, 0.25, 0.1]),
            (11, vec![10, 11], vec![0.25, 0.5]),
            (12, vec![10, 11, 12], vec![0.125, 0.125, 0.5]),
        ] {
            let row = InfluenceRow { nodes, mass, ..InfluenceRow::default() };
            rows.append(source, &row, &Limits::default()).unwrap();
        }
        let mut pairs = PairBuckets::default();
        for i in 0..3 {
            pairs.add_row(&rows, i, |node| node.checked_sub(10).filter(|&p| p < 3), |mass, _, _| mass);
        }
        assert_eq!(pairs.num_pairs(), 3);
        let order: Vec<_> =
            std::iter::from_fn(|| pairs.pop()).flatten().map(|p| (p.i, p.j, p.score)).collect();
        assert_eq!(order, [(1, 0, 0.5), (2, 0, 0.125), (2, 1, 0.125)]);
    }
}
