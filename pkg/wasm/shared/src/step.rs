//! Long work as JavaScript sees it: `step(budget)` until it says that all is done, then `finish()`.

use super::error::{JsResult, to_js};
use ibmb::error::Error;
use ibmb::task::{Progress, Step};

/// Work under way, with its latest progress.
pub struct Stepped<S> {
    work: Option<S>,
    progress: Progress,
}

impl<S: Step> Stepped<S> {
    /// Work that has not begun.
    pub fn new(work: S) -> Self {
        Self {
            work: Some(work),
            progress: Progress { stage: "starting", done: 0, total: 0, finished: false },
        }
    }

    /// Does about `budget` units; whether all is done.
    pub fn step(&mut self, budget: u32) -> JsResult<bool> {
        let work = self.work.as_mut().ok_or_else(ended)?;
        self.progress = work.step(budget).map_err(to_js)?;
        Ok(self.progress.finished)
    }

    /// The work itself.
    pub fn work(&self) -> JsResult<&S> {
        self.work.as_ref().ok_or_else(ended)
    }

    /// The work itself, to change it; its progress is forgotten.
    pub fn restart(&mut self) -> JsResult<&mut S> {
        self.progress = Progress { finished: false, done: 0, ..self.progress };
        self.work.as_mut().ok_or_else(ended)
    }

    /// The latest progress.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Takes the work out; the object stays for JavaScript to free.
    pub fn take(&mut self) -> JsResult<S> {
        self.work.take().ok_or_else(ended)
    }

    /// Takes the result; the object stays for JavaScript to free.
    pub fn finish(&mut self) -> JsResult<S::Output> {
        self.work.take().ok_or_else(ended)?.finish().map_err(to_js)
    }
}

fn ended() -> wasm_bindgen::JsValue {
    to_js(Error::Internal("the work has ended".to_owned()))
}

/// Gives a class with a field `job: Stepped<_>` the methods that every long work has.
#[macro_export]
macro_rules! step_methods {
    ($class:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $class {
            pub fn step(&mut self, budget: u32) -> $crate::error::JsResult<bool> {
                self.job.step(budget)
            }

            #[wasm_bindgen(getter)]
            pub fn stage(&self) -> String {
                self.job.progress().stage.to_owned()
            }

            #[wasm_bindgen(getter)]
            pub fn done(&self) -> f64 {
                self.job.progress().done as f64
            }

            #[wasm_bindgen(getter)]
            pub fn total(&self) -> f64 {
                self.job.progress().total as f64
            }
        }
    };
}
