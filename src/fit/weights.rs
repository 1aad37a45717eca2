//! Random numbers of the paired draws, and the run weights of the Bayesian bootstrap (Rubin 1981), Exp(1) a run and draw.
//!
//! A number is a pure function of (seed, draw, stream), a stream being a run's name: the order of rows, the number of workers and the other runs
//! in the file change nothing, and a link that carries the seed reproduces every draw. The mixing function is
//! SplitMix64's finaliser (Steele, Lea, Flood 2014), used as a counter-based generator.

use crate::maths;

/// SplitMix64's finaliser: a bijection of 64 bits in which every input bit reaches every output bit.
fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The golden ratio's fraction in 64 bits, SplitMix64's increment: keeps small counters apart.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// A key for a run's name: FNV-1a over its bytes.
pub fn run_key(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A uniform number in (0, 1) for a seed, a draw and a stream.
pub fn uniform(seed: u64, draw: u64, stream: u64) -> f64 {
    let bits = mix(mix(mix(seed.wrapping_add(STEP)).wrapping_add(draw.wrapping_mul(STEP))).wrapping_add(stream));
    // 53 bits, shifted by half a step so that 0 and 1 never come.
    ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64
}

/// The Exp(1) weight of a run in a draw.
pub fn exponential(seed: u64, draw: u64, run: u64) -> f64 {
    -maths::ln(uniform(seed, draw, run))
}

/// A standard normal number for a seed, a draw and a stream (Box and Muller 1958); it also uses the stream after.
pub fn normal(seed: u64, draw: u64, stream: u64) -> f64 {
    let radius = (-2.0 * maths::ln(uniform(seed, draw, stream))).sqrt();
    radius * maths::cos(std::f64::consts::TAU * uniform(seed, draw, stream.wrapping_add(1)))
}

#[cfg(test)]
mod tests {
    use super::{exponential, run_key, uniform};

    #[test]
    fn weights_are_exponential_and_independent_between_runs_and_draws() {
        let (a, b) = (run_key("1.8B r=0.5"), run_key("1.8B r=0.9"));
        let n = 20_000;
        let (mut mean, mut square, mut cross) = (0.0, 0.0, 0.0);
        for draw in 0..n {
            let (x, y) = (exponential(7, draw, a), exponential(7, draw, b));
            mean += x;
            square += x * x;
            cross += (x - 1.0) * (y - 1.0);
        }
        let n = n as f64;
        // Exp(1): mean 1 (standard error 1/sqrt n), second moment 2 (sqrt(20/n)), no correlation (1/sqrt n). Four of each.
        assert!((mean / n - 1.0).abs() < 4.0 / n.sqrt());
        assert!((square / n - 2.0).abs() < 4.0 * (20.0 / n).sqrt());
        assert!((cross / n).abs() < 4.0 / n.sqrt());
    }

    #[test]
    fn the_seed_decides() {
        assert_eq!(uniform(1, 2, 3), uniform(1, 2, 3));
        assert_ne!(uniform(1, 2, 3), uniform(2, 2, 3));
    }
}
