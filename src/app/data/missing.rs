//! What the file lacks for each law, in a sentence that says what to do; the one place these sentences are written.

use crate::app::state::State;
use crate::law::{self, CATALOGUE, Law};
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
    /// What it is about: "Losses", or a law's name.
    pub about: String,
    /// The sentence.
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

/// Everything there is to say, what stops a fit first.
pub fn lines(table: &Table) -> Vec<Line> {
    let mut lines = losses(table);
    if ![Axis::Size, Axis::Tokens, Axis::Ratio].into_iter().any(|axis| has(table, axis)) {
        let text = format!(
            "no model size, no tokens and no ratio: a law needs one at least. {}.",
            capital(Axis::Size.advice())
        );
        lines.push(Line { weight: Weight::Stops, about: "What was trained".into(), text });
    } else if table.observations.is_empty() && lines.iter().all(|line| line.weight != Weight::Stops) {
        let text =
            "none can be used as the columns are read now: see the problems, and check roles, units and filters.";
        lines.push(Line { weight: Weight::Stops, about: "Rows".into(), text: text.into() });
    }
    lines.extend(
        [law::Axis::Size, law::Axis::Tokens, law::Axis::Ratio].into_iter().filter_map(|axis| lack(axis, table)),
    );
    let complete: Vec<&'static dyn Law> = CATALOGUE
        .iter()
        .copied()
        .filter(|law| axes(*law).into_iter().all(|axis| lack(axis, table).is_none()))
        .collect();
    if !complete.is_empty() && lines.iter().all(|line| line.weight != Weight::Stops) {
        let text = match complete.len() {
            1 => "everything it needs is here.",
            _ => "everything they need is here.",
        };
        lines.push(Line { weight: Weight::Complete, about: names(&complete), text: text.into() });
    }
    order::sort_by(&mut lines, |a, b| a.weight.cmp(&b.weight));
    lines
}

/// Whether the file has an axis; where no row could be read, whether a column has a role that may give it.
fn has(table: &Table, axis: Axis) -> bool {
    match table.axes.iter().find(|found| found.axis == axis) {
        Some(found) => found.source != Source::Missing,
        None => table.columns.iter().any(|column| roles_of(axis).contains(&column.role)),
    }
}

/// What there is to say about the losses.
fn losses(table: &Table) -> Vec<Line> {
    let role = |roles: &[Role]| table.columns.iter().any(|column| roles.contains(&column.role));
    let all = &table.observations;
    let kind = |kind: LossKind| all.losses.iter().any(|loss| loss.kind == kind);
    let (general, domain) = (Role::GeneralLoss.label(), Role::DomainLoss.label());
    let (weight, text) = if !role(&[Role::GeneralLoss, Role::DomainLoss, Role::Loss]) {
        (
            Weight::Stops,
            format!("no column is read as a loss. Choose “{general}” or “{domain}” for the columns that hold one."),
        )
    } else if all.is_empty() {
        return Vec::new();
    } else if !kind(LossKind::General) {
        (
            Weight::Lacks,
            format!(
                "none is general, so what is forgotten can’t be predicted. If you measured one, choose “{general}” for it."
            ),
        )
    } else if !kind(LossKind::Domain) {
        (
            Weight::Lacks,
            format!(
                "none is of the domain, so what is gained can’t be predicted. If you measured one, choose “{domain}” for it."
            ),
        )
    } else {
        return Vec::new();
    };
    vec![Line { weight, about: "Losses".into(), text }]
}

/// The axes of a law's formula.
fn axes(law: &dyn Law) -> Vec<law::Axis> {
    let has = |axis: law::Axis| law.terms().iter().flat_map(|term| term.factors()).any(|factor| factor.axis() == axis);
    [law::Axis::Size, law::Axis::Tokens, law::Axis::Ratio].into_iter().filter(|axis| has(*axis)).collect()
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
fn lack(axis: law::Axis, table: &Table) -> Option<Line> {
    let all = &table.observations;
    let (sought, what, values) = match axis {
        law::Axis::Size => (Axis::Size, "Model size", &all.size),
        law::Axis::Tokens => (Axis::Tokens, "Token budget", &all.tokens),
        law::Axis::Ratio => (Axis::Ratio, "Mixture ratio", &all.domain_share),
    };
    let (needing, others): (Vec<_>, Vec<_>) =
        CATALOGUE.iter().copied().filter(|law| axes(*law).contains(&axis)).partition(|law| law.needs().contains(&axis));
    if !has(table, sought) {
        let mut said = Vec::new();
        if !needing.is_empty() {
            said.push(format!("needed for {}", names(&needing)));
        }
        if !others.is_empty() {
            said.push(format!("{} can say nothing about it without", names(&others)));
        }
        let text = format!("{}. {}.", said.join("; "), capital(sought.advice()));
        return Some(Line { weight: Weight::Lacks, about: format!("{what} is missing"), text });
    }
    // Rows of the base model, at no tokens, are not fitted.
    let mut fitted = values.as_deref()?.iter().copied().filter(|value| axis != law::Axis::Tokens || *value > 0.0);
    let first = fitted.next()?;
    if fitted.any(|value| (value - first).abs() > 1e-9 * first.abs()) {
        return None;
    }
    let value = match axis {
        law::Axis::Size => Params(first).to_string(),
        law::Axis::Tokens => Tokens(first).to_string(),
        law::Axis::Ratio => Share(first).to_string(),
    };
    let laws = names(&[needing, others].concat());
    let text = format!("every row has {value}, so {laws} can say nothing about another.");
    Some(Line { weight: Weight::Lacks, about: what.to_owned(), text })
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The lines as a list; in the narrow panel only what is missing.
#[component]
pub fn Missing(
    /// Whether laws that have all they need are named too.
    #[prop(optional)]
    whole: bool,
) -> impl IntoView {
    let state = State::get();
    let all = Memo::new(move |_| state.opened.with(|opened| opened.as_ref().map(|opened| lines(&opened.table))));
    move || {
        let mut lines = all.get().unwrap_or_default();
        lines.retain(|line| whole || line.weight != Weight::Complete);
        let items = lines.into_iter().map(|line| {
            let (class, mark) = match line.weight {
                Weight::Stops => ("bad", "✕ "),
                Weight::Lacks => ("warn", "▲ "),
                Weight::Complete => ("ready", "✓ "),
            };
            view! {
                <li>
                    <strong class=class><span aria-hidden="true">{mark}</span>{line.about}": "</strong>
                    {line.text}
                </li>
            }
        });
        let items = items.collect::<Vec<_>>();
        (!items.is_empty()).then(|| view! { <ul class="missing" aria-label="What the laws need">{items}</ul> })
    }
}
