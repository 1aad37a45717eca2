//! "Should we at all?": every evaluation set of the file against the base model.

use super::html;
use super::row::RowParts;
use crate::app::state::State;
use crate::reply::Topic;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::HtmlInputElement;

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Tasks,
        title: "Should we at all?",
        about: "What this what-if changes on every evaluation set of the file. A set gains or loses where the interval of a new \
                run does not hold zero.",
        fields: &[],
        more: Some(sets()),
    }
}

/// The evaluation sets as check boxes; none where there is no choice.
fn sets() -> AnyView {
    let state = State::get();
    let names = Memo::new(move |_| {
        state.study.with(|study| {
            let targets = study.as_ref().map(|study| study.general.iter().chain(&study.domains).cloned().collect());
            targets.unwrap_or_else(Vec::<String>::new)
        })
    });
    let written = Memo::new(move |_| {
        let (names, chosen) = (names.get(), state.settings.with(|settings| settings.decide.sets.clone()));
        let boxes = names.iter().enumerate().map(|(at, name)| {
            let on = if chosen.is_empty() || chosen.contains(name) { " checked" } else { "" };
            format!("<label><input type=checkbox id=set-{at}{on}>{}</label>", html::escape(name))
        });
        boxes.collect::<String>()
    });
    let count = move || {
        let (all, chosen) = (names.with(Vec::len), state.settings.with(|settings| settings.decide.sets.len()));
        if chosen == 0 { format!("Evaluation sets: all {all}") } else { format!("Evaluation sets: {chosen} of {all}") }
    };
    let changed = move |event: web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let Some(target) = target else { return };
        let id = target.id();
        let at = id.rsplit_once('-').and_then(|(_, at)| at.parse::<usize>().ok());
        let names = names.get_untracked();
        let Some(name) = at.and_then(|at| names.get(at)) else { return };
        state.settings.update(|settings| toggle(&mut settings.decide.sets, &names, name));
        // The last one can't be taken out: then nothing is written anew, and the box must show it.
        let chosen = state.settings.with_untracked(|settings| settings.decide.sets.clone());
        target.set_checked(chosen.is_empty() || chosen.contains(name));
        html::refocus(id);
    };
    view! {
        <details class="sub" hidden=move || names.with(Vec::len) < 2>
            <summary>{count}</summary>
            <fieldset class="models" aria-label="Evaluation sets" inner_html=move || written.get() on:change=changed></fieldset>
        </details>
    }
    .into_any()
}

/// Puts a set in or takes it out. All of them are kept as none named, and the last one stays: nothing is no question.
fn toggle(chosen: &mut Vec<String>, all: &[String], name: &str) {
    let on = |known: &String| (chosen.is_empty() || chosen.contains(known)) != (known == name);
    let now: Vec<String> = all.iter().filter(|known| on(known)).cloned().collect();
    match now.len() {
        0 => {}
        some if some == all.len() => chosen.clear(),
        _ => *chosen = now,
    }
}
