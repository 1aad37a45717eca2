//! The rows as they were understood, beside the file's own text. All of them can be scrolled through; the document holds
//! the few that are in sight. The text is there for the first rows, which the reader keeps.

use crate::app::state::{Opened, State};
use crate::quantity::{Params, Share, Tokens};
use crate::table::{LossKind, Measure, Observations};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::prelude::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Height of a row in CSS pixels: `.rows td` in `style/mapping.css`.
const ROW: f64 = 28.0;
/// Rows in the document at a time: more than the box is high, at most 640 px.
const WINDOW: usize = 26;
/// Browsers hold no element higher than some tens of millions of pixels (Firefox 17.8 million). A list longer than
/// this scrolls faster than the finger.
const TALLEST: f64 = 8e6;

/// The rows, and the field that jumps to one.
#[component]
pub fn Rows() -> impl IntoView {
    let state = State::get();
    let first = RwSignal::new(0usize);
    let scroll = NodeRef::<html::Div>::new();
    let count = Memo::new(move |_| state.opened.with(|opened| opened.as_ref().map_or(0, |opened| lines(opened).len())));
    let height = move || (count.get() as f64 * ROW).min(TALLEST);
    // How far the first row in sight can go, and the scroll position at which it is there.
    let last = move || count.get().saturating_sub(WINDOW);
    let end = move || height() - WINDOW as f64 * ROW;
    let scrolled = move |_| {
        let Some(scroll) = scroll.get() else { return };
        let part = if end() > 0.0 { f64::from(scroll.scroll_top()) / end() } else { 0.0 };
        first.set(((part * last() as f64).floor().max(0.0) as usize).min(last()));
    };
    let go = move |line: u32| {
        let at = state.opened.with(|o| o.as_ref().map_or(0, |o| lines(o).partition_point(|each| *each < line)));
        if let (Some(scroll), true) = (scroll.get(), last() > 0) {
            // Half a row more, so that rounding never ends on the row before.
            scroll.set_scroll_top(((at as f64 + 0.5) / last() as f64 * end()) as i32);
        }
    };
    let range = Memo::new(move |_| (first.get().min(last()), count.get()));
    // Where a row was left out, the keyboard goes on to the one that took its place.
    let again = StoredValue::new(None::<usize>);
    let leave_out = Callback::new(move |(at, line): (usize, u32)| {
        again.set_value(Some(at));
        state.settings.update(|settings| settings.reading.dropped.push(line));
    });
    let table = move || {
        let opened = state.opened.get()?;
        if let Some(at) = again.try_update_value(Option::take).flatten() {
            request_animation_frame(move || focus_row(at));
        }
        let head = head(&opened);
        let body = move || {
            let (first, count) = range.get();
            first..(first + WINDOW).min(count)
        };
        let row_opened = Arc::clone(&opened);
        Some(view! {
            <table class="rows" aria-rowcount=count.get_untracked() + 2>
                <thead>{head}</thead>
                <tbody>
                    <For each=body key=|at| *at let:at>
                        {row(&row_opened, at, leave_out, Signal::derive(move || range.get().0 == at))}
                    </For>
                </tbody>
            </table>
        })
    };
    view! {
        <div class="rows-bar">
            <h3>"Rows"</h3>
            <GoTo go=Callback::new(go)/>
        </div>
        <div
            class="rows-scroll"
            node_ref=scroll
            tabindex="0"
            role="region"
            aria-label="Rows as understood"
            on:scroll=scrolled
            on:keydown=step
        >
            <div class="rows-all" style:height=move || format!("{}px", height() + 3.0 * ROW)>{table}</div>
        </div>
    }
}

/// The arrow keys go from the button of a row to the next one's; anywhere else they scroll.
fn step(event: KeyboardEvent) {
    let down = match event.key().as_str() {
        "ArrowDown" => true,
        "ArrowUp" => false,
        _ => return,
    };
    let target = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let row = target.filter(|target| target.has_attribute("title")).and_then(|button| button.closest("tr").ok()?);
    let next = row.and_then(|row| if down { row.next_element_sibling() } else { row.previous_element_sibling() });
    let button = next.and_then(|row| row.query_selector("button").ok()?);
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // A button that is gone has no focus to give.
        let _ = button.focus();
    }
}

/// The rows listed, by line of the file: the observations, or where there are none yet the first rows as they are.
fn lines(opened: &Opened) -> &[u32] {
    let table = &opened.table;
    if table.observations.is_empty() { &table.preview_lines } else { &table.observations.line }
}

/// Whether the file names its runs; names made from the other columns say nothing beside them.
fn names_runs(all: &Observations) -> bool {
    !all.is_empty() && !all.runs_inferred
}

