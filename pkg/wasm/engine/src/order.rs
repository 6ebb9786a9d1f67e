//! The order in which batches are visited.

use std::sync::Arc;

use js_sys::{Float64Array, Uint32Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::plan::Plan;
use ibmb::batch::{Distance, DistanceMatrix, Schedule, ScheduleJob, label_distances};
use ibmb::error::Error;
use ibmb_binding::convert::object;
use ibmb_binding::error::{JsResult, to_js};
use ibmb_binding::options::Options;
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
        let options = Options::new(options, &["schedule", "distance", "seed", "epochs"])?;
        let schedule = options.choice("schedule", &Schedule::NAMES)?.unwrap_or_default();
        let distance = options.choice("distance", &Distance::NAMES)?.unwrap_or_default();
        let seed = options.u64("seed")?.unwrap_or(0);
        let epochs = options.u32("epochs")?.unwrap_or(1);
        if !(1..=10_000).contains(&epochs) {
            let message = format!("{epochs} is out of range, allowed are 1 to 10000");
            return Err(to_js(Error::option("epochs", message)));
        }
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
