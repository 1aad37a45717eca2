//! How the file's text was read: encoding and what separates its cells.

use crate::app::state::State;
use crate::table::{Delimiter, Form};
use leptos::prelude::*;

/// The menu of delimiters and the line about encoding, tracker and form.
#[component]
pub fn HowRead() -> impl IntoView {
    let state = State::get();
    let form = Memo::new(move |_| state.opened.with(|opened| opened.as_ref().map(|opened| opened.table.form)));
    let chosen = Memo::new(move |_| state.settings.with(|settings| settings.reading.delimiter));
    let about = move || {
        state.opened.with(|opened| {
            let table = &opened.as_ref()?.table;
            let tracker =
                table.tracker.map(|tracker| format!(", an export of {}", tracker.label())).unwrap_or_default();
            Some(format!("{}, {}{tracker}", table.encoding.label(), table.form))
        })
    };
    let choose = move |event| {
        let label = event_target_value(&event);
        let delimiter = Delimiter::ALL.into_iter().find(|delimiter| delimiter.label() == label);
        state.settings.update(|settings| settings.reading.delimiter = delimiter);
    };
    let menu = move || {
        // JSON and logs have no cells to separate, unless it was this menu that made them so.
        let delimited = matches!(form.get(), Some(Form::Delimited(_))) || chosen.get().is_some();
        delimited.then(|| {
            let found = move || match (form.get(), chosen.get()) {
                (Some(Form::Delimited(delimiter)), None) => format!("as found: {}", delimiter.label()),
                _ => "find it out".to_owned(),
            };
            let options = Delimiter::ALL.map(|each| {
                view! { <option prop:selected=move || chosen.get() == Some(each)>{each.label()}</option> }
            });
            view! {
                <p class="field">
                    <label for="delimiter">"Cells are separated by"</label>
                    <select id="delimiter" on:change=choose>
                        <option value="" prop:selected=move || chosen.get().is_none()>{found}</option>
                        {options.collect_view()}
                    </select>
                </p>
            }
        })
    };
    view! {
        <details class="sub">
            <summary>"How the file is read: "{about}</summary>
            {menu}
        </details>
    }
}
