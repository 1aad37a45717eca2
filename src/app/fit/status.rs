//! What the worker is doing, in a slot of fixed height so that nothing moves; with the button that stops it.

use crate::app::state::{State, Work};
use leptos::prelude::*;

/// From this size on, in bytes, a file takes long enough that somebody wonders how much is left.
const SHOWN_FROM: f64 = 4e6;

/// Progress, cancel, and what was stopped.
#[component]
pub fn Status() -> impl IntoView {
    let state = State::get();
    // A screen reader hears the stages, not every count.
    let stage = Memo::new(move |_| match state.work.get() {
        Work::Idle => "",
        Work::Reading { .. } => "Reading the file.",
        Work::Fitting => "Fitting.",
        Work::Drawing { .. } => "Estimates are ready. Drawing intervals.",
        Work::Stopped { .. } => "Stopped.",
        Work::Done => "The fit is complete.",
        Work::Failed => "",
    });
    let line = move || match state.work.get() {
        Work::Idle => "Starting".to_owned(),
        Work::Reading { name, done, total } if total >= SHOWN_FROM => {
            format!("Reading {name}: {:.0} of {:.0} MB", done / 1e6, total / 1e6)
        }
        Work::Reading { name, .. } => format!("Reading {name}"),
        Work::Fitting => "Looking for the best fit".to_owned(),
        Work::Drawing { done, total } => format!("Drawing intervals: {done} of {total}"),
        Work::Stopped { done: 0, .. } => "Stopped before there were intervals".to_owned(),
        Work::Stopped { done, total } => format!("Stopped at {done} of {total} draws; intervals rest on these"),
        Work::Done => match state.study.get() {
            Some(study) if state.is_linked() => {
                let draws = study.targets.values().next().map_or(0, |fit| fit.draws.len());
                let from = if state.is_saved() { "From a file" } else { "From a link" };
                format!("{from}: {draws} of {} paired draws, seed {}", study.options.draws, study.options.seed)
            }
            Some(study) => format!("Complete: {} paired draws, seed {}", study.options.draws, study.options.seed),
            None => "Complete".to_owned(),
        },
        Work::Failed => "Nothing fitted".to_owned(),
    };
    let share = move || match state.work.get() {
        Work::Drawing { done, total } if total > 0 => Some((done * 100 / total).min(100)),
        Work::Reading { done, total, .. } if total > 0.0 => Some(((done * 100.0 / total) as usize).min(100)),
        _ => None,
    };
    let label = move || match state.work.get() {
        Work::Reading { .. } => "Reading the file",
        _ => "Drawing intervals",
    };
    let mode = Memo::new(move |_| match state.work.get() {
        work if work.is_busy() => Mode::Busy,
        Work::Stopped { .. } => Mode::Stopped,
        _ => Mode::Rest,
    });
    let controls = move || match mode.get() {
        Mode::Busy => view! {
            <progress
                aria-label=label
                max="100"
                prop:value=move || share().unwrap_or(0).to_string()
            ></progress>
            <button type="button" on:click=move |_| state.cancel()>"Cancel"</button>
        }
        .into_any(),
        Mode::Stopped => {
            view! { <button type="button" on:click=move |_| state.fit_again()>"Fit again"</button> }.into_any()
        }
        Mode::Rest => ().into_any(),
    };
    view! {
        <div class="status">
            <p>{line}</p>
            <p class="row">{controls}</p>
            <p class="vh" role="status">{move || stage.get()}</p>
        </div>
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Busy,
    Stopped,
    Rest,
}
