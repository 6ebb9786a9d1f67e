//! What every inference whose passes can be repeated shows of them.

/// Gives a class with a field `job: Stepped<_>` over an inference the methods of further passes.
macro_rules! pass_methods {
    ($class:ident) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $class {
            /// Starts another pass, and tells the stage that comes first.
            pub fn again(&mut self) -> ibmb_binding::error::JsResult<()> {
                self.job.restart()?.again();
                self.job.step(0).map(|_| ())
            }

            /// What the latest pass gave; another may follow.
            pub fn predictions(&self) -> ibmb_binding::error::JsResult<wasm_bindgen::JsValue> {
                let predictions = self.job.work()?.predictions().map_err(ibmb_binding::error::to_js)?;
                crate::infer::result(&predictions, false)
            }

            /// Nodes whose features were read so far, batch after batch.
            #[wasm_bindgen(getter, js_name = nodesRead)]
            pub fn nodes_read(&self) -> ibmb_binding::error::JsResult<f64> {
                Ok(self.job.work()?.nodes_read() as f64)
            }
        }
    };
}
pub(crate) use pass_methods;
