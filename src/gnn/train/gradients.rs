//! Gradients of the loss.

use super::loss::{Tally, cross_entropy};
use crate::error::{Error, Result};
use crate::gnn::kernels::resize;
use crate::gnn::model::{Backward, NodeInputs, Pass};
use crate::gnn::{Gradients, Input, Model, Subgraph};
use crate::limits::Limits;

impl Backward {
    /// Loss of the logits of `pass`, and its gradient by every parameter.
    ///
    /// `pass` must have kept its layers and just run forward on `sub`. Nothing is done when no
    /// output has a target.
    pub(crate) fn run(
        &mut self,
        model: &Model,
        nodes: NodeInputs<'_>,
        sub: &Subgraph<'_>,
        pass: &Pass,
        targets: &[i32],
        gradients: &mut Gradients,
    ) -> Result<Tally> {
        resize(&mut self.buffers.d, sub.outputs.len(), model.num_classes(), pass.max_bytes)?;
        let tally = cross_entropy(&pass.logits, model.num_classes(), targets, Some(&mut self.buffers.d));
        if tally.count > 0 {
            self.through(model, nodes, sub, pass, Some(&mut gradients.values), false)?;
        }
        Ok(tally)
    }
}

impl Model {
    /// Mean cross-entropy of the outputs of a sub-graph, and its gradient by every parameter, without dropout.
    ///
    /// # Arguments
    /// * `input`, `sub`, `limits`: as for [`Model::logits`].
    /// * `targets`: class of every output, in the order of `sub.outputs`; -1 leaves the output out.
    /// # Errors
    /// Those of [`Model::logits`]; `shape_mismatch` when there is not one target an output, or a target is no class.
    /// # Cost
    /// About three times [`Model::logits`].
    pub fn loss_and_gradients(
        &self,
        input: &Input,
        sub: &Subgraph<'_>,
        targets: &[i32],
        limits: &Limits,
    ) -> Result<(f64, Gradients)> {
        self.fits(input.dataset())?;
        sub.check(input.dataset().graph.num_nodes())?;
        if targets.len() != sub.outputs.len() {
            return Err(Error::ShapeMismatch(format!(
                "{} targets for {} outputs",
                targets.len(),
                sub.outputs.len()
            )));
        }
        let classes = self.num_classes();
        if let Some(target) = targets.iter().find(|&&target| target < -1 || target >= classes as i32) {
            return Err(Error::ShapeMismatch(format!("target {target} is no class, there are {classes}")));
        }
        let mut pass = Pass::new(self, true, limits);
        let nodes = input.nodes(sub, 0);
        pass.forward(self, nodes, sub, 0, None)?;
        let mut gradients = Gradients::zeros(self)?;
        let tally = Backward::default().run(self, nodes, sub, &pass, targets, &mut gradients)?;
        Ok((tally.mean_loss(), gradients))
    }
}
