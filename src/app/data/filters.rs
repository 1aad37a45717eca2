//! Which rows count: filters by column, and rows left out by hand. Both are part of the settings.

use crate::app::state::State;
use crate::quantity::{Share, Tokens};
use crate::table::{Filter, Keep, LeftOut, Reading};
use leptos::html::{Input, Select};
use leptos::prelude::*;

/// Rows left out by hand that are listed one by one.
const LISTED: usize = 50;

/// The filters there are, the form for another, and the rows left out by hand.
#[component]
pub fn Filters() -> impl IntoView {
    let state = State::get();
    let filters = Memo::new(move |_| state.settings.with(|settings| settings.reading.filters.clone()));
    let dropped = Memo::new(move |_| state.settings.with(|settings| settings.reading.dropped.clone()));
    let open = filters.with_untracked(|f| !f.is_empty()) || dropped.with_untracked(|d| !d.is_empty());
    let left_out =
        move || state.opened.with(|opened| opened.as_ref().map(|opened| opened.table.left_out).unwrap_or_default());
    view! {
        <details class="sub" open=open>
            <summary>"Rows that count"{move || said(left_out())}</summary>
            <ul class="filters" aria-label="Filters">
                {move || {
                    filters.get().iter().enumerate().map(|(at, filter)| view! { <One at text=text(filter)/> }).collect_view()
                }}
            </ul>
            <Add/>
            {move || {
                let lines = dropped.get();
                (!lines.is_empty()).then(|| view! { <Dropped lines/> })
            }}
        </details>
    }
}

/// Changes the reading.
fn change(state: State, change: impl FnOnce(&mut Reading)) {
    state.settings.update(|settings| change(&mut settings.reading));
}

/// "3 left out by hand, 20 by filters" and so on, for the summary.
fn said(left_out: LeftOut) -> String {
    let mut parts = Vec::new();
    if left_out.filtered > 0 {
        parts.push(format!("{} filtered out", left_out.filtered));
    }
    if left_out.dropped > 0 {
        parts.push(format!("{} left out by hand", left_out.dropped));
    }
    if parts.is_empty() { ": all".to_owned() } else { format!(": {}", parts.join(", ")) }
}

/// A filter as a sentence.
fn text(filter: &Filter) -> String {
    let column = &filter.column;
    match &filter.keep {
        Keep::Equals(values) => format!("{column} is {}", values.join(" or ")),
        Keep::Between { low: Some(low), high: Some(high) } => format!("{column} from {low} to {high}"),
        Keep::Between { low: Some(low), high: None } => format!("{column} {low} or more"),
        Keep::Between { low: None, high: Some(high) } => format!("{column} {high} or less"),
        Keep::Between { low: None, high: None } => format!("{column} is a number"),
    }
}

#[component]
fn One(at: usize, text: String) -> impl IntoView {
    let state = State::get();
    let label = format!("Remove the filter: {text}");
    let remove = move |_| {
        change(state, |reading| {
            if at < reading.filters.len() {
                reading.filters.remove(at);
            }
        });
    };
    view! { <li>"Only rows where "{text}" "<button type="button" class="link" aria-label=label on:click=remove>"Remove"</button></li> }
}

