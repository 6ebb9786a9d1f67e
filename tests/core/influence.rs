//! Laws of personalised PageRank and of its approximation (numbers are those of the list in `docs/numerics.md`).

use crate::common::{any_edges, assert_close};
use ibmb::graph::{Csr, Graph};
use ibmb::influence::{InfluenceRow, PushConfig, Pusher, Queue, power, top_k};
use ibmb::limits::Limits;
use proptest::prelude::*;

fn graph(n: u32, edges: &[(u32, u32)]) -> Csr {
    Graph::from_edges(n, edges, &Limits::default()).unwrap().0.adjacency().clone()
}

fn any_queue() -> impl Strategy<Value = Queue> {
    prop_oneof![Just(Queue::Fast), Just(Queue::Reference)]
}

/// A connected-or-not graph, a source, alpha, eps and an order of the queue.
fn any_case() -> impl Strategy<Value = (u32, Vec<(u32, u32)>, u32, PushConfig)> {
    (any_edges(30), 0.05..1.0f64, -6.0..-1.0f64, any_queue()).prop_flat_map(
        |((n, edges), alpha, log_eps, queue)| {
            (Just(n), Just(edges), 0..n, Just(PushConfig { alpha, eps: 10f64.powf(log_eps), queue }))
        },
    )
}

fn dense(n: u32, row: &InfluenceRow) -> Vec<f64> {
    let mut p = vec![0.0; n as usize];
    row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| p[v as usize] = mass);
    p
}

proptest! {
    /// Laws 1 to 3.
    #[test]
    fn mass_plus_residual_is_one_and_error_and_work_are_bounded((n, edges, source, config) in any_case()) {
        let csr = graph(n, &edges);
        let mut pusher = Pusher::new(&csr, config).unwrap();
        let row = pusher.push(&csr, source).unwrap().clone();
        let (alpha, eps) = (config.alpha, config.eps);
        // 1: nothing negative, nothing lost.
        prop_assert!(row.mass.iter().all(|&mass| mass > 0.0));
        let residuals: Vec<f64> = (0..n).map(|v| pusher.residual(v)).collect();
        prop_assert!(residuals.iter().all(|&r| r >= 0.0));
        let total: f64 = row.mass.iter().sum();
        prop_assert!((total + residuals.iter().sum::<f64>() / alpha - 1.0).abs() < 1e-12);
        prop_assert!(total <= 1.0 + 1e-12);
        prop_assert!(row.nodes.contains(&source));
        // 2: the stop, the error, the identity behind it.
        let p = dense(n, &row);
        let pi = power(&csr, source, alpha, 1e-13).unwrap();
        let mut identity = p.clone();
        for v in 0..n {
            let degree = f64::from(csr.degree(v));
            prop_assert!(residuals[v as usize] < alpha * eps * degree);
            let error = pi[v as usize] - p[v as usize];
            prop_assert!(error > -1e-12 && error < eps * degree + 1e-12);
            if residuals[v as usize] > 0.0 {
                let from_v = power(&csr, v, alpha, 1e-13).unwrap();
                identity.iter_mut().zip(from_v).for_each(|(sum, mass)| *sum += residuals[v as usize] / alpha * mass);
            }
        }
        assert_close(&identity, &pi, 1e-11, "p + residual / alpha * pi");
        // 3: the work does not depend on the graph.
        let bound = 1.0 / (alpha * eps) + f64::from(csr.degree(source));
        prop_assert!(row.edge_touches as f64 <= bound * (1.0 + 1e-12));
        let volume: u32 = row.nodes.iter().map(|&v| csr.degree(v)).sum();
        prop_assert!(f64::from(volume) <= bound * (1.0 + 1e-12));
    }

    /// Laws 1 to 3 of a sum of sources.
    #[test]
    fn many_sources_at_once_obey_the_same_bounds((n, edges, source, config) in any_case(), more in any::<u64>()) {
        let csr = graph(n, &edges);
        let sources: Vec<u32> = (0..n).filter(|&v| v == source || more >> (v % 64) & 1 == 1).collect();
        let mut pusher = Pusher::new(&csr, config).unwrap();
        let weighted: Vec<(u32, f64)> = sources.iter().map(|&v| (v, 1.0)).collect();
        let row = pusher.push_many(&csr, &weighted).unwrap().clone();
        let p = dense(n, &row);
        let mut pi = vec![0.0; n as usize];
        for &u in &sources {
            let exact = power(&csr, u, config.alpha, 1e-13).unwrap();
            pi.iter_mut().zip(exact).for_each(|(sum, mass)| *sum += mass);
        }
        let residual: f64 = (0..n).map(|v| pusher.residual(v)).sum();
        let count = sources.len() as f64;
        prop_assert!((row.mass.iter().sum::<f64>() + residual / config.alpha - count).abs() < 1e-11);
        for v in 0..n {
            let bound = config.eps * f64::from(csr.degree(v));
            let error = pi[v as usize] - p[v as usize];
            prop_assert!(pusher.residual(v) < config.alpha * bound);
            prop_assert!(error > -1e-11 && error < bound + 1e-11);
        }
        let volume: f64 = sources.iter().map(|&v| f64::from(csr.degree(v))).sum();
        let most = count / (config.alpha * config.eps) + volume;
        prop_assert!(row.edge_touches as f64 <= most * (1.0 + 1e-12));
        if sources.len() == 1 && !row.nodes.is_empty() {
            prop_assert_eq!(&row, pusher.push(&csr, source).unwrap());
        }
    }

    /// Law 3.
    #[test]
    fn a_far_component_changes_nothing((n, edges, source, config) in any_case()) {
        let alone = graph(n, &edges);
        let mut more = edges.clone();
        more.extend((n..n + 20).map(|v| (v, n)));
        let beside = graph(n + 20, &more);
        let first = Pusher::new(&alone, config).unwrap().push(&alone, source).unwrap().clone();
        let second = Pusher::new(&beside, config).unwrap().push(&beside, source).unwrap().clone();
        prop_assert_eq!(first, second);
    }

    /// Law 4.
    #[test]
    fn a_small_eps_gives_the_exact_value((n, edges, source, config) in any_case()) {
        let csr = graph(n, &edges);
        let config = PushConfig { eps: 1e-11, alpha: config.alpha.max(0.2), ..config };
        let row = Pusher::new(&csr, config).unwrap().push(&csr, source).unwrap().clone();
        let pi = power(&csr, source, config.alpha, 1e-13).unwrap();
        assert_close(&dense(n, &row), &pi, 1e-11 * f64::from(n) + 1e-12, "push at eps 1e-11");
    }

    /// Law 5.
    #[test]
    fn mass_stays_in_the_component_and_is_reversible_by_degree((n, edges, source, config) in any_case()) {
        let csr = graph(n, &edges);
        let whole = PushConfig { alpha: 1.0, ..config };
        let row = Pusher::new(&csr, whole).unwrap().push(&csr, source).unwrap().clone();
        prop_assert_eq!((row.nodes, row.mass), (vec![source], vec![1.0]));
        let component = ibmb::graph::hop_ball(&csr, &[source], n);
        let row = Pusher::new(&csr, config).unwrap().push(&csr, source).unwrap().clone();
        prop_assert!(row.nodes.iter().all(|v| component.contains(v)));
        let from_source = power(&csr, source, config.alpha, 1e-13).unwrap();
        for v in 0..n {
            let back = power(&csr, v, config.alpha, 1e-13).unwrap()[source as usize];
            let there = from_source[v as usize];
            let (a, b) = (f64::from(csr.degree(source)) * there, f64::from(csr.degree(v)) * back);
            prop_assert!((a - b).abs() < 1e-10);
        }
    }

    /// Law 6.
    #[test]
    fn renumbering_renumbers_the_answer((n, edges, source, config) in any_case(), seed in any::<u64>()) {
        let new_id = permutation(n, seed);
        let renumbered: Vec<_> = edges.iter().map(|&(a, b)| (new_id[a as usize], new_id[b as usize])).collect();
        let (csr, other) = (graph(n, &edges), graph(n, &renumbered));
        let there = new_id[source as usize];
        let pi = power(&csr, source, config.alpha, 1e-13).unwrap();
        let moved = power(&other, there, config.alpha, 1e-13).unwrap();
        let back: Vec<f64> = new_id.iter().map(|&v| moved[v as usize]).collect();
        assert_close(&back, &pi, 1e-11, "exact");
        let p = dense(n, Pusher::new(&csr, config).unwrap().push(&csr, source).unwrap());
        let q = dense(n, Pusher::new(&other, config).unwrap().push(&other, there).unwrap());
        for v in 0..n {
            let bound = config.eps * f64::from(csr.degree(v)) + 1e-12;
            prop_assert!((p[v as usize] - q[new_id[v as usize] as usize]).abs() < bound);
        }
    }

    /// Law 7.
    #[test]
    fn top_k_lists_are_nested_and_canonical(masses in proptest::collection::vec(0u8..6, 0..40)) {
        // Few distinct masses, so that ties are everywhere.
        let nodes: Vec<u32> = (0..masses.len() as u32).map(|v| 3 * v).collect();
        let mass: Vec<f64> = masses.iter().map(|&m| f64::from(m) / 8.0).collect();
        let mut slow: Vec<(u32, f64)> = nodes.iter().copied().zip(mass.iter().copied()).collect();
        slow.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap().then(a.0.cmp(&b.0)));
        let mut captured = 0.0;
        for k in 0..nodes.len() + 2 {
            let list = top_k(&nodes, &mass, k);
            prop_assert_eq!(&list, &slow[..k.min(slow.len())]);
            let sum: f64 = list.iter().map(|entry| entry.1).sum();
            prop_assert!(sum >= captured);
            captured = sum;
        }
    }
}

