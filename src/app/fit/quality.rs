//! How well the law describes the rows it was fitted to, with a word on each figure for those who meet it first.

use crate::number::three;
use super::{note_line, shown};
use crate::app::state::State;
use leptos::prelude::*;

/// The figures, and the notes that are about no single parameter.
#[component]
pub fn QualityTable() -> impl IntoView {
    let state = State::get();
    move || {
        let fit = state.fit_of(shown(state))?;
        let quality = fit.quality;
        let rows = [
            ("R²", three(quality.r2), "share of the loss’s variance the law explains; 1 is all of it"),
            (
                "Mean error",
                format!("{} %", three(quality.mean_relative_error * 100.0)),
                "of the measured loss, over all rows",
            ),
            ("Mean Huber", three(quality.huber_mean), "the fit’s own measure a row; less is better"),
            ("Objective", three(quality.objective), "its sum, which the fit makes least"),
            ("Fitted to", format!("{} rows", quality.n), "checkpoints above zero tokens"),
            ("From", format!("{} runs", quality.runs), "the unit that is resampled for the intervals"),
        ];
        let rows = rows
            .into_iter()
            .map(|(name, value, meaning)| {
                view! { <tr><th scope="row">{name}<small>{meaning}</small></th><td>{value}</td></tr> }
            })
            .collect_view();
        let names: Vec<&str> = fit.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
        let general: Vec<_> = fit
            .notes
            .iter()
            .filter(|note| note.about.as_deref().is_none_or(|about| !names.contains(&about)))
            .map(|note| view! { <li>{note_line(note)}</li> })
            .collect();
        let notes = (!general.is_empty()).then(|| view! { <ul class="notes">{general.collect_view()}</ul> });
        Some(view! {
            {notes}
            <table class="quality">
                <caption>"How well it fits these rows"</caption>
                <tbody>{rows}</tbody>
            </table>
        })
    }
}
