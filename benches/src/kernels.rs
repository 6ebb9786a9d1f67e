//! Dense and sparse products of the shapes that layers have.
//!
//! The figure of a dense product is a rate of operations, that of a sparse one a rate of bytes: the rows it gathers and
//! the rows it writes.

use std::cell::RefCell;
use std::rc::Rc;

use ibmb::gnn::kernels;
use ibmb::graph::SparseView;
use ndarray::linalg::general_mat_mul;
use ndarray::{ArrayView2, ArrayViewMut2};

use crate::Workload;

/// Rows, inner and columns of the products.
const SHAPES: [[usize; 3]; 6] = [
    [2048, 128, 256],
    [2048, 128, 40],
    [17_716, 1639, 64],
    [17_716, 256, 256],
    [17_716, 256, 4],
    [100, 64, 7],
];

/// Which of the factors is a transposed view.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    Forward,
    /// The same with the half of the inputs that a ReLU leaves.
    AfterRelu,
    /// `d Wᵀ`.
    Backward,
    /// `Xᵀ d`.
    Gradient,
}

/// What all products read, and where they write.
struct Pool {
    data: Vec<f32>,
    rectified: Vec<f32>,
    out: RefCell<Vec<f32>>,
}

/// All rows; memory for the largest of them is held until the last is dropped.
pub fn rows() -> Vec<Workload> {
    let size = SHAPES.iter().map(|[rows, inner, _]| rows * inner).max().unwrap_or(0);
    let data: Vec<f32> = (0..size).map(|i| ((i * 7919) % 1009) as f32 / 1009.0 - 0.5).collect();
    // Signs without a period that a processor could foresee.
    let mut state = 1u32;
    let rectify = |x: &f32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        if state >> 31 == 0 { 0.0 } else { x.abs() }
    };
    let rectified = data.iter().map(rectify).collect();
    let pool = Rc::new(Pool { data, rectified, out: RefCell::new(Vec::new()) });
    let mut rows: Vec<Workload> = SHAPES.iter().map(|&shape| dense(&pool, shape, Use::Forward)).collect();
    rows.extend([SHAPES[0], SHAPES[3]].map(|shape| dense(&pool, shape, Use::AfterRelu)));
    for shape in [SHAPES[0], SHAPES[3], SHAPES[4]] {
        rows.push(dense(&pool, shape, Use::Backward));
        rows.push(dense(&pool, shape, Use::Gradient));
    }
    for degree in [7, 50] {
        let graph = Rc::new(random(17_716, degree));
        rows.extend([64, 128, 256].map(|width| sparse(&pool, &graph, degree, width)));
    }
    rows
}

/// The product of a layer of `inner` inputs and `columns` outputs, or one of its way back.
fn dense(pool: &Rc<Pool>, [rows, inner, columns]: [usize; 3], kind: Use) -> Workload {
    let (name, [m, k, n]) = match kind {
        Use::Forward => ("X W", [rows, inner, columns]),
        Use::AfterRelu => ("X W after a ReLU, zeros counted as work", [rows, inner, columns]),
        Use::Backward => ("d WT", [rows, columns, inner]),
        Use::Gradient => ("XT d", [inner, rows, columns]),
    };
    let run = |twin: bool| {
        let pool = pool.clone();
        move || {
            let inputs = if kind == Use::AfterRelu { &pool.rectified } else { &pool.data };
            let view = |rows, columns| {
                let data = &inputs[..rows * columns];
                ArrayView2::from_shape((rows, columns), data).expect("as many elements")
            };
            let mut out = pool.out.borrow_mut();
            out.resize(m * n, 0.0);
            let a = if kind == Use::Gradient { view(k, m).reversed_axes() } else { view(m, k) };
            let b = if kind == Use::Backward { view(n, k).reversed_axes() } else { view(k, n) };
            match (twin, cfg!(target_arch = "wasm32")) {
                (false, _) => kernels::multiply(a, b, &mut out),
                (true, true) => {
                    let mut out = ArrayViewMut2::from_shape((m, n), &mut out[..]).expect("as many elements");
                    general_mat_mul(1.0, &a, &b, 0.0, &mut out);
                }
                (true, false) => plain_dense(a, b, &mut out),
            }
            f64::from(out[m * n / 2])
        }
    };
    Workload {
        name: format!("{name}, {m} x {k} x {n}"),
        peer: if cfg!(target_arch = "wasm32") { "ndarray" } else { "plain loops" }.to_owned(),
        items: (2 * m * k * n / 1000) as u32,
        unit: "GFLOP/s",
        run: Box::new(run(false)),
        twin: Box::new(run(true)),
    }
}

fn plain_dense(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: &mut [f32]) {
    let n = b.ncols();
    for (row, out) in out.chunks_exact_mut(n).enumerate() {
        out.fill(0.0);
        for k in 0..a.ncols() {
            let x = a[[row, k]];
            for (c, out) in out.iter_mut().enumerate() {
                *out += x * b[[k, c]];
            }
        }
    }
}

/// Rows of a sparse square matrix.
struct Sparse {
    indptr: Vec<u32>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl Sparse {
    fn view(&self) -> SparseView<'_> {
        SparseView { indptr: &self.indptr, indices: &self.indices, values: &self.values }
    }
}

/// Rows of 1 to `2 degree - 1` entries at random places.
fn random(rows: u32, degree: u32) -> Sparse {
    let mut state = 12_345u32;
    let mut below = |end: u32| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % end
    };
    let mut sparse = Sparse { indptr: vec![0], indices: Vec::new(), values: Vec::new() };
    for _ in 0..rows {
        let count = 1 + below(2 * degree - 1);
        let mut row: Vec<u32> = (0..count).map(|_| below(rows)).collect();
        row.sort_unstable();
        sparse.values.extend(row.iter().map(|&column| (column % 17) as f32 / 17.0));
        sparse.indices.extend(row);
        sparse.indptr.push(sparse.indices.len() as u32);
    }
    sparse
}

fn sparse(pool: &Rc<Pool>, graph: &Rc<Sparse>, degree: u32, width: usize) -> Workload {
    let rows = graph.indptr.len() - 1;
    let run = |twin: bool| {
        let (pool, graph) = (pool.clone(), graph.clone());
        move || {
            let mut out = pool.out.borrow_mut();
            out.resize(rows * width, 0.0);
            let h = &pool.data[..rows * width];
            if twin {
                plain_sparse(graph.view(), h, width, &mut out);
            } else {
                kernels::spmm(graph.view(), h, width, &mut out);
            }
            f64::from(out[rows * width / 2])
        }
    };
    Workload {
        name: format!("sparse product, {rows} rows, mean degree {degree}, {width} columns"),
        peer: "one row of sums in memory".to_owned(),
        items: ((graph.indices.len() + rows) * width * 4 / 1000) as u32,
        unit: "GB/s",
        run: Box::new(run(false)),
        twin: Box::new(run(true)),
    }
}

fn plain_sparse(a: SparseView<'_>, h: &[f32], width: usize, out: &mut [f32]) {
    out.fill(0.0);
    for (row, out) in out.chunks_exact_mut(width).enumerate() {
        for entry in a.indptr[row] as usize..a.indptr[row + 1] as usize {
            let source = &h[a.indices[entry] as usize * width..][..width];
            for (out, &x) in out.iter_mut().zip(source) {
                *out += a.values[entry] * x;
            }
        }
    }
}