/// A permutation of `0..n` by sorting hashes of the ids.
fn permutation(n: u32, seed: u64) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n).collect();
    order.sort_by_key(|&v| (u64::from(v) ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23));
    order
}

/// Law 39.
#[test]
fn hubs_stars_and_isolated_nodes_get_their_mass() {
    let star: Vec<(u32, u32)> = (1..1000).map(|v| (0, v)).collect();
    let csr = graph(1001, &star);
    let mut pusher = Pusher::new(&csr, PushConfig { eps: 1e-7, ..PushConfig::default() }).unwrap();
    // The isolated node 1000 keeps all mass, by its self-loop.
    let row = pusher.push(&csr, 1000).unwrap();
    assert_eq!(row.nodes, [1000]);
    assert!((row.mass[0] - 1.0).abs() < 1e-6);
    // All leaves are alike seen from the hub, up to the error of two of them.
    let row = pusher.push(&csr, 0).unwrap();
    assert_eq!(row.nodes.len(), 1000);
    assert!(row.mass[2..].iter().all(|&mass| (mass - row.mass[1]).abs() < 4e-7));
    // A node that has no neighbour at all, not even itself: what does not stop is lost.
    let bare = Csr::from_entries(1, &[], &Limits::default()).unwrap();
    let row = Pusher::new(&bare, PushConfig::default()).unwrap().push(&bare, 0).unwrap().clone();
    assert_eq!((row.nodes, row.mass), (vec![0], vec![0.25]));
}
