//! What a person can choose about the fit: objective, draws, level; and each parameter fixed, bounded or tied. A change
//! fits again by itself; what can't be taken is said at its field, and the last good value stays.

use super::field::{Input, Take, entry};
use crate::app::state::State;
use crate::fit::{Constraint, Estimate, Objective, Options, Rule, Scheme, constraint};
use crate::law::{self, Law, Parameter};
use crate::quantity::significant;
use crate::table::LossKind;
use leptos::prelude::*;

/// More draws than this say nothing more (their ends scatter by less than a hundredth of the interval).
const MOST_DRAWS: usize = 20_000;

const OBJECTIVES: [(Objective, &str); 3] = [
    (Objective::Huber, "Huber of log loss"),
    (Objective::LeastSquaresLog, "Least squares of log loss"),
    (Objective::LeastSquares, "Least squares of loss"),
];
const SCHEMES: [(Scheme, &str); 2] = [(Scheme::Errors, "Resampled errors"), (Scheme::Weights, "Random run weights")];

/// The folds.
pub fn options() -> AnyView {
    view! {
        <details class="sub">
            <summary>"Objective and draws"</summary>
            {form()}
        </details>
        <details class="sub">
            <summary>"Fix, bound or tie parameters"</summary>
            {constraints()}
        </details>
    }
    .into_any()
}

fn names<T: Copy>(all: &[(T, &str)]) -> Vec<String> {
    all.iter().map(|(_, name)| (*name).to_owned()).collect()
}

fn number(text: &str) -> Option<f64> {
    text.replace(',', ".").replace('−', "-").trim_end_matches(['%', ' ']).parse().ok().filter(|v: &f64| v.is_finite())
}

/// A field of the options: its text, when it applies, what takes a text up.
fn field(
    label: &'static str,
    input: Input,
    show: fn(&Options) -> String,
    when: fn(&Options) -> bool,
    take: fn(&mut Options, &str) -> bool,
    expected: &'static str,
) -> AnyView {
    let state = State::get();
    let shown = Memo::new(move |_| state.settings.with(|settings| show(&settings.fit)));
    let applies = Memo::new(move |_| state.settings.with(|settings| when(&settings.fit)));
    let take: Take = Box::new(move |text| {
        let mut options = state.settings.with_untracked(|settings| settings.fit.clone());
        if !take(&mut options, text) {
            return Err(expected.to_owned());
        }
        state.settings.update(|settings| settings.fit = options);
        Ok(())
    });
    entry(label.to_owned(), input, shown, applies, take)
}

fn form() -> AnyView {
    view! {
        <div class="form">
            {field(
                "Objective",
                Input::Pick(names(&OBJECTIVES)),
                |options| OBJECTIVES.iter().find(|known| known.0 == options.objective).map_or("", |k| k.1).to_owned(),
                |_| true,
                |options, text| match OBJECTIVES.iter().find(|known| known.1 == text) {
                    Some(known) => { options.objective = known.0; true }
                    None => false,
                },
                "",
            )}
            {field(
                "Delta of Huber",
                Input::Text,
                |options| options.delta.to_string(),
                |options| options.objective == Objective::Huber,
                |options, text| match number(text) {
                    Some(delta) if (1e-9..=10.0).contains(&delta) => { options.delta = delta; true }
                    _ => false,
                },
                "Type a number from 1e-9 to 10: the log residual from which the loss grows straight.",
            )}
            {field(
                "Draws",
                Input::Text,
                |options| options.draws.to_string(),
                |_| true,
                |options, text| match text.parse() {
                    Ok(draws) if draws <= MOST_DRAWS => { options.draws = draws; true }
                    _ => false,
                },
                "Type a whole number up to 20000.",
            )}
            {field(
                "Seed",
                Input::Text,
                |options| options.seed.to_string(),
                |_| true,
                |options, text| match text.parse() {
                    Ok(seed) => { options.seed = seed; true }
                    Err(_) => false,
                },
                "Type a whole number of 0 or more.",
            )}
            {field(
                "Level of the intervals, %",
                Input::Text,
                |options| significant(100.0 * options.level, 4).to_string(),
                |_| true,
                |options, text| match number(text) {
                    Some(level) if (50.0..=99.9).contains(&level) => { options.level = level / 100.0; true }
                    _ => false,
                },
                "Type per cent from 50 to 99.9.",
            )}
            {field(
                "How draws come about",
                Input::Pick(names(&SCHEMES)),
                |options| SCHEMES.iter().find(|known| known.0 == options.scheme).map_or("", |k| k.1).to_owned(),
                |_| true,
                |options, text| match SCHEMES.iter().find(|known| known.1 == text) {
                    Some(known) => { options.scheme = known.0; true }
                    None => false,
                },
                "",
            )}
        </div>
        <p class="quiet">
            "Every change fits again. Resampled errors: each run keeps its recipe and gets the errors of another; random run \
             weights: each run counts more or less."
        </p>
    }
    .into_any()
}

const FREE: &str = "free";
const FIXED: &str = "fixed at";
const BETWEEN: &str = "between";
const TIED: &str = "equal to";

/// A row a parameter of the law that is shown, for the loss that is shown.
fn constraints() -> AnyView {
    let state = State::get();
    let about = Memo::new(move |_| {
        let kind = state.loss_shown.get();
        let fit = state.fit_of(kind)?;
        Some((kind, fit.target, fit.law))
    });
    let rows = move || {
        let (kind, target, law) = about.get()?;
        let law = law::by_id(&law)?;
        let rows: Vec<AnyView> =
            law.parameters().iter().map(|parameter| constrained(state, law, parameter, &target)).collect();
        let loss = if kind == LossKind::General { "general" } else { "domain" };
        Some(view! {
            <p class="quiet">
                {format!("For the {loss} loss. Coefficients are for N in parameters and D in tokens, not billions.")}
            </p>
            <div class="constraints">{rows}</div>
        })
    };
    view! { {rows} }.into_any()
}

