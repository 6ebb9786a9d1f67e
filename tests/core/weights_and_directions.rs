//! Laws of weighted and directed graphs (numbers are those of the list in `docs/numerics.md`).

use crate::common::{any_edges, assert_close};
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::graph::{Csr, Dataset, Graph, GraphOptions, Normalization, Report, edge_values, hop_ball};
use ibmb::influence::{
    HeatConfig, HeatWalker, InfluenceRow, PushConfig, Pusher, Queue, Walker, heat_kernel, power,
    reverse_pagerank,
};
use ibmb::limits::Limits;
use ibmb::task;
use proptest::collection::vec;
use proptest::prelude::*;
use std::sync::Arc;

fn graph(n: u32, edges: &[(u32, u32)], directed: bool, weights: Option<&[f32]>) -> Graph {
    let options = GraphOptions { directed, weights };
    Graph::with_options(n, edges, &options, &Limits::default()).unwrap().0
}

fn dense(n: u32, row: &InfluenceRow) -> Vec<f64> {
    let mut p = vec![0.0; n as usize];
    row.nodes.iter().zip(&row.mass).for_each(|(&v, &mass)| p[v as usize] = mass);
    p
}

/// Number of nodes, edges, a weight an edge, a source.
fn any_weighted() -> impl Strategy<Value = (u32, Vec<(u32, u32)>, Vec<f32>, u32)> {
    any_edges(24).prop_flat_map(|(n, edges)| {
        let count = edges.len();
        let weight = (-4.0..4.0f32).prop_map(f32::exp2);
        (Just(n), Just(edges), vec(weight, count), 0..n)
    })
}

fn any_config() -> impl Strategy<Value = PushConfig> {
    let queue = prop_oneof![Just(Queue::Fast), Just(Queue::Reference)];
    (0.05..1.0f64, -6.0..-1.0f64, queue).prop_map(|(alpha, log_eps, queue)| PushConfig {
        alpha,
        eps: 10f64.powf(log_eps),
        queue,
    })
}

fn plan(graph: Graph, normalization: Normalization) -> Plan {
    let outputs = (0..graph.num_nodes()).collect();
    let dataset = Dataset::new("test", graph, None, None, None, vec![], Report::default()).unwrap();
    let config = NodeWiseConfig {
        push: PushConfig::default(),
        top_k: 4,
        limit: BatchLimit::Outputs(5),
        normalization,
    };
    task::run(NodeWiseJob::new(Arc::new(dataset), outputs, config, Limits::default()).unwrap()).unwrap()
}

