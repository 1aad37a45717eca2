//! Repeated data: how much tokens are worth that were seen before, as functions of the published constants and as a law to
//! fit.
//!
//! ```text
//! L(N, D, U) = E + A/N'^α + B/D'^β
//! D' = U (1 + R_D* (1 - e^(-R_D/R_D*))),  R_D = D/U - 1
//! N' = U_N (1 + R_N* (1 - e^(-R_N/R_N*))),  R_N = N/U_N - 1,  U_N = min(N, (αA/βB)^(1/α) U^(β/α))
//! ```
//!
//! Muennighoff et al., "Scaling Data-Constrained Language Models", NeurIPS 2023, arXiv 2305.16264. With `U` unique
//! tokens and `R = D/U - 1` repetitions, `D` tokens are worth `U + U R* (1 - e^(-R/R*))` unique ones; parameters beyond
//! what `U` can feed lose worth in the same way. The constants were fitted to training from scratch on C4 with models
//! up to 9B: for continual pre-training they are an assumption, and whoever shows a number says so.

use super::vocabulary::{A, B, E};
use super::vocabulary::{ALPHA, BETA, IRREDUCIBLE, SIZE_EXPONENT, SIZE_WEIGHT, TOKENS_EXPONENT, TOKENS_WEIGHT};
use super::{Axis, Carry, Enters, Finding, Held, Input, Law, Need, Parameter, Points, Ranges, Scale};
use crate::maths;

pub mod of_unique;

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

/// Index of `R_D*`.
pub const R_D: usize = 5;
/// Index of `R_N*`.
pub const R_N: usize = 6;

/// The law of repeated data, seven parameters. `U_N`, the size that `U` tokens can feed, rests on `A` and `B`, so the loss
/// is linear in `E` alone. With a single pass everywhere it is Chinchilla, but for models larger than the data can feed.
#[derive(Debug)]
pub struct Repeated;

/// The law of repeated data.
pub static REPEATED: Repeated = Repeated;

/// A weight that the loss is not linear in.
const fn weight(of: Parameter) -> Parameter {
    Parameter {
        enters: Enters::Shape { low: 0.05, high: 3.0 },
        bounds: (1e-4, 100.0),
        bounds_reason: "the part of the loss at the middle of the data; it must be above 0, as the size that data can feed rests on it",
        ..of
    }
}

/// A number of repetitions.
const fn repetitions(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: Enters::Shape { low: 1.0, high: 60.0 },
        bounds: (0.01, 1e4),
        bounds_reason: "below a hundredth nothing is learned a second time; above 10,000 no pass loses anything",
    }
}

static PARAMETERS: [Parameter; 7] = [
    IRREDUCIBLE,
    weight(SIZE_WEIGHT),
    SIZE_EXPONENT,
    weight(TOKENS_WEIGHT),
    TOKENS_EXPONENT,
    // The paper's letters are an R with a subscript and a star, which no line of text can carry: words instead.
    repetitions("R_D", "data reuse", "repetitions after which a token’s worth is 1/e, the paper’s R* of data"),
    repetitions("R_N", "size reuse", "the same for excess parameters, the paper’s R* of size"),
];

/// The powers of the axes' units that a parameter carries.
fn carries(index: usize) -> Vec<Carry> {
    match index {
        A => vec![Carry { axis: Axis::Size, exponent: Some(ALPHA), times: 1.0 }],
        B => vec![Carry { axis: Axis::Tokens, exponent: Some(BETA), times: 1.0 }],
        _ => Vec::new(),
    }
}

/// The law for these parameters, at a size, tokens and passes on scaled axes.
fn value(theta: &[f64], size: f64, tokens: f64, epochs: f64) -> f64 {
    let (alpha, beta) = (theta[ALPHA], theta[BETA]);
    let unique = tokens / epochs.max(1.0);
    let fed = maths::pow(alpha * theta[A] / (beta * theta[B]), 1.0 / alpha) * maths::pow(unique, beta / alpha);
    let n = worth(size, size.min(fed), theta[R_N]);
    let d = worth(tokens, unique, theta[R_D]);
    theta[E] + theta[A] * maths::pow(n, -alpha) + theta[B] * maths::pow(d, -beta)
}