/// The form for another filter.
#[component]
fn Add() -> impl IntoView {
    let state = State::get();
    let columns = Memo::new(move |_| {
        state.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.table.columns.as_slice()).unwrap_or_default();
            columns.iter().map(|column| (column.header.clone(), column.samples.clone())).collect::<Vec<_>>()
        })
    });
    let column = NodeRef::<Select>::new();
    let chosen = RwSignal::new(0usize);
    let between = RwSignal::new(false);
    let (first, second) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let wrong = RwSignal::new("");
    let read =
        |field: NodeRef<Input>| field.get_untracked().map(|field| field.value().trim().to_owned()).unwrap_or_default();
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(header) = columns.with_untracked(|columns| columns.get(chosen.get_untracked()).map(|c| c.0.clone()))
        else {
            return;
        };
        let keep = match between.get_untracked() {
            true => limits(&read(first), &read(second)),
            false => Some(read(first))
                .filter(|value| !value.is_empty())
                .map(|value| Keep::Equals(vec![value]))
                .ok_or("Type what the cell says."),
        };
        match keep {
            Err(sentence) => wrong.set(sentence),
            Ok(keep) => {
                wrong.set("");
                for field in [first, second].into_iter().filter_map(|field| field.get_untracked()) {
                    field.set_value("");
                }
                change(state, |reading| put(&mut reading.filters, header, keep));
            }
        }
    };
    let options = move || {
        let option = |(header, _): (String, Vec<String>)| view! { <option>{header}</option> };
        columns.get().into_iter().map(option).collect_view()
    };
    // What the column holds, offered while typing.
    let samples = move || {
        let samples = columns.with(|columns| columns.get(chosen.get()).map(|c| c.1.clone()).unwrap_or_default());
        samples.into_iter().map(|value| view! { <option value=value></option> }).collect_view()
    };
    let pick = move |_| {
        if let Some(menu) = column.get_untracked() {
            chosen.set(usize::try_from(menu.selected_index()).unwrap_or(0));
        }
    };
    view! {
        <form class="row filter-form" on:submit=add aria-label="Add a filter">
            <select node_ref=column aria-label="Column to filter by" on:change=pick>{options}</select>
            <select aria-label="Condition" on:change=move |event| between.set(event_target_value(&event) == "is between")>
                <option>"is"</option>
                <option>"is between"</option>
            </select>
            <input
                node_ref=first
                type="text"
                class="num"
                list="filter-samples"
                autocomplete="off"
                aria-label=move || if between.get() { "Least value kept" } else { "Value kept" }
                aria-describedby="filter-wrong"
            />
            <datalist id="filter-samples">{samples}</datalist>
            <span class="row" hidden=move || !between.get()>
                "and"
                <input node_ref=second type="text" class="num" autocomplete="off" aria-label="Largest value kept"/>
            </span>
            <button type="submit">"Add filter"</button>
            <small id="filter-wrong" class="wrong" role="status">{move || wrong.get()}</small>
        </form>
    }
}

/// The limits as typed; a blank one is none.
fn limits(low: &str, high: &str) -> Result<Keep, &'static str> {
    let read = |text: &str| match text {
        "" => Ok(None),
        _ => number(text).map(Some).ok_or("Type numbers such as 0.5, 20B or 33 %; a blank is no limit."),
    };
    match (read(low)?, read(high)?) {
        (None, None) => Err("Type one limit at least."),
        (Some(low), Some(high)) if low > high => Err("The first limit is above the second."),
        (low, high) => Ok(Keep::Between { low, high }),
    }
}

fn number(text: &str) -> Option<f64> {
    Tokens::parse(text).map(|count| count.0).or_else(|| Share::parse(text).map(|share| share.0))
}

/// Adds a filter. Two values of one column are either of them; new limits take the place of the old.
fn put(filters: &mut Vec<Filter>, column: String, keep: Keep) {
    let mine = filters.iter_mut().find(|filter| {
        filter.column == column && std::mem::discriminant(&filter.keep) == std::mem::discriminant(&keep)
    });
    match (mine.map(|filter| &mut filter.keep), keep) {
        (Some(Keep::Equals(values)), Keep::Equals(more)) => {
            for value in more {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
        }
        (Some(old), keep) => *old = keep,
        (None, keep) => filters.push(Filter { column, keep }),
    }
}

/// The rows left out by hand, each with a button that puts it back.
#[component]
fn Dropped(lines: Vec<u32>) -> impl IntoView {
    let state = State::get();
    let more = lines.len().saturating_sub(LISTED);
    let each = lines.into_iter().take(LISTED).map(|line| {
        let back = move |_| change(state, |reading| reading.dropped.retain(|dropped| *dropped != line));
        let label = format!("Put back row {line}");
        view! { <li>"Row "{line}" "<button type="button" class="link" aria-label=label on:click=back>"Put back"</button></li> }
    });
    view! {
        <p class="dropped-title">"Left out by hand"</p>
        <ul class="dropped">{each.collect_view()}{(more > 0).then(|| view! { <li>{format!("and {more} more")}</li> })}</ul>
        <button type="button" on:click=move |_| change(state, |reading| reading.dropped.clear())>"Put all back"</button>
    }
}
