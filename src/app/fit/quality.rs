//! How well the law describes the rows it was fitted to, with a word on each figure for those who meet it first.

use super::note_line;
use crate::app::meaning::meaning;
use crate::app::state::{State, Work};
use crate::inquiry::Topic;
use crate::number::{percent, three};
use leptos::prelude::*;

/// The figures, and the notes that are about no single parameter.
#[component]
pub fn QualityTable() -> impl IntoView {
    let state = State::get();
    move || {
        let fit = state.fit_of(state.loss_shown.get())?;
        let quality = fit.quality;
        let row = |cells: &[String]| {
            let cells = cells.iter().enumerate().map(|(at, text)| match at {
                0 => view! { <th scope="row">{text.clone()}</th> }.into_any(),
                _ => view! { <td>{text.clone()}</td> }.into_any(),
            });
            view! { <tr>{cells.collect_view()}</tr> }.into_any()
        };
        let fitted = [format!("{} fitted rows", quality.n), three(quality.r2), percent(quality.mean_relative_error)];
        let slot = state.inquiries.of(Topic::Validation);
        let unseen = move || {
            let report = slot.report.get()?;
            let short = report.short.as_ref()?;
            Some(short.rows.iter().map(|cells| row(cells)).collect::<Vec<_>>())
        };
        let coming = move || match slot.progress.get() {
            Some((done, total)) if total > 0 => Some(format!("Scoring out of sample: {done} of {total} fits.")),
            Some(_) => Some("Scoring out of sample.".to_owned()),
            None if slot.report.with(Option::is_some) => {
                Some("Below the line: fitted without it, scored on it; ± one standard error.".to_owned())
            }
            None if state.work.with(Work::is_busy) => Some("Scores on what was left out follow the draws.".to_owned()),
            None if state.is_linked() => Some("Scores on what was left out need the data.".to_owned()),
            None => Some("Not scored on what was left out: the tab Out of sample has the button.".to_owned()),
        };
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
                <caption>"How well it fits, and how well it predicts"</caption>
                <thead>
                    <tr>
                        <th scope="col">{meaning("left-out", "Left out")}</th>
                        <th scope="col">{meaning("r2", "R²")}</th>
                        <th scope="col">{meaning("error", "Mean error")}</th>
                    </tr>
                </thead>
                <tbody>{row(&fitted)}</tbody>
                <tbody class="unseen">{unseen}</tbody>
            </table>
            <p class="quiet coming">{coming}</p>
            <p class="quiet">
                {meaning("objective", "Objective")}
                {format!(
                    " {}, {} a row, from {} runs, the unit that is resampled.",
                    three(quality.objective),
                    three(quality.huber_mean),
                    quality.runs,
                )}
            </p>
        })
    }
}
