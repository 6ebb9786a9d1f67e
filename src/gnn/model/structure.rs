//! Which layers a model has, and the place of every parameter in memory.

use super::affine::Affine;
use super::layer_norm::LayerNorm;
use super::parameters::{Parameter, Slots, transpose};
use super::registry::AnyConvolution;
use crate::io::{Tensor, TensorMap};

/// Which layers there are and where their parameters lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Structure {
    /// At least one.
    pub(crate) convs: Vec<AnyConvolution>,
    /// One behind every hidden convolution, or none.
    pub(crate) norms: Vec<LayerNorm>,
    /// The final linear layer.
    pub(crate) head: Option<Affine>,
    /// Number of parameters.
    pub(crate) len: usize,
}

impl Structure {
    /// Puts layers together; `norms` have their slots behind the convolutions, and the head behind them.
    pub(crate) fn new(
        convs: Vec<AnyConvolution>,
        norms: Vec<LayerNorm>,
        head: Option<Affine>,
        slots: &Slots,
    ) -> Self {
        Self { convs, norms, head, len: slots.len() }
    }

    /// Width of the logits.
    pub(crate) fn num_classes(&self) -> usize {
        let last = self.convs.last().expect("a model has a convolution");
        self.head.as_ref().map_or(last.outputs(), |head| head.outputs)
    }

    /// Name and PyTorch shape of the first weight of a convolution.
    fn weight_of(&self, layer: usize) -> String {
        let conv = &self.convs[layer];
        let [inputs, outputs] = conv.first_weight();
        format!("convs.{layer}.{} is [{outputs}, {inputs}]", conv.arch().kind().tensors[0])
    }

    /// Name and PyTorch shape of the weight that reads the features.
    pub(crate) fn first_weight(&self) -> String {
        self.weight_of(0)
    }

    /// Name and PyTorch shape of the weight that gives the logits.
    pub(crate) fn last_weight(&self) -> String {
        match &self.head {
            Some(head) => format!("lin.weight is [{}, {}]", head.outputs, head.inputs),
            None => self.weight_of(self.convs.len() - 1),
        }
    }

    /// Whether norm, activation and dropout follow the convolution.
    pub(crate) fn is_hidden(&self, layer: usize) -> bool {
        self.head.is_some() || layer + 1 < self.convs.len()
    }

    /// All parameters in a fixed order, with their whole names.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let convs = self.convs.iter().map(AnyConvolution::parameters).enumerate();
        let norms = self.norms.iter().map(LayerNorm::parameters).enumerate();
        let layers =
            convs.map(|(at, own)| ("convs", at, own)).chain(norms.map(|(at, own)| ("norms", at, own)));
        let named = |(list, at, own): (&'static str, usize, Vec<Parameter>)| {
            own.into_iter().map(move |parameter| {
                let name = format!("{list}.{at}.{}", parameter.name);
                Parameter { name, ..parameter }
            })
        };
        let head = self.head.as_ref().map(|head| head.linear_parameters("lin.weight", "lin.bias"));
        layers.flat_map(named).chain(head.into_iter().flatten()).collect()
    }

    /// All of `values`, one a parameter, as tensors in PyTorch's layout.
    pub(crate) fn named_tensors(&self, values: &[f32]) -> TensorMap {
        let mut map = TensorMap::default();
        for parameter in self.parameters() {
            let mut data = parameter.slot.of(values).to_vec();
            if parameter.is_transposed {
                let (outputs, inputs) = (parameter.shape[0], parameter.shape[1]);
                transpose(parameter.slot.of(values), inputs, outputs, &mut data);
            }
            map.tensors.insert(parameter.name, Tensor::f32(&parameter.shape, data));
        }
        map
    }
}
