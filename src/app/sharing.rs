//! Links as they are opened: what the address carries is shown, and panels are hidden where it says so.

use super::note::Notes;
use super::source::Source;
use super::state::{Failure, Linked, State};
use super::{examples, intake, place, published};
use crate::link::{self, LinkError, View};
use crate::settings::{Panel, Settings};
use crate::worker::message::FilePart;
use js_sys::{Array, Uint8Array};
use leptos::ev;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::Blob;

/// Panels that the address of an embedded page leaves out, beside those of the settings.
#[derive(Clone, Copy)]
struct Embedded(RwSignal<Vec<Panel>>);

/// Opens the link in a hash.
///
/// # Errors
/// Where it shows nothing; what is shown stays.
pub fn open(state: State, hash: String) -> Result<(), LinkError> {
    let view = link::read(&hash)?.ok_or(LinkError::Damaged)?;
    if show(state, view, hash) { Ok(()) } else { Err(LinkError::Damaged) }
}

/// Shows what a link carried; false where it carried nothing to show.
pub fn show(state: State, view: View, hash: String) -> bool {
    // Colours are the reader's own.
    let theme = state.settings.with_untracked(|settings| settings.theme);
    let settings = Settings { theme, ..view.settings };
    if let Some(data) = view.data {
        let parts = data.parts.into_iter().map(|(name, bytes)| FilePart { name, bytes }).collect::<Vec<_>>();
        let source = if parts.is_empty() { Source::own(view.name) } else { Source::together(parts) };
        let bytes = Array::of1(&Uint8Array::from(&data.bytes[..]));
        let Ok(blob) = Blob::new_with_u8_array_sequence(&bytes) else { return false };
        state.open_as_left(source, blob, settings, None);
        return true;
    }
    if let Some(study) = view.study {
        let source = Source::linked(view.name, &view.unit);
        state.show_linked(Linked { source, study: Arc::new(study), hash }, settings, None);
        return true;
    }
    if settings.published.is_some() {
        published::show(state, settings, None);
        return true;
    }
    let Some(example) = settings.example.as_deref().and_then(examples::by_id) else { return false };
    intake::open_example_as_left(state, example, settings, None);
    true
}

/// Says why a link shows nothing.
pub fn refuse(state: State, why: LinkError) {
    let what = "The link can’t be shown.".to_owned();
    state.failure.set(Some(Failure { what, why: why.to_string(), kept: "The page is open as usual." }));
}

/// Opens a link that is put into the address of the open page.
pub fn follow(state: State) {
    // Lives as long as the page.
    let _ = window_event_listener(ev::hashchange, move |_| {
        let Some(hash) = place::view_hash() else { return };
        if let Err(why) = open(state, hash) {
            refuse(state, why);
        }
    });
}

/// Keeps the panels that are shown in step with the settings, and takes up `?panels=` where the page is embedded.
pub fn hide(state: State) {
    let embedded = RwSignal::new(place::asked("panels").as_deref().and_then(Panel::all_but).unwrap_or_default());
    provide_context(Embedded(embedded));
    if embedded.with_untracked(|hidden| !hidden.is_empty()) {
        // Embedded: the bar with the steps goes, too.
        if let Some(root) = document().document_element() {
            let _ = root.set_attribute("data-embedded", "");
        }
    }
    let hidden = Memo::new(move |_| {
        let mut hidden = state.settings.with(|settings| settings.hidden.clone());
        embedded.with(|embedded| hidden.extend(embedded));
        hidden
    });
    Effect::new(move |_| {
        let names: Vec<&str> = hidden.with(|hidden| hidden.iter().map(|panel| panel.name()).collect());
        if let Some(root) = document().document_element() {
            // A name that is one.
            let _ = match names.is_empty() {
                true => root.remove_attribute("data-hidden"),
                false => root.set_attribute("data-hidden", &names.join(" ")),
            };
        }
    });
}

/// Says that panels are hidden, with the way to them.
#[component]
pub fn Hidden() -> impl IntoView {
    let state = State::get();
    let notes = Notes::get();
    let embedded = use_context().map(|Embedded(embedded)| embedded);
    let some = Memo::new(move |_| {
        let by_address = embedded.is_some_and(|embedded| embedded.with(|hidden| !hidden.is_empty()));
        by_address || state.settings.with(|settings| !settings.hidden.is_empty())
    });
    let show = move |_| {
        if let Some(embedded) = embedded {
            embedded.set(Vec::new());
        }
        state.settings.update(|settings| settings.hidden.clear());
        if let Some(root) = document().document_element() {
            let _ = root.remove_attribute("data-embedded");
        }
        notes.say("Every panel is shown.".to_owned());
    };
    move || {
        some.get().then(|| {
            view! {
                <p>
                    "Some panels are hidden here. "
                    <button type="button" class="link" on:click=show>"Show every panel"</button>
                </p>
            }
        })
    }
}
