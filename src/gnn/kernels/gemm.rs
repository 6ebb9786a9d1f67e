//! Dense products for wasm, where the compiler finds few wide instructions in the crate `matrixmultiply`.
//!
//! `b` is packed into panels of 16 columns, the last one of 8 where that is enough. A tile of the product is 2 rows by
//! 16 columns or 4 rows by 8: eight accumulators of four lanes, which with the loads of one step fill the 15 registers
//! that V8 has to give; unrolled, the loop over the inner index spills. Rows of `a` are read where they are when their
//! elements lie side by side, and copied otherwise; of rows that a ReLU or dropout has gone over only what is not zero is
//! multiplied. Every element adds its products with the inner index ascending, whatever the tile.
//! `docs/decisions/dense-products.md` says what was tried and what bounds it.

use std::array::from_fn;
use std::cell::RefCell;
use std::ops::Range;

use ndarray::ArrayView2;

use super::rows::{add_four, add_one};
use super::zeros::{LONGEST, NonZeros};

/// Inner indices of a block: a panel of 16 columns takes 16 KiB, half of a first-level cache.
const DEPTH: usize = LONGEST;
/// Rows of `a` that meet a panel while it is near.
const ROWS: usize = 64;
/// Columns of `b` that are packed at a time.
const COLUMNS: usize = 512;
/// Columns of a product `aᵀ b` that make too little use of a panel.
const FEW: usize = 8;

/// Blocks with their elements side by side, used again by every product.
struct Packed {
    /// Panels of `b`, one after another.
    panels: Vec<f32>,
    /// Rows of `a`, one after another.
    rows: Vec<f32>,
    non_zeros: NonZeros,
}

thread_local! {
    static PACKED: RefCell<Packed> =
        const { RefCell::new(Packed { panels: Vec::new(), rows: Vec::new(), non_zeros: NonZeros::new() }) };
}

/// Whether [`multiply`] is faster than `ndarray`. Sums of few terms are not worth the packing, above all that of rows
/// whose elements lie apart; both add the same terms in the same order there.
pub(super) fn pays(a: ArrayView2<'_, f32>) -> bool {
    a.ncols() >= if a.strides()[1] == 1 { 24 } else { 64 }
}

/// `out = a b`, row-major. At most 0.6 MB of scratch stay with the thread.
pub(super) fn multiply(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: &mut [f32]) {
    let (height, width) = (a.nrows(), b.ncols());
    assert_eq!(a.ncols(), b.nrows(), "b has a row for every column of a");
    assert_eq!(out.len(), height * width, "a product has as many elements as its shape says");
    if a.ncols() == 0 {
        out.fill(0.0);
    }
    PACKED.with_borrow_mut(|packed| {
        // Rows are dear to copy when their elements lie apart: of a wide `aᵀ` it is better to make panels.
        if height > width && height > 1 && a.strides()[0] == 1 {
            if width <= FEW {
                return thin(b.t(), a.t(), out, &mut packed.rows);
            }
            blocked(b.t(), a.t(), Out { elements: out, row: 1, column: width }, packed);
        } else {
            blocked(a, b, Out { elements: out, row: width, column: 1 }, packed);
        }
    });
}

/// `out = (a b)ᵀ` for an `a` of few rows, too few to make panels of `b` for: its rows, whose elements lie side by side, are
/// read where they are, four at a time, over sums in memory.
fn thin(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, out: &mut [f32], sums: &mut Vec<f32>) {
    let (height, width) = (a.nrows(), b.ncols());
    sums.clear();
    sums.resize(height * width, 0.0);
    // Sixteen rows of `b` stay in the first-level cache until all rows of `a` have met them.
    for depth in blocks(a.ncols(), 16) {
        let row = |k: usize| b.row(k).to_slice().expect("elements of a row of b lie side by side");
        for (r, sums) in sums.chunks_exact_mut(width).enumerate() {
            for k in blocks(depth.len(), 4).map(|four| depth.start + four.start..depth.start + four.end) {
                match k.len() {
                    4 => add_four(sums, from_fn(|i| row(k.start + i)), from_fn(|i| a[[r, k.start + i]])),
                    _ => k.for_each(|k| add_one(sums, row(k), a[[r, k]])),
                }
            }
        }
    }
    for (r, sums) in sums.chunks_exact(width).enumerate() {
        for (c, &sum) in sums.iter().enumerate() {
            out[c * height + r] = sum;
        }
    }
}

