//! The dialog that makes a link: its text and length, the data where it is ticked, panels to hide, a code for cameras.

use super::modal;
use super::source::Origin;
use super::state::State;
use crate::link::{self, Data, Link, MOST_DATA, View};
use crate::settings::{Panel, Settings, Theme};
use js_sys::Uint8Array;
use leptos::html;
use leptos::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc};
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Whether the dialog is open.
#[derive(Clone, Copy)]
struct Open(RwSignal<bool>);

/// Characters up to which a code is read from a slide by a phone: version 25 of 40, 117 squares a side.
const EASY_TO_SCAN: usize = 1200;

/// Provides the dialog's state to every component.
pub fn provide() {
    provide_context(Open(RwSignal::new(false)));
}

/// The button of the bar.
#[component]
pub fn ShareButton() -> impl IntoView {
    let Some(Open(open)) = use_context() else { return ().into_any() };
    view! { <button type="button" aria-haspopup="dialog" on:click=move |_| open.set(true)>"Share"</button> }.into_any()
}

/// The dialog; closed until the button says otherwise.
#[component]
pub fn Share() -> impl IntoView {
    let Some(Open(open)) = use_context() else { return ().into_any() };
    let dialog = NodeRef::<html::Dialog>::new();
    modal::follow(dialog, open);
    let inside = move || open.get().then(|| view! { <Inside open/> });
    view! {
        <dialog node_ref=dialog class="share" aria-labelledby="share-title" on:close=move |_| open.set(false)>
            {inside}
        </dialog>
    }
    .into_any()
}

/// The links that can be made of what is shown.
#[derive(Clone, Default, PartialEq)]
struct Made {
    /// Without the data.
    plain: Option<Link>,
    /// With the data.
    whole: Option<Link>,
    /// One that fits into a code, where the plain one does not.
    short: Option<Link>,
}

#[component]
fn Inside(open: RwSignal<bool>) -> impl IntoView {
    let state = State::get();
    let with_data = RwSignal::new(false);
    let hidden = RwSignal::new(Vec::<Panel>::new());
    let made = RwSignal::new(Made::default());
    let said = RwSignal::new(String::new());
    let field = NodeRef::<html::Textarea>::new();
    let number = state.file.get_untracked();
    let file = state.file_of(number);
    let own = file.as_ref().and_then(|(source, blob)| blob.clone().filter(|_| source.origin == Origin::Own));
    let size = own.as_ref().map_or(0.0, web_sys::Blob::size);
    let fits = own.is_some() && size <= MOST_DATA as f64;
    // After the frame that shows the dialog: choosing draws takes a moment.
    Effect::new(move |_| {
        let hidden = hidden.get();
        let own = own.clone().filter(|_| fits);
        set_timeout(
            move || {
                let view = view_of(state, hidden);
                let domain = state.domain.get_untracked();
                let plain = link::write(&view, domain.as_deref());
                let short = (address(&plain.hash).len() > EASY_TO_SCAN && view.study.is_some())
                    .then(|| link::write_short(&view, domain.as_deref()));
                made.set(Made { plain: Some(plain), short, whole: None });
                if let Some(blob) = own {
                    spawn_local(async move {
                        let Ok(bytes) = JsFuture::from(blob.array_buffer()).await else { return };
                        let bytes = Uint8Array::new(&bytes).to_vec();
                        let whole =
                            link::write(&View { data: Some(Data { parts: parts(state), bytes }), ..view }, None);
                        made.update(|made| made.whole = Some(whole));
                    });
                }
            },
            Duration::ZERO,
        );
    });
    let shown = Memo::new(move |_| {
        let with_data = with_data.get();
        made.with(|made| if with_data { made.whole.clone() } else { made.plain.clone() })
    });
    let text = Memo::new(move |_| shown.with(|link| link.as_ref().map(|link| address(&link.hash))));
    let length = move || match (shown.get(), text.get()) {
        (Some(link), Some(text)) => length_words(&link, text.len()),
        _ => "Making the link…".to_owned(),
    };
    let copy = move |_| {
        let Some(text) = text.get_untracked() else { return };
        let written = window().navigator().clipboard().write_text(&text);
        spawn_local(async move {
            match JsFuture::from(written).await {
                Ok(_) => said.set("Copied.".to_owned()),
                Err(_) => {
                    if let Some(field) = field.get_untracked() {
                        field.select();
                    }
                    said.set("This browser lets no page copy: press Ctrl+C on the selected link.".to_owned());
                }
            }
        });
    };
    let about_data = move || match made.with(|made| made.whole.clone()) {
        _ if !fits && size > 0.0 => {
            format!("Too large for a link: {:.1} MB; up to {} MB go along.", size / 1e6, MOST_DATA / 1_000_000)
        }
        _ if !fits && state.is_linked() => "The data is not here.".to_owned(),
        _ if !fits && state.printed.with(Option::is_some) => "A printed law has none.".to_owned(),
        _ if !fits => "Not needed: the example lies beside the page.".to_owned(),
        Some(link) => format!(
            "{:.1} KB, packed into {} characters. Whoever has the link has the data.",
            size / 1e3,
            link.hash.len()
        ),
        None => "Packing…".to_owned(),
    };
    let code = move || {
        let link = made.with(|made| made.short.clone().or_else(|| made.plain.clone()))?;
        Some(match QrCode::encode_text(&address(&link.hash), QrCodeEcc::Low) {
            Ok(code) => {
                let words = made.with(|made| made.short.is_some()).then(|| {
                    format!(
                        "The code’s link has {} draws and no data. It is dense: show it large, and hold the camera near.",
                        link.draws
                    )
                });
                view! {
                    <div class="code" inner_html=drawn(&code)></div>
                    <p class="quiet">{words}</p>
                }
                .into_any()
            }
            Err(_) => view! { <p class="quiet">"This link is too long for a code."</p> }.into_any(),
        })
    };
    let panels = Panel::ALL.map(|panel| {
        let change = move |event: leptos::ev::Event| {
            let hide = event_target_checked(&event);
            hidden.update(|hidden| {
                hidden.retain(|known| *known != panel);
                if hide {
                    hidden.push(panel);
                }
            });
        };
        view! { <label><input type="checkbox" on:change=change/>{panel.label()}</label> }
    });
    view! {
        <header class="sheet-bar">
            <h2 id="share-title">"Share this view"</h2>
            <button type="button" class="primary" on:click=move |_| open.set(false)>"Done"</button>
        </header>
        <div class="share-body">
            <p class="quiet">
                "The link holds what you chose and the fit, and nothing is uploaded: it is all in the text after the “#”, "
                "which browsers send to no server."
            </p>
            <textarea
                node_ref=field readonly rows="4" aria-label="Link" aria-describedby="link-length" spellcheck="false"
                prop:value=move || text.get().unwrap_or_default()
                on:focus=move |_| if let Some(field) = field.get_untracked() { field.select() }
            ></textarea>
            <p id="link-length" class="quiet">{length}</p>
            <p class="row">
                <button type="button" class="primary" on:click=copy>"Copy the link"</button>
                <span role="status">{move || said.get()}</span>
            </p>
            <p class="tick">
                <label>
                    <input
                        type="checkbox" aria-describedby="data-words"
                        disabled=move || made.with(|made| made.whole.is_none())
                        on:change=move |event| with_data.set(event_target_checked(&event))
                    />
                    "With the data"
                </label>
                <span id="data-words" class="quiet">{about_data}</span>
            </p>
            <details class="sub">
                <summary>"Hide panels, for teaching"</summary>
                <fieldset class="ticks"><legend class="vh">"Panels to hide in the link"</legend>{panels.collect_view()}</fieldset>
            </details>
            {code}
        </div>
    }
}

