//! Ways of inference that must give the same bits.

use std::sync::Arc;

use crate::support::*;
use ibmb::batch::{BatchLimit, NodeWiseConfig, NodeWiseJob, Plan};
use ibmb::gnn::{
    Arch, BatchFeatures, FeatureNormalization, FullInference, Model, PlanInference, Predictions, Shape,
    Shard, ShardInference, TrainConfig,
};
use ibmb::graph::{Dataset, Normalization};
use ibmb::influence::PushConfig;
use ibmb::limits::Limits;
use ibmb::task;
use proptest::prelude::*;

const ARCHS: [Arch; 3] = [Arch::Gcn, Arch::Sage, Arch::Gat];

fn make_model(
    arch: Arch,
    shape: Shape,
    layers: u32,
    features: FeatureNormalization,
    seed: u64,
) -> Arc<Model> {
    let config = TrainConfig { arch, shape, layers, hidden: 12, heads: 3, seed, ..TrainConfig::default() };
    let config = TrainConfig { feature_normalization: features, ..config };
    Arc::new(Model::init(&config, 6, 3, &Limits::default()).unwrap())
}

fn make_plan(dataset: &Arc<Dataset>, outputs: &[u32], normalization: Normalization) -> Arc<Plan> {
    let limit = BatchLimit::Outputs(4);
    let config = NodeWiseConfig { push: PushConfig::default(), top_k: 5, limit, normalization };
    let job = NodeWiseJob::new(dataset.clone(), outputs.to_vec(), config, Limits::default());
    Arc::new(task::run(job.unwrap()).unwrap())
}

/// More rows than a block holds: what the blocks give is what the layers give at once.
#[test]
fn blocks_of_the_whole_graph_are_the_layers() {
    let dataset = random_dataset(4_500, 9_000, false, 5);
    let some: Vec<u32> = (0..4_500).step_by(7).collect();
    let all: Vec<u32> = (0..4_500).collect();
    for arch in ARCHS {
        for shape in [Shape::Pyg, Shape::Ibmb] {
            let model = make_model(arch, shape, 3, FeatureNormalization::Row, 1);
            for nodes in [&some, &all] {
                let (dataset, model, kind) = (dataset.clone(), model.clone(), Normalization::GlobalSym);
                let sub = whole(&dataset.graph, nodes, kind);
                let input = input(&dataset, &model);
                let want = model.logits(&input, &sub.view(), &Limits::default()).unwrap();
                let job = FullInference::new(dataset, model, nodes.clone(), kind, None, &Limits::default());
                let mut job = job.unwrap();
                let mut steps = 0;
                while !task::Step::step(&mut job, 1).unwrap().finished {
                    steps += 1;
                }
                assert!(steps + 1 >= 3, "a block a layer at least");
                assert!(job.bytes() > 0);
                assert_eq!(task::Step::finish(job).unwrap().logits, want, "{arch:?} {shape:?}");
            }
        }
    }
}

