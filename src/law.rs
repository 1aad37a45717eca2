//! The seam that makes a new law one file: the trait [`Law`] and the catalogue.
//!
//! A law is a formula for the validation loss at a model size `N`, a token budget `D` and a share `r` of one corpus in
//! the mixture: a list of terms, from which its value, exact gradient and curvature over a batch of points follow. It
//! says which of its parameters are linear, and what it collapses to where the data has a single value of an axis.
//! Nothing outside this folder matches on which law it is.
//!
//! Laws work on *scaled* axes (`N/N0`, `D/D0`, see [`Scale`]) so that every coefficient is a loss and the search is
//! the same for runs of 50 thousand parameters and of 50 billion. Exponents do not depend on the scale; coefficients
//! are turned back by [`Parameter::natural`].

pub mod additive_ratio;
pub mod checks;
pub mod chinchilla;
pub mod d_cpt;
pub mod effective_tokens;
pub mod exponential_ratio;
pub mod points;
pub mod repeated;
pub mod shared;
pub mod terms;

pub use points::{Points, Ranges, Recipe, Scale, Span};

use crate::maths;
use serde::{Deserialize, Serialize};

/// An axis of the data a law can depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Axis {
    /// Model size `N`, in parameters.
    Size,
    /// Token budget `D`, in tokens.
    Tokens,
    /// Share of a corpus in the mixture, `r`, 0 to 1.
    Ratio,
}

/// How a parameter enters the formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Enters {
    /// The loss is linear in it once the others are given; never negative.
    Linear,
    /// An exponent or offset. The search covers `low..=high`, evenly in the logarithm.
    Shape {
        /// Least value the search starts from.
        low: f64,
        /// Largest value the search starts from.
        high: f64,
    },
}

/// One parameter of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter {
    /// Name in files and commands: `alpha`.
    pub name: &'static str,
    /// Symbol on the page: `α`.
    pub symbol: &'static str,
    /// What it stands for, in a few words.
    pub meaning: &'static str,
    /// How it enters the formula.
    pub enters: Enters,
    /// Bounds of the fit, on scaled axes.
    pub bounds: (f64, f64),
    /// Why these bounds.
    pub bounds_reason: &'static str,
    /// Axes whose scale it carries, with the index of the exponent: natural = scaled * axis0^exponent.
    pub carries: &'static [(Axis, usize)],
}

impl Parameter {
    /// The parameter for `N` in parameters and `D` in tokens, from its value on scaled axes.
    pub fn natural(&self, index: usize, theta: &[f64], scale: &Scale) -> f64 {
        self.carries
            .iter()
            .fold(theta[index], |value, &(axis, exponent)| value * maths::pow(scale.unit(axis), theta[exponent]))
    }

    /// Whether the loss is linear in it.
    pub fn is_linear(&self) -> bool {
        matches!(self.enters, Enters::Linear)
    }
}

/// A parameter a law keeps at a value because the data cannot identify it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Index of the parameter.
    pub index: usize,
    /// Value it is held at, on scaled axes.
    pub value: f64,
    /// The axis that has a single value.
    pub because: Axis,
}

/// The scale a law's residuals live on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidualScale {
    /// `ln L_predicted - ln L_measured`: relative errors, the field's default.
    LogLoss,
}

/// One term of the formula, in the order it is written. The list of terms is the formula: [`terms`] computes it, its
/// derivatives and its curvature from the list, and the page and the program print it from the same one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Term {
    /// A constant: index of the coefficient.
    Constant(usize),
    /// `coefficient * above / below`.
    Product {
        /// Index of the coefficient.
        coefficient: usize,
        /// Factors above the line.
        above: &'static [Factor],
        /// Factors below the line.
        below: &'static [Factor],
    },
}

impl Term {
    /// Index of the coefficient.
    pub fn coefficient(&self) -> usize {
        match self {
            Self::Constant(coefficient) | Self::Product { coefficient, .. } => *coefficient,
        }
    }

    /// Its factors: those above the line, then those below.
    pub fn factors(&self) -> impl Iterator<Item = &'static Factor> {
        let (above, below): (&'static [Factor], &'static [Factor]) = match *self {
            Self::Constant(_) => (&[], &[]),
            Self::Product { above, below, .. } => (above, below),
        };
        above.iter().chain(below)
    }
}

/// A factor of a term: a function of one axis and at most two parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Factor {
    /// A base raised to a parameter: `N^α`, `(r + ε)^γ`.
    Power {
        /// The axis.
        axis: Axis,
        /// What is raised.
        base: Base,
        /// Index of the exponent.
        exponent: usize,
    },
    /// A parameter raised to an axis: `c^r`.
    Exponential {
        /// The axis.
        axis: Axis,
        /// Index of the base.
        base: usize,
    },
}

