//! Functions whose bits must not differ between native code and wasm, and the digest of results.

use xxhash_rust::xxh64::Xxh64;

/// `e^x` with the same bits on every target.
pub fn exp(x: f32) -> f32 {
    libm::expf(x)
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
