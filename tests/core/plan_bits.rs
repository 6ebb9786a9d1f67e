//! Plans, partitions and tours of the sample to the bit; the package's tests compare the wasm's with the same file.

use std::sync::Arc;

use ibmb::batch::{
    Auxiliary, BatchLimit, Direction, Distance, OutputPartition, PairScale, Plan, PlanConfig, PlanJob,
    Schedule, ScheduleJob, default_outputs_per_batch, label_distances,
};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::{HeatConfig, Measure, PushConfig};
use ibmb::io::{InputFile, OpenOptions, open_graph};
use ibmb::limits::Limits;
use ibmb::partition::PartitionConfig;
use ibmb::task;

fn bits() -> serde_json::Value {
    serde_json::from_str(include_str!("../cases/plan_bits.json")).unwrap()
}

fn sample() -> Arc<Dataset> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/www/public/samples/cora.safetensors");
    let file = InputFile { name: path.to_owned(), bytes: std::fs::read(path).unwrap() };
    Arc::new(open_graph(&[file], &OpenOptions::default(), &Limits::default()).unwrap())
}

fn plan(dataset: &Arc<Dataset>, partition: OutputPartition, auxiliary: Auxiliary, measure: Measure) -> Plan {
    let config = PlanConfig { partition, auxiliary, measure, normalization: Normalization::GlobalSym };
    let outputs = (0..dataset.graph.num_nodes()).collect();
    task::run(PlanJob::new(dataset.clone(), outputs, config, Limits::default()).unwrap()).unwrap()
}

#[test]
fn node_wise_plans_have_the_digests_of_the_case() {
    let dataset = sample();
    let limit = BatchLimit::Outputs(default_outputs_per_batch(dataset.graph.num_nodes() as usize));
    for (key, measure) in
        [("coraDefaults", PushConfig::default().into()), ("coraHeatKernel", HeatConfig::default().into())]
    {
        let partition = OutputPartition::Merge { limit, scale: PairScale::Row };
        let plan = plan(&dataset, partition, Auxiliary::Each { top_k: 16 }, measure);
        assert_eq!(plan.digest(), bits()[key].as_str().unwrap(), "{key}");
    }
}

#[test]
fn a_batch_wise_plan_and_its_tour_have_the_digests_of_the_case() {
    let dataset = sample();
    let bits = &bits()["coraBatchWise"];
    let seed = bits["seed"].as_u64().unwrap();
    let num_parts = bits["numBatches"].as_u64().unwrap() as u32;
    let config = PartitionConfig { num_parts, seed, ..PartitionConfig::default() };
    let partition = OutputPartition::Parts { config, balance_outputs: false };
    let auxiliary = Auxiliary::Together { expand_ratio: 1.0, direction: Direction::Influence };
    let plan = plan(&dataset, partition, auxiliary, PushConfig::default().into());
    assert_eq!(plan.digest(), bits["digest"].as_str().unwrap());
    let distances =
        label_distances(&plan, dataset.labels.as_ref(), Distance::Kl, &Limits::default()).unwrap();
    let job = ScheduleJob::new(plan.num_batches(), Some(Arc::new(distances)), Schedule::Order, seed).unwrap();
    let order = task::run(job).unwrap().next_epoch();
    assert_eq!(order, serde_json::from_value::<Vec<u32>>(bits["tour"].clone()).unwrap());
}
