//! PPR against programs that are not ours: a dense solve, PyG's push and a hand calculation.

use crate::common::{assert_close, fixture, ids, pairs, raw_csr};
use ibmb::graph::{Csr, Graph};
use ibmb::influence::{PushConfig, Pusher, Queue, power, reverse_pagerank};
use ibmb::limits::Limits;

const GRAPHS: [&str; 3] = ["und", "dir", "odd"];
const ALPHAS: [&str; 4] = ["0.1", "0.15", "0.25", "0.5"];
const PUSH_SETTINGS: [(&str, &str); 3] = [("0.1", "0.001"), ("0.25", "0.001"), ("0.25", "0.0001")];

fn config(alpha: &str, eps: &str, queue: Queue) -> PushConfig {
    PushConfig { alpha: alpha.parse().unwrap(), eps: eps.parse().unwrap(), queue }
}

/// Nodes without out-edges get a self-loop.
fn with_loops_on_dangling(csr: &Csr) -> Csr {
    let n = csr.num_nodes();
    let entries: Vec<(u32, u32)> = (0..n)
        .flat_map(|v| {
            let own: Vec<u32> = if csr.degree(v) == 0 { vec![v] } else { csr.row(v).to_vec() };
            own.into_iter().map(move |u| (v, u))
        })
        .collect();
    Csr::from_entries(n, &entries, &Limits::default()).unwrap()
}

#[test]
fn power_equals_the_dense_solve() {
    for name in GRAPHS {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let exact = fixture(&format!("ppr_exact_{name}"));
        for (policy, csr) in [("lost", csr.clone()), ("selfloop", with_loops_on_dangling(&csr))] {
            for alpha in ALPHAS {
                let expected = exact.get(&format!("{policy}/{alpha}")).unwrap().to_f64();
                let rows = expected.chunks(csr.num_nodes() as usize);
                for (seed, row) in ids(&exact, "seeds").into_iter().zip(rows) {
                    let found = power(&csr, seed, alpha.parse().unwrap(), 1e-12).unwrap();
                    assert_close(&found, row, 1e-11, &format!("{name} {policy} alpha {alpha} seed {seed}"));
                }
            }
        }
    }
}

#[test]
fn power_equals_all_pairs_of_the_odd_graph() {
    let csr = raw_csr(&fixture("graph_odd"));
    let exact = fixture("ppr_exact_odd");
    for alpha in ALPHAS {
        let expected = exact.get(&format!("all_pairs_lost/{alpha}")).unwrap().to_f64();
        for (source, row) in (0..).zip(expected.chunks(60)) {
            let found = power(&csr, source, alpha.parse().unwrap(), 1e-12).unwrap();
            assert_close(&found, row, 1e-11, &format!("alpha {alpha} source {source}"));
        }
    }
}

#[test]
fn mass_that_returns_to_the_seed_is_the_lost_one_shared_out() {
    // The third policy for nodes without out-edges, that of NetworkX: what would be lost starts again at the seed, so
    // that the row is the lost one divided by its sum.
    for name in GRAPHS {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let exact = fixture(&format!("ppr_exact_{name}"));
        for alpha in ALPHAS {
            let expected = exact.get(&format!("teleport/{alpha}")).unwrap().to_f64();
            for (seed, row) in ids(&exact, "seeds").into_iter().zip(expected.chunks(csr.num_nodes() as usize))
            {
                let mut found = power(&csr, seed, alpha.parse().unwrap(), 1e-13).unwrap();
                let sum: f64 = found.iter().sum();
                found.iter_mut().for_each(|mass| *mass /= sum);
                assert_close(&found, row, 1e-11, &format!("{name} alpha {alpha} seed {seed}"));
            }
        }
    }
}

#[test]
fn sets_of_seeds_in_both_directions_equal_the_dense_solve() {
    for name in GRAPHS {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let exact = fixture(&format!("ppr_exact_{name}"));
        let mut seeds = ids(&exact, "seeds");
        let share = 1.0 / seeds.len() as f64;
        // A seed that stands there twice has one share in the oracle.
        seeds.sort_unstable();
        seeds.dedup();
        for alpha in ALPHAS {
            let a: f64 = alpha.parse().unwrap();
            let from = exact.get(&format!("set_pagerank/{alpha}")).unwrap().to_f64();
            let to = exact.get(&format!("set_official/{alpha}")).unwrap().to_f64();
            let mut found = vec![0.0; from.len()];
            for &seed in &seeds {
                let row = power(&csr, seed, a, 1e-13).unwrap();
                found.iter_mut().zip(row).for_each(|(sum, mass)| *sum += share * mass);
            }
            assert_close(&found, &from, 1e-11, &format!("from the set, {name} alpha {alpha}"));
            let weighted: Vec<(u32, f64)> = seeds.iter().map(|&seed| (seed, share)).collect();
            let mut pusher = Pusher::new(&csr, config(alpha, "0.000000001", Queue::Fast)).unwrap();
            let row = pusher.push_many(&csr, &weighted).unwrap();
            let mut pushed = vec![0.0; from.len()];
            row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| pushed[v as usize] = mass);
            assert_close(&pushed, &from, 1e-6, &format!("pushed from the set, {name} alpha {alpha}"));
            let found: Vec<f64> =
                reverse_pagerank(&csr, &seeds, a, 400).unwrap().iter().map(|x| share * x).collect();
            assert_close(&found, &to, 1e-11, &format!("towards the set, {name} alpha {alpha}"));
        }
    }
}

