//! Pins: name, order, take up again and drop what-ifs that were kept.

use super::row::RowParts;
use crate::app::state::State;
use crate::decide::Pins;
use crate::reply::Topic;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::HtmlElement;

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Pins,
        title: "Pinned what-ifs",
        about: "What-ifs you kept, side by side. The first one is what the others are compared with.",
        fields: &[],
        more: Some(list()),
    }
}

/// Changes the pins.
fn change(state: State, change: impl FnOnce(&mut Pins)) {
    state.settings.update(|settings| change(&mut settings.decide.pins));
}

fn list() -> AnyView {
    let state = State::get();
    let count = Memo::new(move |_| state.settings.with(|settings| settings.decide.pins.0.len()));
    view! { <ol class="pins">{move || (0..count.get()).map(|at| pin(state, at, count.get())).collect_view()}</ol> }
        .into_any()
}

/// Keeps the keyboard on a pin that was moved.
fn follow(id: String) {
    request_animation_frame(move || {
        let button = document().get_element_by_id(&id).and_then(|button| button.dyn_into::<HtmlElement>().ok());
        // A button that is gone has no focus to give.
        let _ = button.map(|button| button.focus());
    });
}

fn pin(state: State, at: usize, count: usize) -> AnyView {
    let name = Memo::new(move |_| {
        state.settings.with(|s| s.decide.pins.0.get(at).map(|pin| pin.name.clone())).unwrap_or_default()
    });
    let move_to = move |to: usize, id: &'static str| {
        change(state, |pins| pins.shift(at, to));
        follow(format!("{id}-{to}"));
    };
    let take_up = move |_| {
        let recipe = state.settings.with_untracked(|s| s.decide.pins.0.get(at).map(|pin| pin.recipe));
        if let Some(recipe) = recipe {
            state.settings.update(|settings| settings.recipe = Some(recipe));
        }
    };
    let said = move |what: &str| format!("{what} {}", name.get());
    view! {
        <li>
            <input
                class="num" type="text" maxlength="40" autocomplete="off" aria-label=move || said("Name of")
                prop:value=move || name.get()
                on:change:target=move |event| {
                    change(state, |pins| pins.rename(at, &event.target().value()));
                    event.target().set_value(&name.get_untracked());
                }
            />
            <button type="button" aria-label=move || said("Use") on:click=take_up>"Use"</button>
            <button
                type="button" id=format!("pin-up-{at}") aria-label=move || said("Move up") disabled={at == 0}
                on:click=move |_| move_to(at.saturating_sub(1), if at > 1 { "pin-up" } else { "pin-down" })
            >
                "↑"
            </button>
            <button
                type="button" id=format!("pin-down-{at}") aria-label=move || said("Move down")
                disabled={at + 1 == count}
                on:click=move |_| move_to(at + 1, if at + 2 < count { "pin-down" } else { "pin-up" })
            >
                "↓"
            </button>
            <button type="button" aria-label=move || said("Drop") on:click=move |_| change(state, |pins| pins.drop(at))>
                "✕"
            </button>
        </li>
    }
    .into_any()
}

/// The button that keeps the what-if.
pub fn keep() -> AnyView {
    let state = State::get();
    let keep = move |_| {
        if let Some(recipe) = state.recipe.get_untracked() {
            change(state, |pins| pins.add("", recipe));
        }
    };
    let said = RwSignal::new(String::new());
    let keep = move |event| {
        keep(event);
        let count = state.settings.with_untracked(|settings| settings.decide.pins.0.len());
        said.set(format!("Pinned: {count} kept under Decide."));
    };
    let none = move || state.recipe.with(Option::is_none);
    view! {
        <button type="button" class="primary" disabled=none on:click=keep>"Pin this what-if"</button>
        <span class="vh" role="status">{move || said.get()}</span>
    }
    .into_any()
}
