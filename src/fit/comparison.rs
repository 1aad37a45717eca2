//! Law against law on one loss: what each fits, how it predicts runs it has not seen, what it breaks, what it answers.
//!
//! Laws are compared run by run: the difference of two laws' errors on the same left-out runs has a much smaller standard
//! error than either error, because a run that is off is off for both. The advice claims no more than that difference
//! does.

use super::note::{Note, NoteCode, Severity};
use super::predict::Prediction;
use super::session::Session;
use super::validation::{self, Protocol, Score, Summary};
use crate::law::{self, Recipe};
use serde::{Deserialize, Serialize};

/// A difference of fewer standard errors than this is no difference.
const CLEAR: f64 = 2.0;
/// Fewer left-out runs than this give no standard error to speak of.
const LEAST_RUNS: usize = 6;

/// One law in the comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Id of the law.
    pub law: String,
    /// Its name for people.
    pub name: String,
    /// Free parameters.
    pub parameters: usize,
    /// The objective it reaches on all rows.
    pub objective: f64,
    /// R² on the rows it was fitted to.
    pub r2: f64,
    /// Its scores out of sample, a protocol each.
    pub validation: Vec<Summary>,
    /// Mean relative error on left-out runs and its standard error; `None` where no run could be left out.
    pub error: Option<(f64, Option<f64>)>,
    /// That error less the best law's, and the standard error of the difference; `None` for the best itself.
    pub behind: Option<(f64, Option<f64>)>,
    /// Notes of its fit that speak against it.
    pub failed: Vec<Note>,
    /// What it predicts at the recipe asked about; `None` of a law of several corpora.
    pub answer: Option<Prediction>,
}

/// Several laws on one loss, best out of sample first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Name of the loss.
    pub target: String,
    /// The recipe the answers are for.
    pub recipe: Recipe,
    /// The laws, least error on left-out runs first.
    pub candidates: Vec<Candidate>,
    /// What follows.
    pub advice: Vec<Advice>,
}

/// What a comparison comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// One law predicts left-out runs better than all others by a clear difference.
    Clear {
        /// Its name.
        best: String,
        /// The next one.
        next: String,
    },
    /// The data can't tell these laws apart.
    Tied {
        /// Names, least error first.
        laws: Vec<String>,
        /// The one with the fewest parameters.
        simplest: String,
    },
    /// Too few runs could be left out.
    TooFewRuns {
        /// How many.
        runs: usize,
    },
    /// The law with the least error fails a check that withholds recommendations.
    BestIsWithheld {
        /// Its name.
        best: String,
    },
    /// Laws that can't be told apart answer differently by more than the interval of the best.
    AnswersDiffer {
        /// The least and the largest answer among them.
        low: f64,
        /// See `low`.
        high: f64,
    },
}

impl std::fmt::Display for Advice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clear { best, next } => write!(
                f,
                "{best} predicts left-out runs better than {next}, the next best, by more than twice the standard error of the difference."
            ),
            Self::Tied { laws, simplest } => write!(
                f,
                "These runs can't tell {} apart: none predicts left-out runs clearly better. {simplest} has the fewest parameters among them.",
                laws.join(", ")
            ),
            Self::TooFewRuns { runs } => {
                write!(f, "Only {runs} runs could be left out in turn: too few to say which law predicts better.")
            }
            Self::BestIsWithheld { best } => {
                write!(f, "{best} has the least error, but no recommendation is made from it: see its notes.")
            }
            Self::AnswersDiffer { low, high } => write!(
                f,
                "Laws that these runs can't tell apart predict losses from {low:.4} to {high:.4} here, which is more than the best one's own interval: the choice of law matters more than its noise."
            ),
        }
    }
}

