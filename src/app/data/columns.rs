//! The columns of the file: what was recognised and why, with role and unit as menus that override it.

use crate::app::mixture;
use crate::app::state::State;
use crate::table::{Choice, Column, Role};
use leptos::prelude::*;

/// The table of columns. It is made anew only for another header, so that the keyboard stays on the menu it is on.
#[component]
pub fn Columns() -> impl IntoView {
    let state = State::get();
    let headers = Memo::new(move |_| {
        state.opened.with(|opened| {
            let columns = opened.as_ref().map(|opened| opened.table.columns.as_slice()).unwrap_or_default();
            columns.iter().map(|column| column.header.clone()).collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let headers = headers.get().into_iter().enumerate();
        headers.map(|(at, header)| view! { <Row at header/> }).collect_view()
    };
    view! {
        <table class="columns">
            <caption class="vh">"Columns of the file"</caption>
            <thead>
                <tr>
                    <th scope="col">"Column"</th>
                    <th scope="col">"Role and unit"</th>
                    <th scope="col">"Why"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
}

/// Where the menu lists a role; `None` stands above the groups.
fn group(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Ignore => return None,
        Role::Size
        | Role::SizeWithoutEmbeddings
        | Role::Tokens
        | Role::DomainShare
        | Role::GeneralShare
        | Role::CorpusShare
        | Role::Mixture
        | Role::Start
        | Role::UniqueTokens => TRAINED,
        Role::GeneralLoss
        | Role::DomainLoss
        | Role::OtherLoss
        | Role::Score
        | Role::Loss
        | Role::EvaluationSet
        | Role::Tokenizer
        | Role::BytesPerToken => MEASURED,
        Role::Step | Role::TokensPerStep | Role::BatchSize | Role::SequenceLength | Role::Flops | Role::Epochs => {
            WORKED_OUT
        }
        Role::Run | Role::Domain | Role::Seed | Role::LearningRate | Role::Schedule => BESIDES,
    })
}

const TRAINED: &str = "What was trained";
const MEASURED: &str = "What was measured";
const WORKED_OUT: &str = "What tokens are worked out from";
const BESIDES: &str = "Names and schedule";

#[component]
fn Row(at: usize, header: String) -> impl IntoView {
    let state = State::get();
    let column: Memo<Option<Column>> =
        Memo::new(move |_| state.opened.with(|opened| opened.as_ref()?.table.columns.get(at).cloned()));
    let role = Memo::new(move |_| column.with(|column| column.as_ref().map_or(Role::Ignore, |column| column.role)));
    let unit = Memo::new(move |_| column.with(|column| column.as_ref().map(|column| column.unit)));
    let chosen = Memo::new(move |_| column.with(|column| column.as_ref().is_some_and(|column| column.chosen)));
    let reason = move || column.with(|column| column.as_ref().map(|column| column.reason.clone()));
    let samples = move || {
        column.with(|column| column.as_ref().map(|c| c.samples.iter().take(3).cloned().collect::<Vec<_>>().join(", ")))
    };
    let name = header.clone();
    let set = move |choice: Option<Choice>| {
        state.settings.update(|settings| {
            if choice.is_some_and(|choice| choice.role == Role::DomainShare) {
                mixture::let_domain_decide(settings, true);
            }
            match choice {
                Some(choice) => settings.reading.columns.insert(name.clone(), choice),
                None => settings.reading.columns.remove(&name),
            };
        });
    };
    let set_role = {
        let set = set.clone();
        move |event| {
            let label = event_target_value(&event);
            if let Some(role) = Role::ALL.into_iter().find(|role| role.label() == label) {
                set(Some(Choice { role, unit: None }));
            }
        }
    };
    let set_unit = {
        let set = set.clone();
        move |event| {
            let label = event_target_value(&event);
            let role = role.get();
            if let Some(unit) = role.units().iter().copied().find(|unit| unit.label() == label) {
                set(Some(Choice { role, unit: Some(unit) }));
            }
        }
    };
    let option = move |each: Role| view! { <option prop:selected=move || role.get() == each>{each.label()}</option> };
    let groups = [TRAINED, MEASURED, WORKED_OUT, BESIDES].map(|label| {
        let roles = Role::ALL.into_iter().filter(|role| group(*role) == Some(label));
        view! { <optgroup label=label>{roles.map(option).collect_view()}</optgroup> }
    });
    let unit_label = format!("Unit of {header}");
    let units = move || {
        let units = role.get().units();
        (units.len() > 1).then(|| {
            let options = units
                .iter()
                .map(|&each| view! { <option prop:selected=move || unit.get() == Some(each)>{each.label()}</option> })
                .collect_view();
            view! { <select aria-label=unit_label.clone() on:change=set_unit.clone()>{options}</select> }
        })
    };
    let undo_label = format!("Undo for {header}");
    let undo = move || {
        let set = set.clone();
        chosen.get().then(|| {
            view! { " "<button type="button" class="link" aria-label=undo_label.clone() on:click=move |_| set(None)>"Undo"</button> }
        })
    };
    view! {
        <tr class:unused=move || role.get() == Role::Ignore>
            <th scope="row"><code>{header.clone()}</code><small>{samples}</small></th>
            <td><div class="menus">
                <select aria-label=format!("Role of {header}") on:change=set_role>{option(Role::Ignore)} {groups}</select>
                {units}
            </div></td>
            <td class="why">{reason}{undo}</td>
        </tr>
    }
}
