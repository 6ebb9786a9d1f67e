//! Laws 26 to 30 of distances and schedules (`docs/numerics.md`), and what the published samplers get wrong.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::common::dataset;
use ibmb::batch::{
    BatchLimit, Distance, DistanceMatrix, LabelCounts, NodeWiseConfig, NodeWiseJob, Plan, Schedule,
    ScheduleJob, Scheduler, label_distances,
};
use ibmb::graph::{Labels, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task::{self, Step};
use oorandom::Rand32;
use proptest::prelude::*;

fn limits() -> Limits {
    Limits::default()
}

fn matrix(n: usize, seed: u64) -> Arc<DistanceMatrix> {
    let mut rng = Rand32::new(seed);
    let mut values = vec![0.0; n * n];
    for a in 0..n {
        for b in 0..a {
            values[a * n + b] = f64::from(rng.rand_float()) + 0.01;
            values[b * n + a] = values[a * n + b];
        }
    }
    Arc::new(DistanceMatrix::new(n, values).unwrap())
}

fn scheduler(distances: &Arc<DistanceMatrix>, schedule: Schedule, seed: u64) -> Scheduler {
    Scheduler::new(distances.num_batches(), Some(Arc::clone(distances)), schedule, seed).unwrap()
}

fn counts(rows: &[&[u32]]) -> LabelCounts {
    LabelCounts::new(rows.len(), rows[0].len(), rows.concat()).unwrap()
}

/// A plan of single outputs: batch `b` has node `b` of a graph without edges, for which the limit is one output.
fn singles(num_nodes: u32) -> Plan {
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 1,
        limit: BatchLimit::Outputs(1),
        normalization: Normalization::GlobalSym,
    };
    let job = NodeWiseJob::new(dataset(num_nodes, &[]), (0..num_nodes).collect(), config, limits());
    task::run(job.unwrap()).unwrap()
}

fn labels(values: Vec<i32>, classes: usize) -> Labels {
    Labels { values, class_names: (0..classes).map(|class| class.to_string()).collect() }
}

/// All orders of `items`.
fn orders(items: &[u32]) -> Vec<Vec<u32>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for (at, &first) in items.iter().enumerate() {
        let rest: Vec<u32> = [&items[..at], &items[at + 1..]].concat();
        all.extend(orders(&rest).into_iter().map(|tail| [vec![first], tail].concat()));
    }
    all
}

fn assert_each_once(epoch: &[u32], num_batches: usize) {
    let mut sorted = epoch.to_vec();
    sorted.sort_unstable();
    assert_eq!(sorted, (0..num_batches as u32).collect::<Vec<_>>());
}

/// Symmetrised Kullback-Leibler divergence or L1, term by term from the definition.
fn slow_distance(a: &[u32], b: &[u32], distance: Distance) -> f64 {
    let shares = |row: &[u32]| {
        let total = row.iter().map(|&c| f64::from(c) + 1.0).sum::<f64>();
        row.iter().map(|&c| (f64::from(c) + 1.0) / total).collect::<Vec<_>>()
    };
    let (p, q) = (shares(a), shares(b));
    let pairs = p.iter().zip(&q);
    match distance {
        Distance::Kl => pairs.map(|(p, q)| p * (p / q).ln() + q * (q / p).ln()).sum::<f64>() + 1e-5,
        Distance::L1 => pairs.map(|(p, q)| (p - q).abs()).sum::<f64>() + 1e-5,
        other => unreachable!("{other:?} has no formula here"),
    }
}

fn any_counts() -> impl Strategy<Value = (usize, Vec<u32>)> {
    (1usize..6, 1usize..9).prop_flat_map(|(classes, batches)| {
        (Just(classes), proptest::collection::vec(0u32..40, classes * batches))
    })
}

