//! Graph convolution ([Kipf17]): `A (x W) + b` with the normalised adjacency `A`.

use super::Shape;
use super::affine::{Affine, add_bias, bias_gradient};
use super::aggregation::Aggregation;
use super::convolution::{Convolution, Kind, LayerInput, LayerSize};
use super::gradient_buffers::GradientBuffers;
use super::layer_tensors::LayerTensors;
use super::parameters::{Init, Parameter, Slots};
use super::product::Product;
use crate::error::Result;

/// A GCN layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gcn {
    lin: Affine,
}

impl Convolution for Gcn {
    const KIND: Kind = Kind {
        title: "GCN",
        tensors: &["lin.weight", "bias"],
        marks: &[],
        aliases: &[],
        copies: &[],
        needs_activation: None,
        has_heads: false,
        self_loops_are_optional: false,
        has_linear_head: true,
    };

    type Memory = Product;

    fn new(size: LayerSize, slots: &mut Slots) -> Result<Self> {
        Ok(Self { lin: Affine::new(slots, size.inputs, size.outputs, size.shape == Shape::Pyg)? })
    }

    fn read(tensors: &LayerTensors<'_>, [outputs, inputs]: [usize; 2], slots: &mut Slots) -> Result<Self> {
        let has_bias = tensors.has_vector("bias", outputs)?;
        Ok(Self { lin: Affine::new(slots, inputs, outputs, has_bias)? })
    }

    fn parameters(&self) -> Vec<Parameter> {
        let init = Init::glorot(self.lin.inputs, self.lin.outputs);
        let bias = self.lin.bias.map(|slot| Parameter::bias("bias", slot, Init::Constant(0.0)));
        [self.lin.weight_as("lin.weight", init)].into_iter().chain(bias).collect()
    }

    fn first_weight(&self) -> [usize; 2] {
        [self.lin.inputs, self.lin.outputs]
    }

    fn aggregation(&self) -> Aggregation {
        Aggregation::Weights
    }

    fn start(&self, input: LayerInput<'_>, memory: &mut Product) -> Result<()> {
        memory.start(&self.lin, input)
    }

    fn rest(&self, input: LayerInput<'_>, memory: &mut Product, out: &mut Vec<f32>) -> Result<()> {
        memory.rest(&self.lin, input, out)?;
        add_bias(self.lin.bias, input.parameters, out);
        Ok(())
    }

    fn is_done_with_rows(&self, memory: &Product) -> bool {
        memory.is_done_with_rows()
    }

    fn backward(
        &self,
        input: LayerInput<'_>,
        memory: &Product,
        buffers: &mut GradientBuffers,
        mut out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()> {
        bias_gradient(self.lin.bias, &buffers.d, out.as_deref_mut());
        memory.backward(&self.lin, input, buffers, out, wants_rows)
    }
}
