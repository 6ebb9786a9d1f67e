//! Sums over rows and columns.

/// Adds `row` to every row of `data`.
pub(crate) fn add_to_rows(data: &mut [f32], row: &[f32]) {
    for target in data.chunks_exact_mut(row.len()) {
        for (target, &x) in target.iter_mut().zip(row) {
            *target += x;
        }
    }
}

/// Adds `factor row` to `sums`.
pub(super) fn add_one(sums: &mut [f32], row: &[f32], factor: f32) {
    for (sum, &x) in sums.iter_mut().zip(row) {
        *sum += factor * x;
    }
}

/// Adds four rows with their factors to `sums`, one after another.
pub(super) fn add_four(sums: &mut [f32], rows: [&[f32]; 4], [a, b, c, d]: [f32; 4]) {
    let len = sums.len();
    let [p, q, r, s] = rows.map(|row| &row[..len]);
    for k in 0..len {
        sums[k] = (((sums[k] + a * p[k]) + b * q[k]) + c * r[k]) + d * s[k];
    }
}

/// Sum of every column, rows ascending, in `f64`.
pub(crate) fn column_sums(data: &[f32], out: &mut [f32]) {
    let mut sums = vec![0f64; out.len()];
    for row in data.chunks_exact(out.len()) {
        for (sum, &x) in sums.iter_mut().zip(row) {
            *sum += f64::from(x);
        }
    }
    for (out, sum) in out.iter_mut().zip(sums) {
        *out = sum as f32;
    }
}

/// Sum of the elements in eight interleaved lanes.
pub(crate) fn sum(values: &[f32]) -> f32 {
    let (chunks, rest) = values.as_chunks::<8>();
    let mut lanes = [0f32; 8];
    for chunk in chunks {
        for k in 0..8 {
            lanes[k] += chunk[k];
        }
    }
    for (lane, &value) in lanes.iter_mut().zip(rest) {
        *lane += value;
    }
    fold(lanes)
}

/// Sum of the products of two rows of equal length, in eight interleaved lanes.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a_chunks, a_rest), (b_chunks, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut lanes = [0f32; 8];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for k in 0..8 {
            lanes[k] += a[k] * b[k];
        }
    }
    for ((lane, &a), &b) in lanes.iter_mut().zip(a_rest).zip(b_rest) {
        *lane += a * b;
    }
    fold(lanes)
}

fn fold(lanes: [f32; 8]) -> f32 {
    ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) + ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_rows_and_columns_by_hand() {
        let values: Vec<f32> = (1..=11).map(|x| x as f32).collect();
        assert_eq!(sum(&values), 66.0);
        assert_eq!(dot(&values, &values), 506.0);
        let mut sums = [0.0; 2];
        column_sums(&[1.0, 2.0, 3.0, 4.0], &mut sums);
        assert_eq!(sums, [4.0, 6.0]);
    }
}
