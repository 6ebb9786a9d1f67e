//! What follows a ReLU or dropout is zero for the better part: rows of which only the rest is multiplied.

/// The elements of some rows that are not zero, row after row, with their columns.
pub(super) struct NonZeros {
    columns: Vec<u8>,
    values: Vec<f32>,
    /// Where each row ends.
    ends: Vec<usize>,
}

/// Elements of a row at most: as many as a `u8` counts.
pub(super) const LONGEST: usize = 256;
/// Columns of a product from which on it pays to look for zeros.
const WIDE: usize = 48;

impl NonZeros {
    pub(super) const fn new() -> NonZeros {
        NonZeros { columns: Vec::new(), values: Vec::new(), ends: Vec::new() }
    }

    /// Takes in rows of at most [`LONGEST`] elements and says whether their product with a matrix of `width` columns, 512
    /// at most, is faster without the zeros. Elsewhere it takes in nothing.
    pub(super) fn read<'a>(&mut self, rows: impl Iterator<Item = &'a [f32]> + Clone, width: usize) -> bool {
        if width < WIDE {
            return false;
        }
        let size: usize = rows.clone().map(<[f32]>::len).sum();
        let zeros: usize = rows.clone().map(|row| row.iter().filter(|&&x| x == 0.0).count()).sum();
        // An element costs 1.55 times as much as in a dense product, and taking it in as much as 32 columns of that.
        if (size - zeros) * 155 * width > size * 100 * (width - 32) {
            return false;
        }
        // Each element is written before it is known whether the next takes its place.
        self.columns.resize(size - zeros + 1, 0);
        self.values.resize(size - zeros + 1, 0.0);
        self.ends.clear();
        let mut end = 0;
        for row in rows {
            for (column, &x) in row.iter().enumerate() {
                self.columns[end] = column as u8;
                self.values[end] = x;
                end += usize::from(x != 0.0);
            }
            self.ends.push(end);
        }
        true
    }

    /// Adds a row times a panel of columns, whose rows are as many as that row had elements.
    #[inline(never)]
    pub(super) fn add<const W: usize>(&self, row: usize, panel: &[[f32; W]], sums: &mut [f32; W]) {
        let from = if row == 0 { 0 } else { self.ends[row - 1] };
        let to = self.ends[row];
        let mut all = *sums;
        for (&column, &value) in self.columns[from..to].iter().zip(&self.values[from..to]) {
            // Ends the loop where there is no such row: V8 keeps the sums in registers, which a panic would not let it.
            let Some(row) = panel.get(usize::from(column)) else { break };
            for c in 0..W {
                all[c] += value * row[c];
            }
        }
        *sums = all;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_rows_with_many_zeros_is_multiplied() {
        let rows = [[1.0, 0.0, 0.0, 2.0], [0.0, 0.0, -0.0, 3.0]];
        let mut rest = NonZeros::new();
        assert!(rest.read(rows.iter().map(|row| &row[..]), 256));
        let panel = [[1.0, 10.0], [f32::NAN; 2], [f32::NAN; 2], [4.0, 40.0]];
        let mut sums = [[100.0; 2]; 2];
        for (row, sums) in sums.iter_mut().enumerate() {
            rest.add(row, &panel, sums);
        }
        assert_eq!(sums, [[109.0, 190.0], [112.0, 220.0]]);
        // Three of eight elements are too many for the fewer columns.
        assert!(!rest.read(rows.iter().map(|row| &row[..]), 64));
        assert!(!rest.read(rows.iter().map(|row| &row[..]), WIDE - 1));
    }
}
