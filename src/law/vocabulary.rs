//! The words law files are written in: parameters, terms, and what follows where an axis has a single value. A law file
//! says only what is its own.

use super::{Base, Enters, Factor, Input, Parameter, Term};

/// Index of the irreducible loss in the laws that begin with `E + A/N^α`.
pub const E: usize = 0;
/// Index of the weight of model size there.
pub const A: usize = 1;
/// Index of the exponent of model size there.
pub const ALPHA: usize = 2;
/// Index of the weight of tokens in those that go on with `B` and `β`.
pub const B: usize = 3;
/// Index of the exponent of tokens there.
pub const BETA: usize = 4;

/// Exponents: published ones lie between 0.05 and 1.1 (laws of Hoffmann, Besiroglu, Que, Zheng, Muennighoff).
pub const EXPONENT_BOUNDS: (f64, f64) = (0.01, 3.0);
const EXPONENT_REASON: &str =
    "at 0.01 a factor of ten moves the term by 2 %, a constant in all but name; published exponents stay below 1.1";
/// Where the search for an exponent starts: a little wider than the published range.
pub const EXPONENT_SEARCH: Enters = Enters::Shape { low: 0.05, high: 1.5 };

/// A coefficient: linear, never negative.
pub const fn coefficient(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: Enters::Linear,
        bounds: (0.0, f64::INFINITY),
        bounds_reason: "a term of the loss is never negative",
    }
}

/// A coefficient of either sign.
pub const fn signed_coefficient(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        bounds: (f64::NEG_INFINITY, f64::INFINITY),
        bounds_reason: "the term may raise the loss or lower it: the data says which",
        ..coefficient(name, symbol, meaning)
    }
}

/// An exponent of a power.
pub const fn exponent(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: EXPONENT_SEARCH,
        bounds: EXPONENT_BOUNDS,
        bounds_reason: EXPONENT_REASON,
    }
}

/// An exponent of either sign.
pub const fn signed_exponent(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: Enters::Shape { low: -1.5, high: 1.5 },
        bounds: (-3.0, 3.0),
        bounds_reason: "a power that rises or falls; published exponents stay below 1.1",
    }
}

/// A rate in an exponent, of either sign.
pub const fn rate(name: &'static str, symbol: &'static str, meaning: &'static str) -> Parameter {
    Parameter {
        name,
        symbol,
        meaning,
        enters: Enters::Shape { low: -8.0, high: 8.0 },
        bounds: (-40.0, 40.0),
        bounds_reason: "at 40 a share of a tenth moves the term by a factor of fifty; published rates stay below 10",
    }
}

/// `E`, the irreducible loss.
pub const IRREDUCIBLE: Parameter = coefficient("E", "E", "irreducible loss");
/// `A`, the weight of model size.
pub const SIZE_WEIGHT: Parameter = coefficient("A", "A", "weight of model size");
/// `α`, the exponent of model size.
pub const SIZE_EXPONENT: Parameter = exponent("alpha", "α", "exponent of model size");
/// `B`, the weight of tokens.
pub const TOKENS_WEIGHT: Parameter = coefficient("B", "B", "weight of tokens");
/// `β`, the exponent of tokens.
pub const TOKENS_EXPONENT: Parameter = exponent("beta", "β", "exponent of tokens");
/// `C`, the weight of the ratio's own term.
pub const RATIO_WEIGHT: Parameter = coefficient("C", "C", "weight of the ratio");
/// `γ`, the exponent of the ratio's own term.
pub const RATIO_EXPONENT: Parameter = exponent("gamma", "γ", "exponent of the ratio");
/// `ε`, what keeps the ratio's own term finite at `r = 0`.
pub const RATIO_OFFSET: Parameter = Parameter {
    name: "eps",
    symbol: "ε",
    meaning: "offset that keeps r = 0 finite",
    enters: Enters::Shape { low: 0.005, high: 0.8 },
    bounds: (1e-3, 1.0),
    bounds_reason: "below a thousandth it is finer than any grid of ratios; above 1 the term is a straight line on 0 to 1 and C, γ, ε can't be told apart",
};

/// `N^α`.
pub const SIZE_POWER: Factor = power(Input::Size, ALPHA);
/// `D^β`.
pub const TOKENS_POWER: Factor = power(Input::Tokens, BETA);
/// `A/N^α`.
pub const SIZE_TERM: Term = Term::product(A, &[], &[SIZE_POWER]);
/// `B/D^β`.
pub const TOKENS_TERM: Term = Term::product(B, &[], &[TOKENS_POWER]);

/// An input to the power of a parameter.
pub const fn power(input: Input, exponent: usize) -> Factor {
    Factor::Power { input, base: Base::Plain, exponent }
}

/// What is held where an input has a single value: parameters with their values.
pub type Held = (Input, usize, f64);

/// With one size, `E + A/N^α` is one constant.
pub const ONE_SIZE: [Held; 2] = [(Input::Size, A, 0.0), (Input::Size, ALPHA, 1.0)];
/// With one budget, `E + B/D^β` is.
pub const ONE_BUDGET: [Held; 2] = [(Input::Tokens, B, 0.0), (Input::Tokens, BETA, 1.0)];
