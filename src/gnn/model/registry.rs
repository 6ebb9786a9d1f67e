//! All kinds of convolutions: a new one is a line here, its file with the `mod` that names it, and the word of the
//! option `arch`.

use super::aggregation::Aggregation;
use super::convolution::{Convolution, Kind, LayerInput, LayerSize, Memory};
use super::gat::Gat;
use super::gcn::Gcn;
use super::gradient_buffers::GradientBuffers;
use super::layer_tensors::LayerTensors;
use super::parameters::{Parameter, Slots};
use super::sage::Sage;
use crate::error::Result;
use crate::options::Arch;

/// Makes the enums over all kinds. A layer is entered by one `match`; what it does inside is compiled for its kind.
macro_rules! convolutions {
    ($($name:ident,)*) => {
        impl Arch {
            /// What is known of it before any weights are.
            pub(crate) fn kind(self) -> &'static Kind {
                match self {
                    $(Self::$name => const { &<$name as Convolution>::KIND },)*
                }
            }
        }

        /// A convolution of any kind.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum AnyConvolution {
            $($name($name),)*
        }

        /// What the passes of a convolution leave behind, whatever its kind.
        #[derive(Default)]
        pub(crate) enum AnyMemory {
            /// Before the first pass.
            #[default]
            Nothing,
            $($name(<$name as Convolution>::Memory),)*
        }

        impl AnyMemory {
            /// Bytes of the buffers.
            pub(crate) fn bytes(&self) -> u64 {
                match self {
                    Self::Nothing => 0,
                    $(Self::$name(memory) => memory.bytes(),)*
                }
            }
        }

        /// As the methods of [`Convolution`].
        impl AnyConvolution {
            pub(crate) fn new(arch: Arch, size: LayerSize, slots: &mut Slots) -> Result<Self> {
                Ok(match arch {
                    $(Arch::$name => Self::$name($name::new(size, slots)?),)*
                })
            }

            pub(crate) fn read(
                arch: Arch,
                tensors: &LayerTensors<'_>,
                first: [usize; 2],
                slots: &mut Slots,
            ) -> Result<Self> {
                Ok(match arch {
                    $(Arch::$name => Self::$name($name::read(tensors, first, slots)?),)*
                })
            }

            /// Its kind.
            pub(crate) fn arch(&self) -> Arch {
                match self {
                    $(Self::$name(_) => Arch::$name,)*
                }
            }

            pub(crate) fn parameters(&self) -> Vec<Parameter> {
                match self {
                    $(Self::$name(layer) => layer.parameters(),)*
                }
            }

            pub(crate) fn first_weight(&self) -> [usize; 2] {
                match self {
                    $(Self::$name(layer) => layer.first_weight(),)*
                }
            }

            pub(crate) fn outputs(&self) -> usize {
                match self {
                    $(Self::$name(layer) => layer.outputs(),)*
                }
            }

            pub(crate) fn heads(&self) -> usize {
                match self {
                    $(Self::$name(layer) => layer.heads(),)*
                }
            }

            pub(crate) fn aggregation(&self) -> Aggregation {
                match self {
                    $(Self::$name(layer) => layer.aggregation(),)*
                }
            }

            pub(crate) fn metadata(&self) -> Option<(&'static str, bool)> {
                match self {
                    $(Self::$name(layer) => layer.metadata(),)*
                }
            }

            pub(crate) fn start(&self, input: LayerInput<'_>, memory: &mut AnyMemory) -> Result<()> {
                match self {
                    $(Self::$name(layer) => {
                        if !matches!(memory, AnyMemory::$name(_)) {
                            *memory = AnyMemory::$name(Default::default());
                        }
                        let AnyMemory::$name(memory) = memory else { unreachable!("it was made just now") };
                        layer.start(input, memory)
                    })*
                }
            }

            pub(crate) fn rest(
                &self,
                input: LayerInput<'_>,
                memory: &mut AnyMemory,
                out: &mut Vec<f32>,
            ) -> Result<()> {
                match (self, memory) {
                    $((Self::$name(layer), AnyMemory::$name(memory)) => layer.rest(input, memory, out),)*
                    _ => unreachable!("{NOT_STARTED}"),
                }
            }

            pub(crate) fn is_done_with_rows(&self, memory: &AnyMemory) -> bool {
                match (self, memory) {
                    $((Self::$name(layer), AnyMemory::$name(memory)) => layer.is_done_with_rows(memory),)*
                    _ => unreachable!("{NOT_STARTED}"),
                }
            }

            pub(crate) fn backward(
                &self,
                input: LayerInput<'_>,
                memory: &AnyMemory,
                buffers: &mut GradientBuffers,
                out: Option<&mut [f32]>,
                wants_rows: bool,
            ) -> Result<()> {
                match (self, memory) {
                    $((Self::$name(layer), AnyMemory::$name(memory)) => {
                        layer.backward(input, memory, buffers, out, wants_rows)
                    })*
                    _ => unreachable!("{NOT_STARTED}"),
                }
            }
        }
    };
}

const NOT_STARTED: &str = "a layer goes on with the memory that it started with";

convolutions! {
    Gcn,
    Sage,
    Gat,
}
