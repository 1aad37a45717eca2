//! Notes: what a reader must know before using a fit. A code with data; its sentence is written here and nowhere else.

use super::rise::Rise;
use super::seeds::Seeds;
use crate::law::{Axis, Parameter};
use crate::number::percent;
use crate::quantity::{Params, Share, Tokens, significant};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// The number it is about is less sure than its interval says.
    Warning,
    /// An answer that rests on this fit is not given.
    Withholds,
}

/// What a note is about. Codes are stable: they are in the JSON and in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// A parameter sits at the bound of the fit.
    AtBound,
    /// The draws leave a parameter open over most of its range.
    Unidentified,
    /// Too few model sizes to tell the size term from the constant.
    TooFewSizes,
    /// Too few mixture ratios for the ratio terms.
    TooFewRatios,
    /// Too few token budgets for the token term.
    TooFewTokens,
    /// Too few runs for the spread of the draws to be called an interval.
    FewRuns,
    /// With three sizes or fewer no resampling sees size-to-size error.
    SizeTermSaturated,
    /// The fitted law rises with the ratio somewhere inside the data.
    NotMonotone,
    /// The measured loss rises with tokens, which the law cannot follow.
    RisesWithTokens,
    /// A prediction outside the data's range.
    Extrapolates,
    /// Draws started cold end elsewhere than draws started at the optimum.
    DrawsDisagree,
    /// The law takes up nearly all the runs can tell: few degrees of freedom are left between runs.
    FewSpareRuns,
    /// No two runs share a recipe, so a seed's noise and the law's misfit can't be told apart.
    NoReplicates,
    /// Runs repeat a recipe: the noise from seed to seed is measured.
    Seeds,
    /// Losses were measured in the middle of a decay of the learning rate.
    MidSchedule,
}

/// A note: code, severity, the parameter or column it is about, and its sentence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub code: NoteCode,
    /// How much it matters.
    pub severity: Severity,
    /// The parameter (by name) or column it is about, if one.
    pub about: Option<String>,
    /// One sentence or two for people.
    pub text: String,
}

impl fmt::Display for NoteCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AtBound => "at_bound",
            Self::Unidentified => "unidentified",
            Self::TooFewSizes => "too_few_sizes",
            Self::TooFewRatios => "too_few_ratios",
            Self::TooFewTokens => "too_few_tokens",
            Self::FewRuns => "few_runs",
            Self::SizeTermSaturated => "size_term_saturated",
            Self::NotMonotone => "not_monotone",
            Self::RisesWithTokens => "rises_with_tokens",
            Self::Extrapolates => "extrapolates",
            Self::DrawsDisagree => "draws_disagree",
            Self::FewSpareRuns => "few_spare_runs",
            Self::NoReplicates => "no_replicates",
            Self::Seeds => "seeds",
            Self::MidSchedule => "mid_schedule",
        })
    }
}

impl NoteCode {
    /// What it says in a few words, where its sentences have no room.
    pub fn in_short(self) -> &'static str {
        match self {
            Self::AtBound => "The fit ended at a bound",
            Self::Unidentified => "The data leave this parameter open",
            Self::TooFewSizes => "There are too few model sizes",
            Self::TooFewRatios => "There are too few ratios",
            Self::TooFewTokens => "There are too few token budgets",
            Self::FewRuns => "There are few runs",
            Self::SizeTermSaturated => "The sizes are too few to see the error from size to size",
            Self::NotMonotone => "The law rises with the ratio somewhere",
            Self::RisesWithTokens => "The loss rises with tokens",
            Self::Extrapolates => "This lies outside the data",
            Self::DrawsDisagree => "Draws that were searched anew ended elsewhere",
            Self::FewSpareRuns => "There are few runs beyond the parameters",
            Self::NoReplicates => "No recipe was run twice",
            Self::Seeds => "Runs of one recipe differ",
            Self::MidSchedule => "Losses were taken before the learning rate had fallen",
        }
    }
}

impl Note {
    fn new(code: NoteCode, severity: Severity, about: Option<&str>, text: String) -> Self {
        Self { code, severity, about: about.map(str::to_owned), text }
    }

    /// A parameter ended at the bound of the fit.
    pub(super) fn at_bound(parameter: &Parameter, value: f64, (low, high): (f64, f64)) -> Self {
        let symbol = parameter.symbol;
        let text = if parameter.is_linear() && value == 0.0 {
            format!("{symbol} is 0: the data shows no effect of its term ({}).", parameter.meaning)
        } else {
            let (end, read) = if value - low < high - value { ("least", "less") } else { ("largest", "more") };
            let value = significant(value, 6);
            format!("{symbol} ended at {value}, the {end} value allowed: read it as that or {read}.")
        };
        Self::new(NoteCode::AtBound, Severity::Warning, Some(parameter.name), text)
    }

