//! Gradients by reverse accumulation.

use super::Model;
use super::affine::bias_gradient;
use super::forward::Pass;
use super::gradient_buffers::GradientBuffers;
use super::rows::InputRows;
use super::structure::Structure;
use super::subgraph::{NodeInputs, Subgraph};
use crate::error::Result;
use crate::io::TensorMap;
use crate::limits;

/// Gradient of a loss by every parameter of a model.
#[derive(Debug, Clone)]
pub struct Gradients {
    structure: Structure,
    pub(crate) values: Vec<f32>,
}

impl Gradients {
    pub(crate) fn zeros(model: &Model) -> Result<Self> {
        Ok(Self { structure: model.structure.clone(), values: limits::filled(model.parameters.len(), 0.0)? })
    }

    /// The gradients under the names and shapes of [`Model::to_tensors`].
    pub fn to_tensors(&self) -> TensorMap {
        self.structure.named_tensors(&self.values)
    }
}

/// Buffers of the backward pass, used again for the next batch.
#[derive(Default)]
pub(crate) struct Backward {
    pub(crate) buffers: GradientBuffers,
}

impl Backward {
    /// From the gradient of the logits in `buffers.d` back through all layers; writes the gradients of the parameters where
    /// `out` is there to take them, and leaves that of the features of `pass.flow.layers.rows[0]` in `buffers.d` where
    /// `wants_features`.
    pub(crate) fn through(
        &mut self,
        model: &Model,
        nodes: NodeInputs<'_>,
        sub: &Subgraph<'_>,
        pass: &Pass,
        mut out: Option<&mut [f32]>,
        wants_features: bool,
    ) -> Result<()> {
        let (structure, buffers) = (&model.structure, &mut self.buffers);
        let last = structure.convs.len();
        if let Some(head) = &structure.head {
            bias_gradient(head.bias, &buffers.d, out.as_deref_mut());
            if let Some(out) = out.as_deref_mut() {
                head.weight_gradient(InputRows::Dense(&pass.states[last - 1].out), &buffers.d, out);
            }
            head.back(&model.parameters, buffers, sub.outputs.len(), pass.max_bytes)?;
        }
        for layer in (0..last).rev() {
            let (conv, state) = (&structure.convs[layer], &pass.states[layer]);
            if structure.is_hidden(layer) {
                model.activation.backward(&mut buffers.d, &state.out, pass.scale);
                if let Some(norm) = structure.norms.get(layer) {
                    norm.backward(&model.parameters, &mut buffers.d, &state.norm, out.as_deref_mut());
                }
            }
            let input = pass.input(model, nodes, sub, layer);
            conv.backward(input, &state.conv, buffers, out.as_deref_mut(), layer > 0 || wants_features)?;
        }
        Ok(())
    }
}
