//! How the file's text was read: encoding and what separates its cells, each a menu that overrides what was found.

use crate::app::state::State;
use crate::table::{Delimiter, Encoding, Form};
use leptos::prelude::*;

/// The two menus, and the line that says what was found.
#[component]
pub fn HowRead() -> impl IntoView {
    let state = State::get();
    let form = Memo::new(move |_| state.opened.with(|opened| opened.as_ref().map(|opened| opened.table.form)));
    let encoding = Memo::new(move |_| state.opened.with(|o| o.as_ref().map_or("", |o| o.table.encoding.label())));
    let about = move || {
        state.opened.with(|opened| {
            let table = &opened.as_ref()?.table;
            let tracker =
                table.tracker.map(|tracker| format!(", an export of {}", tracker.label())).unwrap_or_default();
            Some(format!("{}, {}{tracker}", table.encoding.label(), table.form))
        })
    };
    let reading = move || state.settings.with(|settings| (settings.reading.encoding, settings.reading.delimiter));
    let separated = move || match form.get() {
        Some(Form::Delimited(delimiter)) => delimiter.label(),
        // JSON and logs have no cells to separate, unless somebody says they do.
        _ => "not at all",
    };
    view! {
        <details class="sub">
            <summary>"How the file is read: "{about}</summary>
            <Menu
                id="encoding"
                label="Its text is"
                names=Encoding::ALL.map(Encoding::label).to_vec()
                found=Signal::derive(move || encoding.get())
                chosen=Signal::derive(move || reading().0.map(Encoding::label))
                choose=Callback::new(move |label: String| {
                    let encoding = Encoding::ALL.into_iter().find(|each| each.label() == label);
                    state.settings.update(|settings| settings.reading.encoding = encoding);
                })
            />
            <Menu
                id="delimiter"
                label="Cells are separated by"
                names=Delimiter::ALL.map(Delimiter::label).to_vec()
                found=Signal::derive(separated)
                chosen=Signal::derive(move || reading().1.map(Delimiter::label))
                choose=Callback::new(move |label: String| {
                    let delimiter = Delimiter::ALL.into_iter().find(|each| each.label() == label);
                    state.settings.update(|settings| settings.reading.delimiter = delimiter);
                })
            />
        </details>
    }
}

/// A menu whose first choice leaves it to what is found.
#[component]
fn Menu(
    id: &'static str,
    label: &'static str,
    names: Vec<&'static str>,
    found: Signal<&'static str>,
    chosen: Signal<Option<&'static str>>,
    choose: Callback<String>,
) -> impl IntoView {
    let options = names
        .into_iter()
        .map(|name| view! { <option value=name prop:selected=move || chosen.get() == Some(name)>{name}</option> })
        .collect_view();
    let first = move || match chosen.get() {
        None => format!("as found: {}", found.get()),
        Some(_) => "find it out".to_owned(),
    };
    view! {
        <p class="field">
            <label for=id>{label}</label>
            <select id=id on:change=move |event| choose.run(event_target_value(&event))>
                <option value="" prop:selected=move || chosen.get().is_none()>{first}</option>
                {options}
            </select>
        </p>
    }
}
