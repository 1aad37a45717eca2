//! What a formula is made of: inputs, factors, terms. The list of a law's terms is its formula: [`terms`](super::terms)
//! computes it, its derivatives and its curvature from the list, and the page and the program print it from the same one.

use super::{Axis, Law, Parameter};

/// What a formula can be a function of: the axes of a what-if, and what else a file says of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Input {
    /// Model size `N`.
    Size,
    /// Token budget `D`.
    Tokens,
    /// Share `r` of the loss's own corpus.
    Ratio,
    /// How the run began: 0 from scratch, 1 continued from a trained model. A what-if is a continued run.
    Start,
    /// Passes over the tokens that exist, `D/U`; 1 where none is seen twice. A what-if makes one pass.
    Epochs,
    /// Share of one of several corpora, by its place among them.
    Corpus(u8),
}

impl Input {
    /// The axis of a what-if it is, if it is one.
    pub fn axis(self) -> Option<Axis> {
        match self {
            Self::Size => Some(Axis::Size),
            Self::Tokens => Some(Axis::Tokens),
            Self::Ratio => Some(Axis::Ratio),
            Self::Start | Self::Epochs | Self::Corpus(_) => None,
        }
    }

    /// Its letter in a formula; corpora are counted from 1.
    pub fn letter(self) -> String {
        match self {
            Self::Size => "N".to_owned(),
            Self::Tokens => "D".to_owned(),
            Self::Ratio => "r".to_owned(),
            Self::Start => "continued".to_owned(),
            Self::Epochs => "epochs".to_owned(),
            Self::Corpus(place) => format!("r{}", u32::from(place) + 1),
        }
    }

    /// What it is called in a sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::Size => "model size",
            Self::Tokens => "token budget",
            Self::Ratio => "mixture ratio",
            Self::Start => "kind of run",
            Self::Epochs => "number of passes over the data",
            Self::Corpus(_) => "share of a corpus",
        }
    }
}

impl From<Axis> for Input {
    fn from(axis: Axis) -> Self {
        match axis {
            Axis::Size => Self::Size,
            Axis::Tokens => Self::Tokens,
            Axis::Ratio => Self::Ratio,
        }
    }
}

/// Whether a term is added or taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Added.
    Plus,
    /// Taken away.
    Minus,
}

impl Sign {
    /// 1 or -1.
    pub fn factor(self) -> f64 {
        match self {
            Self::Plus => 1.0,
            Self::Minus => -1.0,
        }
    }
}

/// One term of the formula, in the order it is written: `± coefficient * above / below`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Term {
    /// Added or taken away.
    pub sign: Sign,
    /// Index of the coefficient.
    pub coefficient: usize,
    /// Factors above the line.
    pub above: &'static [Factor],
    /// Factors below the line.
    pub below: &'static [Factor],
}

impl Term {
    /// A constant.
    pub const fn constant(coefficient: usize) -> Self {
        Self::product(coefficient, &[], &[])
    }

    /// `coefficient * above / below`.
    pub const fn product(coefficient: usize, above: &'static [Factor], below: &'static [Factor]) -> Self {
        Self { sign: Sign::Plus, coefficient, above, below }
    }

    /// The same, taken away.
    pub const fn minus(self) -> Self {
        Self { sign: Sign::Minus, ..self }
    }

    /// Its factors: those above the line, then those below.
    pub fn factors(&self) -> impl Iterator<Item = &'static Factor> {
        self.above.iter().chain(self.below)
    }

    /// Its factors with the sign of their exponent: 1 above the line, -1 below.
    pub fn signed_factors(&self) -> impl Iterator<Item = (&'static Factor, f64)> {
        self.above.iter().map(|factor| (factor, 1.0)).chain(self.below.iter().map(|factor| (factor, -1.0)))
    }
}

/// A factor of a term: a function of one input and at most two parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    /// A base raised to a parameter: `N^α`, `(r + ε)^γ`.
    Power {
        /// The input.
        input: Input,
        /// What is raised.
        base: Base,
        /// Index of the exponent.
        exponent: usize,
    },
    /// A parameter raised to an input: `c^r`.
    Exponential {
        /// The input.
        input: Input,
        /// Index of the base.
        base: usize,
    },
    /// `e^(t r)`.
    Exp {
        /// The input.
        input: Input,
        /// Index of the rate.
        rate: usize,
    },
    /// The input itself raised to a number: `w²`.
    Fixed {
        /// The input.
        input: Input,
        /// The number.
        power: f64,
    },
    /// 1 for runs of this kind, else 0.
    Where {
        /// The input.
        input: Input,
        /// Its value.
        value: f64,
    },
}

/// What a power raises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Base {
    /// The input itself.
    Plain,
    /// The input and a parameter's sum: `r + ε`.
    Plus(usize),
    /// The input and a parameter's share of the rest: `r + (1 - r) σ`.
    Blend(usize),
    /// One and a parameter times the input: `1 + b r`.
    OnePlus(usize),
}

impl Factor {
    /// The input it is a function of.
    pub fn input(&self) -> Input {
        match *self {
            Self::Power { input, .. }
            | Self::Exponential { input, .. }
            | Self::Exp { input, .. }
            | Self::Fixed { input, .. }
            | Self::Where { input, .. } => input,
        }
    }

