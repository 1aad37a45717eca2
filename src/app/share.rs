//! The dialog that makes a link: its text and length, the data where it is ticked, panels to hide, a code for cameras.

use super::engine::linker::Linker;
use super::modal;
use super::source::Origin;
use super::state::State;
use crate::link::{Link, MOST_DATA};
use crate::settings::{Panel, Settings, Theme, kept};
use crate::worker::message::{Answer, Code, LinkAsk, LinkKind};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Whether the dialog is open.
#[derive(Clone, Copy)]
struct Open(RwSignal<bool>);

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

/// What was made of what is shown, so far.
#[derive(Clone, Default, PartialEq)]
struct Made {
    /// How much of the first link is made, from 0 to 1.
    done: f64,
    /// Without the data.
    plain: Option<Link>,
    /// With the data.
    whole: Option<Link>,
    /// The code for cameras.
    code: Option<Code>,
    /// Nothing more comes.
    lost: bool,
}

impl Made {
    fn take(&mut self, answer: Option<Answer>) {
        match answer {
            Some(Answer::Linking { done, .. }) => self.done = done,
            Some(Answer::Linked { kind: LinkKind::Plain, link, .. }) => self.plain = Some(link),
            Some(Answer::Linked { link, .. }) => self.whole = Some(link),
            Some(Answer::Coded { code, .. }) => self.code = Some(code),
            Some(_) => {}
            None => self.lost = true,
        }
    }
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
    let tell = move |answer| made.try_update(|made| made.take(answer)).unwrap_or_default();
    let linker = StoredValue::new_local(Linker::start(state.packed(), tell));
    on_cleanup(move || linker.with_value(Linker::end));
    Effect::new(move |_| {
        let ask = ask_of(state, hidden.get());
        let own = own.clone().filter(|_| fits);
        made.set(Made::default());
        linker.with_value(|linker| linker.ask(ask, own));
    });
    let shown = Memo::new(move |_| {
        let with_data = with_data.get();
        made.with(|made| if with_data { made.whole.clone() } else { made.plain.clone() })
    });
    let text = Memo::new(move |_| shown.with(|link| link.as_ref().map(|link| address(&link.hash))));
    let length = move || match (shown.get(), text.get()) {
        (Some(link), Some(text)) => length_words(&link, text.len()),
        _ => made.with(|made| match made.lost {
            true => "The link could not be made: a fault of the page. Close this and try once more.".to_owned(),
            false if made.done > 0.0 => {
                format!("Choosing 64 draws that keep the intervals: {:.0} %.", made.done * 100.0)
            }
            false => "Making the link…".to_owned(),
        }),
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
        let code = made.with(|made| made.code.clone())?;
        if code.path.is_empty() {
            return Some(view! { <p class="quiet">"This link is too long for a code."</p> }.into_any());
        }
        let words = code.draws.map(|draws| {
            format!(
                "The code’s link has {draws} draws and no data. It is dense: show it large, and hold the camera near."
            )
        });
        Some(
            view! {
                <div class="code" inner_html=drawn(&code)></div>
                <p class="quiet">{words}</p>
            }
            .into_any(),
        )
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
fn ask_of(state: State, hidden: Vec<Panel>) -> LinkAsk {
    let source = state.file_of(state.file.get_untracked()).map(|(source, _)| source);
    // What lies beside the page, or is printed in it, is told by its name.
    let by_name = source.as_ref().is_some_and(|source| matches!(source.origin, Origin::Example(_) | Origin::Published));
    let settings = Settings {
        theme: Theme::System,
        hidden,
        // Without the data nothing says where the sliders start.
        recipe: state.recipe.get_untracked(),
        ..state.settings.get_untracked()
    };
    let fit = !by_name && state.study.with_untracked(Option::is_some) && state.packed().is_some();
    let settings = Settings {
        // Without the file nothing says how it writes its losses.
        measure: settings.measure.or_else(|| fit.then(|| untrack(|| state.shown()).measure)),
        ..settings
    };
    let (name, parts) = source.map(|source| (source.name, source.parts)).unwrap_or_default();
    LinkAsk {
        settings: kept::to_json(&settings),
        name,
        unit: untrack(|| state.fitted_unit()).to_owned(),
        domain: state.domain.get_untracked(),
        fit,
        parts,
        page: address(""),
    }
}

/// The address of this page with that hash.
fn address(hash: &str) -> String {
    let location = window().location();
    let (origin, path) = (location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    format!("{origin}{path}#{hash}")
}

/// A code as a picture: dark on light in both themes, as cameras want it.
fn drawn(Code { side, path, .. }: &Code) -> String {
    format!(
        "<svg viewBox=\"0 0 {side} {side}\" role=img aria-label=\"QR code of the link\" shape-rendering=crispEdges><path fill=#fff d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    )
}
