//! The menus for files with several domains, and for fits of several domain losses.

use crate::app::state::State;
use leptos::prelude::*;

/// Which of the file's domains is read, where a column names several.
#[component]
pub fn DomainMenu() -> impl IntoView {
    let state = State::get();
    let domains = Memo::new(move |_| {
        state.opened.with(|opened| {
            let table = &opened.as_ref()?.table;
            (table.domains.len() > 1).then(|| (table.domains.clone(), table.domain.clone()))
        })
    });
    move || match domains.get() {
        None => ().into_any(),
        Some((names, current)) => {
            let choose = move |event| {
                let name = event_target_value(&event);
                state.settings.update(|settings| settings.reading.domain = Some(name));
            };
            view! { <Menu label="Domain" id="domain" names current choose/> }.into_any()
        }
    }
}

/// Which domain loss is shown, where several were fitted; of a mixture as a whole, which of all but the general one.
#[component]
pub fn LossMenu() -> impl IntoView {
    let state = State::get();
    let names = Memo::new(move |_| {
        state.study.with(|study| study.as_ref().map(|study| study.domains.clone()).filter(|names| names.len() > 1))
    });
    move || match names.get() {
        None => ().into_any(),
        Some(names) => {
            let current = state.domain.get();
            let choose = move |event| {
                let name = event_target_value(&event);
                state.settings.update(|settings| settings.domain = Some(name));
            };
            #[cfg(feature = "workbench")]
            let label = if crate::app::mixture::is_open(state).get() { "Loss shown" } else { "Domain loss" };
            #[cfg(not(feature = "workbench"))]
            let label = "Domain loss";
            view! { <Menu label id="domain-loss" names current choose/> }.into_any()
        }
    }
}

#[component]
fn Menu(
    label: &'static str,
    id: &'static str,
    names: Vec<String>,
    current: Option<String>,
    choose: impl FnMut(leptos::ev::Event) + 'static,
) -> impl IntoView {
    let options = names
        .into_iter()
        .map(|name| {
            let selected = current.as_ref() == Some(&name);
            view! { <option selected=selected>{name.clone()}</option> }
        })
        .collect_view();
    view! { <p class="field"><label for=id>{label}</label><select id=id on:change=choose>{options}</select></p> }
}
