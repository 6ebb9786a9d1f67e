//! Which layers a model has, and the place of every parameter in memory.

use super::Arch;

/// Where a parameter lies in the one array of all parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    start: usize,
    len: usize,
}

impl Slot {
    /// Its indices.
    pub(crate) fn range(self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }

    /// The parameter in `all`.
    pub(crate) fn of(self, all: &[f32]) -> &[f32] {
        &all[self.range()]
    }

    /// The parameter in `all`.
    pub(crate) fn of_mut(self, all: &mut [f32]) -> &mut [f32] {
        &mut all[self.range()]
    }
}

/// `y = x W + b`, with `W` stored as `[inputs, outputs]`: the transpose of PyTorch's layout, so that a sparse row of
/// features adds up contiguous rows of `W`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Affine {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    pub(crate) weight: Slot,
    pub(crate) bias: Option<Slot>,
}

/// A GraphSAGE layer: one weight for the mean of the neighbours, one for the node itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sage {
    pub(crate) neighbours: Affine,
    pub(crate) root: Option<Affine>,
}

/// A GAT layer. `lin` gives the values of all heads side by side and has no bias.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gat {
    pub(crate) lin: Affine,
    pub(crate) heads: usize,
    /// Width of a head.
    pub(crate) width: usize,
    /// Whether the heads stay side by side; else the layer gives their mean.
    pub(crate) concat: bool,
    /// `[heads, width]`, for the node that is looked at.
    pub(crate) source: Slot,
    /// `[heads, width]`, for the node that looks.
    pub(crate) target: Slot,
    pub(crate) bias: Option<Slot>,
}

/// A convolution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conv {
    Gcn(Affine),
    Sage(Sage),
    Gat(Gat),
}

impl Conv {
    /// The weight that the features of neighbours meet first.
    pub(crate) fn affine(&self) -> &Affine {
        match self {
            Self::Gcn(affine) => affine,
            Self::Sage(sage) => &sage.neighbours,
            Self::Gat(gat) => &gat.lin,
        }
    }

    /// Width of what it reads.
    pub(crate) fn inputs(&self) -> usize {
        self.affine().inputs
    }

    /// Width of what it gives.
    pub(crate) fn outputs(&self) -> usize {
        match self {
            Self::Gat(gat) if !gat.concat => gat.width,
            _ => self.affine().outputs,
        }
    }

    /// Its kind.
    pub(crate) fn arch(&self) -> Arch {
        match self {
            Self::Gcn(_) => Arch::Gcn,
            Self::Sage(_) => Arch::Sage,
            Self::Gat(_) => Arch::Gat,
        }
    }

    /// Name of [`Conv::affine`]'s weight, behind that of the layer.
    fn weight_name(&self) -> &'static str {
        if matches!(self, Self::Sage(_)) { "lin_l.weight" } else { "lin.weight" }
    }
}

/// Scale and shift of a layer norm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Norm {
    pub(crate) gamma: Slot,
    pub(crate) beta: Slot,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// `[inputs, outputs]`, stored so; PyTorch has the transpose. The flag tells one of the linear layers that
    /// PyTorch starts with its own distribution instead of [Glorot10]'s.
    Matrix {
        inputs: usize,
        outputs: usize,
        linear: bool,
    },
    /// `[1, heads, width]`.
    Attention {
        heads: usize,
        width: usize,
    },
    /// Bias of a linear layer with that many inputs, or of a convolution (`None`).
    Bias {
        inputs: Option<usize>,
    },
    Gamma,
    Beta,
}

/// A parameter with its PyTorch name.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) slot: Slot,
    pub(crate) role: Role,
}

/// Which layers there are and where their parameters lie.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Layout {
    pub(crate) convs: Vec<Conv>,
    pub(crate) norms: Vec<Norm>,
    pub(crate) head: Option<Affine>,
    pub(crate) len: usize,
}

impl Layout {
    fn slot(&mut self, len: usize) -> Slot {
        let start = self.len;
        self.len += len;
        Slot { start, len }
    }

    fn affine(&mut self, inputs: usize, outputs: usize, bias: bool) -> Affine {
        let weight = self.slot(inputs * outputs);
        Affine { inputs, outputs, weight, bias: bias.then(|| self.slot(outputs)) }
    }

    /// Adds a graph convolution behind the others.
    pub(crate) fn push_gcn(&mut self, inputs: usize, outputs: usize, bias: bool) {
        let conv = self.affine(inputs, outputs, bias);
        self.convs.push(Conv::Gcn(conv));
    }

    /// Adds a GraphSAGE layer behind the others.
    pub(crate) fn push_sage(&mut self, inputs: usize, outputs: usize, bias: bool, root: bool) {
        let neighbours = self.affine(inputs, outputs, bias);
        let root = root.then(|| self.affine(inputs, outputs, false));
        self.convs.push(Conv::Sage(Sage { neighbours, root }));
    }