/// A product with its strides.
struct Out<'a> {
    elements: &'a mut [f32],
    row: usize,
    column: usize,
}

impl Out<'_> {
    /// A tile with rows at `starts` and `columns` columns.
    fn read<const R: usize, const W: usize>(&self, starts: [usize; R], columns: usize) -> [[f32; W]; R] {
        starts.map(|start| match self.elements[start..].first_chunk::<W>() {
            Some(&row) if self.column == 1 && columns == W => row,
            _ => from_fn(|c| if c < columns { self.elements[start + c * self.column] } else { 0.0 }),
        })
    }

    fn write<const R: usize, const W: usize>(
        &mut self,
        starts: [usize; R],
        columns: usize,
        tile: [[f32; W]; R],
    ) {
        for (start, tile) in starts.into_iter().zip(tile) {
            match self.elements[start..].first_chunk_mut::<W>() {
                Some(row) if self.column == 1 && columns == W => *row = tile,
                _ => (0..columns.min(W)).for_each(|c| self.elements[start + c * self.column] = tile[c]),
            }
        }
    }
}

/// Block by block.
fn blocked(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>, mut out: Out<'_>, packed: &mut Packed) {
    let Packed { panels, rows, non_zeros } = packed;
    for columns in blocks(b.ncols(), COLUMNS) {
        for depth in blocks(a.ncols(), DEPTH) {
            pack_panels(b, depth.clone(), columns.clone(), panels);
            for block in blocks(a.nrows(), ROWS) {
                let rows = rows_of(a, block, depth.clone(), rows);
                let sparse = non_zeros.read((0..rows.count).map(|row| rows.row(row)), columns.len());
                let mut tiles = Tiles { rows, out: &mut out, adds: depth.start > 0 };
                tiles.multiply(panels, columns.clone(), sparse.then_some(&*non_zeros));
            }
        }
    }
}

/// `0..length` cut into ranges of at most `most`.
fn blocks(length: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    (0..length).step_by(most).map(move |from| from..(from + most).min(length))
}

/// Width of the next panel when `left` columns are left.
fn panel_width(left: usize) -> usize {
    if left > 8 { 16 } else { 8 }
}

/// Packs rows `depth` and columns `columns` of `b`, panel by panel; columns that are not there are 0.
fn pack_panels(b: ArrayView2<'_, f32>, depth: Range<usize>, columns: Range<usize>, panels: &mut Vec<f32>) {
    panels.resize(depth.len() * columns.len().next_multiple_of(8), 0.0);
    let (mut rest, mut from) = (&mut panels[..], columns.start);
    while from < columns.end {
        let width = panel_width(columns.end - from);
        let (panel, after) = rest.split_at_mut(depth.len() * width);
        let used = from..columns.end.min(from + width);
        match width {
            16 => pack_panel(b, depth.start, used, panel.as_chunks_mut::<16>().0),
            _ => pack_panel(b, depth.start, used, panel.as_chunks_mut::<8>().0),
        }
        (rest, from) = (after, from + width);
    }
}

fn pack_panel<const W: usize>(
    b: ArrayView2<'_, f32>,
    first: usize,
    columns: Range<usize>,
    panel: &mut [[f32; W]],
) {
    let (start, used) = (columns.start, columns.len());
    for (to, k) in panel.iter_mut().zip(first..) {
        let row = b.row(k);
        match row.to_slice().and_then(|row| row[start..].first_chunk::<W>()) {
            // A copy of a length known here is a few instructions, any other a call.
            Some(row) if used == W => *to = *row,
            _ => *to = from_fn(|c| if c < used { row[start + c] } else { 0.0 }),
        }
    }
}

