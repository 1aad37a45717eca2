//! Pins: name, order, take up again and drop what-ifs that were kept.

use super::html;
use super::row::RowParts;
use crate::app::mixture;
use crate::app::state::State;
use crate::decide::Pins;
use crate::reply::Topic;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::Element;

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
    let pins = Memo::new(move |_| state.settings.with(|settings| settings.decide.pins.clone()));
    let written = move || {
        pins.with(|pins| {
            pins.0.iter().enumerate().map(|(at, pin)| written(at, pins.0.len(), &pin.name)).collect::<String>()
        })
    };
    let clicked = move |event: web_sys::MouseEvent| {
        let Some(what) = html::asked(&event) else { return };
        let Some((what, at)) = what.split_once('-').and_then(|(what, at)| Some((what, at.parse::<usize>().ok()?)))
        else {
            return;
        };
        let count = pins.with_untracked(|pins| pins.0.len());
        match what {
            "up" if at > 0 => {
                change(state, |pins| pins.shift(at, at - 1));
                html::refocus(format!("pin-{}-{}", if at > 1 { "up" } else { "down" }, at - 1));
            }
            "down" => {
                change(state, |pins| pins.shift(at, at + 1));
                html::refocus(format!("pin-{}-{}", if at + 2 < count { "down" } else { "up" }, at + 1));
            }
            "drop" => {
                change(state, |pins| pins.drop(at));
                html::refocus(format!("pin-drop-{}", at.min(count.saturating_sub(2))));
            }
            "take" => {
                let Some(pin) = pins.with_untracked(|pins| pins.0.get(at).cloned()) else { return };
                state.settings.update(|settings| match pin.shares.is_empty() {
                    true => settings.recipe = Some(pin.recipe),
                    false => settings.shares = pin.shares,
                });
            }
            _ => {}
        }
    };
    let renamed = move |event: web_sys::Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let at = input.id().rsplit_once('-').and_then(|(_, at)| at.parse::<usize>().ok());
        if let Some(at) = at {
            change(state, |pins| pins.rename(at, &html::value(&input)));
            html::refocus(input.id());
        }
    };
    view! { <ol class="pins" inner_html=written on:click=clicked on:change=renamed></ol> }.into_any()
}

/// A pin as text.
fn written(at: usize, count: usize, name: &str) -> String {
    let name = html::escape(name);
    let mut out = format!(
        "<li><input id=pin-name-{at} class=num type=text maxlength=40 autocomplete=off aria-label=\"Name of {name}\" value=\"{name}\">"
    );
    for (what, label, face) in
        [("take", "Use", "Use"), ("up", "Move up", "↑"), ("down", "Move down", "↓"), ("drop", "Drop", "✕")]
    {
        let off = (what == "up" && at == 0) || (what == "down" && at + 1 == count);
        let off = if off { " disabled" } else { "" };
        let at = at.to_string();
        let id = [what, "-", &at].concat();
        html::push(
            &mut out,
            &[
                "<button type=button id=pin-",
                &id,
                " data-do=",
                &id,
                " aria-label=\"",
                label,
                " ",
                &name,
                "\"",
                off,
                ">",
                face,
                "</button>",
            ],
        );
    }
    out.push_str("</li>");
    out
}

/// The button that keeps the what-if.
pub fn keep() -> AnyView {
    let state = State::get();
    let keep = move |_| {
        if let Some(recipe) = state.recipe.get_untracked() {
            let shares = untrack(|| mixture::what_if(state));
            change(state, |pins| pins.add_mixture("", recipe, shares));
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