    /// Adds a GAT layer behind the others.
    pub(crate) fn push_gat(&mut self, inputs: usize, [heads, width]: [usize; 2], concat: bool, bias: bool) {
        let lin = self.affine(inputs, heads * width, false);
        let [source, target] = [self.slot(heads * width), self.slot(heads * width)];
        let bias = bias.then(|| self.slot(if concat { heads * width } else { width }));
        self.convs.push(Conv::Gat(Gat { lin, heads, width, concat, source, target, bias }));
    }

    /// Adds the norm of the next convolution that has none.
    pub(crate) fn push_norm(&mut self) {
        let width = self.convs[self.norms.len()].outputs();
        let norm = Norm { gamma: self.slot(width), beta: self.slot(width) };
        self.norms.push(norm);
    }

    /// Sets the final linear layer.
    pub(crate) fn set_head(&mut self, inputs: usize, outputs: usize, bias: bool) {
        self.head = Some(self.affine(inputs, outputs, bias));
    }

    /// Width of the logits.
    pub(crate) fn num_classes(&self) -> usize {
        let last = self.convs.last().expect("a model has a convolution");
        self.head.as_ref().map_or(last.outputs(), |head| head.outputs)
    }

    /// Name and PyTorch shape of the weight that reads the features.
    pub(crate) fn first_weight(&self) -> String {
        let (conv, affine) = (&self.convs[0], self.convs[0].affine());
        format!("convs.0.{} is [{}, {}]", conv.weight_name(), affine.outputs, affine.inputs)
    }

    /// Name and PyTorch shape of the weight that gives the logits.
    pub(crate) fn last_weight(&self) -> String {
        let at = self.convs.len() - 1;
        let (name, affine) = match &self.head {
            Some(head) => ("lin.weight".to_owned(), head),
            None => (format!("convs.{at}.{}", self.convs[at].weight_name()), self.convs[at].affine()),
        };
        format!("{name} is [{}, {}]", affine.outputs, affine.inputs)
    }

    /// Whether norm, activation and dropout follow the convolution.
    pub(crate) fn is_hidden(&self, layer: usize) -> bool {
        self.head.is_some() || layer + 1 < self.convs.len()
    }

    /// All parameters in a fixed order.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        let mut all = Vec::new();
        let mut push = |name: String, slot, role| all.push(Parameter { name, slot, role });
        let matrix =
            |affine: &Affine, linear| Role::Matrix { inputs: affine.inputs, outputs: affine.outputs, linear };
        for (i, conv) in self.convs.iter().enumerate() {
            match conv {
                Conv::Gcn(conv) => {
                    push(format!("convs.{i}.lin.weight"), conv.weight, matrix(conv, false));
                    if let Some(bias) = conv.bias {
                        push(format!("convs.{i}.bias"), bias, Role::Bias { inputs: None });
                    }
                }
                Conv::Sage(Sage { neighbours, root }) => {
                    push(format!("convs.{i}.lin_l.weight"), neighbours.weight, matrix(neighbours, true));
                    if let Some(bias) = neighbours.bias {
                        let inputs = Some(neighbours.inputs);
                        push(format!("convs.{i}.lin_l.bias"), bias, Role::Bias { inputs });
                    }
                    if let Some(root) = root {
                        push(format!("convs.{i}.lin_r.weight"), root.weight, matrix(root, true));
                    }
                }
                Conv::Gat(conv) => {
                    let role = Role::Attention { heads: conv.heads, width: conv.width };
                    push(format!("convs.{i}.lin.weight"), conv.lin.weight, matrix(&conv.lin, false));
                    push(format!("convs.{i}.att_src"), conv.source, role);
                    push(format!("convs.{i}.att_dst"), conv.target, role);
                    if let Some(bias) = conv.bias {
                        push(format!("convs.{i}.bias"), bias, Role::Bias { inputs: None });
                    }
                }
            }
        }
        for (i, norm) in self.norms.iter().enumerate() {
            push(format!("norms.{i}.weight"), norm.gamma, Role::Gamma);
            push(format!("norms.{i}.bias"), norm.beta, Role::Beta);
        }
        if let Some(head) = &self.head {
            push("lin.weight".to_owned(), head.weight, matrix(head, true));
            if let Some(bias) = head.bias {
                push("lin.bias".to_owned(), bias, Role::Bias { inputs: Some(head.inputs) });
            }
        }
        all
    }
}

impl Parameter {
    /// Its shape in PyTorch.
    pub(crate) fn shape(&self) -> Vec<usize> {
        match self.role {
            Role::Matrix { inputs, outputs, .. } => vec![outputs, inputs],
            Role::Attention { heads, width } => vec![1, heads, width],
            Role::Bias { .. } | Role::Gamma | Role::Beta => vec![self.slot.range().len()],
        }
    }

    /// Whether weight decay draws it towards 0 unless told otherwise: weights do, biases and norms do not.
    pub(crate) fn decays(&self) -> bool {
        matches!(self.role, Role::Matrix { .. } | Role::Attention { .. })
    }
}
