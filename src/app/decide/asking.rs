//! What is asked of the decisions and what they answered: one question a topic, asked anew when its choices, the what-if
//! or the study change. Open rows and the trade-off, which is on the chart, are asked at once; folded ones once the
//! sliders rest.

use crate::app::engine::decider::Decider;
use crate::app::mixture;
use crate::app::state::{State, Work};
use crate::law::Recipe;
use crate::reply::{Question, Reply, Topic};
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// How long the what-if rests before folded rows are answered.
const REST: Duration = Duration::from_millis(250);

/// Handles on every answer; cheap to copy.
#[derive(Clone, Copy)]
pub struct Decisions {
    answers: [Answered; Topic::ALL.len()],
    decider: StoredValue<Option<Decider>, LocalStorage>,
}

/// One topic.
#[derive(Clone, Copy)]
pub struct Answered {
    /// The last answer.
    pub reply: RwSignal<Option<Arc<Reply>>>,
    /// Whether a newer one is on its way.
    pub stale: RwSignal<bool>,
    /// Whether its row is open.
    pub open: RwSignal<bool>,
}

impl Decisions {
    /// Makes the signals and the workers' client and provides both to every component.
    pub fn provide(state: State) -> Self {
        let one = |_| Answered { reply: RwSignal::new(None), stale: RwSignal::new(false), open: RwSignal::new(false) };
        let decisions = Self { answers: Topic::ALL.map(one), decider: StoredValue::new_local(None) };
        let hear = move |topic, reply, newest: bool| {
            let Answered { reply: slot, stale, .. } = decisions.of(topic);
            slot.set(Some(Arc::new(reply)));
            stale.set(!newest);
        };
        decisions.decider.set_value(Some(Decider::new(hear)));
        decisions.follow(state);
        provide_context(decisions);
        decisions
    }

    /// The decisions of this page.
    ///
    /// # Panics
    /// Outside the page's own components, which all lie below the one that provides it.
    #[allow(clippy::expect_used, reason = "provided by the root component before any other is made")]
    pub fn get() -> Self {
        use_context().expect("the root component provides the decisions")
    }

    /// One topic.
    pub fn of(self, topic: Topic) -> Answered {
        self.answers[topic as usize]
    }

    /// Asks now, whatever was asked before.
    pub fn ask(self, question: Question) {
        self.of(question.topic).stale.set(true);
        self.decider.with_value(|decider| decider.iter().for_each(|decider| decider.ask(question.clone())));
    }

    /// Ends the simulation under way.
    pub fn cancel(self) {
        self.of(Topic::Simulate).stale.set(false);
        self.decider.with_value(|decider| decider.iter().for_each(Decider::cancel));
    }

    fn follow(self, state: State) {
        // Only a study whose draws are over is asked: no interval is shown as final while they run.
        let at_rest = Memo::new(move |_| state.work.with(|work| matches!(work, Work::Done | Work::Stopped { .. })));
        let study = RwSignal::new(0u32);
        Effect::new(move |_| {
            let (known, rests) = (state.study.with(Option::is_some), at_rest.get());
            if !known || !rests {
                for answered in self.answers {
                    answered.stale.set(known);
                    if !known {
                        answered.reply.set(None);
                    }
                }
            }
            self.of(Topic::Simulate).reply.set(None);
            self.of(Topic::Simulate).stale.set(false);
            if known && rests {
                self.decider.with_value(|decider| decider.iter().for_each(|decider| decider.study(state.packed())));
            }
            study.update(|count| *count = count.wrapping_add(1));
        });
        for topic in Topic::ALL {
            if topic != Topic::Simulate {
                self.follow_topic(state, topic, at_rest, study);
            }
        }
    }

    fn follow_topic(self, state: State, topic: Topic, at_rest: Memo<bool>, study: RwSignal<u32>) {
        let Answered { stale, open, .. } = self.of(topic);
        let question = Memo::new(move |_| {
            let nowhere = Recipe { domain_share: 0.5, size: 1.0, tokens: 1.0 };
            let at = state.recipe.get();
            let known = at.is_some() || topic == Topic::Design;
            let choices = state.settings.with(|settings| settings.decide.clone());
            let question = Question::new(topic, &choices, at.unwrap_or(nowhere), state.domain.get())
                .of(state.printed.get())
                .shown_in(state.shown().measure);
            let named = || state.opened.with(|opened| opened.as_ref().map(|opened| opened.source.name.clone()));
            let (source, shares) = match topic {
                Topic::TakeAway => (named(), mixture::what_if(state)),
                _ => (None, Vec::new()),
            };
            known.then(|| question.from(source.unwrap_or_default()).mixed(shares))
        });
        let turn = StoredValue::new(0u32);
        Effect::new(move |_| {
            study.track();
            let Some(question) = question.get() else { return };
            let fitted = at_rest.get() && state.study.with_untracked(Option::is_some);
            if !(fitted || topic == Topic::Design && open.get()) {
                return;
            }
            // Nobody waits for files that are not looked at.
            if topic == Topic::TakeAway && !open.get() {
                return stale.set(false);
            }
            turn.update_value(|turn| *turn = turn.wrapping_add(1));
            if topic == Topic::TradeOff || open.get() {
                return self.ask(question);
            }
            stale.set(true);
            let mine = turn.get_value();
            let later = move || {
                if turn.try_get_value() == Some(mine) {
                    self.ask(question);
                }
            };
            set_timeout(later, REST);
        });
    }
}
