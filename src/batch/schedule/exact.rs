//! The longest closed tour of a few batches, by dynamic programming over sets.

use super::distance::DistanceMatrix;

/// Up to here the exact tour takes well under a millisecond.
pub(super) const MOST_BATCHES: usize = 9;

/// The longest closed tour, from batch 0. Of equal ones the one whose end is found first.
pub(super) fn longest(distances: &DistanceMatrix) -> Vec<u32> {
    let n = distances.num_batches();
    if n < 2 {
        return (0..n as u32).collect();
    }
    // Entry (set, last): the longest way from 0 through all of `set`, ending at `last`. Batch b is bit b - 1.
    let others = n - 1;
    let mut length = vec![f64::NEG_INFINITY; (1 << others) * others];
    let mut before = vec![0u8; length.len()];
    for last in 0..others {
        length[(1 << last) * others + last] = distances.get(0, last + 1);
    }
    for set in 1usize..1 << others {
        for last in (0..others).filter(|last| set & (1 << last) != 0) {
            let so_far = length[set * others + last];
            for next in (0..others).filter(|next| set & (1 << next) == 0) {
                let slot = (set | (1 << next)) * others + next;
                let longer = so_far + distances.get(last + 1, next + 1);
                if longer > length[slot] {
                    length[slot] = longer;
                    before[slot] = last as u8;
                }
            }
        }
    }
    let mut set = (1usize << others) - 1;
    let closed = |last: usize| length[set * others + last] + distances.get(last + 1, 0);
    let mut last = (1..others).fold(0, |best, last| if closed(last) > closed(best) { last } else { best });
    let mut tour = vec![0; n];
    for place in (1..n).rev() {
        tour[place] = last as u32 + 1;
        let previous = before[set * others + last] as usize;
        set &= !(1 << last);
        last = previous;
    }
    tour
}
