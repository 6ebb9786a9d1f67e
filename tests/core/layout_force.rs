//! The map by forces: components keep apart, neighbours come together, the same bits whatever the steps.

use crate::common::{KARATE, any_edges, dataset, directed};
use ibmb::layout::{ForceConfig, ForceJob};
use ibmb::limits::Limits;
use ibmb::task::{self, Step};
use proptest::prelude::*;

fn layout(n: u32, edges: &[(u32, u32)], rounds: u32) -> Vec<f32> {
    let config = ForceConfig { rounds: Some(rounds), ..ForceConfig::default() };
    task::run(ForceJob::new(&dataset(n, edges).graph, config, &Limits::default()).unwrap()).unwrap()
}

fn distance(positions: &[f32], a: u32, b: u32) -> f32 {
    let at = |v: u32| (positions[2 * v as usize], positions[2 * v as usize + 1]);
    (at(a).0 - at(b).0).hypot(at(a).1 - at(b).1)
}

/// Component of every node, by its smallest node, by joining edge after edge.
fn components(n: u32, edges: &[(u32, u32)]) -> Vec<u32> {
    let mut component: Vec<u32> = (0..n).collect();
    for _ in 0..n {
        for &(u, v) in edges {
            let least = component[u as usize].min(component[v as usize]);
            component[u as usize] = least;
            component[v as usize] = least;
        }
    }
    component
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn components_stand_apart_and_nobody_on_another(
        (n, edges) in any_edges(40), rounds in 0u32..30, budget in 1u32..50
    ) {
        let positions = layout(n, &edges, rounds);
        prop_assert_eq!(positions.len(), 2 * n as usize);
        prop_assert!(positions.iter().all(|&value| (0.0..=1.0).contains(&value)));
        for a in 0..n {
            for b in 0..a {
                prop_assert!(distance(&positions, a, b) > 1e-6, "{} and {} coincide", a, b);
            }
        }
        // Rectangles around two components have no point in common.
        let component = components(n, &edges);
        let around = |c: u32, axis: usize| {
            let along = (0..n).filter(|&v| component[v as usize] == c).map(|v| positions[2 * v as usize + axis]);
            along.fold((f32::MAX, f32::MIN), |(low, high), value| (low.min(value), high.max(value)))
        };
        for a in 0..n {
            for b in 0..a {
                if component[a as usize] == a && component[b as usize] == b {
                    let apart = (0..2).any(|axis| {
                        let (one, other) = (around(a, axis), around(b, axis));
                        one.1 < other.0 || other.1 < one.0
                    });
                    prop_assert!(apart, "components {} and {} overlap", a, b);
                }
            }
        }
        let config = ForceConfig { rounds: Some(rounds), ..ForceConfig::default() };
        let data = dataset(n, &edges);
        let mut job = ForceJob::new(&data.graph, config, &Limits::default()).unwrap();
        while !job.step(budget).unwrap().finished {}
        prop_assert_eq!(job.finish().unwrap(), positions);
    }
}

#[test]
fn neighbours_of_the_karate_club_are_nearer_than_others() {
    let positions = layout(34, &KARATE, 300);
    let (mut near, mut far, mut others) = (0.0, 0.0, 0);
    for a in 0..34 {
        for b in 0..a {
            if KARATE.contains(&(b, a)) {
                near += distance(&positions, a, b);
            } else {
                far += distance(&positions, a, b);
                others += 1;
            }
        }
    }
    let (near, far) = (near / 78.0, far / others as f32);
    assert!(near < 0.6 * far, "neighbours {near}, others {far}");
}

#[test]
fn two_cliques_with_a_bridge_become_two_groups() {
    let clique = |base: u32| (base..base + 10).flat_map(move |a| (base..a).map(move |b| (a, b)));
    let edges: Vec<(u32, u32)> = clique(0).chain(clique(10)).chain([(0, 10)]).collect();
    let positions = layout(20, &edges, 300);
    let inside = (1..10).map(|v| distance(&positions, 1, v)).fold(0.0, f32::max);
    let across = (11..20).map(|v| distance(&positions, 1, v)).fold(f32::MAX, f32::min);
    assert!(across > 1.5 * inside, "{across} across, {inside} inside");
}

#[test]
fn a_path_does_not_cross_itself() {
    let edges: Vec<(u32, u32)> = (1..40).map(|v| (v - 1, v)).collect();
    let positions = layout(40, &edges, 300);
    for step in 1..40 {
        // Every node is nearest to one of its neighbours.
        let nearest = (0..40)
            .filter(|&v| v != step)
            .min_by(|&a, &b| distance(&positions, step, a).total_cmp(&distance(&positions, step, b)));
        assert!(nearest.unwrap().abs_diff(step) == 1, "node {step} is nearest to {nearest:?}");
    }
}

#[test]
fn direction_does_not_count() {
    let edges: Vec<(u32, u32)> =
        KARATE.iter().map(|&(u, v)| if (u + v) % 2 == 0 { (u, v) } else { (v, u) }).collect();
    let one_way = directed(34, &edges);
    let config = ForceConfig { rounds: Some(50), ..ForceConfig::default() };
    let job = ForceJob::new(&one_way.graph, config, &Limits::default()).unwrap();
    assert_eq!(task::run(job).unwrap(), layout(34, &KARATE, 50));
}

#[test]
fn places_on_the_way_are_there_once_distances_are_known() {
    let data = dataset(34, &KARATE);
    let mut job = ForceJob::new(&data.graph, ForceConfig::default(), &Limits::default()).unwrap();
    assert!(!job.has_begun());
    while job.step(1).unwrap().stage == "distances" {}
    assert!(job.has_begun());
    let start = job.positions();
    while !job.step(1000).unwrap().finished {}
    assert_ne!(job.positions(), start);
}

#[test]
fn options_out_of_range_are_named() {
    let data = dataset(3, &[(0, 1)]);
    let error = |config| ForceJob::new(&data.graph, config, &Limits::default()).err().unwrap().to_string();
    let usual = ForceConfig::default();
    assert_eq!(
        error(ForceConfig { theta: 1.0, ..usual }),
        "theta: 1 is out of range, allowed is a number from 0 to below 1"
    );
    assert_eq!(
        error(ForceConfig { theta: f64::NAN, ..usual }),
        "theta: NaN is out of range, allowed is a number from 0 to below 1"
    );
    assert_eq!(
        error(ForceConfig { rounds: Some(10_001), ..usual }),
        "rounds: 10001 is out of range, allowed is a whole number from 0 to 10000"
    );
    let most = ForceConfig { rounds: Some(10_000), ..usual };
    assert!(ForceJob::new(&data.graph, most, &Limits::default()).is_ok());
    let empty = dataset(0, &[]);
    let none = ForceJob::new(&empty.graph, usual, &Limits::default()).unwrap();
    assert!(task::run(none).unwrap().is_empty());
}
