//! "Should we at all?": what a recipe is predicted to change on every evaluation set of the file, against the base model.
//!
//! A change is told by the interval of a *new run*, not of the law: what one gets is one run. An evaluation set gains
//! where that interval lies below the base model's loss, loses where it lies above, and can't be told where it holds it.
//! The base model's loss counts as measured without error.

use super::outcome::SCHEMA;
use super::pair::Loss;
use super::words::{list, percent};
use crate::fit::{Note, Study};
use crate::law::{Axis, Recipe};
use crate::order;
use crate::quantity::Params;
use crate::table::{LossKind, Measure};
use serde::{Deserialize, Serialize};

/// From so many sets on it is worth saying how many would fall outside their intervals by chance.
const MANY: usize = 5;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tasks {
    /// The recipe.
    pub recipe: Recipe,
    /// The evaluation sets; empty for all in the file.
    pub sets: Vec<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TasksAnswer {
    /// Version of this layout.
    pub schema: u32,
    /// Level of the intervals.
    pub level: f64,
    /// The recipe asked about.
    pub recipe: Recipe,
    /// The sets: gains first, then losses, then those that can't be told; the largest change first in each.
    pub sets: Vec<Change>,
    /// The answer in plain words.
    pub words: Vec<String>,
    /// How far the recipe lies outside the data.
    pub notes: Vec<Note>,
}

/// One evaluation set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The loss's name.
    pub name: String,
    /// Whether it is the general or a domain loss.
    pub kind: LossKind,
    /// Id of its law.
    pub law: String,
    /// What can be said.
    pub verdict: Verdict,
    /// The predicted loss.
    pub loss: Option<f64>,
    /// The base model's loss.
    pub base: Option<f64>,
    /// Relative change from the base.
    pub change: Option<f64>,
    /// Interval of the law's change.
    pub law_interval: Option<(f64, f64)>,
    /// Interval of a new run's change, by which it is sorted.
    pub run_interval: Option<(f64, f64)>,
    /// What the ends of intervals are called.
    pub interval: String,
    /// Why it can't be told, where the interval is not the reason.
    pub why: Option<String>,
}

/// What can be said of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Its loss falls.
    Gains,
    /// Its loss rises.
    Loses,
    /// The interval holds the base model's loss, or there is none.
    CantTell,
}

impl Tasks {
    /// The answer. Of several studies, one a law, every set takes the first in which it is not withheld.
    pub fn decide(&self, studies: &[&Study]) -> TasksAnswer {
        self.decide_in(Measure::Nats, studies)
    }

    /// The same with its sentences in a measure; the numbers beside them stay in nats.
    pub fn decide_in(&self, measure: Measure, studies: &[&Study]) -> TasksAnswer {
        let level = studies.first().map_or(0.9, |study| study.options.level);
        let mut names: Vec<String> = self.sets.clone();
        if names.is_empty()
            && let Some(study) = studies.first()
        {
            names = study.general.iter().chain(&study.domains).cloned().collect();
        }
        let mut sets: Vec<Change> = names
            .into_iter()
            .map(|name| {
                let mut first = None;
                for study in studies {
                    let change = self.change(study, &name);
                    if change.why.is_none() {
                        return change;
                    }
                    first.get_or_insert(change);
                }
                first.unwrap_or_else(|| cant_tell(&name, LossKind::Domain, format!("“{name}” was not fitted.")))
            })
            .collect();
        let size = |change: &Change| change.change.map_or(-1.0, f64::abs);
        order::sort_by(&mut sets, |a, b| a.verdict.cmp(&b.verdict).then(size(b).total_cmp(&size(a))));
        let shown = sets.iter().map(|set| match studies.first() {
            Some(study) => set.shown_in(study, measure),
            None => set.clone(),
        });
        let words = words(&shown.collect::<Vec<_>>(), level);
        let notes = studies.first().map(|study| study.extrapolation(self.recipe)).unwrap_or_default();
        TasksAnswer { schema: SCHEMA, level, recipe: self.recipe, sets, words, notes }
    }

