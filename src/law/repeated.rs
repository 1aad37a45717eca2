//! Repeated data: how much tokens are worth that were seen before.
//!
//! Muennighoff et al., "Scaling Data-Constrained Language Models", NeurIPS 2023, arXiv 2305.16264. With `U` unique
//! tokens and `R = D/U - 1` repetitions, `D` tokens are worth `U + U R* (1 - e^(-R/R*))` unique ones; parameters beyond
//! what `U` can feed lose worth in the same way. The constants were fitted to training from scratch on C4 with models
//! up to 9B: for continual pre-training they are an assumption, and whoever shows a number says so.

use crate::maths;

/// `R_D*`: repetitions after which a repeated token's worth has fallen to 1/e.
pub const DATA_REPETITIONS: f64 = 15.387756;
/// `R_N*`: the same for excess parameters.
pub const SIZE_REPETITIONS: f64 = 5.309743;
const LN_A: f64 = 6.255414;
const LN_B: f64 = 7.3049974;
const LN_E: f64 = 0.6254804;
/// `α = β` in the paper's fit.
const EXPONENT: f64 = 0.3526596;

/// What `seen` is worth, of which `unique` differ.
fn worth(seen: f64, unique: f64, constant: f64) -> f64 {
    if seen <= unique {
        return seen;
    }
    let repetitions = seen / unique - 1.0;
    unique + unique * constant * -maths::exp_m1(-repetitions / constant)
}

/// Tokens without repetition that are worth as much as `seen` tokens of which `unique` differ.
pub fn effective_tokens(seen: f64, unique: f64) -> f64 {
    worth(seen, unique, DATA_REPETITIONS)
}

/// What one more token is worth after `epochs` passes over the data, against a fresh one: `e^(-(epochs - 1)/R*)`.
pub fn marginal_worth(epochs: f64) -> f64 {
    maths::exp(-(epochs - 1.0).max(0.0) / DATA_REPETITIONS)
}

/// The paper's loss in nats per token for `size` parameters, `seen` tokens, `unique` of them different.
pub fn loss(size: f64, seen: f64, unique: f64) -> f64 {
    let unique = unique.min(seen);
    // The compute-optimal size for `unique` tokens; as α = β it is U G². G = (αA/βB)^(1/(α+β)).
    let g = maths::exp((LN_A - LN_B) / (2.0 * EXPONENT));
    let base = size.min(unique * g * g);
    let (n, d) = (worth(size, base, SIZE_REPETITIONS), effective_tokens(seen, unique));
    maths::exp(LN_E) + maths::exp(LN_A - EXPONENT * maths::ln(n)) + maths::exp(LN_B - EXPONENT * maths::ln(d))
}

#[cfg(test)]
mod tests {
    use super::{effective_tokens, loss, marginal_worth};

    #[test]
    fn the_published_fit_gives_its_own_values() {
        // Worked out with the authors' constants (shared notes on the paper's appendix), to all digits of a double.
        for (size, seen, unique, expected) in
            [(6.34e9, 242e9, 25e9, 2.2256440889984477), (8.67e9, 178e9, 25e9, 2.2269634075087867)]
        {
            let found = loss(size, seen, unique);
            assert!((found / expected - 1.0f64).abs() < 1e-12, "{found} for {expected}");
        }
    }

    #[test]
    fn a_first_pass_is_whole_and_the_worth_of_a_next_one_is_the_slope() {
        assert_eq!(effective_tokens(3e9, 5e9), 3e9);
        assert_eq!(effective_tokens(5e9, 5e9), 5e9);
        for epochs in [1.5, 4.0, 16.0, 60.0] {
            let h = 1e-5;
            let slope = (effective_tokens(epochs + h, 1.0) - effective_tokens(epochs - h, 1.0)) / (2.0 * h);
            assert!((slope - marginal_worth(epochs)).abs() < 1e-8, "{epochs}: {slope}");
        }
        // The paper's reading: up to four epochs are nearly as good as fresh data.
        assert!(effective_tokens(4.0, 1.0) > 3.6);
    }
}