    /// The parameters it depends on: exponent and what is in the base, or the base or rate.
    pub fn parameters(&self) -> [Option<usize>; 2] {
        match *self {
            Self::Power { base: Base::Plain, exponent, .. } => [Some(exponent), None],
            Self::Power { base: Base::Plus(inner) | Base::Blend(inner) | Base::OnePlus(inner), exponent, .. } => {
                [Some(exponent), Some(inner)]
            }
            Self::Exponential { base, .. } => [Some(base), None],
            Self::Exp { rate, .. } => [Some(rate), None],
            Self::Fixed { .. } | Self::Where { .. } => [None, None],
        }
    }
}

/// The power of an axis' unit that a coefficient carries: natural = scaled * unit^power.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carry {
    /// The axis.
    pub axis: Axis,
    /// The parameter that is the power; `None` for the number alone.
    pub exponent: Option<usize>,
    /// What the exponent is multiplied by, or the power itself.
    pub times: f64,
}

impl Carry {
    /// The power under these parameters.
    pub fn power(&self, theta: &[f64]) -> f64 {
        self.exponent.map_or(1.0, |exponent| theta[exponent]) * self.times
    }
}

/// The powers that the coefficient of these terms carries: an axis to the `α` below the line gives its unit to the `α`.
pub fn carries(terms: &[Term], coefficient: usize) -> Vec<Carry> {
    let Some(term) = terms.iter().find(|term| term.coefficient == coefficient) else { return Vec::new() };
    let carried = term.signed_factors().filter_map(|(factor, sign)| {
        let axis = factor.input().axis().filter(|axis| *axis != Axis::Ratio)?;
        match *factor {
            Factor::Power { base: Base::Plain, exponent, .. } => {
                Some(Carry { axis, exponent: Some(exponent), times: -sign })
            }
            Factor::Fixed { power, .. } => Some(Carry { axis, exponent: None, times: -sign * power }),
            _ => None,
        }
    });
    carried.collect()
}

/// How a formula is written: plain text, LaTeX, Python. What a formula is made of is [`write()`]'s business alone.
pub trait Notation {
    /// A parameter.
    fn parameter(&self, parameter: &Parameter) -> String;
    /// An input.
    fn input(&self, input: Input) -> String {
        input.letter()
    }
    /// Factors side by side, one or more.
    fn product(&self, factors: &[String]) -> String;
    /// What is above the line over the factors below it, one or more.
    fn quotient(&self, above: &str, below: &[String]) -> String;
    /// `base^exponent`.
    fn power(&self, base: &str, exponent: &str) -> String;
    /// `e^inner`.
    fn exp(&self, inner: &str) -> String;
    /// 1 where an input has this value, else 0.
    fn indicator(&self, input: Input, value: f64) -> String;
}

/// A list of terms in a notation.
pub fn write(law: &dyn Law, notation: &dyn Notation) -> String {
    let name = |index: usize| law.parameters().get(index).map_or("?".to_owned(), |found| notation.parameter(found));
    let product = |factors: &[String]| notation.product(factors);
    let factor = |factor: &Factor| {
        let x = notation.input(factor.input());
        match *factor {
            Factor::Power { base, exponent, .. } => {
                let base = match base {
                    Base::Plain => x,
                    Base::Plus(offset) => format!("({x} + {})", name(offset)),
                    Base::Blend(share) => format!("({x} + {})", product(&[format!("(1 - {x})"), name(share)])),
                    Base::OnePlus(times) => format!("(1 + {})", product(&[name(times), x])),
                };
                notation.power(&base, &name(exponent))
            }
            Factor::Exponential { base, .. } => notation.power(&name(base), &x),
            Factor::Exp { rate, .. } => notation.exp(&product(&[name(rate), x])),
            Factor::Fixed { power: 1.0, .. } => x,
            Factor::Fixed { power, .. } => notation.power(&x, &power.to_string()),
            Factor::Where { input, value } => notation.indicator(input, value),
        }
    };
    let mut out = String::new();
    for (at, term) in law.terms().iter().enumerate() {
        out.push_str(match (term.sign, at) {
            (Sign::Plus, 0) => "",
            (Sign::Minus, 0) => "-",
            (Sign::Plus, _) => " + ",
            (Sign::Minus, _) => " - ",
        });
        let above: Vec<String> = std::iter::once(name(term.coefficient)).chain(term.above.iter().map(factor)).collect();
        let below: Vec<String> = term.below.iter().map(factor).collect();
        let above = product(&above);
        out.push_str(&if below.is_empty() { above } else { notation.quotient(&above, &below) });
    }
    out
}

/// The notation of sentences: `B r^η/D^β`.
struct Plain;

impl Notation for Plain {
    fn parameter(&self, parameter: &Parameter) -> String {
        parameter.symbol.to_owned()
    }

    fn product(&self, factors: &[String]) -> String {
        factors.join(" ")
    }

    fn quotient(&self, above: &str, below: &[String]) -> String {
        if let [one] = below { format!("{above}/{one}") } else { format!("{above}/({})", below.join(" ")) }
    }

    fn power(&self, base: &str, exponent: &str) -> String {
        format!("{base}^{exponent}")
    }

    fn exp(&self, inner: &str) -> String {
        format!("e^({inner})")
    }

    fn indicator(&self, input: Input, value: f64) -> String {
        if value == 0.0 { "[from scratch]".to_owned() } else { format!("[{}]", input.letter()) }
    }
}

/// A law's formula in plain text: `E + A/N^α + B r^η/D^β + C/(r + ε)^γ`.
pub fn written(law: &dyn Law) -> String {
    law.text().map_or_else(|| write(law, &Plain), str::to_owned)
}
