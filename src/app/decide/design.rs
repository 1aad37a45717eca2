//! No data yet: what to run first, what it costs, what it can identify, and the table to fill in.

use super::allocate::{amount, budget, convert, typed, unit, units};
use super::asking::{Answered, Decisions};
use super::field::{Field, Input, always};
use super::read;
use super::row::{RowParts, answer};
use crate::app::state::State;
use crate::decide::choices::TruthBy;
use crate::law::Recipe;
use crate::quantity::Params;
use crate::reply::{Question, Topic};
use leptos::prelude::*;

const EXAMPLE: &str = "the law of the generated example";
const FIT: &str = "the fit that is shown";

static FIELDS: [Field; 5] = [
    Field {
        label: "All runs may cost",
        input: Input::Text,
        show: |choices| typed(amount(choices.design.budget).0),
        read: |choices, text| {
            let unit = amount(choices.design.budget).1;
            read::set(&mut choices.design.budget, read::positive(text).map(|value| budget(value, unit)))
        },
        when: always,
        expected: "Type an amount above 0 such as 100.",
    },
    Field {
        label: "In",
        input: Input::Menu(units),
        show: |choices| units()[amount(choices.design.budget).1].clone(),
        read: |choices, text| {
            choices.design.budget = convert(choices.design.budget, &choices.hardware, unit(text));
            true
        },
        when: always,
        expected: "",
    },
    Field {
        label: "Model sizes",
        input: Input::Text,
        show: |choices| {
            choices.design.sizes.iter().map(|size| Params(*size).to_string()).collect::<Vec<_>>().join(", ")
        },
        read: |choices, text| read::set(&mut choices.design.sizes, read::sizes(text)),
        when: always,
        expected: "Type model sizes such as 160M, 410M, 1B, or nothing to take Pythia models the budget reaches.",
    },
    Field {
        label: "Checkpoints of a run",
        input: Input::Text,
        show: |choices| choices.design.checkpoints.to_string(),
        read: |choices, text| {
            let whole = read::plain(text).filter(|count| (1.0..=50.0).contains(count) && count.fract() == 0.0);
            read::set(&mut choices.design.checkpoints, whole.map(|count| count as usize))
        },
        when: always,
        expected: "Type a whole number from 1 to 50.",
    },
    Field {
        label: "Try it on",
        input: Input::Menu(|| [EXAMPLE, FIT].map(str::to_owned).to_vec()),
        show: |choices| if choices.design.truth == TruthBy::Fit { FIT } else { EXAMPLE }.to_owned(),
        read: |choices, text| {
            choices.design.truth = if text == FIT { TruthBy::Fit } else { TruthBy::Example };
            true
        },
        when: always,
        expected: "",
    },
];

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Design,
        title: "No data yet",
        about: "Small runs to start from, as a table to fill in. A simulation fits data drawn from a known law and tells which \
                parameters each design can identify.",
        fields: &FIELDS,
        more: Some(simulation()),
    }
}

/// The button that simulates, and what came of it.
fn simulation() -> AnyView {
    let (state, decisions) = (State::get(), Decisions::get());
    let Answered { reply, stale, .. } = decisions.of(Topic::Simulate);
    let asked = Memo::new(move |_| {
        let nowhere = Recipe { domain_share: 0.5, size: 1.0, tokens: 1.0 };
        let choices = state.settings.with(|settings| settings.decide.clone());
        Question::new(Topic::Simulate, &choices, nowhere, state.domain.get()).of(state.printed.get())
    });
    // Another design: what was simulated is not about it.
    Effect::new(move |_| {
        // Computed here: a first computation by the button would count as a change.
        let _ = asked.get();
        decisions.cancel();
        reply.set(None);
    });
    let toggle = move |_| {
        if stale.get_untracked() {
            decisions.cancel();
        } else {
            decisions.ask(asked.get_untracked());
        }
    };
    let label = move || if stale.get() { "Cancel the simulation" } else { "Simulate what they identify" };
    view! {
        <p class="row">
            <button type="button" on:click=toggle>{label}</button>
            <span class="quiet" role="status">{move || stale.get().then_some("Simulating: some seconds.")}</span>
        </p>
        <div inner_html=move || reply.get().map(|reply| answer(&reply, true)).unwrap_or_default()></div>
    }
    .into_any()
}
