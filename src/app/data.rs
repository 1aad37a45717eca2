//! The Data panel: which table is open, whose numbers it holds, what was recognised in it and what was wrong.

mod columns;
mod open;
mod preview;
mod problems;
mod summary;

use super::alert::Alert;
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
    view! {
        <section id="data" class="panel" aria-labelledby="data-title">
            <Alert/>
            <details class="fold" node_ref=fold>
                <summary><h2 id="data-title">"Data"</h2><span class="short">{short}</span></summary>
                <summary::Summary/>
                <open::Open/>
                <columns::Columns/>
                <problems::ProblemList/>
                <preview::Preview/>
            </details>
        </section>
    }
}
