//! What every decision answers with: the outcome under each law, intervals, places of the draws, and why an answer is
//! withheld. The sentences of what is common to all decisions are written here and nowhere else.

use super::solve::Place;
use super::words::{list, percent};
use crate::fit::Note;
use crate::law::Axis;
use crate::quantity::{Params, Share};
use crate::table::Measure;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Version of the answers' layout; raised when a reader of the old one would be wrong.
pub const SCHEMA: u32 = 1;

/// A decision under every law it was asked for; the first is the one shown, the others stand beside it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision<T> {
    /// Version of this layout.
    pub schema: u32,
    /// Level of the intervals.
    pub level: f64,
    /// One a law, in the order asked.
    pub laws: Vec<UnderLaw<T>>,
    /// Where the laws disagree by more than the interval: a sentence that belongs above the answer.
    pub headline: Option<String>,
}

/// The outcome under one law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UnderLaw<T> {
    /// The law's id.
    pub law: String,
    /// Its name for people.
    pub name: String,
    /// What came of it.
    pub outcome: Outcome<T>,
    /// The answer in plain words, a sentence each.
    pub words: Vec<String>,
    /// What a reader must know: how far the answer lies outside the data, warnings of the fits it rests on.
    pub notes: Vec<Note>,
}

/// An answer, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome<T> {
    /// The answer.
    Answered(T),
    /// No recipe keeps what was asked.
    Infeasible(Infeasible),
    /// No answer is given, and why.
    Withheld(Vec<Reason>),
}

impl<T> Outcome<T> {
    /// The answer, if there is one.
    pub fn answer(&self) -> Option<&T> {
        match self {
            Self::Answered(answer) => Some(answer),
            Self::Infeasible(_) | Self::Withheld(_) => None,
        }
    }
}

/// What no recipe keeps, and by how much it is missed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Infeasible {
    /// The most the general loss may be.
    pub limit: f64,
    /// The least general loss any recipe reaches.
    pub least: f64,
    /// The domain share where it is reached.
    pub at: f64,
    /// The model size there.
    pub size: f64,
    /// Share of draws in which some recipe keeps the limit.
    pub draws_feasible: f64,
}

impl Infeasible {
    /// The sentences: which constraint, by how much.
    pub fn words(&self, measure: Measure) -> Vec<String> {
        let above = self.least - self.limit;
        let above = match measure {
            Measure::Nats | Measure::Bits => {
                format!("{} or {}", measure.amount(above), percent(self.least / self.limit - 1.0))
            }
            Measure::Perplexity => measure.amount(above),
        };
        let mut words = vec![format!(
            "No domain ratio keeps the general loss within {}: the least predicted is {} (at {} domain data), {above} above the limit.",
            measure.loss(self.limit),
            measure.loss(self.least),
            Share(self.at),
        )];
        if self.draws_feasible > 0.0 {
            words.push(format!("In {} of draws some ratio keeps it.", percent(self.draws_feasible)));
        }
        words
    }
}

