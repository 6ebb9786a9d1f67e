//! How much the label distributions of two batches differ.

use crate::batch::{LabelCounts, Plan};
use crate::error::{Error, Result};
use crate::graph::Labels;
use crate::limits::{self, Limits};
use crate::math;
use crate::options::Distance;

/// Added to every distance of two batches, so that batches with equal labels still have a way to each other.
const APART: f64 = 1e-5;
/// Greatest distance that is taken from outside: sums over any number of batches stay finite.
const MOST: f64 = 1e100;

/// Distances between all pairs of batches: symmetric, 0 from a batch to itself, positive otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct DistanceMatrix {
    num_batches: usize,
    values: Vec<f64>,
}

impl DistanceMatrix {
    /// Takes distances from anywhere, row after row.
    ///
    /// # Errors
    /// `shape_mismatch` unless there are `num_batches^2` values; `invalid_option` unless they are symmetric, 0 on the
    /// diagonal and elsewhere above 0 and at most 1e100.
    /// # Example
    /// ```
    /// use ibmb::batch::DistanceMatrix;
    ///
    /// let distances = DistanceMatrix::new(3, vec![0.0, 1.0, 2.0, 1.0, 0.0, 4.0, 2.0, 4.0, 0.0])?;
    /// assert_eq!(distances.get(1, 2), 4.0);
    /// assert_eq!(distances.tour_length(&[0, 1, 2]), 7.0);
    /// assert!(DistanceMatrix::new(2, vec![0.0, 1.0, 2.0, 0.0]).is_err());
    /// # Ok::<(), ibmb::Error>(())
    /// ```
    pub fn new(num_batches: usize, values: Vec<f64>) -> Result<Self> {
        if num_batches.checked_mul(num_batches) != Some(values.len()) {
            return Err(Error::ShapeMismatch(format!(
                "distances: {} values, {num_batches} batches need {num_batches} rows of as many",
                values.len()
            )));
        }
        let matrix = Self { num_batches, values };
        let wrong = |a: usize, b: usize| match matrix.get(a, b) {
            value if a == b => value != 0.0,
            value => !(value > 0.0 && value <= MOST && value == matrix.get(b, a)),
        };
        match (0..num_batches * num_batches).find(|at| wrong(at / num_batches, at % num_batches)) {
            None => Ok(matrix),
            Some(at) => Err(Error::option(
                "distances",
                format!(
                    "{} from batch {} to batch {} is not allowed; distances are symmetric, 0 from a batch to \
                     itself, else above 0 and at most {MOST:e}",
                    matrix.values[at],
                    at / num_batches,
                    at % num_batches
                ),
            )),
        }
    }

    /// Distances between label distributions, one count of every class added to each batch.
    ///
    /// A batch without labels counts as one in which all classes are equally frequent.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_matrix_bytes`, `out_of_memory`.
    /// # Cost
    /// `O(B^2 K)` for `B` batches and `K` classes, `8 B^2` bytes.
    /// # Source
    /// [Gasteiger22], batch scheduling. Sums go over the classes in order; the logarithm is that of [`math::ln`].
    pub fn from_counts(counts: &LabelCounts, distance: Distance, limits: &Limits) -> Result<Self> {
        let (num_batches, classes) = (counts.num_batches(), counts.num_classes());
        let mut values = square(num_batches, limits)?;
        let mut shares = limits::reserve(num_batches * classes)?;
        for batch in 0..num_batches {
            let row = counts.batch(batch);
            let total: f64 = row.iter().map(|&count| f64::from(count) + 1.0).sum();
            shares.extend(row.iter().map(|&count| (f64::from(count) + 1.0) / total));
        }
        let mut logs = limits::reserve(shares.len())?;
        if distance == Distance::Kl {
            logs.extend(shares.iter().map(|&share| math::ln(share)));
        }
        for a in 0..num_batches {
            let of_a = a * classes..(a + 1) * classes;
            for b in 0..a {
                let of_b = b * classes..(b + 1) * classes;
                let differences = shares[of_a.clone()].iter().zip(&shares[of_b.clone()]).map(|(p, q)| p - q);
                let sum: f64 = match distance {
                    Distance::L1 => differences.map(f64::abs).sum(),
                    // No term is negative but for rounding.
                    Distance::Kl => differences
                        .zip(logs[of_a.clone()].iter().zip(&logs[of_b]))
                        .map(|(difference, (p, q))| (difference * (p - q)).max(0.0))
                        .sum(),
                };
                values[a * num_batches + b] = sum + APART;
                values[b * num_batches + a] = sum + APART;
            }
        }
        Ok(Self { num_batches, values })
    }

    /// All batches equally far from each other.
    ///
    /// # Errors
    /// `limit_exceeded` beyond `max_matrix_bytes`, `out_of_memory`.
    pub fn equal(num_batches: usize, limits: &Limits) -> Result<Self> {
        let mut values = square(num_batches, limits)?;
        values.fill(APART);
        (0..num_batches).for_each(|batch| values[batch * (num_batches + 1)] = 0.0);
        Ok(Self { num_batches, values })
    }

    /// Number of batches.
    pub fn num_batches(&self) -> usize {
        self.num_batches
    }

    /// Distance of two batches. Panics when one is out of range.
    pub fn get(&self, a: usize, b: usize) -> f64 {
        self.row(a)[b]
    }

    /// Distances of one batch to all. Panics when it is out of range.
    pub fn row(&self, batch: usize) -> &[f64] {
        &self.values[batch * self.num_batches..(batch + 1) * self.num_batches]
    }

    /// All distances, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Sum of the distances from each batch of `tour` to the next, and from the last to the first; added in order.
    /// Panics when a batch is out of range.
    pub fn tour_length(&self, tour: &[u32]) -> f64 {
        let nexts = tour.iter().cycle().skip(1);
        tour.iter().zip(nexts).map(|(&a, &b)| self.get(a as usize, b as usize)).sum()
    }
}

/// Zeros for every pair of batches.
fn square(num_batches: usize, limits: &Limits) -> Result<Vec<f64>> {
    let bytes = (num_batches as u64).saturating_mul(num_batches as u64).saturating_mul(8);
    limits::check("bytes of the distances between batches", bytes, limits.max_matrix_bytes)?;
    limits::filled(num_batches * num_batches, 0.0)
}

/// Distances between the label distributions of the outputs of all batches.
///
/// # Arguments
/// * `labels`: of all nodes of the graph. Outputs without a label are left out of the counts; without labels all
///   distances are equal, which leaves a schedule nothing to prefer.
/// # Returns
/// `D(a, b) = sum_k (q_a(k) - q_b(k)) ln(q_a(k) / q_b(k)) + 1e-5` with `q_b(k)` in proportion to 1 + the number of
/// outputs of batch `b` with class `k`, or `sum_k |q_a(k) - q_b(k)| + 1e-5`; 0 from a batch to itself.
/// # Errors
/// `shape_mismatch` when there are not as many labels as nodes; `limit_exceeded` beyond `max_matrix_bytes`;
/// `out_of_memory`.
/// # Cost
/// `O(outputs + B^2 K)`, `8 B^2` bytes.
/// # Source
/// [Gasteiger22], batch scheduling; there, a missing label counts as the last class.
pub fn label_distances(
    plan: &Plan,
    labels: Option<&Labels>,
    distance: Distance,
    limits: &Limits,
) -> Result<DistanceMatrix> {
    match labels {
        None => DistanceMatrix::equal(plan.num_batches(), limits),
        Some(labels) => DistanceMatrix::from_counts(&plan.label_counts(labels, limits)?, distance, limits),
    }
}
