//! The first rows of the file as text.

use crate::app::state::State;
use leptos::prelude::*;

/// A disclosure with the first rows.
#[component]
pub fn Preview() -> impl IntoView {
    let state = State::get();
    move || {
        let opened = state.opened.get()?;
        let table = &opened.table;
        let head = table.columns.iter().map(|c| view! { <th scope="col">{c.header.clone()}</th> }).collect_view();
        let rows = table
            .preview
            .iter()
            .map(|row| view! { <tr>{row.iter().map(|cell| view! { <td>{cell.clone()}</td> }).collect_view()}</tr> })
            .collect_view();
        let title = format!("First {} rows", table.preview.len());
        Some(view! {
            <details class="sub">
                <summary>{title.clone()}</summary>
                <div class="scroll" tabindex="0" role="region" aria-label=title>
                    <table class="preview"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>
                </div>
            </details>
        })
    }
}
