//! The chart with everything around it: the tabs above, the tools below, the rows that were chosen on it.

use super::gestures::{Gestures, Mode, STEP};
use super::pane::pane;
use super::shown::{self, Shown};
use crate::app::state::State;
use crate::chart::{Picture, Spacing, View};
use crate::law::Axis;
use leptos::prelude::*;
use std::collections::HashSet;
use wasm_bindgen::JsCast;

/// Rows that are left out one by one at most: each is kept by its line in a link and in the history.
const BY_HAND: usize = 1000;

/// The tabs, the chart, the tools.
pub fn bench(bands: Signal<String>) -> AnyView {
    let state = State::get();
    let Shown { picture, nothing } = Shown::get();
    let gestures = Gestures::new(state);
    let view = Memo::new(move |_| shown::view(state));
    // Rows were chosen where they stood.
    Effect::new(move |_| {
        view.track();
        gestures.end();
    });
    let set = Callback::new(move |cursor| {
        if let Some(recipe) = state.recipe.get_untracked() {
            let moved = shown::moved_to(recipe, view.get_untracked(), cursor);
            state.settings.update(|settings| settings.recipe = Some(moved));
        }
    });
    view! {
        {tabs(state, view)}
        <div role="tabpanel" id="chart-panel" aria-labelledby=move || tab_id(view.get())>
            {pane(
                picture.into(),
                gestures,
                move |picture, cursor| shown::losses(state, picture, cursor),
                set,
                bands,
                nothing.into(),
            )}
            <div class="chart-tools">
                {move || match gestures.mode.get() {
                    Mode::WhatIf => tools(state, gestures, view).into_any(),
                    Mode::Rows => chosen(state, gestures).into_any(),
                }}
            </div>
        </div>
    }
    .into_any()
}

fn tab_id(view: View) -> String {
    format!("chart-{}", view.word().to_lowercase().replace(' ', "-"))
}

/// One a view; the arrow keys go from one to the next.
fn tabs(state: State, view: Memo<View>) -> impl IntoView {
    let choose = move |next: View| state.settings.update(|settings| settings.chart.view = Some(next));
    let keyed = move |event: web_sys::KeyboardEvent| {
        let all = View::ALL;
        let at = all.iter().position(|each| *each == view.get_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowLeft" => at.checked_sub(1).unwrap_or(all.len() - 1),
            "ArrowRight" => (at + 1) % all.len(),
            "Home" => 0,
            "End" => all.len() - 1,
            _ => return,
        };
        event.prevent_default();
        choose(all[next]);
        focus(&tab_id(all[next]));
    };
    let each = View::ALL.map(|tab| {
        view! {
            <button
                type="button" role="tab" id=tab_id(tab) aria-controls="chart-panel" title=tab.title()
                aria-selected=move || if view.get() == tab { "true" } else { "false" }
                tabindex=move || if view.get() == tab { "0" } else { "-1" }
                on:click=move |_| choose(tab)
            >
                {tab.word()}
            </button>
        }
    });
    view! { <div class="tabs chart-tabs" role="tablist" aria-label="Chart" on:keydown=keyed>{each.into_iter().collect_view()}</div> }
}

/// Gives the keyboard to an element that is about to be there.
fn focus(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        let element = document().get_element_by_id(&id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(element) = element {
            // An element that is gone has no focus to give.
            let _ = element.focus();
        }
    });
}

