//! The seam that makes a new law one file: the trait [`Law`] and the catalogue.
//!
//! A law is a formula for the validation loss at a model size `N`, a token budget `D` and a share `r` of one corpus in
//! the mixture: a list of terms, from which its value, exact gradient and curvature over a batch of points follow. It
//! says which of its parameters are linear, and what it collapses to where the data has a single value of an input.
//! Nothing outside this folder matches on which law it is. A law file holds a [`Definition`]; a formula typed by a
//! person is a law as well ([`formula`]), whose id is its text.
//!
//! Laws work on *scaled* axes (`N/N0`, `D/D0`, see [`Scale`]) so that every coefficient is a loss and the search is
//! the same for runs of 50 thousand parameters and of 50 billion. Exponents do not depend on the scale; coefficients
//! are turned back by [`natural`].

pub mod additive_ratio;
pub mod bimix;
pub mod checks;
pub mod chinchilla;
pub mod critical_mixture;
pub mod critical_ratio;
pub mod cross_lingual;
pub mod d_cpt;
pub mod data_mixing;
pub mod definition;
pub mod effective_tokens;
pub mod exponential_ratio;
pub mod forgetting;
pub mod form;
#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
pub mod formula;
pub mod merge;
pub mod points;
pub mod repeated;
pub mod scores;
pub mod terms;
pub mod vocabulary;

pub use definition::Definition;
pub use form::{Base, Carry, Factor, Input, Sign, Term};
pub use points::{Place, Points, Ranges, Recipe, Scale, Span};

use crate::maths;
use serde::{Deserialize, Serialize};
use std::fmt;

/// An axis of a what-if that a law can depend on.
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

impl Axis {
    /// Every axis.
    pub const ALL: [Self; 3] = [Self::Size, Self::Tokens, Self::Ratio];
}

/// How a parameter enters the formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Enters {
    /// The loss is linear in it once the others are given.
    Linear,
    /// An exponent, offset or rate. The search covers `low..=high`, evenly in the logarithm where both are positive,
    /// else evenly.
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
}

impl Parameter {
    /// Whether the loss is linear in it.
    pub fn is_linear(&self) -> bool {
        matches!(self.enters, Enters::Linear)
    }
}

/// A parameter for `N` in parameters and `D` in tokens, from its value on scaled axes.
pub fn natural(law: &dyn Law, index: usize, theta: &[f64], scale: &Scale) -> f64 {
    let carried = law.carries(index).into_iter();
    carried.fold(theta[index], |value, carry| value * maths::pow(scale.unit(carry.axis), carry.power(theta)))
}

/// All parameters on scaled axes, from natural ones: the inverse of [`natural`].
pub fn scaled(law: &dyn Law, natural: &[f64], scale: &Scale) -> Vec<f64> {
    let one = |(index, &value): (usize, &f64)| {
        let carried = law.carries(index).into_iter();
        carried.fold(value, |value, carry| value / maths::pow(scale.unit(carry.axis), carry.power(natural)))
    };
    natural.iter().enumerate().map(one).collect()
}

/// A parameter a law keeps at a value because the data cannot identify it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// Index of the parameter.
    pub index: usize,
    /// Value it is held at, on scaled axes.
    pub value: f64,
    /// The input that has a single value.
    pub because: Input,
}

/// The scale a law's residuals live on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidualScale {
    /// `ln L_predicted - ln L_measured`: relative errors, the field's default.
    LogLoss,
    /// `S_predicted - S_measured`, for scores from 0 to 1, of which more is better.
    Score,
}

/// What a law does with the loss of a domain corpus.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OfDomain {
    /// The same as with the general loss.
    Same,
    /// The same with these parameters held: index and value on scaled axes.
    Holding(&'static [(usize, f64)]),
    /// It is about the general loss alone.
    Nothing,
}

/// What a law asks of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Two values or more of an input.
    Varies(Input),
    /// A single value of an input, which the law does not know.
    Single(Input),
    /// An input that is never 0: the law is infinite there.
    AboveZero(Input),
    /// A general loss that rises with tokens.
    Rise,
    /// Scores, of which more is better, in place of losses.
    Scores,
    /// Losses in place of scores.
    Losses,
    /// Shares of this many corpora.
    Corpora(u8),
    /// At least so many different mixtures of several corpora: one more than the law has parameters.
    Mixtures(u8),
    /// That a person says what the ratio is: nothing in a file tells a merge weight from a share.
    Choice,
}

impl Need {
    /// Whether a file has it.
    pub fn is_met(self, data: &Ranges) -> bool {
        match self {
            Self::Varies(input) => data.input(input).is_some_and(|span| span.distinct > 1),
            Self::Single(input) => data.input(input).is_none_or(|span| span.distinct < 2),
            Self::AboveZero(input) => data.input(input).is_none_or(|span| span.low > 0.0),
            Self::Rise => data.rises,
            Self::Scores => data.scores,
            Self::Losses => !data.scores,
            Self::Corpora(count) => data.corpora == count,
            Self::Mixtures(count) => data.mixtures == 0 || data.mixtures >= usize::from(count),
            Self::Choice => false,
        }
    }