#[test]
fn another_pass_with_the_same_buffers_gives_the_same_bits() {
    let dataset = random_dataset(300, 900, true, 5);
    let outputs: Vec<u32> = (0..300).step_by(3).collect();
    for arch in ARCHS {
        let model = make_model(arch, Shape::Pyg, 2, FeatureNormalization::Row, 1);
        let plan = make_plan(&dataset, &outputs, Normalization::GlobalSym);
        let (kind, limits) = (Normalization::GlobalSym, Limits::default());
        let over_plan =
            || PlanInference::new(dataset.clone(), plan.clone(), model.clone(), None, &limits).unwrap();
        let whole = || {
            FullInference::new(dataset.clone(), model.clone(), outputs.clone(), kind, None, &limits).unwrap()
        };
        let (mut again, mut whole_again) = (over_plan(), whole());
        for _ in 0..2 {
            assert_eq!(again.predictions().unwrap_err().code(), "internal");
            assert_eq!(whole_again.predictions().unwrap_err().code(), "internal");
            while !task::Step::step(&mut again, 1).unwrap().finished {}
            while !task::Step::step(&mut whole_again, 1).unwrap().finished {}
            assert_eq!(again.predictions(), task::run(over_plan()), "{arch:?}");
            assert_eq!(whole_again.predictions(), task::run(whole()), "{arch:?}");
            again.again();
            whole_again.again();
        }
        assert_eq!(task::run(again).unwrap(), task::run(over_plan()).unwrap(), "{arch:?}");
        assert_eq!(task::run(whole_again).unwrap(), task::run(whole()).unwrap(), "{arch:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn gathered_features_ranges_and_shards_change_no_bit(
        n in 3u32..50, edges in 0u32..80, arch in 0usize..3, ibmb in any::<bool>(), row in any::<bool>(),
        sparse in any::<bool>(), layers in 1u32..4, kind in 0usize..4, seed in any::<u32>(),
        cut in any::<prop::sample::Index>(), directed in any::<bool>(),
    ) {
        let limits = Limits::default();
        let dataset = random_dataset_of(n, edges, sparse, seed.into(), (directed, false));
        let shape = if ibmb { Shape::Ibmb } else { Shape::Pyg };
        let features = if row { FeatureNormalization::Row } else { FeatureNormalization::None };
        let model = make_model(ARCHS[arch], shape, layers, features, seed.into());
        let outputs: Vec<u32> = (0..n).filter(|node| node % 3 != seed % 3).collect();
        let plan = make_plan(&dataset, &outputs, Normalization::ALL[kind]);
        let job = || PlanInference::new(dataset.clone(), plan.clone(), model.clone(), None, &limits).unwrap();
        let want: Predictions = task::run(job()).unwrap();
        let all = 0..plan.num_batches();
        let gathered = BatchFeatures::gather(&dataset, &plan, all.clone(), features, &limits).unwrap();
        let bytes = BatchFeatures::bytes_of(&dataset, &plan, all.clone());
        prop_assert!(gathered.bytes() >= bytes && gathered.bytes() <= bytes + 12 * (all.len() as u64 + 1));
        prop_assert_eq!(&task::run(job().reading(Arc::new(gathered)).unwrap()).unwrap(), &want);
        // The plan in two parts, one of them as a shard.
        let cut = cut.index(all.len() + 1);
        let mut first = job().over(0..cut).unwrap();
        let mut batches = plan.batches();
        // What was predicted last is what the whole says of that batch.
        let says = |batch: ibmb::batch::BatchView<'_>| -> Vec<u32> {
            let at = |node| want.predictions[want.nodes.binary_search(&node).unwrap()];
            batch.output_nodes().into_iter().map(at).collect()
        };
        prop_assert!(first.latest().is_empty());
        for batch in batches.by_ref().take(cut) {
            task::Step::step(&mut first, 1).unwrap();
            prop_assert_eq!(first.latest(), says(batch));
        }
        let mut logits = first.logits().unwrap();
        let shard = Arc::new(Shard::of(&dataset, &plan, cut..all.end, features, &limits).unwrap());
        prop_assert_eq!(shard.num_batches(), all.end - cut);
        let mut second = ShardInference::new(shard, model.clone(), &limits).unwrap();
        for batch in batches {
            task::Step::step(&mut second, 1).unwrap();
            prop_assert_eq!(second.latest(), says(batch));
        }
        logits.extend(task::Step::finish(second).unwrap());
        let merged = Predictions::of_plan(&dataset, &plan, 3, &logits, None).unwrap();
        prop_assert_eq!(merged.digest, want.digest);
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let limits = Limits::default();
    let dataset = random_dataset(30, 40, true, 1);
    let plan = make_plan(&dataset, &(0..30).collect::<Vec<_>>(), Normalization::GlobalSym);
    let model = make_model(Arch::Gcn, Shape::Pyg, 2, FeatureNormalization::Row, 1);
    let job = || PlanInference::new(dataset.clone(), plan.clone(), model.clone(), None, &limits).unwrap();
    let gather =
        |range, kind| Arc::new(BatchFeatures::gather(&dataset, &plan, range, kind, &limits).unwrap());
    let (row, none) = (FeatureNormalization::Row, FeatureNormalization::None);
    let message = |result: ibmb::Result<PlanInference>| result.err().unwrap().to_string();
    assert_eq!(
        message(job().reading(gather(1..2, row))),
        format!(
            "features were gathered for other batches: 1..2 of their plan, wanted are 0..{}",
            plan.num_batches()
        )
    );
    assert_eq!(
        message(job().reading(gather(0..plan.num_batches(), none))),
        "features were gathered with feature normalization none, the model wants row"
    );
    assert!(message(job().over(0..plan.num_batches() + 1)).starts_with("batches: 0.."));
    let shard = Arc::new(Shard::of(&dataset, &plan, 0..1, none, &limits).unwrap());
    let error = ShardInference::new(shard, model.clone(), &limits).err().unwrap();
    assert_eq!(error.code(), "shape_mismatch");
    let error = Predictions::of_plan(&dataset, &plan, 3, &[0.0; 4], None).unwrap_err();
    assert_eq!(error.to_string(), "4 logits for 30 outputs of 3 classes");
    let tight = Limits { max_matrix_bytes: 8, ..Limits::default() };
    let error = BatchFeatures::gather(&dataset, &plan, 0..1, row, &tight).unwrap_err();
    assert_eq!(error.code(), "limit_exceeded");
}