/// Zoom, spacing, choosing rows.
fn tools(state: State, gestures: Gestures, view: Memo<View>) -> impl IntoView {
    let Shown { picture, .. } = Shown::get();
    let axes = move || picture.with_untracked(|picture| picture.as_ref().map(|p| p.axes()).unwrap_or_default());
    let zoom = move |factor: f64| {
        let axes = axes();
        let now = picture.with_untracked(|picture| picture.as_ref().map(Picture::now));
        let Some(now) = now else { return };
        // Around the what-if where that is in sight.
        let about: Vec<f64> = axes
            .iter()
            .zip([now.x, now.up])
            .map(|(axis, value)| if axis.shows(value) { axis.part(value) } else { 0.5 })
            .collect();
        gestures.zoom(&axes, &about, factor);
    };
    let zoomed = Memo::new(move |_| {
        picture.with(|picture| picture.as_ref().is_some_and(|p| p.axes().iter().any(|axis| !axis.is_whole())))
    });
    let log = Memo::new(move |_| state.settings.with(|settings| settings.chart.spacing != Some(Spacing::Linear)));
    let linked = Memo::new(move |_| state.is_linked());
    view! {
        <button type="button" title="Zoom in (+, or Ctrl and the wheel)" on:click=move |_| zoom(STEP)>
            <span aria-hidden="true">"+"</span><span class="vh">"Zoom in"</span>
        </button>
        <button
            type="button" title="Zoom out (−)" aria-disabled=move || (!zoomed.get()).then_some("true")
            on:click=move |_| zoom(1.0 / STEP)
        >
            <span aria-hidden="true">"−"</span><span class="vh">"Zoom out"</span>
        </button>
        <button
            type="button" title="Show the whole axis (0)" aria-disabled=move || (!zoomed.get()).then_some("true")
            on:click=move |_| gestures.whole(&axes())
        >
            "Whole"
        </button>
        {move || (view.get() != View::Ratio).then(|| view! {
            <button
                type="button" title="Sizes and tokens evenly by factors"
                aria-pressed=move || if log.get() { "true" } else { "false" }
                on:click=move |_| state.settings.update(|settings| {
                    settings.chart.spacing = log.get_untracked().then_some(Spacing::Linear);
                    // What was shown evenly by factors is another stretch in even steps.
                    let axes = [Axis::Size, Axis::Tokens];
                    axes.into_iter().for_each(|axis| *settings.chart.window(axis) = None);
                })
            >
                "Log"
            </button>
        })}
        <button
            type="button" id="choose-rows" title="Leave rows out, or keep only some"
            aria-disabled=move || linked.get().then_some("true")
            on:click=move |_| if !linked.get_untracked() {
                gestures.mode.set(Mode::Rows);
                focus("chart-rows-cancel");
            }
        >
            "Choose rows"
        </button>
        <span class="quiet">{move || zoomed.get().then_some("Shift + drag moves it.")}</span>
        {super::measure::switch()}
    }
}

/// The rows that were chosen, and what can be done with them.
fn chosen(state: State, gestures: Gestures) -> impl IntoView {
    let count = Memo::new(move |_| gestures.chosen.with(Vec::len));
    let none = move || (count.get() == 0).then_some("true");
    let said = move || match count.get() {
        0 => "Drag over points, or Space at the cursor.".to_owned(),
        1 => "1 row chosen".to_owned(),
        many => format!("{many} rows chosen"),
    };
    let too_many = RwSignal::new(false);
    let leave = move |out: fn(State, &[u32]) -> Vec<u32>| {
        let chosen = gestures.chosen.get_untracked();
        if chosen.is_empty() {
            return;
        }
        let lines = out(state, &chosen);
        let already = state.settings.with_untracked(|settings| settings.reading.dropped.len());
        if lines.len() + already > BY_HAND {
            return too_many.set(true);
        }
        gestures.end();
        state.settings.update(|settings| settings.reading.dropped.extend(lines));
        focus("choose-rows");
    };
    view! {
        <span role="status">{said}</span>
        <button type="button" aria-disabled=none on:click=move |_| leave(|_, chosen| chosen.to_vec())>"Leave out"</button>
        <button type="button" aria-disabled=none on:click=move |_| leave(|state, chosen| of_runs(state, chosen, true))>
            "Leave out their runs"
        </button>
        <button type="button" aria-disabled=none on:click=move |_| leave(|state, chosen| of_runs(state, chosen, false))>
            "Keep only their runs"
        </button>
        <button
            type="button" id="chart-rows-cancel"
            on:click=move |_| {
                gestures.end();
                focus("choose-rows");
            }
        >
            "Cancel"
        </button>
        {move || too_many.get().then(|| view! {
            <span class="warn" role="alert">
                {format!("That would leave out more than {BY_HAND} rows one by one: filter them under “Columns and rows…”.")}
            </span>
        })}
    }
}

/// The lines of all rows of the runs that these rows belong to, or of all other runs.
fn of_runs(state: State, chosen: &[u32], own: bool) -> Vec<u32> {
    state.opened.with_untracked(|opened| {
        let Some(opened) = opened else { return Vec::new() };
        let rows = &opened.table.observations;
        let chosen: HashSet<u32> = chosen.iter().copied().collect();
        let pairs = || rows.run.iter().zip(&rows.line);
        let runs: HashSet<u32> = pairs().filter(|(_, line)| chosen.contains(line)).map(|(run, _)| *run).collect();
        pairs().filter(|(run, _)| runs.contains(run) == own).map(|(_, line)| *line).collect()
    })
}
