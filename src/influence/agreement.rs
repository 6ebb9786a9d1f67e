//! How well two scorings of the same nodes agree.

use super::top_k;
use crate::math::ascending_bits;

/// Spearman's rank correlation: that of the ranks, equal scores sharing the mean of theirs.
///
/// # Arguments
/// * `a`, `b`: finite scores of the same things in the same order.
/// # Returns
/// A number from -1 to 1; `None` for fewer than two things, or where all scores of a side are equal.
/// # Cost
/// Two sorts.
/// # Source
/// [Spearman04]
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "two scores a thing");
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let spread = product(&a, &a) * product(&b, &b);
    (spread > 0.0).then(|| product(&a, &b) / spread.sqrt())
}

/// Share of the `k` things of greatest score that two scorings have in common; ties go to the first thing.
///
/// # Arguments
/// * `a`, `b`: finite scores of the same things in the same order. * `k`: at least 1; all things when there are fewer.
/// # Returns
/// A number from 0 to 1; `None` when there is nothing, or `k` is 0.
pub fn top_k_overlap(a: &[f64], b: &[f64], k: usize) -> Option<f64> {
    assert_eq!(a.len(), b.len(), "two scores a thing");
    let things: Vec<u32> = (0..a.len() as u32).collect();
    let best = |scores: &[f64]| {
        let mut best: Vec<u32> = top_k(&things, scores, k).into_iter().map(|(thing, _)| thing).collect();
        best.sort_unstable();
        best
    };
    let (a, b) = (best(a), best(b));
    let common = a.iter().filter(|&thing| b.binary_search(thing).is_ok()).count();
    (!a.is_empty()).then(|| common as f64 / a.len() as f64)
}

/// Rank of every score from 1, the smallest first.
fn ranks(scores: &[f64]) -> Vec<f64> {
    let mut order: Vec<(u64, u32)> =
        scores.iter().zip(0..).map(|(&score, at)| (ascending_bits(score), at)).collect();
    order.sort_unstable();
    let mut ranks = vec![0.0; scores.len()];
    let mut before = 0;
    for equal in order.chunk_by(|&(_, a), &(_, b)| scores[a as usize] == scores[b as usize]) {
        let rank = before as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|&(_, at)| ranks[at as usize] = rank);
        before += equal.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_their_mean() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn correlation_by_hand() {
        assert_eq!(rank_correlation(&[1.0, 2.0, 9.0], &[0.1, 0.2, 0.3]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 2.0, 9.0], &[3.0, 2.0, 1.0]), Some(-1.0));
        // Ranks 1 2 3 4 and 3 2 4 1: squared differences 4, 0, 1, 9, so 1 - 6 * 14 / (4 * 15).
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0, 4.0], &[2.0, 1.0, 5.0, 0.0]), Some(-0.4));
        assert_eq!(rank_correlation(&[1.0], &[1.0]), None);
        assert_eq!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn overlap_by_hand() {
        // The best two are {1, 2} and {0, 2}.
        assert_eq!(top_k_overlap(&[1.0, 3.0, 2.0], &[3.0, 1.0, 2.0], 2), Some(0.5));
        assert_eq!(top_k_overlap(&[1.0, 3.0, 2.0], &[3.0, 1.0, 2.0], 9), Some(1.0));
        assert_eq!(top_k_overlap(&[], &[], 2), None);
        assert_eq!(top_k_overlap(&[1.0], &[1.0], 0), None);
    }
}