    /// Whether a fit makes no sense without: the others only take terms away.
    pub fn is_strict(self) -> bool {
        match self {
            Self::Varies(input) => input == Input::Start,
            Self::AboveZero(_) | Self::Scores | Self::Losses | Self::Corpora(_) => true,
            Self::Single(_) | Self::Rise | Self::Mixtures(_) | Self::Choice => false,
        }
    }
}

impl fmt::Display for Need {
    /// What is missing, to go on from "it needs".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Varies(Input::Size) => f.write_str("two model sizes or more"),
            Self::Varies(Input::Tokens) => f.write_str("two token budgets or more"),
            Self::Varies(Input::Ratio) => f.write_str("two mixture ratios or more"),
            Self::Varies(Input::Start) => f.write_str(
                "runs from scratch and continued ones, told apart by a column such as “start” with “scratch” and “continued”",
            ),
            Self::Varies(Input::Epochs) => {
                f.write_str("runs that repeat data: a column with the unique tokens, smaller than the tokens of some runs")
            }
            Self::Varies(Input::Corpus(_)) => f.write_str("several mixtures"),
            Self::Single(input) => write!(f, "runs of one {}, as it does not know it", input.words()),
            Self::Rise => f.write_str("a general loss that rises with tokens"),
            Self::AboveZero(input) => write!(f, "a {} above 0 in every run", input.words()),
            Self::Scores => f.write_str("scores, of which more is better, in place of losses"),
            Self::Losses => f.write_str("losses: these are scores, of which more is better"),
            Self::Corpora(count) => write!(f, "the shares of {count} corpora"),
            Self::Mixtures(count) => write!(f, "{count} different mixtures or more, as it has {} parameters", count - 1),
            Self::Choice => f.write_str("to be chosen by hand, where the ratio column holds merge weights"),
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
    /// Paper and equation.
    fn citation(&self) -> &'static str;
    /// What is not certain about it, a sentence or nothing.
    fn uncertain(&self) -> &'static str {
        ""
    }
    /// What the data must have.
    fn needs(&self) -> &'static [Need];
    /// Its parameters, in the order of `theta`.
    fn parameters(&self) -> &'static [Parameter];
    /// The formula's terms, in the order they are written; none where the law is more than a sum of products.
    fn terms(&self) -> &'static [Term];
    /// The formula as text, where it is not a list of terms.
    fn text(&self) -> Option<&'static str> {
        None
    }
    /// The inputs it depends on.
    fn inputs(&self) -> Vec<Input> {
        let mut inputs: Vec<Input> = Vec::new();
        for input in self.terms().iter().flat_map(Term::factors).map(Factor::input) {
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
        inputs
    }
    /// The powers of the axes' units that a parameter carries.
    fn carries(&self, index: usize) -> Vec<Carry> {
        form::carries(self.terms(), index)
    }
    /// The scale its numbers are in, where it can't be any other.
    fn fixed_scale(&self) -> Option<Scale> {
        None
    }
    /// What it does with the loss of a domain corpus.
    fn of_domain(&self) -> OfDomain {
        OfDomain::Same
    }
    /// Whether it can rise with tokens: a power of them above the line, or a term of tokens that may be negative.
    fn may_rise_with_tokens(&self) -> bool {
        self.terms().iter().any(|term| {
            let negative = self.parameters().get(term.coefficient).is_some_and(|p| p.bounds.0 < 0.0);
            let of_tokens = |factor: &Factor| factor.input() == Input::Tokens;
            term.factors().any(of_tokens) && (negative || term.above.iter().any(of_tokens))
        })
    }
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
    /// Parameters that cannot be identified where these inputs have a single value, and where they are held.
    fn collapse(&self, single: &[Input]) -> Vec<Held>;
    /// Exponents that two values of an axis leave entirely open: of a power of that axis alone, whose weight and the
    /// constant can meet any two values.
    fn open(&self, doubled: &[Axis]) -> Vec<usize> {
        let exponent = |term: &Term| match term {
            Term { above: [], below: [Factor::Power { input, base: Base::Plain, exponent }], .. } => {
                input.axis().is_some_and(|axis| doubled.contains(&axis)).then_some(*exponent)
            }
            _ => None,
        };
        self.terms().iter().filter_map(exponent).collect()
    }
    /// The law's own sanity checks over the data's ranges (`ratio` is the share of this law's own corpus).
    fn check(&self, theta: &[f64], scale: &Scale, ranges: &Ranges) -> Vec<Finding>;
}