proptest! {
    /// Laws 1 and 2 with weights.
    #[test]
    fn mass_plus_residual_is_one_and_the_error_is_bounded((n, edges, weights, source) in any_weighted(), config in any_config(), directed: bool) {
        let graph = graph(n, &edges, directed, Some(&weights));
        let csr = graph.adjacency();
        let mut pusher = Pusher::new(csr, config).unwrap();
        let row = pusher.push(csr, source).unwrap().clone();
        let residuals: Vec<f64> = (0..n).map(|v| pusher.residual(v)).collect();
        let total = row.mass.iter().sum::<f64>() + residuals.iter().sum::<f64>() / config.alpha;
        prop_assert!((total - 1.0).abs() < 1e-11);
        let pi = power(csr, source, config.alpha, 1e-13).unwrap();
        let p = dense(n, &row);
        let mut identity = p.clone();
        for v in 0..n {
            let bound = config.eps * csr.strength(v);
            prop_assert!(residuals[v as usize] < config.alpha * bound);
            // The bound of a node needs a symmetric matrix, the identity behind it does not.
            let error = pi[v as usize] - p[v as usize];
            prop_assert!(error > -1e-11 && (directed || error < bound + 1e-11));
            let from_v = power(csr, v, config.alpha, 1e-13).unwrap();
            let share = residuals[v as usize] / config.alpha;
            identity.iter_mut().zip(from_v).for_each(|(sum, mass)| *sum += share * mass);
        }
        assert_close(&identity, &pi, 1e-10, "p + residual / alpha * pi");
    }

    /// Law 2 for the heat kernel with weights.
    #[test]
    fn heat_is_below_the_exact_by_at_most_eps_a_strength((n, edges, weights, source) in any_weighted(), time in 0.1..8.0f64, log_eps in -6.0..-1.0f64) {
        let config = HeatConfig { time, eps: 10f64.powf(log_eps) };
        let graph = graph(n, &edges, false, Some(&weights));
        let csr = graph.adjacency();
        let found = dense(n, HeatWalker::new(csr, config).unwrap().walk(csr, &[(source, 1.0)]).unwrap());
        let exact = heat_kernel(csr, source, time, 1e-12).unwrap();
        for v in 0..n {
            let error = exact[v as usize] - found[v as usize];
            // What is cut off behind the last step is a share of the source's mass and may lie anywhere.
            let bound = config.eps * csr.strength(v).max(1.0);
            prop_assert!(error > -1e-10 && error < bound + 1e-10, "{error:e} of {bound:e}");
        }
    }

    /// Law 5 with weights.
    #[test]
    fn pagerank_is_reversible_by_strength((n, edges, weights, source) in any_weighted(), alpha in 0.1..1.0f64) {
        let graph = graph(n, &edges, false, Some(&weights));
        let csr = graph.adjacency();
        let there = power(csr, source, alpha, 1e-13).unwrap();
        let back: Vec<f64> = (0..n).map(|v| power(csr, v, alpha, 1e-13).unwrap()[source as usize]).collect();
        for v in 0..n {
            let (a, b) = (csr.strength(source) * there[v as usize], csr.strength(v) * back[v as usize]);
            prop_assert!((a - b).abs() < 1e-9);
        }
        assert_close(&reverse_pagerank(csr, &[source], alpha, 400).unwrap(), &back, 1e-11, "towards");
    }

    /// Law 6 with weights.
    #[test]
    fn renumbering_renumbers_the_answer((n, edges, weights, source) in any_weighted(), directed: bool, shift in 0u32..24) {
        let moved = |v: u32| (v + shift) % n;
        let renumbered: Vec<_> = edges.iter().map(|&(a, b)| (moved(a), moved(b))).collect();
        let (one, other) =
            (graph(n, &edges, directed, Some(&weights)), graph(n, &renumbered, directed, Some(&weights)));
        let pi = power(one.adjacency(), source, 0.2, 1e-13).unwrap();
        let there = power(other.adjacency(), moved(source), 0.2, 1e-13).unwrap();
        let back: Vec<f64> = (0..n).map(|v| there[moved(v) as usize]).collect();
        assert_close(&back, &pi, 1e-11, "exact");
    }

    /// Law 40.
    #[test]
    fn weights_of_one_change_no_bit((n, edges, _, source) in any_weighted(), config in any_config(), directed: bool) {
        // Once each, since the weights of repeats are added.
        let mut once = edges;
        once.iter_mut().filter(|_| !directed).for_each(|edge| *edge = (edge.0.min(edge.1), edge.0.max(edge.1)));
        once.sort_unstable();
        once.dedup();
        let ones = vec![1.0; once.len()];
        let (plain, weighted) = (graph(n, &once, directed, None), graph(n, &once, directed, Some(&ones)));
        let (a, b) = (plain.adjacency(), weighted.adjacency());
        prop_assert_eq!(power(a, source, config.alpha, 1e-9).unwrap(), power(b, source, config.alpha, 1e-9).unwrap());
        let push = |csr: &Csr| Pusher::new(csr, config).unwrap().push(csr, source).unwrap().clone();
        prop_assert_eq!(push(a), push(b));
        for &kind in Normalization::ALL {
            prop_assert_eq!(edge_values(a, &a.strengths(), kind), edge_values(b, &b.strengths(), kind));
            prop_assert_eq!(plan(plain.clone(), kind).digest(), plan(weighted.clone(), kind).digest());
        }
    }

    /// Law 41.
    #[test]
    fn only_ratios_of_weights_count((n, edges, weights, source) in any_weighted(), alpha in 0.1..1.0f64) {
        let tripled: Vec<f32> = weights.iter().map(|weight| 3.0 * weight).collect();
        // Without loops, which would weigh 1 in both.
        let csr = |weights: &[f32]| Csr::from_weighted_entries(n, &edges, weights, &Limits::default()).unwrap();
        let (one, three) = (csr(&weights), csr(&tripled));
        let (a, b) = (power(&one, source, alpha, 1e-13).unwrap(), power(&three, source, alpha, 1e-13).unwrap());
        assert_close(&a, &b, 1e-6, "three times the weights, rounded to f32");
    }

    /// Law 42.
    #[test]
    fn a_weight_counts_parallel_edges((n, edges, _, source) in any_weighted(), directed: bool) {
        // One direction, so that copies of an edge are added and not averaged.
        let list: Vec<(u32, u32)> = edges.iter().map(|&(a, b)| if directed { (a, b) } else { (a.min(b), a.max(b)) }).collect();
        let multiple = graph(n, &list, directed, Some(&vec![1.0; list.len()]));
        // The same by counting, and the walk over the multigraph by choosing among all copies.
        let mut copies = vec![vec![0u32; n as usize]; n as usize];
        for &(a, b) in &list {
            copies[b as usize][a as usize] += 1;
            if a != b && !directed {
                copies[a as usize][b as usize] += 1;
            }
        }
        (0..n as usize).for_each(|v| copies[v][v] = copies[v][v].max(1));
        let mut now = vec![0.0; n as usize];
        let mut stopped = vec![0.0; n as usize];
        now[source as usize] = 1.0;
        for _ in 0..200 {
            let mut next = vec![0.0; n as usize];
            for v in 0..n as usize {
                stopped[v] += 0.3 * now[v];
                let total: u32 = copies[v].iter().sum();
                for u in 0..n as usize {
                    next[u] += 0.7 * now[v] * f64::from(copies[v][u]) / f64::from(total);
                }
            }
            now = next;
        }
        assert_close(&power(multiple.adjacency(), source, 0.3, 1e-13).unwrap(), &stopped, 1e-11, "multigraph");
    }

    /// Law 43.
    #[test]
    fn edges_both_ways_are_undirected_edges((n, edges, weights, _) in any_weighted(), weighted: bool) {
        // Every pair once with one weight, so that both ways weigh the same.
        let mut seen = std::collections::BTreeMap::new();
        edges.iter().zip(&weights).for_each(|(&(a, b), &weight)| { seen.insert((a.min(b), a.max(b)), weight); });
        let both: Vec<((u32, u32), f32)> = seen
            .iter()
            .flat_map(|(&(a, b), &weight)| [((a, b), weight), ((b, a), weight)].into_iter().take(if a == b { 1 } else { 2 }))
            .collect();
        let (pairs, two): (Vec<_>, Vec<_>) = both.into_iter().unzip();
        let (once, one): (Vec<_>, Vec<_>) = seen.into_iter().unzip();
        let weights = |list: &Vec<f32>| weighted.then(|| list.clone());
        let directed = graph(n, &pairs, true, weights(&two).as_deref());
        let undirected = graph(n, &once, false, weights(&one).as_deref());
        prop_assert_eq!(directed.adjacency(), undirected.adjacency());
        prop_assert_eq!(directed.num_edges(), 2 * undirected.num_edges());
        // And an undirected graph of the symmetric list is the same.
        prop_assert_eq!(graph(n, &pairs, false, weights(&two).as_deref()), undirected);
    }

    /// Law 44.
    #[test]
    fn influence_follows_edges_into_the_output((n, edges, weights, output) in any_weighted()) {
        let graph = graph(n, &edges, true, Some(&weights));
        // Nodes from which edges lead to the output, by searching backwards over the list.
        let mut reaches = vec![output];
        let mut at = 0;
        while at < reaches.len() {
            let target = reaches[at];
            at += 1;
            for &(a, _) in edges.iter().filter(|edge| edge.1 == target) {
                if !reaches.contains(&a) {
                    reaches.push(a);
                }
            }
        }
        reaches.sort_unstable();
        prop_assert_eq!(&hop_ball(graph.adjacency(), &[output], n), &reaches);
        let pi = power(graph.adjacency(), output, 0.2, 1e-13).unwrap();
        let found: Vec<u32> = (0..n).filter(|&v| pi[v as usize] > 0.0).collect();
        prop_assert!(found.iter().all(|v| reaches.contains(v)));
    }

    #[test]
    fn captured_mass_is_that_of_every_row_by_itself((n, edges, weights, _) in any_weighted(), directed: bool, picks: u64) {
        let graph = graph(n, &edges, directed, Some(&weights));
        let csr = graph.adjacency();
        let nodes: Vec<u32> = (0..n).filter(|v| picks >> v & 1 == 1).collect();
        let sources: Vec<u32> = (0..n).collect();
        let config = PushConfig { alpha: 0.3, eps: 1e-9, queue: Queue::Fast };
        let found = Walker::new(csr, config.into()).unwrap().captured(&graph, &sources, &nodes).unwrap();
        let exact = |u: u32| {
            let pi = power(csr, u, 0.3, 1e-13).unwrap();
            nodes.iter().map(|&v| pi[v as usize]).sum::<f64>()
        };
        let exact: Vec<f64> = sources.iter().map(|&u| exact(u)).collect();
        // No row misses more than all residuals over alpha, each below `alpha eps strength`.
        let bound = 1e-9 * csr.strengths().iter().sum::<f64>() + 1e-9;
        assert_close(&found, &exact, bound, "captured");
    }

    /// Laws 18 to 20 with weights and directions.
    #[test]
    fn a_batch_is_the_induced_sub_graph_with_normalised_weights((n, edges, weights, _) in any_weighted(), directed: bool, kind in 0usize..4) {
        let graph = graph(n, &edges, directed, Some(&weights));
        let csr = graph.adjacency().clone();
        let kind = Normalization::ALL[kind];
        let plan = plan(graph, kind);
        for batch in plan.batches() {
            let inside = |v: u32| batch.nodes.binary_search(&v).ok();
            let entry = |row: u32, column: u32| {
                let at = csr.row(row).binary_search(&column).ok()?;
                Some(f64::from(csr.row_weights(row).unwrap()[at]))
            };
            let strength = |v: u32| match kind.is_global() {
                true => csr.strength(v),
                false => batch.nodes.iter().filter_map(|&u| entry(v, u)).sum(),
            };
            let mut num_edges = 0;
            for (row, &target) in batch.nodes.iter().enumerate() {
                let range = batch.adjacency.indptr[row] as usize..batch.adjacency.indptr[row + 1] as usize;
                let expected: Vec<u32> = csr.row(target).iter().filter_map(|&u| inside(u)).map(|at| at as u32).collect();
                prop_assert_eq!(&batch.adjacency.indices[range.clone()], &expected);
                for at in range {
                    let source = batch.nodes[batch.adjacency.indices[at] as usize];
                    num_edges += usize::from(source != target && (directed || source > target));
                    let weight = entry(target, source).unwrap();
                    let scale = match kind {
                        Normalization::GlobalSym | Normalization::LocalSym => (strength(target) * strength(source)).sqrt(),
                        _ => strength(target),
                    };
                    let value = f64::from(batch.adjacency.values[at]);
                    prop_assert!((value - weight / scale).abs() <= 1e-6 * value, "{value} {}", weight / scale);
                }
            }
            prop_assert_eq!((batch.num_edges(), batch.edges().count()), (num_edges, num_edges));
            for (source, target) in batch.edges() {
                prop_assert!(entry(target, source).is_some() && (directed || source < target));
            }
        }
    }
}

#[test]
fn weighted_path_by_hand() {
    // 0 -1- 1 -3- 2 without loops, alpha 1/2, from 0. With x the visits to 1, those to 0 are 1 + x / 8 (half go on, a
    // quarter of these back) and those to 2 are 3 x / 8; so x = 1/2 (1 + x / 8 + 3 x / 8) = 2/3, and half of each stop.
    let csr = Csr::from_weighted_entries(
        3,
        &[(0, 1), (1, 0), (1, 2), (2, 1)],
        &[1.0, 1.0, 3.0, 3.0],
        &Limits::default(),
    );
    let expected = [0.5 + 1.0 / 24.0, 1.0 / 3.0, 1.0 / 8.0];
    assert_close(&power(&csr.unwrap(), 0, 0.5, 1e-13).unwrap(), &expected, 1e-12, "weighted path");
}
