//! Graphs from raw edges against a slow, exact twin.

use std::collections::BTreeMap;

use ibmb::graph::{BuildReport, Csr, Graph, GraphOptions};
use ibmb::limits::Limits;
use proptest::collection::vec;
use proptest::prelude::*;

/// Weight by row, which is the target, and column.
type Entries = BTreeMap<(u32, u32), f32>;

/// The weights of every edge, added in the order of the edges.
fn directed(edges: &[(u32, u32)], weights: &[f32]) -> Entries {
    let mut sums: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for (&(source, target), &weight) in edges.iter().zip(weights) {
        *sums.entry((target, source)).or_default() += f64::from(weight);
    }
    sums.into_iter().map(|(place, sum)| (place, sum as f32)).collect()
}

/// Both directions, the mean where both are there.
fn both_ways(entries: &Entries) -> Entries {
    let weight = |(&(row, column), &there): (&(u32, u32), &f32)| {
        let back = entries.get(&(column, row)).copied().unwrap_or(there);
        let mean = ((f64::from(there) + f64::from(back)) / 2.0) as f32;
        [((row, column), mean), ((column, row), mean)]
    };
    entries.iter().flat_map(weight).collect()
}

/// A self-loop on every node.
fn with_loops(num_nodes: u32, mut entries: Entries) -> Entries {
    (0..num_nodes).for_each(|node| {
        entries.entry((node, node)).or_insert(1.0);
    });
    entries
}

fn entries(csr: &Csr) -> Vec<((u32, u32), f32)> {
    let of_row = |row: u32| {
        let weights = csr.row_weights(row).map_or(vec![1.0; csr.row(row).len()], <[f32]>::to_vec);
        csr.row(row).iter().map(move |&column| (row, column)).zip(weights).collect::<Vec<_>>()
    };
    (0..csr.num_nodes()).flat_map(of_row).collect()
}

/// Number of nodes, edges with many repeats, a weight an edge.
fn any_raw() -> impl Strategy<Value = (u32, Vec<(u32, u32)>, Vec<f32>)> {
    (1..12u32).prop_flat_map(|n| {
        vec(((0..n, 0..n), -20.0..20.0f32), 0..80).prop_map(move |list| {
            let (edges, logs): (Vec<_>, Vec<_>) = list.into_iter().unzip();
            (n, edges, logs.into_iter().map(f32::exp2).collect())
        })
    })
}

proptest! {
    #[test]
    fn a_graph_is_that_of_its_slow_twin((n, edges, weights) in any_raw(), is_directed: bool, is_weighted: bool) {
        let options = GraphOptions { directed: is_directed, weights: is_weighted.then_some(&weights[..]) };
        let (graph, report) = Graph::with_options(n, &edges, &options, &Limits::default()).unwrap();
        let one_way = directed(&edges, &weights);
        let sides = if is_directed { one_way.clone() } else { both_ways(&one_way) };
        let expected = with_loops(n, sides.clone()).into_iter();
        let expected: Vec<_> = expected.map(|(place, sum)| (place, if is_weighted { sum } else { 1.0 })).collect();
        prop_assert_eq!(entries(graph.adjacency()), expected);

        let own: Vec<u32> = (0..n).filter(|&node| one_way.contains_key(&(node, node))).collect();
        prop_assert_eq!(graph.own_loops(), &own[..]);
        let loops = edges.iter().filter(|(source, target)| source == target).count();
        let unique = one_way.len() - own.len();
        let reciprocal = one_way.keys().filter(|&&(row, column)| row < column && one_way.contains_key(&(column, row)));
        let touched = |node: u32| edges.iter().any(|&(a, b)| a != b && (a == node || b == node));
        prop_assert_eq!(report, BuildReport {
            edges_read: edges.len() as u64,
            duplicates_merged: (edges.len() - loops - unique) as u64,
            reciprocal_merged: if is_directed { 0 } else { reciprocal.count() as u64 },
            self_loops_read: loops as u64,
            isolated_nodes: (0..n).filter(|&node| !touched(node)).count() as u64,
        });

        let undirected = graph.undirected(&Limits::default()).unwrap();
        let places: Vec<_> = entries(&undirected).into_iter().map(|(place, _)| place).collect();
        prop_assert_eq!(places, with_loops(n, both_ways(&one_way)).into_keys().collect::<Vec<_>>());
    }

    #[test]
    fn rows_of_entries_are_those_of_their_slow_twin((n, edges, weights) in any_raw()) {
        let swapped: Vec<_> = edges.iter().map(|&(source, target)| (target, source)).collect();
        let csr = Csr::from_weighted_entries(n, &swapped, &weights, &Limits::default()).unwrap();
        prop_assert_eq!(entries(&csr), directed(&edges, &weights).into_iter().collect::<Vec<_>>());
    }
}

#[test]
fn of_sums_that_are_too_large_the_first_row_is_named() {
    // 2 -> 0 and 0 -> 2 are too large, and so is 1 -> 2; row 0 comes first, which is that of the target 0.
    let edges = [(1, 2), (0, 2), (2, 0), (1, 2), (0, 2), (2, 0)];
    for directed in [false, true] {
        let options = GraphOptions { directed, weights: Some(&[f32::MAX; 6]) };
        let error = Graph::with_options(3, &edges, &options, &Limits::default()).unwrap_err();
        let start = "the weights between the nodes 0 and 2 sum to ";
        assert!(error.to_string().starts_with(start), "{error}");
    }
}
