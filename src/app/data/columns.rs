//! The columns of the file with their roles and units, each a menu that overrides what was recognised; and the menus
//! for files with several domains or several domain losses.

use crate::app::source::Origin;
use crate::app::state::{Opened, State};
use crate::table::{Choice, Column, Role, Unit};
use leptos::prelude::*;
use std::sync::Arc;

/// The table of columns and the two menus above it.
#[component]
pub fn Columns() -> impl IntoView {
    let state = State::get();
    view! {
        <DomainMenu/>
        <LossMenu/>
        {move || state.opened.get().map(|opened| view! { <ColumnTable opened/> })}
    }
}

#[component]
fn ColumnTable(opened: Arc<Opened>) -> impl IntoView {
    let columns = &opened.table.columns;
    let used: Vec<Column> =
        columns.iter().filter(|column| column.role != Role::Ignore || column.chosen).cloned().collect();
    let unused: Vec<Column> =
        columns.iter().filter(|column| column.role == Role::Ignore && !column.chosen).cloned().collect();
    let title = match unused.len() {
        0 => format!("Columns: {}", used.len()),
        n => format!("Columns: {} used, {n} not used", used.len()),
    };
    let more = (!unused.is_empty()).then(|| {
        view! {
            <details class="sub">
                <summary>{format!("Not used: {}", unused.len())}</summary>
                <Rows columns=unused.clone()/>
            </details>
        }
    });
    // A person's own file is checked first; an example's columns are known to be right.
    let open = opened.source.origin == Origin::Own;
    view! {
        <details class="sub" open=open>
            <summary>{title}</summary>
            <Rows columns=used/>
            {more}
        </details>
    }
}

#[component]
fn Rows(columns: Vec<Column>) -> impl IntoView {
    view! {
        <table class="columns">
            <thead>
                <tr><th scope="col">"Column"</th><th scope="col">"Role and unit"</th></tr>
            </thead>
            <tbody>{columns.into_iter().map(|column| view! { <Row column/> }).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn Row(column: Column) -> impl IntoView {
    let state = State::get();
    let Column { header, role, unit, reason, chosen, samples } = column;
    let set = {
        let header = header.clone();
        move |choice: Option<Choice>| {
            state.settings.update(|settings| {
                match choice {
                    Some(choice) => settings.reading.columns.insert(header.clone(), choice),
                    None => settings.reading.columns.remove(&header),
                };
            });
        }
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
            if let Some(unit) = role.units().iter().copied().find(|unit| unit.label() == label) {
                set(Some(Choice { role, unit: Some(unit) }));
            }
        }
    };
    let roles = Role::ALL
        .into_iter()
        .map(|each| view! { <option selected=each == role>{each.label()}</option> })
        .collect_view();
    let units = (role.units().len() > 1).then(|| {
        let options = unit_options(role, unit);
        view! { <select aria-label=format!("Unit of {header}") on:change=set_unit>{options}</select> }
    });
    let undo = chosen.then(|| {
        let label = format!("Undo for {header}");
        view! {
            <small>
                "Set by you. "
                <button type="button" class="link" aria-label=label on:click=move |_| set(None)>"Undo"</button>
            </small>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <code>{header.clone()}</code>
                <small>{samples.into_iter().take(3).collect::<Vec<_>>().join(", ")}</small>
            </th>
            <td>
                <select aria-label=format!("Role of {header}") title=reason on:change=set_role>{roles}</select>
                {units}
                {undo}
            </td>
        </tr>
    }
}

fn unit_options(role: Role, unit: Unit) -> impl IntoView {
    role.units().iter().map(|&each| view! { <option selected=each == unit>{each.label()}</option> }).collect_view()
}

/// Which of the file's domains is read, where a column names several.
#[component]
fn DomainMenu() -> impl IntoView {
    let state = State::get();
    let domains = Memo::new(move |_| {
        state.opened.with(|opened| {
            let table = &opened.as_ref()?.table;
            (table.domains.len() > 1).then(|| (table.domains.clone(), table.domain.clone()))
        })
    });
    move || match domains.get() {
        None => ().into_any(),
        Some((names, current)) => {
            let choose = move |event| {
                let name = event_target_value(&event);
                state.settings.update(|settings| settings.reading.domain = Some(name));
            };
            view! { <Menu label="Domain" names current choose/> }.into_any()
        }
    }
}

/// Which domain loss is shown, where several were fitted.
#[component]
fn LossMenu() -> impl IntoView {
    let state = State::get();
    let names = Memo::new(move |_| {
        state.study.with(|study| study.as_ref().map(|study| study.domains.clone()).filter(|names| names.len() > 1))
    });
    move || match names.get() {
        None => ().into_any(),
        Some(names) => {
            let current = state.domain.get();
            let choose = move |event| {
                let name = event_target_value(&event);
                state.settings.update(|settings| settings.domain = Some(name));
            };
            view! { <Menu label="Domain loss" names current choose/> }.into_any()
        }
    }
}

#[component]
fn Menu(
    label: &'static str,
    names: Vec<String>,
    current: Option<String>,
    choose: impl FnMut(leptos::ev::Event) + 'static,
) -> impl IntoView {
    let options = names
        .into_iter()
        .map(|name| {
            let selected = current.as_ref() == Some(&name);
            view! { <option selected=selected>{name.clone()}</option> }
        })
        .collect_view();
    view! { <label class="field"><span>{label}</span><select on:change=choose>{options}</select></label> }
}
