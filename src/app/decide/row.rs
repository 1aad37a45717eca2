//! A row of the Decide step: the question and its answer in one line, and below it, when open, the choices, the answer in
//! full and what can be done with it. The same for every topic.

use super::asking::{Answered, Decisions};
use super::field::{self, Field};
use super::{plot, take_away};
use crate::app::examples;
use crate::app::fit::note_line;
use crate::app::intake::open_example;
use crate::app::state::{State, Work};
use crate::quantity::{Params, Share, Tokens};
use crate::reply::{Grid, Reply, Standing, Topic};
use leptos::html::Details;
use leptos::prelude::*;
use std::sync::Arc;

/// What a row is made of besides its answer.
pub struct RowParts {
    /// What is asked.
    pub topic: Topic,
    /// Its name, until there is a question in words.
    pub title: &'static str,
    /// A sentence on what it answers.
    pub about: &'static str,
    /// Its choices.
    pub fields: &'static [Field],
    /// What stands between the choices and the answer.
    pub more: Option<AnyView>,
}

/// One row.
pub fn row(parts: RowParts) -> AnyView {
    let Answered { reply, stale, open } = Decisions::get().of(parts.topic);
    let details = NodeRef::<Details>::new();
    let title = parts.title;
    let asked = move || {
        let asked = reply.with(|reply| reply.as_ref().map(|reply| reply.asked.clone()));
        asked.filter(|asked| !asked.is_empty()).unwrap_or_else(|| title.to_owned())
    };
    let state = State::get();
    let waits = Memo::new(move |_| state.work.with(Work::is_busy));
    let figure = move || match reply.with(|reply| reply.as_ref().map(|reply| reply.figure.clone())) {
        Some(figure) => figure,
        None if waits.get() => "after the last draw".to_owned(),
        None => "–".to_owned(),
    };
    let withheld = move || reply.with(|reply| reply.as_ref().is_some_and(|reply| reply.standing == Standing::Withheld));
    // Heard by a screen reader where the answer follows from a choice of this row, not from the sliders.
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let Some(figure) = reply.with(|reply| reply.as_ref().map(|reply| reply.figure.clone())) else { return };
        let here = details.get_untracked().is_some_and(|row| row.matches(":focus-within").unwrap_or(false));
        if here {
            said.set(figure);
        }
    });
    let picture = Memo::new(move |_| reply.with(|reply| reply.as_ref().and_then(|reply| reply.plot.clone())));
    view! {
        <details
            class="ask" node_ref=details
            on:toggle=move |_| open.set(details.get_untracked().is_some_and(|row| row.open()))
        >
            <summary>
                <span class="question">{asked}</span>
                <strong class="figure" class:stale=move || stale.get() class:bad=withheld>{figure}</strong>
            </summary>
            <div class="body" role="group" aria-label=title>
                <p class="quiet">{parts.about}</p>
                {(!parts.fields.is_empty()).then(|| field::form(parts.fields))}
                {parts.more}
                <div class="answer" class:stale=move || stale.get()>
                    {move || open.get().then(|| reply.get().map(|reply| answer(&reply)))}
                    {take(reply)}
                    {plot::plot(parts.topic, picture)}
                    {move || open.get().then(|| reply.get().map(|reply| tables(&reply)))}
                </div>
                <p class="vh" role="status">{move || said.get()}</p>
            </div>
        </details>
    }
    .into_any()
}

/// The button that moves the sliders to the answer. It stays where it is when a new answer comes: the keyboard is on it.
fn take(reply: RwSignal<Option<Arc<Reply>>>) -> AnyView {
    let state = State::get();
    let recipe = Memo::new(move |_| reply.with(|reply| reply.as_ref().and_then(|reply| reply.recipe)));
    let name = move || {
        let Some(recipe) = recipe.get() else { return String::new() };
        let (share, size, tokens) = (Share(recipe.domain_share), Params(recipe.size), Tokens(recipe.tokens));
        format!("Use this recipe: {share}, {size}, {tokens} tokens")
    };
    let take = move |_| {
        if let Some(recipe) = recipe.get_untracked() {
            state.settings.update(|settings| settings.recipe = Some(recipe));
        }
    };
    view! { <p hidden=move || recipe.with(Option::is_none)><button type="button" on:click=take>{name}</button></p> }
        .into_any()
}

/// The answer's sentences, what to do, and notes.
pub fn answer(reply: &Arc<Reply>) -> AnyView {
    let state = State::get();
    let (class, mark) = match reply.standing {
        Standing::Answered => ("said", ""),
        Standing::Infeasible => ("said warn", "▲ "),
        Standing::Withheld => ("said bad", "✕ "),
        Standing::Open => ("said quiet", ""),
    };
    let words = reply.words.iter().enumerate().map(|(at, sentence)| {
        let mark = (at == 0).then(|| view! { <span aria-hidden="true">{mark}</span> });
        view! { <span>{mark}{sentence.clone()}" "</span> }
    });
    let advice = reply.advice.clone().map(|advice| view! { <p>{advice}</p> });
    let example = examples::by_id(GENERATED).filter(|example| {
        let shown = state.settings.with_untracked(|settings| settings.example.clone());
        reply.standing == Standing::Withheld && shown.as_deref() != Some(example.id)
    });
    let example = example.map(|example| {
        view! {
            <p>
                <button type="button" on:click=move |_| open_example(state, example)>
                    "Open the generated grid to see it work"
                </button>
            </p>
        }
    });
    let notes = reply.notes.iter().map(|note| view! { <li>{note_line(note)}</li> });
    let notes = (!reply.notes.is_empty()).then(|| view! { <ul class="notes">{notes.collect_view()}</ul> });
    view! { <p class=class>{words.collect_view()}</p> {advice} {example} {notes} }.into_any()
}

/// The example that shows every decision at work.
const GENERATED: &str = "generated-grid";

/// Tables and files.
fn tables(reply: &Arc<Reply>) -> AnyView {
    let grids = reply.tables.iter().map(grid);
    let files = reply.files.iter().map(|file| {
        let taken = file.clone();
        let save = move |_| take_away::save(&taken.name, &taken.text);
        view! { <button type="button" on:click=save>{file.label.clone()}</button> }
    });
    let files = (!reply.files.is_empty()).then(|| view! { <p class="row">{files.collect_view()}</p> });
    view! { {grids.collect_view()} {files} }.into_any()
}

/// A table in a region of its own, so that it scrolls sideways by itself.
pub fn grid(grid: &Grid) -> AnyView {
    let head = grid.head.iter().map(|name| view! { <th scope="col">{name.clone()}</th> });
    let rows = grid.rows.iter().map(|row| {
        let cells = row.iter().enumerate().map(|(at, text)| {
            let mut lines = text.split('\n');
            let first = lines.next().unwrap_or_default().to_owned();
            let second = lines.next().map(|line| view! { <small>{line.to_owned()}</small> });
            match at {
                0 => view! { <th scope="row">{first}{second}</th> }.into_any(),
                _ => view! { <td>{first}{second}</td> }.into_any(),
            }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=grid.caption.clone()>
            <table class="grid">
                <caption>{grid.caption.clone()}</caption>
                <thead><tr>{head.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