    /// Its term is zero at the optimum or in many draws, so that nothing tells its value.
    pub(super) fn not_in_the_formula(parameter: &Parameter, at_optimum: bool, share: f64) -> Self {
        let draws = format!("in {:.0} % of draws", share * 100.0);
        let place = match (at_optimum, share > 0.0) {
            (true, true) => format!("in the fit and {draws}"),
            (true, false) => "in the fit".to_owned(),
            (false, _) => draws,
        };
        let text = format!(
            "{} is not identified by this data: the weight of its term is zero {place}, so don't quote its value.",
            parameter.symbol
        );
        Self::new(NoteCode::Unidentified, Severity::Info, Some(parameter.name), text)
    }

    /// The draws leave a parameter open.
    pub(super) fn unidentified(parameter: &Parameter, at_bound: f64) -> Self {
        let stuck = if at_bound > 0.0 {
            format!(" ({:.0} % of draws end at a bound)", at_bound * 100.0)
        } else {
            String::new()
        };
        Self::new(
            NoteCode::Unidentified,
            Severity::Info,
            Some(parameter.name),
            format!(
                "{} is not identified by this data{stuck}. Predictions inside the data don't depend on it alone; don't quote its value.",
                parameter.symbol
            ),
        )
    }

    /// Too few distinct values of an axis for the law's terms in it.
    pub(super) fn too_few(axis: Axis, symbols: &[&str], distinct: usize, enough: usize) -> Self {
        let terms = match symbols.split_last() {
            Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            _ => symbols.concat(),
        };
        let (code, what) = match axis {
            Axis::Size => (NoteCode::TooFewSizes, "model size"),
            Axis::Ratio => (NoteCode::TooFewRatios, "mixture ratio"),
            Axis::Tokens => (NoteCode::TooFewTokens, "token budget"),
        };
        let text = match distinct {
            0 => {
                format!("No {what} in the file: {terms} can't be fitted, and the law says nothing about other values.")
            }
            1 => format!(
                "One {what} in the file: {terms} can't be fitted and are part of the constant. Measure {enough} or more."
            ),
            n => format!(
                "Only {n} values of {what}: {terms} rest on the shape of the law, not on the data. Measure {enough} or more."
            ),
        };
        let severity = if distinct < 2 { Severity::Info } else { Severity::Warning };
        Self::new(code, severity, None, text)
    }

    /// Too few runs for an interval.
    pub(super) fn few_runs(runs: usize) -> Self {
        let plural = if runs == 1 { "run" } else { "runs" };
        Self::new(
            NoteCode::FewRuns,
            Severity::Warning,
            None,
            format!(
                "Only {runs} {plural}: what is drawn is the spread of the draws, not an interval that covers with a known rate."
            ),
        )
    }

    /// Few degrees of freedom between runs.
    pub(super) fn few_spare_runs(runs: usize, freedom: f64) -> Self {
        Self::new(
            NoteCode::FewSpareRuns,
            Severity::Warning,
            None,
            format!(
                "The law takes up nearly all that {runs} runs can tell: their noise is judged from about {freedom:.0} degrees of freedom, so the intervals are wide and their rate of covering is rough."
            ),
        )
    }

    /// Seed noise and misfit are one.
    pub(super) fn no_replicates() -> Self {
        Self::new(
            NoteCode::NoReplicates,
            Severity::Info,
            None,
            "No two runs share a size and a ratio, so the noise from seed to seed can't be told from what the law misses: a new run's interval holds both. Repeat a recipe with another seed to tell them apart.".to_owned(),
        )
    }

    /// The noise from seed to seed, and whether the law misses more than that.
    pub(super) fn seeds(seeds: &Seeds) -> Self {
        let (recipes, noise) = (seeds.recipes, percent(seeds.noise));
        let plural = if recipes == 1 { "recipe was" } else { "recipes were" };
        let freedom = seeds.freedom;
        let spare = if freedom == 1 { "degree" } else { "degrees" };
        let measured = format!(
            "{recipes} {plural} run more than once: such runs differ by {noise} (the standard deviation from seed to seed, known from {freedom} {spare} of freedom)."
        );
        let (severity, rest) = if seeds.show_misfit() {
            let rest = format!(
                "The runs lie {} from the law, more than seeds explain: the law misses something, and a new run's interval holds both.",
                percent(seeds.about_the_law)
            );
            (Severity::Warning, rest)
        } else {
            (Severity::Info, "The runs lie no farther from the law than that explains.".to_owned())
        };
        Self::new(NoteCode::Seeds, severity, None, format!("{measured} {rest}"))
    }

    /// Rows in the middle of a decay, beside annealed ends or alone.
    pub(super) fn mid_schedule(under: usize, annealed: usize, rows: usize) -> Self {
        let ends = match annealed {
            0 => String::new(),
            1 => ", 1 at its end".to_owned(),
            _ => format!(", {annealed} at its end"),
        };
        let were = if under == 1 { "was" } else { "were" };
        Self::new(
            NoteCode::MidSchedule,
            Severity::Warning,
            Some("tokens"),
            format!(
                "{under} of {rows} losses {were} measured in the middle of a decay of the learning rate{ends}. There the loss is higher than that of a run annealed at that budget, so what the fit says of tokens mixes budget and schedule. Keep the ends alone by a filter on the step or the learning rate, or read it as of this schedule only."
            ),
        )
    }