proptest! {
    /// Law 26.
    #[test]
    fn distances_are_symmetric_and_least_for_equal_shares((classes, flat) in any_counts(), l1 in any::<bool>()) {
        let distance = if l1 { Distance::L1 } else { Distance::Kl };
        let n = flat.len() / classes;
        let counts = LabelCounts::new(n, classes, flat).unwrap();
        let found = DistanceMatrix::from_counts(&counts, distance, &limits()).unwrap();
        for a in 0..n {
            for b in 0..n {
                let value = found.get(a, b);
                prop_assert_eq!(value, found.get(b, a));
                if a == b {
                    prop_assert_eq!(value, 0.0);
                    continue;
                }
                let (p, q) = (counts.batch(a), counts.batch(b));
                prop_assert!((value - slow_distance(p, q, distance)).abs() < 1e-12);
                prop_assert!(value >= 1e-5 && (!l1 || value <= 2.0 + 1e-5));
                let total = |row: &[u32]| row.iter().map(|&c| u64::from(c) + 1).sum::<u64>();
                let alike = p.iter().zip(q).all(|(&p, &q)| {
                    (u64::from(p) + 1) * total(counts.batch(b)) == (u64::from(q) + 1) * total(counts.batch(a))
                });
                prop_assert_eq!(value == 1e-5, alike);
            }
        }
        // Distances that were made are distances that may be given.
        prop_assert_eq!(DistanceMatrix::new(n, found.values().to_vec()).unwrap(), found);
    }

    /// Law 27.
    #[test]
    fn every_epoch_has_every_batch_once(n in 0usize..14, seed in any::<u64>(), which in 0usize..3) {
        let schedule = Schedule::ALL[which];
        let distances = matrix(n, seed);
        let (mut one, mut other) = (scheduler(&distances, schedule, seed), scheduler(&distances, schedule, seed));
        let mut last = None;
        for _ in 0..5 {
            let epoch = one.next_epoch();
            assert_each_once(&epoch, n);
            // Law 32: the seed fixes the order.
            prop_assert_eq!(&epoch, &other.next_epoch());
            // Law 29: no epoch starts with the batch that ended the one before.
            if schedule == Schedule::Sample && n > 1 {
                prop_assert_ne!(epoch.first(), last.as_ref());
            }
            last = epoch.last().copied();
        }
    }

    /// Law 28.
    #[test]
    fn a_short_tour_is_the_longest(n in 0usize..=8, seed in any::<u64>()) {
        let distances = matrix(n, seed);
        let mut found = scheduler(&distances, Schedule::Order, seed);
        let tour = found.tour().unwrap().clone();
        let all: Vec<u32> = (0..n as u32).collect();
        let longest = orders(&all).iter().map(|order| distances.tour_length(order)).fold(0.0, f64::max);
        prop_assert!((tour.length - longest).abs() < 1e-12, "{} of {}", tour.length, longest);
        prop_assert_eq!(tour.length, distances.tour_length(&tour.order));
        prop_assert!(n == 0 || tour.order[0] == 0);
        prop_assert_eq!(found.next_epoch(), tour.order);
    }

    /// Law 28.
    #[test]
    fn a_long_tour_is_closed_and_longer_than_any_swap(n in 10usize..40, seed in any::<u64>()) {
        let distances = matrix(n, seed);
        let mut job = ScheduleJob::new(n, Some(Arc::clone(&distances)), Schedule::Order, seed).unwrap();
        let mut last = 0;
        loop {
            let progress = job.step(1).unwrap();
            prop_assert!(progress.stage == "tour" && progress.done >= last && progress.done <= progress.total);
            last = progress.done;
            if progress.finished {
                prop_assert_eq!(progress.done, progress.total);
                break;
            }
        }
        let in_steps = job.finish().unwrap();
        let tour = in_steps.tour().unwrap();
        let again = scheduler(&distances, Schedule::Order, seed);
        prop_assert_eq!(tour, again.tour().unwrap());
        assert_each_once(&tour.order, n);
        prop_assert_eq!(tour.order[0], 0);
        prop_assert_eq!(tour.length, distances.tour_length(&tour.order));
        prop_assert_eq!(in_steps.distances().unwrap(), &*distances);
        for from in 1..n {
            for to in from + 1..n {
                let mut reversed = tour.order.clone();
                reversed[from..=to].reverse();
                prop_assert!(distances.tour_length(&reversed) <= tour.length + 1e-9);
            }
        }
    }
}

#[test]
fn a_tour_goes_away_from_like_batches_not_along_them() {
    // A published code makes the distance of neighbours small instead. Two groups of labels must alternate,
    // among four batches (exact) and among twelve (annealed).
    for half in [2, 6] {
        let rows: Vec<&[u32]> = [vec![&[9u32, 1][..]; half], vec![&[1u32, 9][..]; half]].concat();
        let distances = DistanceMatrix::from_counts(&counts(&rows), Distance::Kl, &limits()).unwrap();
        let order = scheduler(&Arc::new(distances), Schedule::Order, 3).next_epoch();
        let group = |batch: u32| batch < half as u32;
        let closed = order.iter().zip(order.iter().cycle().skip(1));
        assert!(closed.into_iter().all(|(&a, &b)| group(a) != group(b)), "{order:?}");
    }
}

