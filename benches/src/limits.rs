//! What this machine can do on one thread: the fastest products and sums, and the fastest reading.

/// A rate in the unit of the workloads that it bounds. Bytes that are still in a cache can come faster than 64 MiB that
/// are not.
pub struct Limit {
    /// What it is.
    pub name: &'static str,
    /// Unit of the workloads that it is printed beside.
    pub unit: &'static str,
    /// Thousands of operations or bytes of one run.
    pub items: u32,
    /// One run.
    pub run: Box<dyn FnMut() -> f64>,
}

/// Rounds of the loop of products and sums: about a millisecond.
const ROUNDS: u32 = 500_000;

/// The limits of all units; the first of a unit is the one that shares are taken of.
pub fn limits() -> Vec<Limit> {
    let read = |name, kib: u32| {
        let data = vec![1f32; kib as usize * 256];
        // A small array is read often enough for the clock.
        let times = (16_384 / kib).max(1);
        let run = move || (0..times).map(|_| f64::from(sum(std::hint::black_box(&data)))).sum::<f64>();
        Limit { name, unit: "GB/s", items: (u64::from(times * kib) * 1024 / 1000) as u32, run: Box::new(run) }
    };
    vec![
        Limit {
            name: multiply_add::NAME,
            unit: "GFLOP/s",
            items: (u64::from(ROUNDS) * multiply_add::OPERATIONS / 1000) as u32,
            run: Box::new(|| f64::from(multiply_add::run(ROUNDS, std::hint::black_box([0.5, 0.25])))),
        },
        read("reading 64 MiB", 65_536),
        read("reading 256 KiB", 256),
    ]
}

/// Sum of an array in 32 lanes.
fn sum(data: &[f32]) -> f32 {
    let mut lanes = [0f32; 32];
    for chunk in data.as_chunks::<32>().0 {
        for k in 0..32 {
            lanes[k] += chunk[k];
        }
    }
    lanes.iter().sum()
}

/// Twelve independent accumulators, as many as hide the time that a product and a sum take.
#[cfg(target_arch = "wasm32")]
mod multiply_add {
    use core::arch::wasm32::{f32x4_add, f32x4_extract_lane, f32x4_mul, f32x4_splat};

    pub const NAME: &str = "products and sums of simd128";
    pub const OPERATIONS: u64 = 12 * 8;

    pub fn run(rounds: u32, [factor, term]: [f32; 2]) -> f32 {
        let (factor, term) = (f32x4_splat(factor), f32x4_splat(term));
        let mut sums = [term; 12];
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = f32x4_add(f32x4_mul(*sum, factor), term);
            }
        }
        sums.iter().map(|&sum| f32x4_extract_lane::<0>(sum)).sum()
    }
}

/// The same with the widest instructions that the crate `matrixmultiply` uses, where the processor has them.
#[cfg(target_arch = "x86_64")]
mod multiply_add {
    use std::arch::x86_64::{_mm256_cvtss_f32, _mm256_fmadd_ps, _mm256_set1_ps};

    pub const NAME: &str = "fused products and sums of AVX2";
    pub const OPERATIONS: u64 = 12 * 16;

    #[allow(unsafe_code)]
    pub fn run(rounds: u32, values: [f32; 2]) -> f32 {
        assert!(is_x86_feature_detected!("fma") && is_x86_feature_detected!("avx2"), "needs AVX2 and FMA");
        // SAFETY: the processor has the instructions, as was just checked.
        unsafe { fused(rounds, values) }
    }

    #[target_feature(enable = "avx2,fma")]
    fn fused(rounds: u32, [factor, term]: [f32; 2]) -> f32 {
        let (factor, term) = (_mm256_set1_ps(factor), _mm256_set1_ps(term));
        let mut sums = [term; 12];
        for _ in 0..rounds {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(*sum, factor, term);
            }
        }
        sums.iter().map(|&sum| _mm256_cvtss_f32(sum)).sum()
    }
}

/// The same as the compiler makes it.
#[cfg(not(any(target_arch = "wasm32", target_arch = "x86_64")))]
mod multiply_add {
    pub const NAME: &str = "products and sums";
    pub const OPERATIONS: u64 = 12 * 8;

    pub fn run(rounds: u32, [factor, term]: [f32; 2]) -> f32 {
        let mut sums = [[term; 4]; 12];
        for _ in 0..rounds {
            for sum in sums.iter_mut().flatten() {
                *sum = *sum * factor + term;
            }
        }
        sums.iter().flatten().sum()
    }
}