/// The last rule on a parameter of a loss.
fn rule_of(state: State, target: &str, parameter: &str) -> Option<Rule> {
    state.settings.with(|settings| {
        let about = |known: &&Constraint| {
            known.parameter == parameter && known.target.as_deref().is_none_or(|name| name == target)
        };
        settings.fit.constraints.iter().rfind(about).map(|known| known.rule.clone())
    })
}

/// Sets or lifts a rule; the sentence where the law can't keep it.
fn set(state: State, law: &dyn Law, target: &str, parameter: &str, rule: Option<Rule>) -> Result<(), String> {
    let mut all = state.settings.with_untracked(|settings| settings.fit.constraints.clone());
    all.retain(|known| known.parameter != parameter || known.target.as_deref().is_some_and(|name| name != target));
    all.extend(rule.map(|rule| Constraint { target: Some(target.to_owned()), parameter: parameter.to_owned(), rule }));
    constraint::resolve(&all, target, law).map_err(|error| error.to_string())?;
    state.settings.update(|settings| settings.fit.constraints = all);
    Ok(())
}

fn constrained(state: State, law: &'static dyn Law, parameter: &'static Parameter, target: &str) -> AnyView {
    let target = StoredValue::new(target.to_owned());
    let name = parameter.name;
    let rule = Memo::new(move |_| target.with_value(|target| rule_of(state, target, name)));
    let set = move |rule: Option<Rule>| target.with_value(|target| set(state, law, target, name, rule));
    let others: Vec<&'static Parameter> = law
        .parameters()
        .iter()
        .filter(|other| other.name != name && other.is_linear() == parameter.is_linear())
        .collect();
    let first = others.first().map(|other| other.name);
    let estimate = move || -> Option<Estimate> {
        state.study.with_untracked(|study| {
            let fit = target.with_value(|target| study.as_ref()?.targets.get(target).cloned())?;
            fit.parameters.into_iter().find(|known| known.name == name)
        })
    };
    // A rule starts where the fit is, so that choosing one changes nothing yet but what it says.
    let kind: Take = Box::new(move |text| {
        let now = estimate();
        let value = now.as_ref().map_or(1.0, |estimate| significant(estimate.value, 6));
        let (low, high) = parameter.bounds;
        let ends = now.and_then(|estimate| estimate.interval).filter(|(low, high)| low < high);
        let (from, to) = ends.unwrap_or((0.5 * value, 2.0 * value));
        set(match text {
            FIXED => Some(Rule::Fix(value.clamp(low, high))),
            BETWEEN => Some(Rule::Bound(significant(from, 4).max(low), significant(to, 4).min(high))),
            TIED => first.map(|other| Rule::Tie(other.to_owned())),
            _ => None,
        })
    });
    let show = move |place: usize| {
        Memo::new(move |_| match rule.get() {
            Some(Rule::Fix(value)) if place == 0 => print(value),
            Some(Rule::Bound(low, high)) => print(if place == 1 { low } else { high }),
            _ => String::new(),
        })
    };
    let is = move |wanted: &'static str| Memo::new(move |_| kind_of(rule.get().as_ref()) == wanted);
    let value = move |place: usize| -> Take {
        Box::new(move |text| {
            let Some(value) = number(text) else { return Err("Type a number.".to_owned()) };
            set(Some(match (rule.get_untracked(), place) {
                (Some(Rule::Bound(_, high)), 1) => Rule::Bound(value, high),
                (Some(Rule::Bound(low, _)), 2) => Rule::Bound(low, value),
                _ => Rule::Fix(value),
            }))
        })
    };
    let symbol = parameter.symbol;
    let tie: Take = Box::new(move |text| {
        let other = law.parameters().iter().find(|other| other.symbol == text);
        set(other.map(|other| Rule::Tie(other.name.to_owned())))
    });
    let tied = Memo::new(move |_| match rule.get() {
        Some(Rule::Tie(to)) => {
            law.parameters().iter().find(|other| other.name == to).map_or(to, |other| other.symbol.to_owned())
        }
        _ => String::new(),
    });
    let mut kinds = vec![FREE, FIXED, BETWEEN];
    kinds.extend(first.map(|_| TIED));
    let kinds = kinds.into_iter().map(str::to_owned).collect();
    let always = Memo::new(|_| true);
    let symbols = others.iter().map(|other| other.symbol.to_owned()).collect();
    view! {
        <div class="constraint" role="group" aria-label=name>
            {entry(symbol.to_owned(), Input::Pick(kinds), Memo::new(move |_| kind_of(rule.get().as_ref()).to_owned()), always, kind)}
            {entry(format!("{symbol} ="), Input::Text, show(0), is(FIXED), value(0))}
            {entry(format!("{symbol} from"), Input::Text, show(1), is(BETWEEN), value(1))}
            {entry(format!("{symbol} to"), Input::Text, show(2), is(BETWEEN), value(2))}
            {entry(format!("{symbol} = parameter"), Input::Pick(symbols), tied, is(TIED), tie)}
        </div>
    }
    .into_any()
}

fn kind_of(rule: Option<&Rule>) -> &'static str {
    match rule {
        None => FREE,
        Some(Rule::Fix(_)) => FIXED,
        Some(Rule::Bound(..)) => BETWEEN,
        Some(Rule::Tie(_)) => TIED,
    }
}

/// A number as it can be typed again.
fn print(value: f64) -> String {
    if value == 0.0 || (1e-4..1e7).contains(&value.abs()) {
        significant(value, 6).to_string()
    } else {
        format!("{value:e}")
    }
}