/// Why an answer is withheld.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A note of the fit says that no answer may rest on it.
    Note {
        /// The loss it is a note of.
        loss: String,
        /// The note.
        note: Note,
    },
    /// The answer needs a law of this axis, and one value or none was measured.
    AxisNotMeasured {
        /// The loss.
        loss: String,
        /// The axis.
        axis: Axis,
    },
    /// The file has no general loss, or it was not fitted.
    NoGeneralLoss,
    /// The file has no domain loss, or none was fitted.
    NoDomainLoss,
    /// No loss of that name was fitted.
    NoSuchLoss {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The loss asked for is the general one.
    NotADomainLoss {
        /// What was asked for.
        asked: String,
    },
    /// A rise relative to the base model was asked for, whose loss at that size is not known.
    NoBaseLoss {
        /// The size in parameters.
        size: f64,
    },
    /// A number asked for makes no sense.
    Unusable {
        /// One sentence.
        what: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Note { loss, note } => write!(f, "{loss}: {}", note.text),
            Self::AxisNotMeasured { loss, axis } => {
                let (what, plural) = match axis {
                    Axis::Size => ("model size", "model sizes"),
                    Axis::Tokens => ("token budget", "token budgets"),
                    Axis::Ratio => ("mixture ratio", "mixture ratios"),
                };
                write!(
                    f,
                    "{loss} was measured at one {what} or none: the fit can't say what another one does. Measure several {plural}."
                )
            }
            Self::NoGeneralLoss => write!(f, "There is no fitted general loss, and this answer rests on one."),
            Self::NoDomainLoss => write!(f, "There is no fitted domain loss, and this answer rests on one."),
            Self::NoSuchLoss { asked, known } => {
                write!(f, "No loss called “{asked}” was fitted; there are {}.", list(known))
            }
            Self::NotADomainLoss { asked } => write!(f, "“{asked}” is the general loss; choose a domain loss."),
            Self::NoBaseLoss { size } => write!(
                f,
                "The base model's general loss at {} is not known: add its row at 0 tokens, or type the loss you start from.",
                Params(*size)
            ),
            Self::Unusable { what } => f.write_str(what),
        }
    }
}

/// A value solved on the fit, with the percentile interval of the values solved on every draw.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Solved {
    /// On the fit.
    pub value: f64,
    /// Over the draws that have an answer; `None` without draws.
    pub interval: Option<(f64, f64)>,
}

/// In which share of draws the solution lies where. The five shares add up to 1 (all 0 without draws).
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Places {
    /// At a lowest point inside the axis.
    pub inside: f64,
    /// Where the limit starts to bind.
    pub at_limit: f64,
    /// In the corner at the lower end.
    pub low_end: f64,
    /// In the corner at the upper end.
    pub high_end: f64,
    /// No solution keeps the limit.
    pub infeasible: f64,
}

impl Places {
    /// Counts a draw among `draws`.
    pub fn count(&mut self, place: Option<Place>, draws: usize) {
        let slot = match place {
            Some(Place::Inside) => &mut self.inside,
            Some(Place::AtLimit) => &mut self.at_limit,
            Some(Place::LowEnd) => &mut self.low_end,
            Some(Place::HighEnd) => &mut self.high_end,
            None => &mut self.infeasible,
        };
        // By whole draws, so that all of them are 1 and not 1.0000000000000004.
        *slot = ((*slot * draws as f64).round() + 1.0) / draws as f64;
    }

    /// Share of draws that end in a corner.
    pub fn corner(&self) -> f64 {
        self.low_end + self.high_end
    }

    /// Share of draws that have a solution.
    pub fn feasible(&self) -> f64 {
        self.inside + self.at_limit + self.corner()
    }
}

/// How a number is printed in a sentence.
pub type Print = fn(f64) -> String;

/// What two laws' answers are compared by.
pub trait Headline {
    /// The one number the decision is about, and how it is printed: "92.4 % domain data".
    fn headline(&self) -> Option<(Solved, Print)>;
}

impl<T: Headline> Decision<T> {
    /// The decision of these outcomes. The laws disagree where another law's answer lies outside the first one's
    /// interval.
    pub fn new(level: f64, laws: Vec<UnderLaw<T>>) -> Self {
        let of = |law: &UnderLaw<T>| law.outcome.answer().and_then(Headline::headline);
        let headline = laws.split_first().and_then(|(first, others)| {
            let (own, print) = of(first)?;
            let (low, high) = own.interval?;
            let apart: Vec<String> = others
                .iter()
                .filter_map(|law| {
                    let (other, _) = of(law)?;
                    (other.value < low || other.value > high).then(|| format!("{} under {}", print(other.value), law.name))
                })
                .collect();
            (!apart.is_empty()).then(|| {
                format!(
                    "The laws disagree by more than the interval: {} under {}, but {}. The choice of law is the larger part of the doubt.",
                    print(own.value),
                    first.name,
                    list(&apart)
                )
            })
        });
        Self { schema: SCHEMA, level, laws, headline }
    }
}
