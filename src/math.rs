//! Functions whose bits must not differ between native code and wasm, and the digest of results.

use xxhash_rust::xxh64::Xxh64;

/// Bits that ascend as `f64::total_cmp` does, so that numbers are sorted and bounded as integers.
///
/// # Example
/// ```
/// use ibmb::math::ascending_bits;
/// assert!(ascending_bits(-2.0) < ascending_bits(-1.0) && ascending_bits(-1.0) < ascending_bits(0.5));
/// ```
pub fn ascending_bits(x: f64) -> u64 {
    let bits = x.to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

/// `e^x` with the same bits on every target.
pub fn exp(x: f32) -> f32 {
    libm::expf(x)
}

/// `e^x` for every value, by operations that compilers make wide; the same bits on every target.
///
/// The relative error is below 1e-7 where the result is a normal number, and the absolute error at most 2^-149 below.
/// NaN stays NaN, `-inf` gives 0, what is above 88.72284 gives infinity.
/// # Example
/// ```
/// let mut values = [0.0, 1.0, f32::NEG_INFINITY];
/// ibmb::math::exp_all(&mut values);
/// assert_eq!(values[0], 1.0);
/// assert!((values[1] - 2.718_281_8).abs() < 3e-7);
/// assert_eq!(values[2], 0.0);
/// ```
/// # Source
/// [Moshier89]: the reduction of [Cody80] in two steps and a polynomial of degree 5.
pub fn exp_all(values: &mut [f32]) {
    let (chunks, rest) = values.as_chunks_mut::<8>();
    for chunk in chunks {
        *chunk = chunk.map(exp_near);
    }
    for value in rest {
        *value = exp_near(*value);
    }
}

/// One value of [`exp_all`]; without branches, so that a loop over it becomes wide instructions.
#[inline(always)]
pub(crate) fn exp_near(x: f32) -> f32 {
    /// Adding it rounds to an integer, which then stands in the low bits.
    const ROUND: f32 = 12_582_912.0;
    // ln 2 in two parts: products of the first one with integers below 2^13 are exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    // Beyond these the result is 0 or infinite. NaN is neither.
    let x = if x < -104.0 { -104.0 } else { x };
    let x = if x > 89.0 { 89.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUND;
    let twos = shifted - ROUND;
    let r = x - twos * LN_2[0] - twos * LN_2[1];
    let mut p = 1.987_569_1e-4;
    for c in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 5e-1] {
        p = p * r + c;
    }
    let y = p * (r * r) + r + 1.0;
    // 2^twos may be no normal number; its halves are.
    let power = shifted.to_bits().wrapping_sub(ROUND.to_bits()) as i32;
    let half = power >> 1;
    let two_to = |n: i32| f32::from_bits((n.wrapping_add(127) as u32) << 23);
    y * two_to(half) * two_to(power.wrapping_sub(half))
}

/// `e^x` in double precision with the same bits on every target.
pub fn exp64(x: f64) -> f64 {
    libm::exp(x)
}

/// Natural logarithm with the same bits on every target.
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// Fingerprint of typed arrays: XXH64 of their little-endian bytes, seed 0.
#[derive(Default)]
pub struct Digest(Xxh64);

impl Digest {
    /// Adds 32-bit integers.
    pub fn u32s(&mut self, values: &[u32]) -> &mut Self {
        for value in values {
            self.0.update(&value.to_le_bytes());
        }
        self
    }

    /// Adds 32-bit floats by their bits.
    pub fn f32s<'a>(&mut self, values: impl IntoIterator<Item = &'a f32>) -> &mut Self {
        for value in values {
            self.0.update(&value.to_le_bytes());
        }
        self
    }

    /// Adds 64-bit floats by their bits.
    pub fn f64s(&mut self, values: &[f64]) -> &mut Self {
        for value in values {
            self.0.update(&value.to_le_bytes());
        }
        self
    }

    /// Sixteen hexadecimal digits.
    pub fn hex(&self) -> String {
        format!("{:016x}", self.0.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_of_a_slice_is_near_the_exact_one_over_the_whole_range() {
        // Every 89th float of each sign up to 105, which is all that is not 0 or infinite.
        let last = 105f32.to_bits();
        for sign in [0, 1 << 31] {
            let inputs: Vec<f32> = (0..=last).step_by(89).map(|bits| f32::from_bits(bits | sign)).collect();
            let mut got = inputs.clone();
            exp_all(&mut got);
            for (&x, &got) in inputs.iter().zip(&got) {
                let want = f64::from(x).exp();
                if want > f64::from(f32::MAX) {
                    assert!(
                        got == f32::INFINITY || f64::from(got) > want * (1.0 - 1e-7),
                        "exp({x}) gives {got}"
                    );
                    continue;
                }
                let error = (f64::from(got) - want).abs();
                let smallest = f64::from(f32::from_bits(1));
                assert!(error < 1e-7 * want || error <= smallest, "exp({x}) gives {got}, exact is {want}");
            }
        }
    }

    #[test]
    fn exp_of_a_slice_at_the_ends() {
        // The greatest float is e^88.722839, half the smallest one e^-103.972077.
        let mut values = [
            f32::NEG_INFINITY,
            -1e30,
            -103.98,
            -103.9,
            0.0,
            -0.0,
            88.72,
            88.73,
            1e30,
            f32::INFINITY,
            f32::NAN,
        ];
        exp_all(&mut values);
        assert_eq!(values[..3], [0.0; 3]);
        assert_eq!(values[3].to_bits(), 1);
        assert_eq!(values[4..6], [1.0; 2]);
        assert!(values[6].is_finite());
        assert_eq!(values[7..10], [f32::INFINITY; 3]);
        assert!(values[10].is_nan());
    }
}
