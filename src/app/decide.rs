//! Decide: the questions people came with, each a row with its answer; the cost of the what-if; what the chart shows of it.
//!
//! - [`asking`]: what is asked of the workers and what they answered.
//! - `row`, `field`, `plot`: the three components every topic is made of, driven by data.
//! - one file a topic: its choices and its sentence.

pub mod asking;
pub mod pins;

mod allocate;
mod design;
mod field;
mod frontier;
pub(super) mod html;
mod limited;
mod mixture;
mod models;
pub(super) mod plot;
mod read;
pub(super) mod row;
pub(super) mod save;
mod start;
mod take_away;
mod tasks;
mod trade_off;
mod under;

use super::state::State;
use crate::chart::view::on;
use crate::chart::{LimitView, View};
use crate::law::{Axis, Recipe};
use crate::reply::Topic;
use asking::Decisions;
use leptos::prelude::*;

/// The region.
#[component]
pub fn Decide() -> impl IntoView {
    let rows = [
        trade_off::parts_of_row(),
        limited::parts_of_row(),
        allocate::parts_of_row(),
        frontier::parts_of_row(),
        start::parts_of_row(),
        mixture::parts_of_row(),
        tasks::parts_of_row(),
        pins::parts_of_row(),
        take_away::parts_of_row(),
        design::parts_of_row(),
    ];
    let rows: Vec<AnyView> = rows.into_iter().map(row::row).collect();
    let printed = super::published::is_open(State::get());
    let about = move || match printed.get() {
        true => {
            "Printed constants have no draws: an answer has no range. What this law can’t answer says what it takes."
        }
        false => "Each answer is solved again on every draw: the range is what the draws say. Open a row to change it.",
    };
    view! {
        <section id="decide" class="decide" aria-labelledby="decide-title" tabindex="-1">
            <h2 id="decide-title">"Decide"</h2>
            <p class="quiet">{about}</p>
            {rows}
        </section>
    }
}

/// What the chart shows of the trade-off: the limit, where it is kept, the interval of the best ratio.
pub fn limit_view() -> Option<LimitView> {
    let state = State::get();
    let reply = Decisions::get().of(Topic::TradeOff).reply.get()?;
    let measure = state.measure_of(state.general.get().as_ref());
    Some(LimitView { loss: Some(measure.from_nats(reply.limit?)), feasible: reply.feasible.clone(), best: reply.best })
}

/// The pins that lie on a chart through a what-if, by letter in their order: those that differ from it on the chart's own
/// axes alone. Their places on these; the second is 0 where the chart has one.
pub fn pins_on(state: State, at: Recipe, view: View) -> Vec<((f64, f64), char)> {
    let same = |axis: Axis, pin: &Recipe| {
        let (a, b) = (on(axis, pin), on(axis, &at));
        // A number read back from a field may differ in the fourth digit.
        if axis == Axis::Ratio { (a - b).abs() < 5e-3 } else { (a / b - 1.0).abs() < 5e-3 }
    };
    state.settings.with(|settings| {
        let pins = settings.decide.pins.0.iter().zip('A'..='Z');
        let pins = pins.filter(|(pin, _)| pin.shares.is_empty()).map(|(pin, letter)| (&pin.recipe, letter));
        pins.filter(|(pin, _)| Axis::ALL.into_iter().all(|axis| view.has(axis) || same(axis, pin)))
            .map(|(pin, letter)| ((on(view.across(), pin), view.up().map_or(0.0, |up| on(up, pin))), letter))
            .collect()
    })
}

/// A minute in hours.
const A_MINUTE: f64 = 1.0 / 60.0;

/// What the what-if costs, below the sliders.
pub fn cost() -> AnyView {
    let state = State::get();
    let said = move || {
        let recipe = state.recipe.get()?;
        state.settings.with(|settings| {
            let hardware = &settings.decide.hardware;
            let cost = hardware.cost_of(recipe);
            if cost.gpu_hours < A_MINUTE {
                return Some(format!("This what-if costs less than a minute of one {}.", hardware.name));
            }
            let utilisation = crate::reply::print::share(hardware.utilisation);
            Some(format!("{}: {} at {utilisation} of its peak.", cost.words(), hardware.name))
        })
    };
    view! { <p class="cost quiet">{said}</p> }.into_any()
}
