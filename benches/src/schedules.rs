//! Tours through many batches, beside annealing that adds up every tour anew.

use std::sync::Arc;

use ibmb::batch::{Distance, DistanceMatrix, LabelCounts, Schedule, Scheduler};
use ibmb::limits::Limits;

use crate::Workload;

const CLASSES: usize = 7;

/// A multiplicative generator: the twin needs no better one.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((self.0 >> 33) as usize) % end
    }
}

/// Tours through 8, 100 and 1,000 batches with outputs of seven classes, some of them frequent in a batch.
pub fn rows() -> ibmb::Result<Vec<Workload>> {
    [8, 100, 1000].into_iter().map(row).collect()
}

fn row(num_batches: usize) -> ibmb::Result<Workload> {
    let mut rng = Lcg(num_batches as u64);
    let counts = (0..num_batches)
        .flat_map(|_| {
            let frequent = rng.below(CLASSES);
            (0..CLASSES)
                .map(|class| if class == frequent { 40 } else { rng.below(12) as u32 })
                .collect::<Vec<_>>()
        })
        .collect();
    let counts = LabelCounts::new(num_batches, CLASSES, counts)?;
    let distances = Arc::new(DistanceMatrix::from_counts(&counts, Distance::Kl, &Limits::default())?);
    let twin = Arc::clone(&distances);
    Ok(Workload {
        name: format!("longest tour, {num_batches} batches"),
        peer: "annealing, every changed tour copied and added up".to_owned(),
        items: 1,
        unit: if num_batches < 100 { "us" } else { "ms" },
        run: Box::new(move || {
            let found = Scheduler::new(num_batches, Some(Arc::clone(&distances)), Schedule::Order, 0);
            found.expect("distances fit").tour().expect("it is an order").length
        }),
        twin: Box::new(move || plain(&twin)),
    })
}

/// The schedule as it is told, but with the first temperature and the kept best of the work.
fn plain(distances: &DistanceMatrix) -> f64 {
    let n = distances.num_batches();
    let mut rng = Lcg(1);
    let mut tour: Vec<u32> = (0..n as u32).collect();
    for last in (2..n).rev() {
        tour.swap(last, 1 + rng.below(last));
    }
    let neighbour = |tour: &[u32], rng: &mut Lcg| {
        let low = 1 + rng.below(n - 2);
        let high = low + 1 + rng.below(n - 1 - low);
        let mut changed = tour.to_vec();
        changed[low..=high].reverse();
        let length = distances.tour_length(&changed);
        (changed, length)
    };
    let mut length = distances.tour_length(&tour);
    let probes: f64 = (0..100).map(|_| (neighbour(&tour, &mut rng).1 - length).abs()).sum();
    let mut temperature = probes / 100.0 / std::f64::consts::LN_2;
    let (mut best, mut quiet) = (length, 0);
    while quiet < 3 {
        let mut accepted = 0;
        for _ in 0..10 * n {
            let (changed, changed_length) = neighbour(&tour, &mut rng);
            let gain = changed_length - length;
            let chance = rng.below(1 << 30) as f32 / (1 << 30) as f32;
            // Lengths of equal tours differ by rounding.
            if gain > 1e-9 || (gain < -1e-9 && chance < ibmb::math::exp((gain / temperature) as f32)) {
                (tour, length) = (changed, changed_length);
                best = best.max(length);
                accepted += 1;
            }
            if accepted == n {
                break;
            }
        }
        temperature *= 0.9;
        quiet = if accepted == 0 { quiet + 1 } else { 0 };
    }
    best
}
