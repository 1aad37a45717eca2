//! What the file lacks for each law, in a sentence that says what to do; the one place these sentences are written.

use crate::app::state::State;
use crate::law::{self, CATALOGUE, Law, Ranges};
use crate::order;
use crate::quantity::{Params, Share, Tokens};
use crate::table::found::{Axis, roles_of};
use crate::table::{LossKind, Role, Source, Table};
use leptos::prelude::*;

/// A line about the file as it is read now.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// How it weighs.
    pub weight: Weight,
    /// What there is or is not, in a few words: "Token budget is missing".
    pub about: String,
    /// What follows from it and what to do.
    pub text: String,
}

/// How a line weighs, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing can be fitted before it is answered.
    Stops,
    /// The laws know less without it.
    Lacks,
    /// Nothing is missing.
    Complete,
}

impl Line {
    fn new(weight: Weight, about: impl Into<String>, text: impl Into<String>) -> Self {
        Self { weight, about: about.into(), text: text.into() }
    }
}

/// Everything there is to say, what stops a fit first. `data` are the ranges of the table's rows.
pub fn lines(table: &Table, data: &Ranges) -> Vec<Line> {
    let mut lines: Vec<Line> = losses(table).into_iter().collect();
    let picked = law::pick(data);
    if law::is_of_corpora(picked) && !stops(&lines) {
        // It asks for neither a general loss nor a size or a budget.
        let text = "has everything it needs: the shares of all corpora, at one size and one budget. It knows neither, so \
                    what it says holds for runs like these.";
        return vec![Line::new(Weight::Complete, picked.name(), text)];
    }
    let axes = [law::Axis::Size, law::Axis::Tokens, law::Axis::Ratio];
    if !axes.into_iter().any(|axis| has(table, sought(axis))) {
        let text = "A law needs one of them at least: say which columns hold them.";
        lines.push(Line::new(Weight::Stops, "No size, tokens or ratio", text));
    } else if table.observations.is_empty() && !stops(&lines) {
        let text =
            "None can be used as the columns are read now: see the problems, and check roles, units and filters.";
        lines.push(Line::new(Weight::Stops, "No row is left", text));
    }
    lines.extend(axes.into_iter().filter_map(|axis| lack(axis, table, data)));
    let complete: Vec<&'static dyn Law> = law::offered(data)
        .filter(|law| law::suits(*law, data) && axes_of(*law).into_iter().all(|axis| lack(axis, table, data).is_none()))
        .collect();
    if !complete.is_empty() && !stops(&lines) {
        let (about, text) = match complete.len() {
            1 => (names(&complete), "has everything it needs."),
            _ => (names(&complete), "have everything they need."),
        };
        lines.push(Line::new(Weight::Complete, about, text));
    }
    order::sort_by(&mut lines, |a, b| a.weight.cmp(&b.weight));
    lines
}

/// Whether something must be answered before anything can be fitted.
pub fn stops(lines: &[Line]) -> bool {
    lines.iter().any(|line| line.weight == Weight::Stops)
}

/// Whether the file has an axis; where no row could be read, whether a column has a role that may give it.
fn has(table: &Table, axis: Axis) -> bool {
    match table.axes.iter().find(|found| found.axis == axis) {
        Some(found) => found.source != Source::Missing,
        None => table.columns.iter().any(|column| roles_of(axis).contains(&column.role)),
    }
}

/// What there is to say about the losses.
fn losses(table: &Table) -> Option<Line> {
    let role = |roles: &[Role]| table.columns.iter().any(|column| roles.contains(&column.role));
    let all = &table.observations;
    let kind = |kind: LossKind| all.losses.iter().any(|loss| loss.kind == kind && !loss.other);
    let (general, domain) = (Role::GeneralLoss.label(), Role::DomainLoss.label());
    if !role(&[Role::GeneralLoss, Role::DomainLoss, Role::OtherLoss, Role::Score, Role::Loss]) {
        let text = format!("Choose the role “{general}” or “{domain}” for the columns that hold one.");
        return Some(Line::new(Weight::Stops, "No loss", text));
    }
    if all.is_empty() {
        return None;
    }
    let lack = |about: &str, what: &str, role: &str| {
        let text =
            format!("So {what} can’t be predicted. If you measured it, choose the role “{role}” for its column.");
        Some(Line::new(Weight::Lacks, about, text))
    };
    match (kind(LossKind::General), kind(LossKind::Domain)) {
        (false, _) => lack("No general loss", "what is forgotten", general),
        (_, false) => lack("No domain loss", "what is gained", domain),
        (true, true) => None,
    }
}