/// The same as text, for its derivatives.
#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
mod derivatives {
    use super::super::formula::{Formula, tape::Tape};
    use std::sync::OnceLock;

    /// What is worked out of `x` where only `base` of it differs.
    fn worth(x: &str, base: &str, constant: &str) -> String {
        format!("({base} + {base}*{constant}*(1 - exp(-({x}/{base} - 1)/{constant})))")
    }

    /// The law's formula, with what the unique tokens are; its parameters are in the law's order.
    fn read(unique: &str, more: &str) -> Option<Formula> {
        let fed = format!("min(N, (alpha*A/(beta*B))^(1/alpha)*{unique}^(beta/alpha))");
        let (n, d) = (worth("N", &fed, "R_N"), worth("D", unique, "R_D"));
        // Names are numbered as they come: nothing times all of them gives them the law's order.
        let text = format!("0*(E + A + alpha + B + beta + R_D + R_N{more}) + E + A*{n}^(-alpha) + B*{d}^(-beta)");
        Formula::read(&text).ok()
    }

    /// The tape where a row says how many passes it made.
    pub fn by_passes() -> Option<&'static Tape> {
        static READ: OnceLock<Option<Formula>> = OnceLock::new();
        READ.get_or_init(|| read("(D/max(epochs, 1))", "")).as_ref()?.tape()
    }

    /// The tape where the unique tokens are a number of the law.
    pub fn of_unique() -> Option<&'static Tape> {
        static READ: OnceLock<Option<Formula>> = OnceLock::new();
        READ.get_or_init(|| read("min(D, known)", " + known")).as_ref()?.tape()
    }
}

impl Law for Repeated {
    fn id(&self) -> &'static str {
        "repeated"
    }

    fn name(&self) -> &'static str {
        "Repeated data"
    }

    fn citation(&self) -> &'static str {
        "Muennighoff et al., NeurIPS 2023, arXiv 2305.16264"
    }

    fn uncertain(&self) -> &'static str {
        "The paper fits it to training from scratch: for continual pre-training its constants are an assumption."
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Varies(Input::Size), Need::Varies(Input::Tokens), Need::Varies(Input::Epochs)]
    }

    fn parameters(&self) -> &'static [Parameter] {
        &PARAMETERS
    }

    fn terms(&self) -> &'static [super::Term] {
        &[]
    }

    fn text(&self) -> Option<&'static str> {
        Some("E + A/N′^α + B/D′^β, N′ and D′ what size and tokens are worth after repetition")
    }

    fn inputs(&self) -> Vec<Input> {
        vec![Input::Size, Input::Tokens, Input::Epochs]
    }

    fn carries(&self, index: usize) -> Vec<Carry> {
        carries(index)
    }

    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        let [size, tokens, epochs] = [Input::Size, Input::Tokens, Input::Epochs].map(|input| at.column(input));
        for (i, loss) in loss.iter_mut().enumerate() {
            let of = |column: &super::points::Column| column.value[column.at[i] as usize];
            *loss = value(theta, of(size), of(tokens), of(epochs));
        }
    }

    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        if let Some(tape) = derivatives::by_passes() {
            tape.gradient(theta, at, loss, gradient);
        }
    }

    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        if let Some(tape) = derivatives::by_passes() {
            tape.curvature(theta, at, weight, curvature);
        }
    }

    /// The loss is linear in `E` alone.
    fn basis(&self, _theta: &[f64], _at: &Points, _coefficients: &[usize], basis: &mut [f64]) {
        basis.fill(1.0);
    }

    fn collapse(&self, single: &[Input]) -> Vec<Held> {
        let rules = [
            (Input::Size, ALPHA, EXPONENT),
            (Input::Size, R_N, SIZE_REPETITIONS),
            (Input::Tokens, BETA, EXPONENT),
            (Input::Epochs, R_D, DATA_REPETITIONS),
            (Input::Epochs, R_N, SIZE_REPETITIONS),
        ];
        let held = rules.into_iter().filter(|(because, ..)| single.contains(because));
        held.map(|(because, index, value)| Held { index, value, because }).collect()
    }

    fn check(&self, _theta: &[f64], _scale: &Scale, _ranges: &Ranges) -> Vec<Finding> {
        // Falls in N and D by its bounds; knows no ratio.
        Vec::new()
    }
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