    fn change(&self, study: &Study, name: &str) -> Change {
        let Some(loss) = Loss::of(study, name) else {
            return cant_tell(name, LossKind::Domain, format!("“{name}” was not fitted."));
        };
        let fit = loss.fit;
        // An axis with one measured value says nothing about another one.
        let elsewhere = |axis: Axis, value: f64| {
            fit.ranges
                .span(axis)
                .is_some_and(|span| span.distinct == 1 && (value - span.low).abs() > 5e-3 * value.abs())
        };
        let needs: Vec<Axis> = [
            (Axis::Size, self.recipe.size),
            (Axis::Tokens, self.recipe.tokens),
            (Axis::Ratio, self.recipe.domain_share),
        ]
        .into_iter()
        .filter(|&(axis, value)| elsewhere(axis, value))
        .map(|(axis, _)| axis)
        .collect();
        if let Some(reason) = loss.withheld(&needs).first() {
            return cant_tell(name, fit.kind, reason.to_string());
        }
        let Some(predicted) = study.predict(name, self.recipe) else {
            return cant_tell(name, fit.kind, format!("“{name}” was not fitted."));
        };
        let Some(base) = predicted.base else {
            let why = format!("The base model's loss at {} is not in the file.", Params(self.recipe.size));
            return Change { loss: Some(predicted.loss), law: fit.law.clone(), ..cant_tell(name, fit.kind, why) };
        };
        let relative = |(low, high): (f64, f64)| (low / base - 1.0, high / base - 1.0);
        let run_interval = predicted.new_run.map(relative);
        let verdict = match run_interval {
            Some((_, high)) if high < 0.0 => Verdict::Gains,
            Some((low, _)) if low > 0.0 => Verdict::Loses,
            _ => Verdict::CantTell,
        };
        Change {
            name: name.to_owned(),
            kind: fit.kind,
            law: fit.law.clone(),
            verdict,
            loss: Some(predicted.loss),
            base: Some(base),
            change: Some(predicted.loss / base - 1.0),
            law_interval: predicted.law.map(relative),
            run_interval,
            interval: fit.interval_name(study.options.level),
            why: run_interval.is_none().then(|| "There are no draws, so no interval.".to_owned()),
        }
    }
}

impl Change {
    /// The same in another measure than nats. A relative change of a perplexity is another one than of its logarithm.
    #[must_use]
    pub fn shown_in(&self, study: &Study, measure: Measure) -> Self {
        let measure = study.targets.get(&self.name).map_or(measure, |fit| fit.measure(measure));
        let relative = |change: f64| self.base.map_or(change, |base| measure.change(change, base));
        let both = |(low, high): (f64, f64)| (relative(low), relative(high));
        Self {
            loss: self.loss.map(|loss| measure.from_nats(loss)),
            base: self.base.map(|base| measure.from_nats(base)),
            change: self.change.map(relative),
            law_interval: self.law_interval.map(both),
            run_interval: self.run_interval.map(both),
            ..self.clone()
        }
    }
}

fn cant_tell(name: &str, kind: LossKind, why: String) -> Change {
    Change {
        name: name.to_owned(),
        kind,
        law: String::new(),
        verdict: Verdict::CantTell,
        loss: None,
        base: None,
        change: None,
        law_interval: None,
        run_interval: None,
        interval: String::new(),
        why: Some(why),
    }
}

fn words(sets: &[Change], level: f64) -> Vec<String> {
    let told = |verdict: Verdict| sets.iter().filter(move |set| set.verdict == verdict);
    let named = |verdict: Verdict| -> Vec<String> {
        told(verdict)
            .map(|set| {
                set.change.map_or_else(|| set.name.clone(), |change| format!("{} ({})", set.name, signed(change)))
            })
            .collect()
    };
    let mut words = Vec::new();
    let judged = sets.iter().filter(|set| set.why.is_none()).count();
    let unclear = sets.iter().filter(|set| set.verdict == Verdict::CantTell && set.why.is_none()).count();
    if judged > 0 && unclear == judged {
        words.push(if judged == 1 {
            "The interval of the only change holds zero: this data can't tell whether the run changes anything.".to_owned()
        } else {
            format!("The intervals of all {judged} changes hold zero: this data can't tell whether the run changes anything.")
        });
    } else {
        for (verdict, lead) in [(Verdict::Gains, "Gains"), (Verdict::Loses, "Losses")] {
            let names = named(verdict);
            words.push(match names.as_slice() {
                [] if verdict == Verdict::Gains => "No set is predicted to gain.".to_owned(),
                [] => "No set is predicted to lose.".to_owned(),
                names => format!("{lead}: {}.", list(names)),
            });
        }
        let names: Vec<String> = sets
            .iter()
            .filter(|set| set.verdict == Verdict::CantTell && set.why.is_none())
            .map(|set| set.name.clone())
            .collect();
        if !names.is_empty() {
            words.push(format!("Can't tell: {}.", list(&names)));
        }
    }
    for set in sets {
        if let Some(why) = &set.why {
            words.push(format!("No answer for {}: {why}", set.name));
        }
    }
    if judged >= MANY && unclear < judged {
        words.push(format!(
            "Of {judged} sets about {} would fall outside its interval by chance alone.",
            ((1.0 - level) * judged as f64).ceil()
        ));
    }
    words
}

/// "−3.1 %" or "+0.4 %".
fn signed(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "+" };
    format!("{sign}{}", percent(value.abs()))
}
