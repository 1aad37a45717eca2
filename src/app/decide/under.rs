//! A decision under the other laws, folded below its answer: asked for once for all decisions, with the comparison of laws,
//! and kept in step with the what-if and the choices from then on.

use super::html;
use super::row::table;
use crate::app::fit::examined::controls;
use crate::app::state::State;
use crate::inquiry;
use crate::reply::Topic;
use leptos::prelude::*;

/// The fold.
pub fn under(topic: Topic) -> AnyView {
    let state = State::get();
    let slot = state.inquiries.of(inquiry::Topic::Comparison);
    let answer = Memo::new(move |_| {
        let report = slot.report.get()?;
        let under = report.decisions.iter().find(|under| under.topic == topic);
        Some(under.map_or_else(
            || "<p class=quiet>This question has no answer yet that laws could be compared by.</p>".to_owned(),
            |under| {
                let mut out = String::new();
                html::push(&mut out, &["<p class=said>", &html::escape(&under.words), "</p>"]);
                html::push(&mut out, &[&table(&under.answers)]);
                out
            },
        ))
    });
    view! {
        <details class="sub under" hidden=move || state.has_no_data()>
            <summary>"Under other laws"</summary>
            {controls(slot, inquiry::Topic::Comparison, "Ask the other laws")}
            <div class="written" inner_html=move || answer.get().unwrap_or_default()></div>
        </details>
    }
    .into_any()
}