#[test]
fn push_is_within_its_bound_of_the_dense_solve() {
    for name in ["und", "odd"] {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let exact = fixture(&format!("ppr_exact_{name}"));
        for alpha in ALPHAS {
            for eps in ["0.01", "0.001", "0.0001", "0.00001"] {
                for queue in [Queue::Fast, Queue::Reference] {
                    let mut pusher = Pusher::new(&csr, config(alpha, eps, queue)).unwrap();
                    let expected = exact.get(&format!("lost/{alpha}")).unwrap().to_f64();
                    let rows = expected.chunks(csr.num_nodes() as usize);
                    for (seed, pi) in ids(&exact, "seeds").into_iter().zip(rows) {
                        let row = pusher.push(&csr, seed).unwrap().clone();
                        let mut p = vec![0.0; pi.len()];
                        row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| p[v as usize] = mass);
                        for v in 0..pi.len() {
                            let error = pi[v] - p[v];
                            // An isolated start is exact: its bound is zero.
                            let bound = eps.parse::<f64>().unwrap() * f64::from(csr.degree(v as u32));
                            assert!(
                                error >= -1e-12 && error < bound + 1e-12,
                                "{name} alpha {alpha} eps {eps} seed {seed} node {v}: {error:e} of {bound:e}"
                            );
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn push_on_a_directed_graph_leaves_what_its_residuals_say() {
    // The bound per node needs an undirected graph; the identity it comes from holds on every graph:
    // exact = p + sum over u of residual(u) / alpha * exact row of u.
    let csr = raw_csr(&fixture("graph_dir"));
    let exact = fixture("ppr_exact_dir");
    for alpha in ALPHAS {
        let a: f64 = alpha.parse().unwrap();
        let expected = exact.get(&format!("lost/{alpha}")).unwrap().to_f64();
        for (seed, pi) in ids(&exact, "seeds").into_iter().zip(expected.chunks(300)) {
            let mut pusher = Pusher::new(&csr, config(alpha, "0.001", Queue::Fast)).unwrap();
            let row = pusher.push(&csr, seed).unwrap().clone();
            let mut sum = vec![0.0; 300];
            row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| sum[v as usize] = mass);
            for u in 0..300 {
                let residual = pusher.residual(u);
                assert!(residual >= 0.0 && residual <= a * 0.001 * f64::from(csr.degree(u)));
                if residual > 0.0 {
                    let row = power(&csr, u, a, 1e-12).unwrap();
                    sum.iter_mut().zip(row).for_each(|(sum, mass)| *sum += residual / a * mass);
                }
            }
            assert_close(&sum, pi, 1e-10, &format!("alpha {alpha} seed {seed}"));
        }
    }
}

#[test]
fn reference_push_equals_pyg() {
    for name in GRAPHS {
        let csr = raw_csr(&fixture(&format!("graph_{name}")));
        let oracle = fixture(&format!("ppr_push_{name}"));
        for (alpha, eps) in PUSH_SETTINGS {
            let mut pusher = Pusher::new(&csr, config(alpha, eps, Queue::Reference)).unwrap();
            let key = |part: &str| format!("pyg/{alpha}/{eps}/{part}");
            let (indptr, indices) = (ids(&oracle, &key("indptr")), ids(&oracle, &key("indices")));
            let data = oracle.get(&key("data")).unwrap().to_f64();
            let pushes = ids(&oracle, &format!("ref/{alpha}/{eps}/pushes"));
            let mass = oracle.get(&format!("ref/{alpha}/{eps}/mass")).unwrap().to_f64();
            for source in 0..csr.num_nodes() {
                let what = format!("{name} alpha {alpha} eps {eps} source {source}");
                let row = pusher.push(&csr, source).unwrap();
                let range = indptr[source as usize] as usize..indptr[source as usize + 1] as usize;
                assert_eq!(row.nodes, indices[range.clone()], "{what}");
                assert_close(&row.mass, &data[range], 1e-6, &what);
                assert_eq!(row.pushes, u64::from(pushes[source as usize]), "{what}");
                assert!((row.mass.iter().sum::<f64>() - mass[source as usize]).abs() < 1e-12, "{what}");
            }
            let row = pusher.push(&csr, 17).unwrap().clone();
            let mut p = vec![0.0; csr.num_nodes() as usize];
            row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| p[v as usize] = mass);
            let r: Vec<f64> = (0..csr.num_nodes()).map(|v| pusher.residual(v)).collect();
            for (found, part) in [(p, "p"), (r, "r")] {
                let expected = oracle.get(&format!("ref/{alpha}/{eps}/seed17_{part}")).unwrap().to_f64();
                assert_close(&found, &expected, 1e-14, &format!("{name} {alpha} {eps} seed 17 {part}"));
            }
        }
    }
}

#[test]
fn power_gives_the_analytic_values_of_small_graphs() {
    // By hand: a path of three without loops, alpha 1/2.
    let path = Csr::from_entries(3, &[(0, 1), (1, 0), (1, 2), (2, 1)], &Limits::default()).unwrap();
    let rows = [[7.0 / 12.0, 1.0 / 3.0, 1.0 / 12.0], [1.0 / 6.0, 2.0 / 3.0, 1.0 / 6.0]];
    for (source, row) in (0..).zip(rows) {
        assert_close(&power(&path, source, 0.5, 1e-13).unwrap(), &row, 1e-12, "path");
    }
    // A complete graph: (1 - a) / (n - a) off the diagonal, a + (1 - a)^2 / (n - a) on it.
    let all: Vec<(u32, u32)> =
        (0..5).flat_map(|i| (0..5).map(move |j| (i, j))).filter(|(i, j)| i != j).collect();
    let complete = Csr::from_entries(5, &all, &Limits::default()).unwrap();
    let expected = [0.25 + 0.5625 / 4.75, 0.75 / 4.75, 0.75 / 4.75, 0.75 / 4.75, 0.75 / 4.75];
    assert_close(&power(&complete, 0, 0.25, 1e-13).unwrap(), &expected, 1e-12, "complete");
    assert!((expected[0] - 0.368_421).abs() < 1e-6 && (expected[1] - 0.157_895).abs() < 1e-6);
    let edge = Csr::from_entries(2, &[(0, 1), (1, 0)], &Limits::default()).unwrap();
    assert!((power(&edge, 0, 0.25, 1e-13).unwrap()[0] - 1.0 / 1.75).abs() < 1e-12);
}

#[test]
fn reference_push_does_the_known_work_on_the_karate_club() {
    // Counted by another program: last in, first out from node 0, alpha 0.25, eps 2e-4.
    let (with_loops, _) = Graph::from_edges(34, &crate::common::KARATE, &Limits::default()).unwrap();
    let both: Vec<(u32, u32)> = crate::common::KARATE.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
    let without = Csr::from_entries(34, &both, &Limits::default()).unwrap();
    for (csr, pushes, touches, sum, first, second) in [
        (with_loops.adjacency(), 583, 3156, 0.980_080_732, 0.346_986, 0.054_344),
        (&without, 651, 3163, 0.984_391_400, 0.351_881, 0.059_531),
    ] {
        let row = Pusher::new(csr, config("0.25", "0.0002", Queue::Reference))
            .unwrap()
            .push(csr, 0)
            .unwrap()
            .clone();
        assert_eq!((row.pushes, row.edge_touches), (pushes, touches));
        assert!((row.mass.iter().sum::<f64>() - sum).abs() < 1e-9);
        assert!((row.mass[0] - first).abs() < 1e-6 && (row.mass[1] - second).abs() < 1e-6);
    }
    let exact = power(&without, 0, 0.25, 1e-12).unwrap();
    assert!((exact[0] - 0.353_468).abs() < 1e-6 && (exact[1] - 0.060_485).abs() < 1e-6);
}

#[test]
fn options_out_of_range_are_named() {
    let csr = Csr::from_entries(2, &[(0, 1), (1, 0)], &Limits::default()).unwrap();
    for (alpha, eps, message) in [
        (0.0, 1e-4, "alpha: 0 is out of range, allowed is a number above 0 up to 1"),
        (f64::NAN, 1e-4, "alpha: NaN is out of range, allowed is a number above 0 up to 1"),
        (1.5, 1e-4, "alpha: 1.5 is out of range, allowed is a number above 0 up to 1"),
        (0.25, 0.0, "eps: 0 is out of range, allowed is a finite number above 0"),
        (0.25, f64::INFINITY, "eps: inf is out of range, allowed is a finite number above 0"),
    ] {
        let config = PushConfig { alpha, eps, queue: Queue::Fast };
        let error = Pusher::new(&csr, config).err().expect("the options are out of range");
        assert_eq!((error.code(), error.to_string().as_str()), ("invalid_option", message));
    }
    let error = Pusher::new(&csr, PushConfig::default()).unwrap().push(&csr, 2).unwrap_err();
    assert_eq!(error.to_string(), "node 2 is out of range, the graph has 2 nodes");
}

#[test]
fn the_fixture_with_loops_equals_our_graph() {
    let oracle = fixture("plan_nodewise_und");
    let expected = Csr::from_entries(300, &pairs(&oracle, "edge_index"), &Limits::default()).unwrap();
    let (graph, _) =
        Graph::from_edges(300, &pairs(&fixture("graph_und"), "edge_index"), &Limits::default()).unwrap();
    assert_eq!(*graph.adjacency(), expected);
}
