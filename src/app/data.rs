//! The Data panel: which table is open, whose numbers it holds, what was wrong and what is missing; and the sheet with
//! its columns and rows, where both are put right.

#[cfg(feature = "workbench")]
mod columns;
#[cfg(feature = "workbench")]
mod corpora;
#[cfg(feature = "workbench")]
mod filters;
#[cfg(feature = "workbench")]
mod form;
mod menus;
#[cfg(feature = "workbench")]
pub mod missing;
mod open;
mod problems;
#[cfg(feature = "workbench")]
mod rows;
#[cfg(feature = "workbench")]
mod sheet;
mod summary;
#[cfg(feature = "workbench")]
mod typed;

use super::alert::Alert;
use super::source::Origin;
use super::state::State;
use leptos::html;
use leptos::prelude::*;

/// The panel.
#[component]
pub fn Data() -> impl IntoView {
    let state = State::get();
    let short = move || state.opened.with(|opened| opened.as_ref().map(|opened| summary::in_short(opened)));
    let fold = NodeRef::<html::Details>::new();
    super::fold::unfold_where_wide(fold);
    // An alert is read where the person is.
    #[cfg(feature = "workbench")]
    let sheet = view! { <sheet::Sheet/> };
    #[cfg(not(feature = "workbench"))]
    let sheet = ();
    let alert = move || (!state.sheet.get()).then(|| view! { <Alert/> });
    view! {
        <section id="data" class="panel" aria-labelledby="data-title">
            {alert}
            <details class="fold" node_ref=fold>
                <summary><h2 id="data-title">"Data"</h2><span class="short">{short}</span></summary>
                <summary::Summary/>
                <open::Open/>
                <menus::DomainMenu/>
                <menus::LossMenu/>
                <ToColumns/>
                <problems::ProblemList/>
            </details>
        </section>
        {sheet}
    }
}

/// What is missing in a person's own file, and the way to the sheet.
#[component]
fn ToColumns() -> impl IntoView {
    let state = State::get();
    let own = Memo::new(move |_| {
        state.opened.with(|opened| opened.as_ref().is_some_and(|opened| opened.source.origin == Origin::Own))
    });
    let open = Memo::new(move |_| state.opened.with(Option::is_some) && !state.has_no_data());
    #[cfg(feature = "workbench")]
    let missing = move || own.get().then(|| view! { <missing::Missing/> });
    #[cfg(not(feature = "workbench"))]
    let missing = move || own.get().then_some(());
    move || {
        open.get().then(|| {
            view! {
                {missing}
                <p class="row">
                    <button type="button" aria-haspopup="dialog" disabled=!cfg!(feature = "workbench") on:click=move |_| state.sheet.set(true)>
                        "Columns and rows…"
                    </button>
                    <span class="quiet">{recognised}</span>
                </p>
            }
        })
    }
}

/// "6 of 8 columns used".
fn recognised() -> Option<String> {
    let state = State::get();
    state.opened.with(|opened| {
        let columns = &opened.as_ref()?.table.columns;
        let used = columns.iter().filter(|column| column.role != crate::table::Role::Ignore).count();
        Some(if used == columns.len() {
            format!("all {used} used")
        } else {
            format!("{used} of {} used", columns.len())
        })
    })
}
