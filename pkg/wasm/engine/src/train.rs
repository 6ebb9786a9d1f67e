//! Training.

use std::sync::Arc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::infer::WHOLE_GRAPH;
use super::model::Model;
use super::plan::Plan;
use ibmb::batch::Schedule;
use ibmb::error::Error;
use ibmb::gnn::{
    Activation, Arch, EarlyStop, EpochRow, FeatureNormalization, Loss, Optimizer, Outputs, Plateau, Shape,
    TrainConfig, TrainJob,
};
use ibmb::task::Step as _;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;

const OPTIONS: [&str; 20] = [
    "split",
    "arch",
    "layers",
    "hidden",
    "heads",
    "activation",
    "shape",
    "dropout",
    "epochs",
    "optimizer",
    "lr",
    "weightDecay",
    "accumulate",
    "loss",
    "plateau",
    "earlyStop",
    "featureNormalization",
    "normalization",
    "schedule",
    "seed",
];

/// A training run; it may be stopped after any epoch, and the best weights so far taken.
#[wasm_bindgen]
pub struct Training {
    job: TrainJob,
}

#[wasm_bindgen]
impl Training {
    #[wasm_bindgen(constructor)]
    pub fn new(
        graph: &Graph,
        options: JsValue,
        train: Option<PlanRef>,
        validation: Option<PlanRef>,
    ) -> JsResult<Training> {
        let options = Options::new(options, &OPTIONS)?;
        let config = config(&options)?;
        let name = options.string("split")?;
        let dataset = Arc::clone(&graph.dataset);
        // Plans bring their nodes; without a split there is then nothing to validate on, which is allowed.
        let needed = train.is_none() || name.is_some();
        let split = match dataset.split(name.as_deref()) {
            Ok(split) => Some(split),
            Err(error) if needed => return Err(to_js(error)),
            Err(_) => None,
        };
        let nodes = |part: Option<&Vec<u32>>| Outputs::Nodes(part.cloned().unwrap_or_default());
        let outputs = |plan: Option<PlanRef>, part| plan.map_or_else(|| nodes(part), |plan| plan.0);
        let train = outputs(train, split.map(|split| &split.train));
        let validation = outputs(validation, split.map(|split| &split.val));
        TrainJob::new(Arc::clone(&dataset), config, train, validation, &graph.limits)
            .map(|job| Self { job })
            .map_err(to_js)
    }

    /// Does about `budget` batches; whether training has ended.
    pub fn step(&mut self, budget: u32) -> JsResult<bool> {
        self.job.step(budget).map(|progress| progress.finished).map_err(to_js)
    }

    /// Epochs that are done.
    #[wasm_bindgen(getter, js_name = numEpochs)]
    pub fn num_epochs(&self) -> u32 {
        self.job.history().len() as u32
    }

    /// Row of a finished epoch; the time is measured outside.
    pub fn epoch(&self, index: u32) -> JsResult<JsValue> {
        let row = self.job.history().get(index as usize);
        row.map(epoch_row).ok_or_else(|| to_js(Error::Internal(format!("epoch {index} is not done"))))
    }

    /// Why it has ended: `epochs` or `early-stop`; undefined while it goes on.
    #[wasm_bindgen(getter)]
    pub fn ended(&self) -> Option<String> {
        self.job.ended().map(|ended| ended.name().to_owned())
    }

    /// Epoch of the best weights, 0 before the first ends.
    #[wasm_bindgen(getter, js_name = bestEpoch)]
    pub fn best_epoch(&self) -> u32 {
        self.job.best().1
    }

    /// The best weights so far.
    pub fn best(&self) -> Model {
        Model::new(self.job.best().0.clone())
    }
}

/// A plan handed over for its outputs; the plan itself stays with its owner.
#[wasm_bindgen]
pub struct PlanRef(Outputs);

#[wasm_bindgen]
impl Plan {
    /// What a training takes; it ends with the call that takes it.
    pub fn outputs(&self) -> PlanRef {
        PlanRef(Outputs::Plan(Arc::clone(&self.plan)))
    }
}

fn config(options: &Options) -> JsResult<TrainConfig> {
    let default = TrainConfig::of(options.choice("arch", &Arch::NAMES)?.unwrap_or_default());
    Ok(TrainConfig {
        arch: default.arch,
        layers: options.u32("layers")?.unwrap_or(default.layers),
        hidden: options.u32("hidden")?.unwrap_or(default.hidden),
        heads: options.u32("heads")?.unwrap_or(default.heads),
        activation: options.choice("activation", &Activation::NAMES)?,
        shape: options.choice("shape", &Shape::NAMES)?.unwrap_or(default.shape),
        dropout: options.f64("dropout")?.map_or(default.dropout, |value| value as f32),
        epochs: options.u32("epochs")?.unwrap_or(default.epochs),
        optimizer: options.choice("optimizer", &Optimizer::NAMES)?.unwrap_or(default.optimizer),
        lr: options.f64("lr")?.unwrap_or(default.lr),
        weight_decay: options.f64("weightDecay")?.unwrap_or(default.weight_decay),
        accumulate: options.u32("accumulate")?.unwrap_or(default.accumulate),
        loss: options.choice("loss", &Loss::NAMES)?.unwrap_or(default.loss),
        plateau: plateau(options)?,
        early_stop: early_stop(options)?,
        feature_normalization: options
            .choice("featureNormalization", &FeatureNormalization::NAMES)?
            .unwrap_or(default.feature_normalization),
        normalization: options.choice("normalization", &WHOLE_GRAPH)?.unwrap_or(default.normalization),
        schedule: options.choice("schedule", &Schedule::NAMES)?.unwrap_or(default.schedule),
        seed: options.u64("seed")?.unwrap_or(default.seed),
    })
}

fn plateau(options: &Options) -> JsResult<Option<Plateau>> {
    let Some(given) = options.inside("plateau", &["factor", "patience", "cooldown", "minLr"])? else {
        return Ok(None);
    };
    let default = Plateau::default();
    Ok(Some(Plateau {
        factor: given.f64("plateau.factor")?.unwrap_or(default.factor),
        patience: given.u32("plateau.patience")?.unwrap_or(default.patience),
        cooldown: given.u32("plateau.cooldown")?.unwrap_or(default.cooldown),
        min_lr: given.f64("plateau.minLr")?.unwrap_or(default.min_lr),
    }))
}

fn early_stop(options: &Options) -> JsResult<Option<EarlyStop>> {
    let Some(given) = options.inside("earlyStop", &["patience", "minEpochs"])? else { return Ok(None) };
    let default = EarlyStop::default();
    Ok(Some(EarlyStop {
        patience: given.u32("earlyStop.patience")?.unwrap_or(default.patience),
        min_epochs: given.u32("earlyStop.minEpochs")?.unwrap_or(default.min_epochs),
    }))
}

fn epoch_row(row: &EpochRow) -> JsValue {
    object(&[
        ("epoch", row.epoch.into()),
        ("loss", row.loss.into()),
        ("trainAccuracy", row.train_accuracy.into()),
        ("valAccuracy", row.val_accuracy.unwrap_or(f64::NAN).into()),
        ("valLoss", row.val_loss.unwrap_or(f64::NAN).into()),
        ("learningRate", row.learning_rate.into()),
    ])
    .into()
}