    /// Two or three sizes: nothing left over to judge the size term by.
    pub(super) fn size_term_saturated(sizes: usize) -> Self {
        Self::new(
            NoteCode::SizeTermSaturated,
            Severity::Warning,
            Some("alpha"),
            format!(
                "With {sizes} model sizes the size term fits them whatever the truth is, so the band can't see its error. Between these sizes it holds the truth less often than it says (in simulations about three times in four, not nine in ten); outside them the spread of leaving one size out stands beside it."
            ),
        )
    }

    /// The law rises with the ratio of its own corpus at the smallest budget.
    pub(super) fn not_monotone(falls_from: Option<f64>) -> Self {
        let text = match falls_from {
            Some(ratio) => format!(
                "At the smallest token budget the fitted law rises with the ratio of its own corpus up to {}, and falls from there. More of a corpus should not raise its loss: don't read a best ratio below that point.",
                Share(ratio)
            ),
            None => "At the smallest token budget the fitted law rises with the ratio of its own corpus over the whole data. More of a corpus should not raise its loss: don't read a best ratio from it.".to_owned(),
        };
        Self::new(NoteCode::NotMonotone, Severity::Warning, None, text)
    }

    /// The measured loss rises with tokens.
    pub(super) fn rises_with_tokens(rise: Rise, law: &str, others: &[&str]) -> Self {
        let Rise { rising, long: runs, largest } = rise;
        let others = match others {
            [] => String::new(),
            names => format!(" Laws that can: {}.", names.join(", ")),
        };
        Self::new(
            NoteCode::RisesWithTokens,
            Severity::Withholds,
            None,
            format!(
                "In {rising} of {runs} runs the measured loss rises with tokens, by up to {:.1} %. The {law} always falls with tokens and can't follow that: it shows an average, and no recommendation is made from it.{others}",
                largest * 100.0
            ),
        )
    }

    /// The measured loss rises with tokens and the law follows it.
    pub(super) fn follows_the_rise(rise: Rise, law: &str, error: f64) -> Self {
        let Rise { rising, long, largest } = rise;
        Self::new(
            NoteCode::RisesWithTokens,
            Severity::Info,
            None,
            format!(
                "In {rising} of {long} runs the measured loss rises with tokens, by up to {:.1} %. {law} may rise, and follows it to {:.2} % on average. Beyond the measured tokens it is a guess.",
                largest * 100.0,
                error * 100.0
            ),
        )
    }

    /// The measured loss rises with tokens and the law, which might follow, does not.
    pub(super) fn misses_the_rise(rise: Rise, law: &str, error: f64) -> Self {
        let Rise { rising, long, largest } = rise;
        Self::new(
            NoteCode::RisesWithTokens,
            Severity::Withholds,
            None,
            format!(
                "In {rising} of {long} runs the measured loss rises with tokens, by up to {:.1} %. {law} might follow that but misses the losses by {:.2} % on average, so no recommendation is made from it.",
                largest * 100.0,
                error * 100.0
            ),
        )
    }

    /// Draws searched from nothing end elsewhere than draws started at the optimum.
    pub(super) fn draws_disagree(disagree: usize, tried: usize) -> Self {
        Self::new(
            NoteCode::DrawsDisagree,
            Severity::Warning,
            None,
            format!(
                "{disagree} of {tried} draws searched from nothing end in a better place than draws started at the optimum: the law has several near optima here and the band may be too narrow."
            ),
        )
    }

    /// A prediction outside the data, by a factor (sizes, tokens) or by a distance (ratio).
    pub(super) fn extrapolates(axis: Axis, value: f64, low: f64, high: f64) -> Self {
        let (about, text) = match axis {
            Axis::Ratio => (
                "ratio",
                format!("A ratio of {} is beyond the data ({} to {}).", Share(value), Share(low), Share(high)),
            ),
            Axis::Size => ("size", beyond("Model size", Params(value), value, low, high, |v| Params(v).to_string())),
            Axis::Tokens => {
                ("tokens", beyond("Token budget", Tokens(value), value, low, high, |v| Tokens(v).to_string()))
            }
        };
        Self::new(NoteCode::Extrapolates, Severity::Warning, Some(about), text)
    }
}

fn beyond(
    what: &str,
    shown: impl fmt::Display,
    value: f64,
    low: f64,
    high: f64,
    print: impl Fn(f64) -> String,
) -> String {
    if value > high {
        format!("{what} {shown} is {} times the largest measured ({}).", significant(value / high, 2), print(high))
    } else {
        format!("{what} {shown} is {} times below the smallest measured ({}).", significant(low / value, 2), print(low))
    }
}
