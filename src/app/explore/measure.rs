//! What losses are shown in: nats, bits or perplexity, as a switch.

use crate::app::state::State;
use crate::table::Measure;
use leptos::prelude::*;

/// The switch. The fit, its formula and what is saved for other programs stay in nats.
pub fn switch() -> AnyView {
    let state = State::get();
    let now = Memo::new(move |_| state.shown().measure);
    let option = move |measure: Measure| {
        view! {
            <label>
                <input
                    type="radio" name="measure" prop:checked=move || now.get() == measure
                    on:change=move |_| state.settings.update(|settings| settings.measure = Some(measure))
                />
                <span>{measure.word()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments measure" title="Only what is shown changes: the fit and its formula stay in nats.">
            <legend>"Losses in"</legend>
            {Measure::ALL.map(option).into_iter().collect_view()}
        </fieldset>
    }
    .into_any()
}