/// "3,912 characters with 64 of 1000 draws."
fn length_words(link: &Link, length: usize) -> String {
    let mut words = format!("{length} characters");
    if link.draws > 0 {
        words.push_str(&format!(", with {} paired draws chosen to keep the intervals", link.draws));
    }
    words.push('.');
    match link.notes_left_out {
        0 => {}
        1 => words.push_str(" One note on the fit had no room."),
        count => words.push_str(&format!(" {count} notes on the fit had no room.")),
    }
    words
}

/// What is shown, as a link carries it.
fn view_of(state: State, hidden: Vec<Panel>) -> View {
    let (source, example) = match state.file_of(state.file.get_untracked()) {
        Some((source, _)) => {
            // What lies beside the page, or is printed in it, is told by its name.
            let example = matches!(source.origin, Origin::Example(_) | Origin::Published);
            (Some(source), example)
        }
        None => (None, false),
    };
    let settings = Settings {
        theme: Theme::System,
        hidden,
        // Without the data nothing says where the sliders start.
        recipe: state.recipe.get_untracked(),
        ..state.settings.get_untracked()
    };
    let study = state.study.get_untracked().filter(|_| !example);
    let settings = Settings {
        // Without the file nothing says how it writes its losses.
        measure: settings.measure.or_else(|| study.as_ref().map(|_| untrack(|| state.shown()).measure)),
        ..settings
    };
    View {
        settings,
        name: source.map_or(String::new(), |source| source.name),
        unit: untrack(|| state.fitted_unit()).to_owned(),
        study: study.map(Arc::unwrap_or_clone),
        data: None,
    }
}

fn parts(state: State) -> Vec<(String, u32)> {
    let parts = state.file_of(state.file.get_untracked()).map(|(source, _)| source.parts).unwrap_or_default();
    parts.into_iter().map(|part| (part.name, part.bytes)).collect()
}

/// The address of this page with that hash.
fn address(hash: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    format!("{origin}{path}#{hash}")
}

/// A code as a picture: dark on light in both themes, as cameras want it, with the margin of four squares they need.
fn drawn(code: &QrCode) -> String {
    let side = code.size() + 8;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in 0..code.size() {
            if code.get_module(x, y) {
                path.push_str(&format!("M{} {}h1v1h-1z", x + 4, y + 4));
            }
        }
    }
    format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=img aria-label=\"QR code of the link\" shape-rendering=crispEdges><path fill=#fff d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
