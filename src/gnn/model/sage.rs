//! GraphSAGE with mean aggregation ([Hamilton17]): `mean(x of the neighbours) W + x R + b`.

use super::Shape;
use super::affine::{Affine, add_bias, bias_gradient};
use super::aggregation::Aggregation;
use super::convolution::{Convolution, Kind, LayerInput, LayerSize, Memory};
use super::gradient_buffers::GradientBuffers;
use super::layer_tensors::LayerTensors;
use super::parameters::{Init, Parameter, Slots};
use super::product::Product;
use super::rows::CopiedRows;
use crate::error::Result;
use crate::gnn::kernels::{bytes_of, resize};

/// A GraphSAGE layer: one weight for the mean of the neighbours, one for the node itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sage {
    neighbours: Affine,
    root: Option<Affine>,
    /// Whether the mean counts the self-loops that were added to the graph.
    self_loops: bool,
}

/// What its passes leave behind.
#[derive(Default)]
pub(crate) struct SageMemory {
    neighbours: Product,
    /// Rows of the nodes themselves, and what they bring.
    root_rows: CopiedRows,
    root_product: Vec<f32>,
}

impl Memory for SageMemory {
    fn bytes(&self) -> u64 {
        self.neighbours.bytes() + self.root_rows.bytes() + bytes_of(&[&self.root_product])
    }
}

impl Convolution for Sage {
    const KIND: Kind = Kind {
        title: "GraphSAGE",
        tensors: &["lin_l.weight", "lin_l.bias", "lin_r.weight"],
        marks: &["lin_l.weight", "lin_l.bias", "lin_r.weight"],
        aliases: &[],
        copies: &[],
        needs_activation: None,
        has_heads: false,
        self_loops_are_optional: true,
        has_linear_head: true,
    };

    type Memory = SageMemory;

    fn new(size: LayerSize, slots: &mut Slots) -> Result<Self> {
        Ok(Self {
            neighbours: Affine::new(slots, size.inputs, size.outputs, true)?,
            root: Some(Affine::new(slots, size.inputs, size.outputs, false)?),
            self_loops: size.shape == Shape::Ibmb,
        })
    }

    fn read(tensors: &LayerTensors<'_>, [outputs, inputs]: [usize; 2], slots: &mut Slots) -> Result<Self> {
        let has_bias = tensors.has_vector("lin_l.bias", outputs)?;
        let has_root = tensors.has("lin_r.weight", &[outputs, inputs])?;
        let neighbours = Affine::new(slots, inputs, outputs, has_bias)?;
        let root = has_root.then(|| Affine::new(slots, inputs, outputs, false)).transpose()?;
        Ok(Self { neighbours, root, self_loops: tensors.self_loops().unwrap_or(false) })
    }

    fn parameters(&self) -> Vec<Parameter> {
        let root = self.root.as_ref();
        let root = root.map(|root| root.weight_as("lin_r.weight", Init::linear(root.inputs)));
        self.neighbours.linear_parameters("lin_l.weight", "lin_l.bias").into_iter().chain(root).collect()
    }

    fn first_weight(&self) -> [usize; 2] {
        [self.neighbours.inputs, self.neighbours.outputs]
    }

    fn aggregation(&self) -> Aggregation {
        Aggregation::Mean { self_loops: self.self_loops }
    }

    fn metadata(&self) -> Option<(&'static str, bool)> {
        Some(("self_loops", self.self_loops))
    }

    fn start(&self, input: LayerInput<'_>, memory: &mut SageMemory) -> Result<()> {
        memory.neighbours.start(&self.neighbours, input)
    }

    /// `out = M X W + X R + b`.
    fn rest(&self, input: LayerInput<'_>, memory: &mut SageMemory, out: &mut Vec<f32>) -> Result<()> {
        memory.neighbours.rest(&self.neighbours, input, out)?;
        if let Some(root) = &self.root {
            let rows =
                memory.root_rows.pick(input.rows, root.inputs, input.before, input.roots, input.max_bytes)?;
            resize(&mut memory.root_product, input.after(), root.outputs, input.max_bytes)?;
            root.times(rows, input.parameters, &mut memory.root_product);
            add(out, &memory.root_product);
        }
        add_bias(self.neighbours.bias, input.parameters, out);
        Ok(())
    }

    fn is_done_with_rows(&self, memory: &SageMemory) -> bool {
        memory.neighbours.is_done_with_rows() && self.root.is_none()
    }

    fn backward(
        &self,
        input: LayerInput<'_>,
        memory: &SageMemory,
        buffers: &mut GradientBuffers,
        mut out: Option<&mut [f32]>,
        wants_rows: bool,
    ) -> Result<()> {
        bias_gradient(self.neighbours.bias, &buffers.d, out.as_deref_mut());
        if let Some(root) = &self.root {
            if let Some(out) = out.as_deref_mut() {
                let rows = memory.root_rows.picked(input.rows, input.before, input.roots);
                root.weight_gradient(rows, &buffers.d, out);
            }
            if wants_rows {
                let [own, ..] = &mut buffers.spare;
                resize(own, input.after(), root.inputs, input.max_bytes)?;
                root.times_transposed(&buffers.d, input.parameters, own);
            }
        }
        memory.neighbours.backward(&self.neighbours, input, buffers, out, wants_rows)?;
        if wants_rows && self.root.is_some() {
            let width = self.neighbours.inputs;
            for (&place, row) in input.roots.iter().zip(buffers.spare[0].chunks_exact(width)) {
                add(&mut buffers.d[place as usize * width..][..width], row);
            }
        }
        Ok(())
    }
}

fn add(sum: &mut [f32], more: &[f32]) {
    for (sum, &more) in sum.iter_mut().zip(more) {
        *sum += more;
    }
}
