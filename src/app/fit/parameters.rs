//! The parameters with their intervals, each note beside the parameter it is about.

use super::note_line;
use super::report::parts;
use crate::app::decide::save;
use crate::app::meaning::meaning;
use crate::app::state::{State, Work};
use crate::fit::{Chosen, Estimate, Fit};
use crate::inquiry::{Part, Topic};
use crate::law::{self, Input, Parameter};
use crate::number::{interval, three};
use crate::table::LossKind;
use leptos::prelude::*;

/// The table, and the profile of a parameter where one was asked for.
#[component]
pub fn ParameterTable() -> impl IntoView {
    let state = State::get();
    let table = move || {
        let kind = state.loss_shown.get();
        let fit = state.fit_of(kind)?;
        let law = law::by_id(&fit.law)?;
        let level = state.study.with(|study| study.as_ref().map(|study| study.options.level))?;
        let drawing = state.work.with(|work| matches!(work, Work::Fitting | Work::Drawing { .. }));
        let held = law.collapse(&state.ranges.get().unwrap_or_default().single());
        let rows = law
            .parameters()
            .iter()
            .zip(&fit.parameters)
            .enumerate()
            .map(|(index, (parameter, estimate))| {
                let because = held.iter().find(|held| held.index == index).map(|held| held.because);
                row(&fit, parameter, estimate, because, drawing)
            })
            .collect_view();
        let caption = match kind {
            LossKind::General => "General loss",
            LossKind::Domain => "Domain loss",
        };
        let class = match kind {
            LossKind::General => "parameters general",
            LossKind::Domain => "parameters domain",
        };
        Some(view! {
            <table class=class>
                <caption>
                    <span class="mark">{caption}</span>
                    <span class="quiet">" "{fit.target.clone()}", "{law.name()}", N and D in billions"</span>
                </caption>
                <thead>
                    <tr>
                        <th scope="col" colspan="2">"Parameter"</th>
                        <th scope="col">"Estimate"</th>
                        <th scope="col">{meaning("interval", fit.interval_name(level))}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        })
    };
    // Saved once when it comes: it is asked for by a click and by nothing else.
    let file = state.inquiries.of(Topic::File).report;
    Effect::new(move |_| {
        let Some(report) = file.get() else { return };
        for part in &report.parts {
            if let Part::Take(file) = part {
                save::save(&file.name, &file.text);
            }
        }
        file.set(None);
    });
    view! {
        {table}
        <p class="row">
            <button type="button" on:click=move |_| state.inquiries.ask(state, Topic::File, "")>"Save the fit as JSON"</button>
        </p>
    }
    .into_any()
}

/// The profile below its parameter's row: progress, then the picture.
fn profile(state: State, name: &'static str) -> AnyView {
    let slot = state.inquiries.of(Topic::Profile);
    let body = move || {
        let report = slot.report.get().filter(|report| report.parameter == name)?;
        Some(
            view! { <tr class="note-row"><td></td><td colspan="3"><div class="report" role="status">{parts(&report)}</div></td></tr> },
        )
    };
    view! { {body} }.into_any()
}

fn row(
    fit: &Fit,
    parameter: &Parameter,
    estimate: &Estimate,
    because: Option<Input>,
    drawing: bool,
) -> impl IntoView + use<> {
    let spread = match (estimate.held, estimate.interval_billions) {
        (true, _) => match because {
            Some(Input::Ratio) => "held: one ratio".to_owned(),
            Some(input) => format!("held: one {}", input.words()),
            None => "held".to_owned(),
        },
        (false, Some(ends)) => interval(ends),
        (false, None) if drawing => "drawing".to_owned(),
        (false, None) => "–".to_owned(),
    };
    let notes: Vec<_> = fit
        .notes
        .iter()
        .filter(|note| note.about.as_deref() == Some(parameter.name))
        .map(|note| view! { <tr class="note-row"><td></td><td colspan="3">{note_line(note)}</td></tr> })
        .collect();
    let state = State::get();
    let name = parameter.name;
    let ask = move |_| state.inquiries.ask(state, Topic::Profile, name);
    let label = format!("Profile of {name}");
    let button = (!estimate.held && !drawing).then(|| {
        view! { <button type="button" class="small" aria-label=label on:click=ask>"Profile"</button> }
    });
    let chosen = estimate.chosen.as_ref().map(|chosen| match chosen {
        Chosen::Fixed => ", fixed by you".to_owned(),
        Chosen::Tied(to) => format!(", tied to {to} by you"),
        Chosen::Bounded(low, high) => format!(", bounded by you: {}", interval((*low, *high))),
    });
    view! {
        <tr>
            <th scope="row" title=parameter.name>{parameter.symbol}</th>
            <td class="meaning">{parameter.meaning}{chosen} {button}</td>
            <td class="figure">{three(estimate.value_billions)}</td>
            <td class="figure">{spread}</td>
        </tr>
        {notes.collect_view()}
        {profile(state, name)}
    }
}