/// What a power raises.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Base {
    /// The axis itself.
    Plain,
    /// The axis and a parameter's sum: `r + ε`.
    Plus(usize),
    /// The axis and a parameter's share of the rest: `r + (1 - r) σ`.
    Blend(usize),
}

impl Factor {
    /// The axis it is a function of.
    pub fn axis(&self) -> Axis {
        match *self {
            Self::Power { axis, .. } | Self::Exponential { axis, .. } => axis,
        }
    }

    /// The parameters it depends on: exponent and offset, or base.
    pub fn parameters(&self) -> [Option<usize>; 2] {
        match *self {
            Self::Power { base: Base::Plain, exponent, .. } => [Some(exponent), None],
            Self::Power { base: Base::Plus(inner) | Base::Blend(inner), exponent, .. } => [Some(exponent), Some(inner)],
            Self::Exponential { base, .. } => [Some(base), None],
        }
    }
}

/// What a law's own sanity checks found over the range of the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Finding {
    /// The loss rises with the ratio below `falls_from` at the smallest token budget; `falls_from` lies inside the data.
    RisesWithRatio {
        /// Ratio of the law's own corpus from which the loss falls; `None` where it never does inside the data.
        falls_from: Option<f64>,
    },
}

/// A scaling law: formula, derivatives, bounds, citation. See the module's text for the units.
pub trait Law: Send + Sync {
    /// Short name in files, links and commands: `d-cpt`.
    fn id(&self) -> &'static str;
    /// Name for people: "D-CPT Law".
    fn name(&self) -> &'static str;
    /// Paper and equation, and what is not certain about it.
    fn citation(&self) -> &'static str;
    /// Axes the data must have.
    fn needs(&self) -> &'static [Axis];
    /// Its parameters, in the order of `theta`.
    fn parameters(&self) -> &'static [Parameter];
    /// The formula's terms, in the order they are written.
    fn terms(&self) -> &'static [Term];
    /// The scale its residuals live on.
    fn residual_scale(&self) -> ResidualScale {
        ResidualScale::LogLoss
    }
    /// Losses at `at` into `loss` (length `at.len()`).
    fn predict(&self, theta: &[f64], at: &Points, loss: &mut [f64]) {
        terms::predict(self.terms(), theta, at, loss);
    }
    /// Losses, and their derivatives parameter by parameter: `gradient[j * n + i]` is the derivative of loss `i` by
    /// parameter `j`, with `n = at.len()`.
    fn gradient(&self, theta: &[f64], at: &Points, loss: &mut [f64], gradient: &mut [f64]) {
        terms::gradient(self.terms(), theta, at, loss, gradient);
    }
    /// The derivative by each of these coefficients, `basis[k * n + i]` by coefficient `k`: what the loss is linear in.
    fn basis(&self, theta: &[f64], at: &Points, coefficients: &[usize], basis: &mut [f64]) {
        terms::basis(self.terms(), theta, at, coefficients, basis);
    }
    /// Adds `sum_i weight[i] * d2 loss[i] / d theta d theta` to the `p * p` matrix `curvature`.
    fn curvature(&self, theta: &[f64], at: &Points, weight: &[f64], curvature: &mut [f64]) {
        terms::curvature(self.terms(), self.parameters().len(), theta, at, weight, curvature);
    }
    /// Parameters that cannot be identified where these axes have a single value, and where they are held.
    fn collapse(&self, single: &[Axis]) -> Vec<Held>;
    /// Exponents that two values of an axis leave entirely open: of a power of that axis alone, whose weight and the
    /// constant can meet any two values.
    fn open(&self, doubled: &[Axis]) -> Vec<usize> {
        let exponent = |term: &Term| match term {
            Term::Product { above: [], below: [Factor::Power { axis, base: Base::Plain, exponent }], .. } => {
                doubled.contains(axis).then_some(*exponent)
            }
            _ => None,
        };
        self.terms().iter().filter_map(exponent).collect()
    }
    /// The law's own sanity checks over the data's ranges (`ratio` is the share of this law's own corpus).
    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding>;
}

/// Every law, in the order they are offered.
pub static CATALOGUE: &[&dyn Law] = &[
    &d_cpt::DCpt,
    &chinchilla::Chinchilla,
    &additive_ratio::AdditiveRatio,
    &exponential_ratio::ExponentialRatio,
    &effective_tokens::EffectiveTokens,
];

/// The law of that id.
pub fn by_id(id: &str) -> Option<&'static dyn Law> {
    CATALOGUE.iter().copied().find(|law| law.id() == id)
}

/// The law for data with these axes varying: the first of the catalogue whose needs are met.
pub fn pick(varying: &[Axis]) -> &'static dyn Law {
    CATALOGUE.iter().copied().find(|law| law.needs().iter().all(|axis| varying.contains(axis))).unwrap_or(CATALOGUE[0])
}
