//! What could not be used: the first few problems by row and column, the rest on request.

use crate::app::state::State;
use leptos::prelude::*;

/// Problems shown before "Show all".
const FIRST: usize = 3;

/// The list of problems.
#[component]
pub fn ProblemList() -> impl IntoView {
    let state = State::get();
    let all = RwSignal::new(false);
    move || {
        let opened = state.opened.get()?;
        let problems = &opened.table.problems;
        let (kept, count) = (problems.kept.len(), problems.kept.len() + problems.more);
        if count == 0 {
            return None;
        }
        let shown = if all.get() { kept } else { FIRST.min(kept) };
        let list =
            problems.kept.iter().take(shown).map(|problem| view! { <li>{problem.to_string()}</li> }).collect_view();
        let title =
            if count == 1 { "1 problem in the file".to_owned() } else { format!("{count} problems in the file") };
        let button = (kept > FIRST).then(|| {
            let label = move || if all.get() { "Show the first" } else { "Show all" };
            view! { <button type="button" class="link" on:click=move |_| all.set(!all.get())>{label}</button> }
        });
        let rest = (all.get() && problems.more > 0)
            .then(|| view! { <p class="quiet">{format!("{} more of them were counted only.", problems.more)}</p> });
        Some(view! {
            <div class="problems">
                <p class="warn"><strong><span aria-hidden="true">"▲ "</span>{title}</strong></p>
                <ul class="quiet">{list}</ul>
                {rest}
                {button}
            </div>
        })
    }
}
