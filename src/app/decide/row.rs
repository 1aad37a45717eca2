//! A row of the Decide step: the question and its answer in one line, and below it, when open, the choices, the answer in
//! full and what can be done with it. The same for every topic.

use super::asking::{Answered, Decisions};
use super::field::{self, Field};
use super::{html, plot, save, under};
use crate::app::examples;
use crate::app::fit::choose_law;
use crate::app::intake::open_example;
use crate::app::mixture;
use crate::app::state::{State, Work};
use crate::fit::{Note, Severity};
use crate::quantity::{Params, Share, Tokens};
use crate::reply::{Grid, Reply, Standing, Topic};
use leptos::html::Details;
use leptos::prelude::*;
use std::sync::Arc;
use web_sys::Element;

/// The example that shows every decision at work.
const GENERATED: &str = "generated-grid";

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
    let state = State::get();
    let Answered { reply, stale, open } = Decisions::get().of(parts.topic);
    let details = NodeRef::<Details>::new();
    let title = parts.title;
    // What is only made when somebody looks says what it is.
    let idle = if parts.topic == Topic::TakeAway { "files, charts, a report" } else { "–" };
    let compared =
        matches!(parts.topic, Topic::TradeOff | Topic::Limited | Topic::Allocate | Topic::Frontier | Topic::Tasks);
    let waits = Memo::new(move |_| state.work.with(Work::is_busy));
    let generated = Memo::new(move |_| state.settings.with(|settings| settings.example.as_deref() == Some(GENERATED)));
    Effect::new(move |held: Option<[String; 2]>| {
        let [mut words, mut below] = held.unwrap_or_default();
        let (Some(row), shown, waits) = (details.get(), reply.get(), waits.get()) else { return [words, below] };
        let ratio = state.printed.with_untracked(Option::is_none);
        show(&row, title, idle, shown.as_ref(), (waits, ratio));
        let full = shown.filter(|_| open.get());
        if let Some(place) = html::find(&row, ".words") {
            let text = full.as_ref().map(|reply| answer(reply, generated.get())).unwrap_or_default();
            html::rewrite(&place, &mut words, text);
        }
        if let Some(place) = html::find(&row, ".tables") {
            html::rewrite(&place, &mut below, full.as_ref().map(|reply| tables(reply)).unwrap_or_default());
        }
        [words, below]
    });
    Effect::new(move |_| {
        let (Some(row), stale) = (details.get(), stale.get()) else { return };
        for part in [".figure", ".answer"] {
            let part = html::find(&row, part);
            // A class that is a class.
            let _ = part.map(|part| part.class_list().toggle_with_force("stale", stale));
        }
    });
    let picture = Memo::new(move |_| {
        reply.with(|reply| reply.as_ref().and_then(|reply| Some((reply.plot.clone()?, reply.measure))))
    });
    let clicked = move |event: web_sys::MouseEvent| {
        let (Some(what), Some(reply)) = (html::asked(&event), reply.get_untracked()) else { return };
        match (what.as_str(), reply.recipe, examples::by_id(GENERATED)) {
            ("use", Some(recipe), _) => state.settings.update(|settings| settings.recipe = Some(recipe)),
            ("use", ..) => match (&reply.mixed, &reply.law) {
                (Some(mixed), _) => mixture::take(state, mixed),
                (_, Some((law, _))) => choose_law(state, law.clone()),
                _ => {}
            },
            ("example", _, Some(example)) => open_example(state, example),
            (what, ..) => {
                let index = what.strip_prefix("file-").and_then(|index| index.parse::<usize>().ok());
                if let Some(file) = index.and_then(|index| reply.files.get(index)) {
                    save::save(&file.name, &file.text);
                }
            }
        }
    };
    view! {
        <details
            class="ask" node_ref=details
            on:toggle=move |_| open.set(details.get_untracked().is_some_and(|row| row.open()))
        >
            <summary><span class="question">{title}</span><strong class="figure"></strong></summary>
            <div class="body" role="group" aria-label=title>
                <p class="quiet">{parts.about}</p>
                {field::form(parts.topic, parts.fields)}
                {parts.more}
                <div class="answer" on:click=clicked>
                    <div class="words"></div>
                    <p class="use" hidden><button type="button" data-do="use"></button></p>
                    {plot::plot(parts.topic, picture)}
                    <div class="tables"></div>
                </div>
                {compared.then(|| under::under(parts.topic))}
                <p class="vh heard" role="status"></p>
            </div>
        </details>
    }
    .into_any()
}