#[test]
fn outputs_without_label_are_not_of_the_last_class() {
    // The published codes count -1 as the last class. Batches 0 and 1 have no label, 2 and 3 have the
    // last of three classes.
    let plan = singles(4);
    let labels = labels(vec![-1, -1, 2, 2], 3);
    let found = plan.label_counts(&labels, &limits()).unwrap();
    let order: Vec<u32> = plan.batches().map(|batch| batch.output_nodes()[0]).collect();
    for (batch, &node) in order.iter().enumerate() {
        assert_eq!(found.batch(batch), if node < 2 { [0, 0, 0] } else { [0, 0, 1] });
    }
    let distances = label_distances(&plan, Some(&labels), Distance::Kl, &limits()).unwrap();
    let at = |node: u32| order.iter().position(|&found| found == node).unwrap();
    assert_eq!(distances.get(at(0), at(1)), 1e-5);
    // By hand: (1/3, 1/3, 1/3) and (1/4, 1/4, 1/2) have 2 (1/12) ln(4/3) + (1/6) ln(3/2).
    let expected = (4.0f64 / 3.0).ln() / 6.0 + 1.5f64.ln() / 6.0 + 1e-5;
    assert!((distances.get(at(0), at(2)) - expected).abs() < 1e-15);
    // Without labels, and with none that counts, all batches are alike.
    let equal = label_distances(&plan, None, Distance::Kl, &limits()).unwrap();
    assert_eq!(equal, DistanceMatrix::equal(4, &limits()).unwrap());
    let blank = Labels { values: vec![-1; 4], class_names: vec![] };
    assert_eq!(label_distances(&plan, Some(&blank), Distance::L1, &limits()).unwrap(), equal);
    let tour = scheduler(&Arc::new(equal), Schedule::Order, 0).tour().unwrap().clone();
    assert!((tour.length - 4e-5).abs() < 1e-18);
}

/// Law 29.
#[test]
fn an_epoch_is_drawn_by_distance() {
    // 40,000 epochs of four batches: the order of an epoch, given the batch that ended the one before, has a product
    // of shares of distances as its probability.
    let distances = matrix(4, 8);
    let mut sampler = scheduler(&distances, Schedule::Sample, 1);
    let mut seen: BTreeMap<(u32, Vec<u32>), u32> = BTreeMap::new();
    let mut last = *sampler.next_epoch().last().unwrap();
    for _ in 0..40_000 {
        let epoch = sampler.next_epoch();
        let end = *epoch.last().unwrap();
        *seen.entry((last, epoch)).or_default() += 1;
        last = end;
    }
    let mut chi_square = 0.0;
    for before in 0..4 {
        let given: u32 = seen.iter().filter(|((found, _), _)| *found == before).map(|(_, count)| count).sum();
        for order in orders(&[0, 1, 2, 3]).into_iter().filter(|order| order[0] != before) {
            let mut probability = 1.0;
            let mut last = before;
            for (at, &next) in order.iter().enumerate() {
                let weight = |batch: &u32| distances.get(last as usize, *batch as usize);
                if at + 1 < order.len() {
                    probability *= weight(&next) / order[at..].iter().map(weight).sum::<f64>();
                }
                last = next;
            }
            let expected = probability * f64::from(given);
            assert!(expected > 20.0);
            let found = f64::from(seen.get(&(before, order)).copied().unwrap_or(0));
            chi_square += (found - expected).powi(2) / expected;
        }
    }
    // Four times 18 orders less one: 68 degrees of freedom. A good sampler exceeds 140 once in a million.
    assert!(chi_square < 140.0, "chi-square {chi_square}");
}

#[test]
fn any_batch_may_be_the_first_of_a_sample() {
    // In the published codes batch 0 is never first. 3 degrees of freedom: 31 is exceeded once in a million.
    let distances = matrix(4, 2);
    let mut first = [0u32; 4];
    for seed in 0..4000 {
        first[scheduler(&distances, Schedule::Sample, seed).next_epoch()[0] as usize] += 1;
    }
    let chi_square: f64 = first.iter().map(|&found| (f64::from(found) - 1000.0).powi(2) / 1000.0).sum();
    assert!(chi_square < 31.0, "{first:?}: chi-square {chi_square}");
}

