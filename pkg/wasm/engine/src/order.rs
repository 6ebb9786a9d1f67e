//! The order in which batches are visited.

use std::sync::Arc;

use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::plan::Plan;
use ibmb::batch::{DistanceMatrix, ScheduleJob, label_distances};
use ibmb::options::{DISTANCE, ORDER, ORDER_EPOCHS, ORDER_SEED, SCHEDULE};
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options;
use ibmb_binding::step::Stepped;
use ibmb_binding::step_methods;

/// A schedule being made.
#[wasm_bindgen]
pub struct Ordering {
    job: Stepped<ScheduleJob>,
    distances: Arc<DistanceMatrix>,
    epochs: u32,
}

step_methods!(Ordering);

#[wasm_bindgen]
impl Ordering {
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &Plan, options: JsValue) -> JsResult<Ordering> {
        let given = options::read(&ORDER, &options)?;
        let (schedule, distance) = (given.word(&SCHEDULE), given.word(&DISTANCE));
        let (seed, epochs) = (given.size_or_default(&ORDER_SEED), given.count_or_default(&ORDER_EPOCHS));
        let labels = plan.dataset.labels.as_ref();
        let distances = Arc::new(label_distances(&plan.plan, labels, distance, &plan.limits).map_err(to_js)?);
        let job = ScheduleJob::new(plan.plan.num_batches(), Some(Arc::clone(&distances)), schedule, seed);
        Ok(Self { job: Stepped::new(job.map_err(to_js)?), distances, epochs })
    }

    pub fn finish(&mut self) -> JsResult<JsValue> {
        let mut scheduler = self.job.finish()?;
        let order: Vec<u32> = (0..self.epochs).flat_map(|_| scheduler.next_epoch()).collect();
        let length = scheduler.tour().map_or(JsValue::UNDEFINED, |tour| tour.length.into());
        Ok(object(&[
            ("order", Uint32Array::from(order.as_slice()).into()),
            ("distances", Float64Array::from(self.distances.values()).into()),
            ("tourLength", length),
        ])
        .into())
    }
}