/// The line of the row (`waits` for the last draw; `ratio` where a recipe has one), and the button that moves the sliders to the answer: it stays where it is when a new answer
/// comes, as the keyboard may be on it.
fn show(row: &Element, title: &str, idle: &str, reply: Option<&Arc<Reply>>, (waits, ratio): (bool, bool)) {
    let asked = reply.map(|reply| reply.asked.as_str()).filter(|asked| !asked.is_empty()).unwrap_or(title);
    let figure = match reply {
        Some(reply) => reply.figure.as_str(),
        None if waits => "after the last draw",
        None => idle,
    };
    html::say(row, ".question", asked);
    html::say(row, ".figure", figure);
    // Heard by a screen reader where the answer follows from a choice of this row, not from the sliders.
    if row.matches(":focus-within").unwrap_or(false) {
        html::say(row, ".heard", figure);
    }
    if let Some(figure) = html::find(row, ".figure") {
        let withheld = reply.is_some_and(|reply| reply.standing == Standing::Withheld);
        let _ = figure.class_list().toggle_with_force("bad", withheld);
        let closed = reply.is_some_and(|reply| reply.closed);
        let _ = figure.class_list().toggle_with_force("open", closed);
        if let Some(form) = html::find(row, ".form") {
            html::flag(&form, "hidden", closed);
        }
    }
    let label = reply.and_then(|reply| {
        let recipe = reply.recipe.map(|recipe| {
            let share = if ratio { format!("{}, ", Share(recipe.domain_share)) } else { String::new() };
            format!("Use this recipe: {share}{}, {} tokens", Params(recipe.size), Tokens(recipe.tokens))
        });
        let mixed = || reply.mixed.as_ref().map(|_| "Use this mixture".to_owned());
        let law = || reply.law.as_ref().map(|(_, name)| format!("Fit “{name}”"));
        recipe.or_else(mixed).or_else(law)
    });
    if let Some(place) = html::find(row, ".use") {
        html::flag(&place, "hidden", label.is_none());
        html::say(&place, "button", &label.unwrap_or_default());
    }
}

/// The answer's sentences, what to do, and notes.
pub fn answer(reply: &Reply, generated: bool) -> String {
    let (class, mark) = match reply.standing {
        Standing::Answered => ("said", ""),
        Standing::Infeasible => ("said warn", "<span aria-hidden=true>▲ </span>"),
        Standing::Withheld => ("said bad", "<span aria-hidden=true>✕ </span>"),
        Standing::Open => ("said quiet", ""),
    };
    let mut out = String::new();
    html::push(&mut out, &["<p class=\"", class, "\">", mark, &html::escape(&reply.words.join(" ")), "</p>"]);
    if let Some(advice) = &reply.advice {
        html::push(&mut out, &["<p>", &html::escape(advice), "</p>"]);
    }
    if reply.standing == Standing::Withheld && !generated {
        out.push_str("<p><button type=button data-do=example>Open the generated grid to see it work</button></p>");
    }
    if !reply.notes.is_empty() {
        out.push_str("<ul class=notes>");
        for note in &reply.notes {
            html::push(&mut out, &["<li>", &written(note), "</li>"]);
        }
        out.push_str("</ul>");
    }
    out
}

/// A note with its mark and its code, as in the Fit panel.
fn written(note: &Note) -> String {
    let (class, mark, word) = match note.severity {
        Severity::Info => ("note", "○ ", "Note: "),
        Severity::Warning => ("note warn", "▲ ", "Warning: "),
        Severity::Withholds => ("note bad", "✕ ", "Withheld: "),
    };
    let (text, code) = (html::escape(&note.text), note.code.to_string());
    format!(
        "<span class=\"{class}\"><span aria-hidden=true>{mark}</span><span class=vh>{word}</span>{text} <code>{code}</code></span>"
    )
}

/// Tables and files.
fn tables(reply: &Reply) -> String {
    let mut out: String = reply.tables.iter().map(table).collect();
    if !reply.files.is_empty() {
        out.push_str("<p class=row>");
        for (index, file) in reply.files.iter().enumerate() {
            let index = index.to_string();
            html::push(
                &mut out,
                &["<button type=button data-do=file-", &index, ">", &html::escape(&file.label), "</button>"],
            );
        }
        out.push_str("</p>");
    }
    out
}

/// A table in a region of its own, so that it scrolls sideways by itself.
pub fn table(grid: &Grid) -> String {
    let mut out = String::new();
    let caption = html::escape(&grid.caption);
    html::push(
        &mut out,
        &["<div class=scroll tabindex=0 role=region aria-label=\"", &caption, "\"><table class=grid>"],
    );
    html::push(&mut out, &["<caption>", &caption, "</caption><thead><tr>"]);
    for name in &grid.head {
        html::push(&mut out, &["<th scope=col>", &html::escape(name), "</th>"]);
    }
    out.push_str("</tr></thead><tbody>");
    for row in &grid.rows {
        out.push_str("<tr>");
        for (at, text) in row.iter().enumerate() {
            let (open, close) = if at == 0 { ("<th scope=row>", "</th>") } else { ("<td>", "</td>") };
            let text = html::escape(text);
            match text.split_once('\n') {
                Some((first, second)) => html::push(&mut out, &[open, first, "<small>", second, "</small>", close]),
                None => html::push(&mut out, &[open, &text, close]),
            }
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
    out
}