/// Law 30.
#[test]
fn two_batches_are_shuffled_alternate_or_have_one_tour() {
    // The published codes never shuffle two batches.
    let distances = matrix(2, 1);
    let mut random = Scheduler::new(2, None, Schedule::Random, 0).unwrap();
    let swapped = (0..1000).filter(|_| random.next_epoch() == [1, 0]).count();
    // Six standard deviations of 16 around the half.
    assert!((404..=596).contains(&swapped), "{swapped} of 1000");
    assert!(random.tour().is_none() && random.distances().is_none());
    let mut sample = scheduler(&distances, Schedule::Sample, 0);
    let first = sample.next_epoch();
    assert!((0..20).all(|_| sample.next_epoch() == first), "two batches alternate");
    assert_eq!(scheduler(&distances, Schedule::Order, 0).next_epoch(), [0, 1]);
    for &schedule in Schedule::ALL {
        for n in [0, 1] {
            let mut one = scheduler(&matrix(n, 0), schedule, 0);
            assert!((0..3).all(|_| one.next_epoch() == (0..n as u32).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn another_seed_gives_another_order() {
    let distances = matrix(30, 4);
    for (name, schedule) in
        [("random", Schedule::Random), ("sample", Schedule::Sample), ("order", Schedule::Order)]
    {
        let epoch = |seed| scheduler(&distances, schedule, seed).next_epoch();
        assert!((1..4).any(|seed| epoch(seed) != epoch(0)), "{name}");
        assert_eq!((Schedule::from_name(name).unwrap(), schedule.name()), (schedule, name));
    }
    assert_eq!(Schedule::from_name("rand").unwrap_err().code(), "invalid_option");
    assert!(Distance::ALL.iter().all(|&kind| Distance::from_name(kind.name()).unwrap() == kind));
    assert_eq!(Distance::from_name("l2").unwrap_err().code(), "invalid_option");
}

#[test]
fn what_does_not_fit_is_refused() {
    let refused = |n, distances: Option<Arc<DistanceMatrix>>, schedule| {
        let error = Scheduler::new(n, distances, schedule, 0).unwrap_err();
        (error.code(), error.to_string())
    };
    let message = "distances: they are between 3 batches, there are 4".to_owned();
    assert_eq!(refused(4, Some(matrix(3, 0)), Schedule::Random), ("shape_mismatch", message));
    let message = "schedule: order needs the distances between batches".to_owned();
    assert_eq!(refused(4, None, Schedule::Order), ("invalid_option", message));
    assert_eq!(refused(4, None, Schedule::Sample).0, "invalid_option");
    let job = ScheduleJob::new(20, Some(matrix(20, 0)), Schedule::Order, 0).unwrap();
    assert_eq!(job.finish().unwrap_err().code(), "internal");

    let error = DistanceMatrix::new(2, vec![0.0; 3]).unwrap_err();
    assert_eq!(error.to_string(), "distances: 3 values, 2 batches need 2 rows of as many");
    for values in [[0.0, 1.0, 2.0, 0.0], [1.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, -1.0, -1.0, 0.0]] {
        assert_eq!(DistanceMatrix::new(2, values.to_vec()).unwrap_err().code(), "invalid_option");
    }
    for value in [f64::NAN, f64::INFINITY, 1.1e100] {
        assert!(DistanceMatrix::new(2, vec![0.0, value, value, 0.0]).is_err());
    }
    assert_eq!(LabelCounts::new(2, 3, vec![0; 5]).unwrap_err().code(), "shape_mismatch");

    // One below the limit and at it: 4 batches, 8 bytes a pair.
    let plan = singles(4);
    let labels = labels(vec![0, 1, 0, 1], 2);
    let tight = |max_matrix_bytes| {
        label_distances(&plan, Some(&labels), Distance::Kl, &Limits { max_matrix_bytes, ..limits() })
    };
    assert!(tight(4 * 4 * 8).is_ok());
    assert_eq!(tight(4 * 4 * 8 - 1).unwrap_err().code(), "limit_exceeded");
    assert_eq!(tight(4 * 2 * 4 - 1).unwrap_err().code(), "limit_exceeded");
    let foreign = self::labels(vec![0; 5], 2);
    let error = label_distances(&plan, Some(&foreign), Distance::Kl, &limits()).unwrap_err();
    assert_eq!(error.to_string(), "labels: 5 values, the plan was made for a graph of 4 nodes");
}
