//! What could not be used, and what was read in one of several ways: the first few by row and column, the rest on request.

use crate::app::state::State;
use crate::table::Problem;
use leptos::prelude::*;

/// Problems shown before "Show all".
const FIRST: usize = 3;

/// Questions about how the file was read, and the list of problems.
#[component]
pub fn ProblemList() -> impl IntoView {
    let state = State::get();
    move || {
        let opened = state.opened.get()?;
        let problems = &opened.table.problems;
        let (questions, wrong): (Vec<Problem>, Vec<Problem>) =
            problems.kept.iter().cloned().partition(Problem::is_question);
        let asked = (!questions.is_empty()).then(|| list(questions, 0, false));
        let wrong = (!wrong.is_empty()).then(|| list(wrong, problems.more, true));
        Some(view! { {asked} {wrong} })
    }
}

/// One list; `more` were counted and not kept.
fn list(problems: Vec<Problem>, more: usize, wrong: bool) -> AnyView {
    let all = RwSignal::new(false);
    let (kept, count) = (problems.len(), problems.len() + more);
    let (class, mark, title) = match (wrong, count) {
        (true, 1) => ("warn", "▲ ", "1 problem in the file".to_owned()),
        (true, _) => ("warn", "▲ ", format!("{count} problems in the file")),
        (false, 1) => ("ask", "? ", "1 thing to check".to_owned()),
        (false, _) => ("ask", "? ", format!("{count} things to check")),
    };
    let lines = move || {
        let shown = if all.get() { kept } else { FIRST.min(kept) };
        problems.iter().take(shown).map(|problem| view! { <li>{problem.to_string()}</li> }).collect_view()
    };
    let button = (kept > FIRST).then(|| {
        let label = move || if all.get() { "Show the first" } else { "Show all" };
        view! { <button type="button" class="link" on:click=move |_| all.update(|all| *all = !*all)>{label}</button> }
    });
    let rest = move || {
        (all.get() && more > 0)
            .then(|| view! { <p class="quiet">{format!("{more} more of them were counted only.")}</p> })
    };
    view! {
        <div class="problems">
            <p class=class><strong><span aria-hidden="true">{mark}</span>{title}</strong></p>
            <ul class="quiet">{lines}</ul>
            {rest}
            {button}
        </div>
    }
    .into_any()
}