/// The axes of a law's formula.
fn axes_of(law: &dyn Law) -> Vec<law::Axis> {
    law.inputs().into_iter().filter_map(law::Input::axis).collect()
}

fn sought(axis: law::Axis) -> Axis {
    match axis {
        law::Axis::Size => Axis::Size,
        law::Axis::Tokens => Axis::Tokens,
        law::Axis::Ratio => Axis::Ratio,
    }
}

/// "D-CPT Law and Chinchilla".
fn names(laws: &[&'static dyn Law]) -> String {
    let names: Vec<&str> = laws.iter().map(|law| law.name()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// What is missing of an axis, for which laws, and what to do.
fn lack(axis: law::Axis, table: &Table, data: &Ranges) -> Option<Line> {
    let what = match axis {
        law::Axis::Size => "model size",
        law::Axis::Tokens => "token budget",
        law::Axis::Ratio => "mixture ratio",
    };
    if !has(table, sought(axis)) {
        let varies = law::Need::Varies(axis.into());
        // Laws that would lack something else even then are no matter of this axis.
        let nothing_else = |law: &'static dyn Law| law::lacks(law, data).into_iter().all(|need| need == varies);
        let with = || CATALOGUE.iter().copied().filter(|law| axes_of(*law).contains(&axis) && nothing_else(*law));
        let needing: Vec<&'static dyn Law> = with().filter(|law| law.needs().contains(&varies)).collect();
        let others = with().count() - needing.len();
        let said = match (needing.is_empty(), others) {
            (true, _) => "No law can say anything about it without.".to_owned(),
            (false, 0) => format!("{} can’t do without.", names(&needing)),
            (false, _) => format!("{} can’t do without; the others can say nothing about it.", names(&needing)),
        };
        let text = format!("{said} {}.", capital(sought(axis).advice()));
        return Some(Line::new(Weight::Lacks, format!("{} is missing", capital(what)), text));
    }
    let only = data.span(axis).filter(|span| span.distinct == 1)?.low;
    let value = match axis {
        law::Axis::Size => Params(only).to_string(),
        law::Axis::Tokens => Tokens(only).to_string(),
        law::Axis::Ratio => Share(only).to_string(),
    };
    let text = "Every row has it, so no law can say anything about another.";
    Some(Line::new(Weight::Lacks, format!("One {what}, {value}"), text))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The lines as a list. In the narrow panel what is missing is only named; the sheet says the rest.
#[component]
pub fn Missing(
    /// Whether everything is said.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let state = State::get();
    let all = Memo::new(move |_| {
        state.opened.with(|opened| opened.as_ref().map(|opened| lines(&opened.table, &opened.ranges)))
    });
    move || {
        let mut lines = all.get().unwrap_or_default();
        lines.retain(|line| whole || line.weight != Weight::Complete);
        let items = lines.into_iter().map(|line| {
            let (class, mark) = match line.weight {
                Weight::Stops => ("bad", "✕ "),
                Weight::Lacks => ("warn", "▲ "),
                Weight::Complete => ("ready", "✓ "),
            };
            let stop = if whole && line.weight != Weight::Complete { ". " } else { " " };
            let text = whole.then_some(line.text);
            view! { <li><strong class=class><span aria-hidden="true">{mark}</span>{line.about}{stop}</strong>{text}</li> }
        });
        let items = items.collect::<Vec<_>>();
        (!items.is_empty()).then(|| view! { <ul class="missing" aria-label="What the laws need">{items}</ul> })
    }
}