/// Rows of a block of `a`.
#[derive(Clone, Copy)]
struct BlockRows<'a> {
    elements: &'a [f32],
    stride: usize,
    /// Place of the first among all rows.
    first: usize,
    count: usize,
    depth: usize,
}

impl<'a> BlockRows<'a> {
    fn row(self, row: usize) -> &'a [f32] {
        &self.elements[row * self.stride..][..self.depth]
    }
}

/// The rows where they are, or copied to `space` when their elements do not lie side by side.
fn rows_of<'a>(
    a: ArrayView2<'a, f32>,
    rows: Range<usize>,
    depth: Range<usize>,
    space: &'a mut Vec<f32>,
) -> BlockRows<'a> {
    let (first, count) = (rows.start, rows.len());
    if let Some(elements) = a.to_slice() {
        let elements = &elements[first * a.ncols() + depth.start..];
        return BlockRows { elements, stride: a.ncols(), first, count, depth: depth.len() };
    }
    space.resize(count * depth.len(), 0.0);
    // Sixteen columns at a time, so that their cache lines serve sixteen rows.
    for inner in blocks(depth.len(), 16) {
        for (row, to) in space.chunks_exact_mut(depth.len()).enumerate() {
            for (to, k) in to[inner.clone()].iter_mut().zip(depth.start + inner.start..) {
                *to = a[[first + row, k]];
            }
        }
    }
    BlockRows { elements: space, stride: depth.len(), first, count, depth: depth.len() }
}

/// Some rows of the product at one block of inner indices.
struct Tiles<'a, 'b> {
    rows: BlockRows<'a>,
    out: &'a mut Out<'b>,
    /// Whether earlier blocks have left sums in `out`.
    adds: bool,
}

impl Tiles<'_, '_> {
    /// All panels of `columns`; of rows with many zeros only the rest is multiplied.
    fn multiply(&mut self, panels: &[f32], columns: Range<usize>, non_zeros: Option<&NonZeros>) {
        let rows = self.rows;
        let (mut rest, mut from) = (panels, columns.start);
        while from < columns.end {
            let width = panel_width(columns.end - from);
            let (panel, after) = rest.split_at(self.rows.depth * width);
            let used = from..columns.end.min(from + width);
            match (width, non_zeros) {
                (16, None) => self.panel(panel.as_chunks::<16>().0, used, |places, panel, sums| {
                    wide(places.map(|place| rows.row(place)), panel, sums);
                }),
                (_, None) => self.panel(panel.as_chunks::<8>().0, used, |places, panel, sums| {
                    narrow(places.map(|place| rows.row(place)), panel, sums);
                }),
                (16, Some(rows)) => self.panel(panel.as_chunks::<16>().0, used, |[place], panel, [sums]| {
                    rows.add(place, panel, sums);
                }),
                (_, Some(rows)) => self.panel(panel.as_chunks::<8>().0, used, |[place], panel, [sums]| {
                    rows.add(place, panel, sums);
                }),
            }
            (rest, from) = (after, from + width);
        }
    }

    /// All rows of one panel, `R` at a time. The last tile repeats a row where too few are left.
    fn panel<const R: usize, const W: usize>(
        &mut self,
        panel: &[[f32; W]],
        columns: Range<usize>,
        kernel: impl Fn([usize; R], &[[f32; W]], &mut [[f32; W]; R]),
    ) {
        let BlockRows { first, count, .. } = self.rows;
        for top in (0..count).step_by(R) {
            let places: [usize; R] = from_fn(|r| (top + r).min(count - 1));
            let starts = places.map(|row| (first + row) * self.out.row + columns.start * self.out.column);
            let mut sums = if self.adds { self.out.read(starts, columns.len()) } else { [[0.0; W]; R] };
            kernel(places, panel, &mut sums);
            self.out.write(starts, columns.len(), sums);
        }
    }
}