impl fmt::Debug for dyn Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

/// Whether this module ever asks for a law's derivatives or checks it: the first screen only predicts, and its bytes are
/// waited for. Every law stands in its catalogue, so nothing else would leave them out.
const FITS: bool = cfg!(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"));

/// Every law, in the order they are offered.
pub static CATALOGUE: &[&dyn Law] = &[
    &d_cpt::D_CPT,
    &chinchilla::CHINCHILLA,
    &additive_ratio::ADDITIVE_RATIO,
    &exponential_ratio::EXPONENTIAL_RATIO,
    &effective_tokens::EFFECTIVE_TOKENS,
    &critical_mixture::CRITICAL_MIXTURE,
    &cross_lingual::CROSS_LINGUAL,
    &data_mixing::DATA_MIXING,
    &bimix::BIMIX,
    &repeated::REPEATED,
    &forgetting::FORGETTING,
    &scores::SATURATING_SCORE,
    &merge::QUADRATIC_MERGE,
];

/// Laws that printed parameters alone use: nothing fits them.
#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
static UNLISTED: &[&dyn Law] = &[&repeated::of_unique::OF_UNIQUE, &critical_ratio::CRITICAL_RATIO];

/// Laws that are picked before the first of the catalogue where the data has what only they know.
static SPECIAL: &[&dyn Law] = &[&scores::SATURATING_SCORE, &cross_lingual::CROSS_LINGUAL, &repeated::REPEATED];

/// The law of that id; a text that is none is read as a formula.
pub fn by_id(id: &str) -> Option<&'static dyn Law> {
    let known = CATALOGUE.iter().copied().find(|law| law.id() == id);
    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    let known = known
        .or_else(|| UNLISTED.iter().copied().find(|law| law.id() == id))
        .or_else(|| data_mixing::by_id(id))
        .or_else(|| formula::law(id).ok());
    known
}

/// What is wrong with a text as a formula, pointing at the character.
pub fn mistake(text: &str) -> Option<String> {
    #[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
    let mistake = formula::law(text).err().map(|mistake| mistake.pointed(text));
    #[cfg(not(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench")))]
    let mistake = {
        let _ = text;
        None
    };
    mistake
}

/// What a law lacks in data with these ranges.
pub fn lacks(law: &dyn Law, data: &Ranges) -> Vec<Need> {
    let mut lacking: Vec<Need> = law.needs().iter().copied().filter(|need| !need.is_met(data)).collect();
    if data.scores && law.residual_scale() != ResidualScale::Score {
        lacking.push(Need::Losses);
    }
    lacking
}

/// Whether data with these ranges has everything a law needs.
pub fn suits(law: &dyn Law, data: &Ranges) -> bool {
    lacks(law, data).is_empty()
}

/// Whether a law is one of the shares of several corpora.
pub fn is_of_corpora(law: &dyn Law) -> bool {
    law.inputs().iter().any(|input| matches!(input, Input::Corpus(_)))
}

/// The laws that can be chosen for data with these ranges: the catalogue, and the one over as many corpora as there are.
pub fn offered(data: &Ranges) -> impl Iterator<Item = &'static dyn Law> + use<> {
    CATALOGUE.iter().copied().chain(over_corpora(data))
}

/// The law over as many corpora as there are, where they are more than one ratio.
#[cfg(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"))]
pub fn over_corpora(data: &Ranges) -> Option<&'static dyn Law> {
    let several = Some(data.corpora).filter(|count| *count >= data_mixing::SEVERAL).and_then(data_mixing::over);
    several.map(|law| law as &dyn Law)
}

/// The first screen has none.
#[cfg(not(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench")))]
pub fn over_corpora(_: &Ranges) -> Option<&'static dyn Law> {
    None
}

/// The law for a loss of data with these ranges: the first whose needs are met, and where the loss rises with tokens the
/// first that can follow it, since under any other no recommendation could be made. Mixtures of several corpora have the
/// law of all of them, unless a person said which are the domain.
pub fn pick(data: &Ranges) -> &'static dyn Law {
    let special = SPECIAL.iter().copied().find(|law| suits(*law, data));
    let mixed = || over_corpora(data).filter(|law| !data.domain_chosen && suits(*law, data));
    let risen = || that_may_rise(data).find(|law| data.rises && law.of_domain() != OfDomain::Nothing);
    let first = || CATALOGUE.iter().copied().find(|law| suits(*law, data));
    special.or_else(mixed).or_else(risen).or_else(first).unwrap_or(CATALOGUE[0])
}

/// The laws that can follow a loss that rises with tokens, among those that this data suits.
pub fn that_may_rise(data: &Ranges) -> impl Iterator<Item = &'static dyn Law> {
    CATALOGUE.iter().copied().filter(move |law| law.may_rise_with_tokens() && suits(*law, data))
}