/// Gives the keyboard to the button of a row, or to the list where there is none.
fn focus_row(at: usize) {
    let found = |selector: &str| document().query_selector(selector).ok().flatten();
    let button = found(&format!(".rows tr[aria-rowindex='{}'] button", at + 3)).or_else(|| found(".rows-scroll"));
    if let Some(element) = button.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that is gone has no focus to give.
        let _ = element.focus();
    }
}

fn head(opened: &Opened) -> AnyView {
    let all = &opened.table.observations;
    let losses = all.losses.iter().map(|loss| {
        let (class, mark) = match loss.kind {
            LossKind::General => ("general", "● "),
            LossKind::Domain if loss.other => ("", "◇ "),
            LossKind::Domain => ("domain", "◆ "),
        };
        // The unit stands once above; where the file writes a loss in another way, that is said.
        let from = (loss.measure != Measure::Nats).then(|| format!(" from {}", loss.unit()));
        let name = loss.name.clone();
        view! { <th scope="col" class=class><span aria-hidden="true">{mark}</span>{name}<small>{from}</small></th> }
    });
    let losses = losses.collect_view();
    let raw = opened.table.columns.iter().enumerate().map(|(at, column)| {
        view! { <th scope="col" class="raw" class:first-raw=at == 0>{column.header.clone()}</th> }
    });
    let raw = raw.collect_view();
    let axes = [&all.size, &all.tokens, &all.domain_share].into_iter().flatten().count();
    let understood = 2 + axes + all.losses.len() + usize::from(names_runs(all));
    view! {
        <tr aria-rowindex="1">
            <th scope="colgroup" class="group" colspan=understood>{format!("As understood, losses in {}", opened.unit())}</th>
            <th scope="colgroup" class="group first-raw" colspan=opened.table.columns.len()>"In the file"</th>
        </tr>
        <tr aria-rowindex="2">
            <th scope="col">"Row"</th>
            <th scope="col"><span class="vh">"Leave out"</span></th>
            {all.size.as_ref().map(|_| view! { <th scope="col">"Size"</th> })}
            {all.tokens.as_ref().map(|_| view! { <th scope="col">"Tokens"</th> })}
            {all.domain_share.as_ref().map(|_| view! { <th scope="col">"Ratio"</th> })}
            {losses}
            {names_runs(all).then(|| view! { <th scope="col" class="text">"Run"</th> })}
            {raw}
        </tr>
    }
    .into_any()
}

/// One row. Only the button of the `first` one is a stop of the Tab key: the list may have a million.
fn row(opened: &Opened, at: usize, leave_out: Callback<(usize, u32)>, first: Signal<bool>) -> AnyView {
    let table = &opened.table;
    let all = &table.observations;
    let of = |column: &Option<Vec<f64>>| column.as_ref().map(|values| values.get(at).copied().unwrap_or(f64::NAN));
    let figure = |text: String| view! { <td>{text}</td> };
    let losses = all.losses.iter().map(|loss| match loss.values.get(at) {
        Some(value) if value.is_finite() => figure(format!("{value:.4}")),
        _ => figure("–".to_owned()),
    });
    let losses = losses.collect_view();
    let run = all.run.get(at).and_then(|run| all.runs.get(*run as usize)).cloned().unwrap_or_default();
    let line = lines(opened).get(at).copied().unwrap_or(0);
    let raw = match table.preview_lines.binary_search(&line).ok().and_then(|at| table.preview.get(at)) {
        Some(cells) => cells
            .iter()
            .enumerate()
            .map(|(at, cell)| view! { <td class="raw" class:first-raw=at == 0>{cell.clone()}</td> })
            .collect_view()
            .into_any(),
        None => {
            let kept = table.preview.len();
            view! { <td class="raw first-raw" colspan=table.columns.len()>{format!("the file’s text is kept for its first {kept} rows")}</td> }
                .into_any()
        }
    };
    let label = format!("Leave out row {line}");
    view! {
        <tr aria-rowindex=at + 3>
            <th scope="row">{line}</th>
            <td>
                <button
                    type="button"
                    class="link leave-out"
                    title="Leave out"
                    tabindex=move || if first.get() { "0" } else { "-1" }
                    aria-label=label
                    on:click=move |_| leave_out.run((at, line))
                >
                    "×"
                </button>
            </td>
            {of(&all.size).map(|v| figure(Params(v).to_string()))}
            {of(&all.tokens).map(|v| figure(Tokens(v).to_string()))}
            {of(&all.domain_share).map(|v| figure(Share(v).to_string()))}
            {losses}
            {names_runs(all).then(|| view! { <td class="text">{run}</td> })}
            {raw}
        </tr>
    }
    .into_any()
}

/// A field that jumps to a row of the file.
#[component]
fn GoTo(go: Callback<u32>) -> impl IntoView {
    let typed = move |event| {
        if let Ok(line) = event_target_value(&event).trim().parse() {
            go.run(line);
        }
    };
    view! {
        <label class="go-to">
            "Go to row "
            <input type="text" inputmode="numeric" class="num" on:change=typed/>
        </label>
    }
}
