//! The Fit panel: law, progress, the formula with its numbers, how well it fits; the choices; below the chart the
//! parameters and, as tabs, what the fit was asked beyond them.

pub mod asking;

#[cfg(feature = "workbench")]
mod choice;
#[cfg(feature = "workbench")]
pub(super) mod examined;
#[cfg(feature = "workbench")]
mod field;
pub(super) mod formula;
#[cfg(feature = "workbench")]
mod options;
#[cfg(feature = "workbench")]
mod parameters;
mod quality;
#[cfg(feature = "workbench")]
mod report;
mod status;

#[cfg(feature = "workbench")]
pub use examined::Examined;

use super::fold;
use super::state::State;
use crate::fit::{Note, Severity, laws_of};
#[cfg(not(feature = "workbench"))]
use crate::law;
#[cfg(feature = "workbench")]
use crate::published::Printed;
use crate::table::LossKind;
use leptos::html;
use leptos::prelude::*;

/// The panel.
#[component]
pub fn FitPanel() -> impl IntoView {
    let state = State::get();
    let folded = NodeRef::<html::Details>::new();
    fold::unfold_where_wide(folded);
    let short = move || {
        state.study.with(|study| {
            let study = study.as_ref()?;
            #[cfg(feature = "workbench")]
            if let Some(name) = state.printed.with(|law| law.as_ref().map(Printed::name)) {
                return Some(name.to_owned());
            }
            let notes: usize = study.targets.values().map(|fit| fit.notes.len()).sum();
            let notes = if notes == 1 { "1 note".to_owned() } else { format!("{notes} notes") };
            let laws: Vec<&str> = laws_of(study.targets.values()).into_iter().map(|law| law.name()).collect();
            (!laws.is_empty()).then(|| format!("{}, {notes}", laws.join(" and ")))
        })
    };
    let unfitted = move || {
        let said = state.study.with(|study| study.as_ref().map(|study| study.unfitted.clone())).unwrap_or_default();
        said.into_iter().map(|text| view! { <p class="note warn">"▲ "{text}</p> }).collect_view()
    };
    let fitted = move || {
        #[cfg(feature = "workbench")]
        let options = options::options();
        #[cfg(not(feature = "workbench"))]
        let options = ();
        view! {
            <LawMenu/>
            <status::Status/>
            {unfitted}
            <LossChoice/>
            <formula::Formula/>
            <quality::QualityTable/>
            {options}
        }
        .into_any()
    };
    #[cfg(feature = "workbench")]
    let (title, body) = {
        let printed = super::published::is_open(state);
        let title = move || if printed.get() { "Law" } else { "Fit" };
        (title, move || if printed.get() { super::published::law() } else { fitted() })
    };
    #[cfg(not(feature = "workbench"))]
    let (title, body) = ("Fit", fitted());
    view! {
        <section id="fit" class="panel" aria-labelledby="fit-title">
            <details class="fold" node_ref=folded>
                <summary><h2 id="fit-title">{title}</h2><span class="short">{short}</span></summary>
                {body}
            </details>
        </section>
    }
}

/// The law that is chosen, or else fitted to the loss shown.
pub(super) fn law_in_use(state: State) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let chosen = state.settings.with(|settings| settings.law.clone());
        let name = match state.loss_shown.get() {
            LossKind::General => state.general.get(),
            LossKind::Domain => state.domain.get(),
        };
        chosen.or_else(|| state.with_fit(name.as_ref(), |fit| fit.law.clone()))
    })
}

/// The value in the law menu of no choice.
const PICKED: &str = "";

/// The entry of the law menu that leaves the choice to each loss: there where the losses' laws differ or would, as one of
/// them rises with tokens. The second is whether it is the one in use.
pub(super) fn picked(state: State) -> (AnyView, Memo<bool>) {
    let offered = Memo::new(move |_| state.ranges.with(|data| data.as_ref().is_some_and(|data| data.rises)));
    let used = Memo::new(move |_| offered.get() && state.settings.with(|settings| settings.law.is_none()));
    let entry = move || {
        offered
            .get()
            .then(|| view! { <option value=PICKED prop:selected=move || used.get()>"Picked for each loss"</option> })
    };
    (entry.into_any(), used)
}

/// Chooses a law, or none.
pub(super) fn choose_law(state: State, id: String) {
    state.settings.update(|settings| {
        // What the other law's parameters were held to says nothing about this one's.
        settings.fit.constraints.clear();
        settings.law = Some(id).filter(|id| id != PICKED);
    });
}

#[component]
fn LawMenu() -> impl IntoView {
    #[cfg(feature = "workbench")]
    let menu = choice::menu();
    #[cfg(not(feature = "workbench"))]
    let menu = {
        let state = State::get();
        let used = law_in_use(state);
        let (picked, is_picked) = picked(state);
        let options = law::CATALOGUE.iter().map(|law| {
            let id = law.id();
            let selected = move || !is_picked.get() && used.with(|used| used.as_deref() == Some(id));
            view! { <option value=id prop:selected=selected>{law.name()}</option> }
        });
        view! {
            <p class="field">
                <label for="law">"Law"</label>
                <select id="law" on:change=move |event| choose_law(state, event_target_value(&event))>
                    {picked}{options.collect_view()}
                </select>
            </p>
        }
        .into_any()
    };
    menu
}

/// General or domain loss.
#[component]
fn LossChoice() -> impl IntoView {
    let state = State::get();
    let both = Memo::new(move |_| state.general.with(Option::is_some) && state.domain.with(Option::is_some));
    let option = move |kind: LossKind, label: &'static str| {
        let class = if kind == LossKind::General { "general" } else { "domain" };
        view! {
            <label class=class>
                <input
                    type="radio"
                    name="shown-loss"
                    prop:checked=move || state.loss_shown.get() == kind
                    on:change=move |_| state.settings.update(|settings| settings.shown = Some(kind))
                />
                <span>{label}</span>
            </label>
        }
    };
    move || {
        both.get().then(|| {
            view! {
                <fieldset class="segments">
                    <legend class="vh">"Loss whose fit is shown"</legend>
                    {option(LossKind::General, "General loss")}
                    {option(LossKind::Domain, "Domain loss")}
                </fieldset>
            }
        })
    }
}

/// A note with its mark and its code.
pub(super) fn note_line(note: &Note) -> impl IntoView + use<> {
    let (class, mark, word) = match note.severity {
        Severity::Info => ("note", "○ ", "Note: "),
        Severity::Warning => ("note warn", "▲ ", "Warning: "),
        Severity::Withholds => ("note bad", "✕ ", "Withheld: "),
    };
    view! {
        <span class=class>
            <span aria-hidden="true">{mark}</span>
            <span class="vh">{word}</span>
            {note.text.clone()}
            " "
            <code>{note.code.to_string()}</code>
        </span>
    }
    .into_any()
}
