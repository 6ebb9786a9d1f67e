//! Training.

use std::sync::Arc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::graph::Graph;
use super::model::Model;
use super::plan::Plan;
use ibmb::error::Error;
use ibmb::gnn::{EpochRow, Outputs, TrainConfig, TrainJob};
use ibmb::options::{SPLIT, TRAIN};
use ibmb::task::Step as _;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;

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
        let given = options::read(&TRAIN, &options)?;
        let config = TrainConfig::read(&given);
        let name = given.text(&SPLIT);
        let dataset = Arc::clone(&graph.dataset);
        // Plans bring their nodes; without a split there is then nothing to validate on, which is allowed.
        let needed = train.is_none() || name.is_some();
        let split = match dataset.split(name) {
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