/// Compares laws on one loss. `fitted` has a session of the same observations for each law, with the scores of
/// [`validation::run`] on its folds of that loss; a law that does not fit the loss is left out.
pub fn compare(fitted: &[(&Session, &[Score])], target: &str, recipe: Recipe) -> Comparison {
    let left_out = |scores: &[Score]| {
        let of_runs: Vec<&Score> = scores.iter().filter(|score| score.job.protocol == Protocol::Run).collect();
        validation::per_run(&of_runs, |run| run.relative)
    };
    let mut found = Vec::new();
    for (session, scores) in fitted {
        let scores: Vec<Score> = scores.iter().filter(|score| score.job.target == target).cloned().collect();
        let study = session.study();
        let Some(fit) = study.targets.get(target) else { continue };
        let errors = left_out(&scores);
        let failed = |note: &&Note| {
            note.severity == Severity::Withholds || matches!(note.code, NoteCode::NotMonotone | NoteCode::AtBound)
        };
        let candidate = Candidate {
            law: fit.law.clone(),
            name: law::by_id(&fit.law).map_or("", |law| law.name()).to_owned(),
            parameters: fit.parameters.iter().filter(|parameter| !parameter.held).count(),
            objective: fit.quality.objective,
            r2: fit.quality.r2,
            validation: validation::summary(&scores),
            error: (!errors.is_empty()).then(|| validation::mean(&errors)),
            behind: None,
            failed: fit.notes.iter().filter(failed).cloned().collect(),
            // A recipe is no mixture of several corpora.
            answer: study.predict(target, recipe).filter(|_| !law::by_id(&fit.law).is_some_and(law::is_of_corpora)),
        };
        found.push((candidate, errors));
    }
    let error = |candidate: &Candidate| candidate.error.map_or(f64::INFINITY, |(mean, _)| mean);
    crate::order::sort_by(&mut found, |a, b| error(&a.0).total_cmp(&error(&b.0)));
    if let Some((_, best)) = found.first().map(|(candidate, errors)| (candidate.clone(), errors.clone())) {
        for (candidate, errors) in found.iter_mut().skip(1) {
            let differences = errors.iter().filter_map(|(run, error)| Some((*run, error - best.get(run)?))).collect();
            candidate.behind = Some(validation::mean(&differences));
        }
    }
    let runs = found.first().map_or(0, |(_, errors)| errors.len());
    let candidates: Vec<Candidate> = found.into_iter().map(|(candidate, _)| candidate).collect();
    let advice = advice(&candidates, runs);
    Comparison { target: target.to_owned(), recipe, candidates, advice }
}

/// Whether a law is behind the best by more than chance.
fn clearly_behind(candidate: &Candidate) -> bool {
    matches!(candidate.behind, Some((difference, Some(error))) if difference > CLEAR * error)
}

fn advice(candidates: &[Candidate], runs: usize) -> Vec<Advice> {
    let Some(best) = candidates.first() else { return Vec::new() };
    if runs < LEAST_RUNS {
        return vec![Advice::TooFewRuns { runs }];
    }
    let mut advice = Vec::new();
    let tied: Vec<&Candidate> = candidates.iter().filter(|candidate| !clearly_behind(candidate)).collect();
    match (candidates.get(1), &tied[..]) {
        (Some(next), [_]) => advice.push(Advice::Clear { best: best.name.clone(), next: next.name.clone() }),
        (Some(_), tied) => {
            if let Some(simplest) = tied.iter().min_by_key(|candidate| candidate.parameters) {
                let laws = tied.iter().map(|candidate| candidate.name.clone()).collect();
                advice.push(Advice::Tied { laws, simplest: simplest.name.clone() });
            }
        }
        (None, _) => {}
    }
    if best.failed.iter().any(|note| note.severity == Severity::Withholds) {
        advice.push(Advice::BestIsWithheld { best: best.name.clone() });
    }
    let answers: Vec<f64> = tied.iter().filter_map(|candidate| Some(candidate.answer?.loss)).collect();
    let (low, high) = (
        answers.iter().copied().fold(f64::INFINITY, f64::min),
        answers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
    );
    if let Some((from, to)) = best.answer.and_then(|answer| answer.law)
        && high - low > to - from
    {
        advice.push(Advice::AnswersDiffer { low, high });
    }
    advice
}
