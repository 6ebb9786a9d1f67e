//! Gradients on their way back.

/// Gradients on their way back; memory is used again from layer to layer.
#[derive(Default)]
pub(crate) struct GradientBuffers {
    /// Gradient of what the current layer gave; after its backward pass, of what it read.
    pub(crate) d: Vec<f32>,
    pub(crate) next: Vec<f32>,
    /// For whatever else a layer needs on its way.
    pub(crate) spare: [Vec<f32>; 3],
}
