//! The sizes an allocation chooses among: open models to pick, and sizes that are typed.

use super::{html, read};
use crate::app::state::State;
use crate::decide::Choices;
use crate::decide::allocate::Listed;
use crate::decide::models::{MODELS, Model};
use crate::quantity::Params;
use crate::table::Role;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::Element;

fn is_known(listed: &Listed) -> bool {
    MODELS.iter().any(|model| model.name == listed.name)
}

/// The typed sizes as text.
pub fn typed(choices: &Choices) -> String {
    let own = choices.models.iter().filter(|listed| !is_known(listed));
    own.map(|listed| listed.name.clone()).collect::<Vec<_>>().join(", ")
}

/// Takes up typed sizes; the models that were picked stay.
pub fn read_typed(choices: &mut Choices, text: &str) -> bool {
    let Some(sizes) = read::sizes(text) else { return false };
    choices.models.retain(is_known);
    choices.models.extend(sizes.into_iter().map(|size| Listed { name: Params(size).to_string(), size }));
    true
}

/// The open models as check boxes, with the source of the device's peak above them.
pub fn list() -> AnyView {
    let state = State::get();
    let source = move || {
        state.settings.with(|settings| {
            let hardware = &settings.decide.hardware;
            format!("Peak of {}: {}. The price is a figure to start from, not a quote.", hardware.name, hardware.source)
        })
    };
    let count = move || {
        let picked = state.settings.with(|settings| settings.decide.models.iter().filter(|m| is_known(m)).count());
        format!("Open models to choose among: {picked} picked")
    };
    // A law fitted to sizes without embeddings wants those.
    let bare = Memo::new(move |_| {
        state.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| &opened.table.columns);
            columns.is_some_and(|columns| columns.iter().any(|column| column.role == Role::SizeWithoutEmbeddings))
        })
    });
    let written = move || {
        let bare = bare.get();
        state.settings.with(|settings| {
            let picked = &settings.decide.models;
            let known = MODELS.iter().enumerate().filter(|(_, model)| size_of(model, bare).is_some());
            known
                .map(|(at, model)| {
                    let on = if picked.iter().any(|listed| listed.name == model.name) { " checked" } else { "" };
                    format!("<label><input type=checkbox id=model-{at}{on}>{}</label>", html::escape(model.name))
                })
                .collect::<String>()
        })
    };
    let written = Memo::new(move |_| written());
    let changed = move |event: web_sys::Event| {
        let Some(id) = event.target().and_then(|target| target.dyn_into::<Element>().ok()).map(|target| target.id())
        else {
            return;
        };
        let at = id.rsplit_once('-').and_then(|(_, at)| at.parse::<usize>().ok());
        let model = at.and_then(|at| MODELS.get(at));
        if let Some((model, size)) = model.and_then(|model| Some((model, size_of(model, bare.get_untracked())?))) {
            toggle(state, model, size);
            html::refocus(id);
        }
    };
    view! {
        <p class="quiet">{source}</p>
        <details class="sub">
            <summary>{count}</summary>
            <fieldset class="models" aria-label="Open models" inner_html=move || written.get() on:change=changed></fieldset>
        </details>
    }
    .into_any()
}

/// A model's size; `None` where its card does not print the one asked for.
fn size_of(model: &Model, bare: bool) -> Option<f64> {
    if bare { model.without_embeddings } else { Some(model.size) }
}

fn toggle(state: State, model: &Model, size: f64) {
    state.settings.update(|settings| {
        let models = &mut settings.decide.models;
        let before = models.len();
        models.retain(|listed| listed.name != model.name);
        if models.len() == before {
            models.push(Listed { name: model.name.to_owned(), size });
        }
    });
}
