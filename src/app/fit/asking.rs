//! What is asked of the fit beyond its numbers, and what came back: one question a topic at a time.
//!
//! Scores out of sample are asked for by themselves once the draws are complete, as they belong beside R²; the rest when
//! a person asks. A new fit forgets every answer: they are about the one before.

use crate::app::state::{State, Work};
use crate::fit::Constraint;
use crate::inquiry::{Question, Report, Topic};
use crate::reply;
use crate::table::{LossKind, Measure, Reading};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long the what-if rests before an answer that depends on it is asked for again.
const REST: Duration = Duration::from_millis(300);
/// Files of more rows are scored when a person asks: a fold of them takes about as long as their fit.
const MOST_ROWS: usize = 20_000;

/// Handles on every topic; cheap to copy.
#[derive(Clone, Copy)]
pub struct Inquiries([Slot; Topic::ALL.len()]);

/// One topic.
#[derive(Clone, Copy)]
pub struct Slot {
    /// The last answer about the fit that is shown.
    pub report: RwSignal<Option<Arc<Report>>>,
    /// Units of work done and needed, while one is on its way.
    pub progress: RwSignal<Option<(usize, usize)>>,
    /// Id of the question.
    id: StoredValue<Option<u32>>,
}

impl Default for Inquiries {
    fn default() -> Self {
        let slot = |_| Slot { report: RwSignal::new(None), progress: RwSignal::new(None), id: StoredValue::new(None) };
        Self(Topic::ALL.map(slot))
    }
}

impl Inquiries {
    /// One topic.
    pub fn of(self, topic: Topic) -> Slot {
        self.0[topic as usize]
    }

    /// Asks about the loss that is shown, at the what-if.
    pub fn ask(self, state: State, topic: Topic, parameter: &str) {
        let Some((target, at)) = untrack(|| target(state)).zip(state.recipe.get_untracked()) else { return };
        let mut question = Question {
            topic,
            target,
            parameter: parameter.to_owned(),
            file: state.opened.with_untracked(|o| o.as_ref().map_or(String::new(), |o| o.source.name.clone())),
            at,
            measure: untrack(|| state.shown()).measure,
            decisions: Vec::new(),
            beside: Vec::new(),
        };
        if topic == Topic::Comparison {
            (question.decisions, question.beside) = untrack(|| decisions(state)).unwrap_or_default();
        }
        let slot = self.of(topic);
        if let Some(id) = state.inquire(&question) {
            slot.id.set_value(Some(id));
            slot.progress.set(Some((0, 0)));
        }
    }

    /// What a worker said.
    pub fn hear(self, id: u32, units: (usize, usize), report: Option<Box<Report>>) {
        let Some(slot) = self.0.into_iter().find(|slot| slot.id.get_value() == Some(id)) else { return };
        match report {
            Some(report) => {
                slot.id.set_value(None);
                slot.progress.set(None);
                slot.report.set(Some(Arc::new(*report)));
            }
            None => slot.progress.set(Some(units)),
        }
    }

    /// Nothing is worked on any more.
    pub fn left(self) {
        for slot in self.0 {
            slot.id.set_value(None);
            slot.progress.set(None);
        }
    }

    /// Follows the fit, the loss shown and the what-if.
    pub fn follow(self, state: State) {
        let done = Memo::new(move |_| state.work.with(|work| *work == Work::Done));
        let about = Memo::new(move |_| target(state));
        Effect::new(move |_| {
            // Of another fit, or of another loss's.
            state.study.track();
            about.track();
            for slot in self.0 {
                slot.report.set(None);
            }
            if done.get() && !state.has_no_data() && about.with(Option::is_some) && rows(state) <= MOST_ROWS {
                self.ask(state, Topic::Validation, "");
            }
        });
        // Losses of another reading may have other names: what was set for the old ones goes. Where both changed at once
        // (a step back, a file opened as it was left), they belong together.
        let set = Memo::new(move |_| {
            state.settings.with(|settings| {
                (settings.reading.clone(), settings.fit.constraints.clone(), settings.decide.sets.clone())
            })
        });
        Effect::new(move |before: Option<(Reading, Vec<Constraint>, Vec<String>)>| {
            let now = set.get();
            let some = !(now.1.is_empty() && now.2.is_empty());
            if some && before.is_some_and(|before| before.0 != now.0 && before.1 == now.1 && before.2 == now.2) {
                state.settings.update(|settings| {
                    settings.fit.constraints.clear();
                    settings.decide.sets.clear();
                });
            }
            now
        });
        let turn = StoredValue::new(0u32);
        let decisions = Memo::new(move |_| decisions(state));
        let measure = Memo::new(move |_| state.shown().measure);
        // Scores do not depend on the what-if, only the words beside them on the measure.
        let said_in = StoredValue::new(None::<Measure>);
        Effect::new(move |_| {
            state.recipe.track();
            decisions.track();
            measure.track();
            turn.update_value(|turn| *turn = turn.wrapping_add(1));
            let mine = turn.get_value();
            let again = move || {
                if turn.try_get_value() != Some(mine) {
                    return;
                }
                let now = measure.get_untracked();
                let other = said_in.get_value().is_some_and(|before| before != now);
                said_in.set_value(Some(now));
                for topic in [Topic::Residuals, Topic::Comparison, Topic::Validation] {
                    if topic == Topic::Validation && !other {
                        continue;
                    }
                    // What it takes is there: only the answer is made again.
                    if self.of(topic).report.with_untracked(Option::is_some) {
                        self.ask(state, topic, "");
                    }
                }
            };
            set_timeout(again, REST);
        });
    }
}

/// Name of the loss whose fit is shown.
fn target(state: State) -> Option<String> {
    match state.loss_shown.get() {
        LossKind::General => state.general.get(),
        LossKind::Domain => state.domain.get(),
    }
}

/// Evaluation sets up to which each one is fitted under every law; beyond, only the two losses the decisions weigh are.
const MOST_SETS: usize = 6;

/// The decisions that laws are compared by, and the losses they rest on.
fn decisions(state: State) -> Option<(Vec<reply::Question>, Vec<String>)> {
    use reply::Topic::{Allocate, Frontier, Limited, Tasks, TradeOff};
    let (at, domain) = (state.recipe.get()?, state.domain.get());
    let mut losses: Vec<String> = state.general.get().into_iter().chain(domain.clone()).collect();
    let mut topics = vec![TradeOff, Limited, Allocate, Frontier];
    let all =
        state.study.with(|study| study.as_ref().map(|study| study.targets.keys().cloned().collect::<Vec<_>>()))?;
    if all.len() <= MOST_SETS {
        topics.push(Tasks);
        losses = all;
    }
    let question =
        |topic| state.settings.with(|settings| reply::Question::new(topic, &settings.decide, at, domain.clone()));
    let question = |topic| question(topic).shown_in(state.shown().measure);
    Some((topics.into_iter().map(question).collect(), losses))
}

fn rows(state: State) -> usize {
    state.opened.with_untracked(|opened| opened.as_ref().map_or(0, |opened| opened.table.rows))
}