/// Adds 2 rows times a panel of 16 columns.
#[inline(never)]
fn wide([a, b]: [&[f32]; 2], panel: &[[f32; 16]], sums: &mut [[f32; 16]; 2]) {
    let [mut first, mut second] = *sums;
    for ((row, &a), &b) in panel.iter().zip(a).zip(b) {
        for c in 0..16 {
            first[c] += a * row[c];
            second[c] += b * row[c];
        }
    }
    *sums = [first, second];
}

/// Adds 4 rows times a panel of 8 columns.
#[inline(never)]
fn narrow([a, b, c, d]: [&[f32]; 4], panel: &[[f32; 8]], sums: &mut [[f32; 8]; 4]) {
    let [mut first, mut second, mut third, mut fourth] = *sums;
    for ((((row, &a), &b), &c), &d) in panel.iter().zip(a).zip(b).zip(c).zip(d) {
        for j in 0..8 {
            first[j] += a * row[j];
            second[j] += b * row[j];
            third[j] += c * row[j];
            fourth[j] += d * row[j];
        }
    }
    *sums = [first, second, third, fourth];
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;
    use oorandom::Rand32;

    use super::*;

    fn random(rows: usize, columns: usize, rng: &mut Rand32) -> Array2<f32> {
        Array2::from_shape_fn((rows, columns), |_| rng.rand_float() - 0.5)
    }

    /// One sum after another, inner index ascending.
    fn plain(a: ArrayView2<'_, f32>, b: ArrayView2<'_, f32>) -> Vec<f32> {
        let (rows, width) = (a.nrows(), b.ncols());
        let sum = |row: usize, c: usize| (0..a.ncols()).fold(0f32, |sum, k| sum + a[[row, k]] * b[[k, c]]);
        (0..rows * width).map(|at| sum(at / width, at % width)).collect()
    }

    #[test]
    fn every_use_gives_the_bits_of_plain_sums() {
        // Edges of tiles, of panels, and of blocks of rows, inner indices and columns.
        let shapes = [
            [1, 1, 1],
            [2, 3, 8],
            [3, 5, 7],
            [5, 1, 9],
            [4, 8, 16],
            [7, 257, 17],
            [9, 2, 25],
            [65, 31, 40],
            [66, 513, 3],
            [129, 256, 24],
            [2, 9, 513],
            [100, 37, 8],
            [100, 70, 3],
            [70, 4, 530],
            [131, 300, 200],
            [67, 300, 201],
            [3, 0, 5],
            [0, 3, 5],
            [4, 3, 0],
        ];
        let mut rng = Rand32::new(3);
        for ([rows, inner, columns], rectified) in
            shapes.into_iter().flat_map(|shape| [(shape, false), (shape, true)])
        {
            let (mut a, b) = (random(rows, inner, &mut rng), random(inner, columns, &mut rng));
            if rectified {
                a.mapv_inplace(|x| x.max(0.0));
            }
            let (a_turned, b_turned) =
                (a.t().as_standard_layout().to_owned(), b.t().as_standard_layout().to_owned());
            let want = plain(a.view(), b.view());
            let uses = [
                ("a b", a.view(), b.view()),
                ("a bT", a.view(), b_turned.t()),
                ("aT b", a_turned.t(), b.view()),
                ("aT bT", a_turned.t(), b_turned.t()),
            ];
            for (name, a, b) in uses {
                let mut got = vec![9.0; rows * columns];
                multiply(a, b, &mut got);
                assert!(got == want, "{name}, {rows} x {inner} x {columns}, rectified: {rectified}");
            }
        }
    }

    #[test]
    fn a_product_agrees_with_the_crate_matrixmultiply() {
        let mut rng = Rand32::new(4);
        let (a, b) = (random(150, 700, &mut rng), random(700, 90, &mut rng));
        let mut got = vec![0.0; 150 * 90];
        multiply(a.view(), b.view(), &mut got);
        let worst = a.dot(&b).iter().zip(&got).map(|(x, y)| (x - y).abs()).fold(0.0, f32::max);
        // 700 terms below 0.25, roundings of 6e-8 of a sum below 20.
        assert!(worst < 1e-4, "{worst}");
    }
}
