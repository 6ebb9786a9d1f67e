//! Gradients of the loss by reverse accumulation.

use super::conv::{Flow, bias_gradient, weight_gradient};
use super::forward::Pass;
use super::input::Nodes;
use super::layout::Layout;
use super::loss::{Tally, cross_entropy};
use super::reach::resize;
use super::rows::Rows;
use super::weights::named_tensors;
use super::{Input, Model, Subgraph, norm};
use crate::error::{Error, Result};
use crate::io::TensorMap;
use crate::limits::{self, Limits};

/// Gradient of a loss by every parameter of a model.
#[derive(Debug, Clone)]
pub struct Gradients {
    layout: Layout,
    pub(crate) values: Vec<f32>,
}

impl Gradients {
    pub(crate) fn zeros(model: &Model) -> Result<Self> {
        Ok(Self { layout: model.layout.clone(), values: limits::filled(model.parameters.len(), 0.0)? })
    }

    /// The gradients under the names and shapes of [`Model::to_tensors`].
    pub fn to_tensors(&self) -> TensorMap {
        named_tensors(&self.layout, &self.values)
    }
}

/// Buffers of the backward pass, used again for the next batch.
#[derive(Default)]
pub(crate) struct Backward {
    pub(crate) flow: Flow,
}

impl Backward {
    /// Loss of the logits of `pass`, and its gradient by every parameter.
    ///
    /// `pass` must have kept its layers and just run forward on `sub`. Nothing is done when no
    /// output has a target.
    pub(crate) fn run(
        &mut self,
        model: &Model,
        nodes: Nodes<'_>,
        sub: &Subgraph<'_>,
        pass: &Pass,
        targets: &[i32],
        gradients: &mut Gradients,
    ) -> Result<Tally> {
        resize(&mut self.flow.d, sub.outputs.len(), model.num_classes(), pass.max_bytes)?;
        let tally = cross_entropy(&pass.logits, model.num_classes(), targets, Some(&mut self.flow.d));
        if tally.count > 0 {
            self.through(model, nodes, sub, pass, Some(&mut gradients.values), false)?;
        }
        Ok(tally)
    }

    /// From the gradient of the logits in `flow.d` back through all layers; writes the gradients of the parameters where
    /// `out` is there to take them, and leaves that of the features of `pass.reach.layers.rows[0]` in `flow.d` where
    /// `wants_features`.
    pub(crate) fn through(
        &mut self,
        model: &Model,
        nodes: Nodes<'_>,
        sub: &Subgraph<'_>,
        pass: &Pass,
        mut out: Option<&mut [f32]>,
        wants_features: bool,
    ) -> Result<()> {
        let (layout, flow) = (&model.layout, &mut self.flow);
        let last = layout.convs.len();
        if let Some(head) = &layout.head {
            bias_gradient(head.bias, &flow.d, out.as_deref_mut());
            if let Some(out) = out.as_deref_mut() {
                weight_gradient(head, Rows::Dense(&pass.states[last - 1].out), &flow.d, out);
            }
            flow.through(&model.parameters, head, sub.outputs.len(), pass.max_bytes)?;
        }
        for layer in (0..last).rev() {
            let (conv, state) = (&layout.convs[layer], &pass.states[layer]);
            if layout.is_hidden(layer) {
                model.activation.backward(&mut flow.d, &state.out, pass.scale);
                if let Some(norm) = layout.norms.get(layer) {
                    let width = conv.outputs();
                    let (mut d_gamma, mut d_beta) = (vec![0.0; width], vec![0.0; width]);
                    let gamma = norm.gamma.of(&model.parameters);
                    let kept = (&state.standardized[..], &state.inverse_std[..]);
                    norm::backward(&mut flow.d, kept.0, kept.1, gamma, &mut d_gamma, &mut d_beta);
                    if let Some(out) = out.as_deref_mut() {
                        norm.gamma.of_mut(out).copy_from_slice(&d_gamma);
                        norm.beta.of_mut(out).copy_from_slice(&d_beta);
                    }
                }
            }
            let work = pass.work(model, nodes, sub, layer);
            conv.backward(work, state, flow, out.as_deref_mut(), layer > 0 || wants_features)?;
        }
        Ok(())
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
