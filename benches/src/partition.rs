//! What the partition rows share: graphs, numbers of parts, the figures of METIS.

use ibmb::graph::{Graph, PlantedConfig};
use ibmb::limits::Limits;
use ibmb::partition::{Balance, Partition, PartitionConfig, PartitionJob};
use ibmb::task;

/// Numbers of parts that are measured.
pub const NUM_PARTS: [u32; 3] = [8, 32, 100];

/// Edges cut by METIS 5.1 (`gpmetis`, default options), for every one of [`NUM_PARTS`].
pub const METIS_CUTS: [(&str, [u64; 3]); 9] = [
    ("planted", [130_168, 290_235, 324_118]),
    ("cora", [548, 1008, 2209]),
    ("dblp", [7513, 11_963, 16_057]),
    ("amazon-photo", [20_835, 42_587, 65_845]),
    ("amazon-computers", [56_261, 106_906, 146_861]),
    ("coauthor-cs", [12_342, 23_338, 30_367]),
    ("facebook-pages", [17_248, 31_727, 49_632]),
    ("wordnet", [14_105, 23_238, 29_370]),
    ("plain-slashdot0902", [271_167, 337_370, 365_593]),
];

/// A random graph of ten classes with about five edges a node: 100,000 nodes have 499,614 edges.
pub fn planted_graph(num_nodes: u32) -> Graph {
    let config = PlantedConfig { num_nodes, num_draws: 5 * num_nodes, ..PlantedConfig::default() };
    Graph::from_edges(num_nodes, &config.edges(), &Limits::default()).expect("within the limits").0
}

/// A partition with default options.
pub fn partitioned(graph: &Graph, num_parts: u32) -> Partition {
    let config = PartitionConfig { num_parts, ..PartitionConfig::default() };
    let job = PartitionJob::new(graph.adjacency(), Balance::All, config);
    task::run(job.expect("options in range")).expect("in memory")
}
