//! The sizes an allocation chooses among: open models to pick, and sizes that are typed.

use super::read;
use crate::app::state::State;
use crate::decide::Choices;
use crate::decide::allocate::Listed;
use crate::decide::models::{MODELS, Model};
use crate::quantity::Params;
use crate::table::Role;
use leptos::prelude::*;

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
    let boxes = move || {
        let bare = bare.get();
        let size = move |model: &Model| if bare { model.without_embeddings } else { Some(model.size) };
        let known = MODELS.iter().filter_map(move |model| Some((model, size(model)?)));
        known.map(|(model, size)| pick(state, model, size)).collect_view()
    };
    view! {
        <p class="quiet">{source}</p>
        <details class="sub">
            <summary>{count}</summary>
            <fieldset class="models"><legend class="vh">"Open models"</legend>{boxes}</fieldset>
        </details>
    }
    .into_any()
}

fn pick(state: State, model: &'static Model, size: f64) -> AnyView {
    let picked = move || state.settings.with(|s| s.decide.models.iter().any(|listed| listed.name == model.name));
    let toggle = move |_| {
        state.settings.update(|settings| {
            let models = &mut settings.decide.models;
            let before = models.len();
            models.retain(|listed| listed.name != model.name);
            if models.len() == before {
                models.push(Listed { name: model.name.to_owned(), size });
            }
        });
    };
    view! { <label><input type="checkbox" prop:checked=picked on:change=toggle/>{model.name}</label> }.into_any()
}
