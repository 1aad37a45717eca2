//! The sheet with the file's columns and rows: a dialog over the page with room for both. What is changed in it is read
//! again at once; there is nothing to confirm.

use super::columns::Columns;
use super::corpora::Corpora;
use super::filters::Filters;
use super::form::HowRead;
use super::missing::Missing;
use super::problems::ProblemList;
use super::rows::Rows;
use super::typed::Typed;
use crate::app::alert::Alert;
use crate::app::modal;
use crate::app::state::{State, Work};
use leptos::html;
use leptos::prelude::*;

/// The dialog; closed until the state says otherwise.
#[component]
pub fn Sheet() -> impl IntoView {
    let state = State::get();
    let dialog = NodeRef::<html::Dialog>::new();
    modal::follow(dialog, state.sheet);
    // Inside is only built while it is open: a closed sheet costs nothing.
    let inside = move || state.sheet.get().then(|| view! { <Inside/> });
    view! {
        <dialog
            node_ref=dialog
            class="sheet"
            aria-labelledby="sheet-title"
            on:close=move |_| state.sheet.set(false)
        >
            {inside}
        </dialog>
    }
}

#[component]
fn Inside() -> impl IntoView {
    let state = State::get();
    let name = Memo::new(move |_| state.opened.with(|o| o.as_ref().map(|o| o.source.name.clone())).unwrap_or_default());
    view! {
        <header class="sheet-bar">
            <h2 id="sheet-title">"Columns and rows of "<span class="name">{name}</span></h2>
            <Busy/>
            <button type="button" class="primary" on:click=move |_| state.sheet.set(false)>"Done"</button>
        </header>
        <div class="sheet-body">
            <Alert/>
            <div class="mapping">
                <Missing whole=true/>
                <Remembered/>
                <Columns/>
                <Corpora/>
                <Typed/>
                <Filters/>
                <HowRead/>
                <ProblemList/>
            </div>
            <div class="seen">
                <Rows/>
            </div>
        </div>
    }
}

/// Says what happens after a change; the page's own status lies under the sheet.
#[component]
fn Busy() -> impl IntoView {
    let state = State::get();
    let text = move || match state.work.get() {
        Work::Reading { .. } => "Reading…",
        Work::Fitting => "Fitting…",
        Work::Drawing { .. } | Work::Stopped { .. } | Work::Done => "Read and fitted",
        Work::Idle | Work::Failed => "Not fitted",
    };
    view! { <p class="quiet" role="status">{text}</p> }
}

/// Says that an earlier file's corrections were used, and takes them back.
#[component]
fn Remembered() -> impl IntoView {
    let state = State::get();
    let forget = move |_| {
        state.recalled.set(false);
        state.settings.update(|settings| settings.reading = settings.reading.passing());
    };
    move || {
        state.recalled.get().then(|| {
            view! {
                <p class="quiet remembered">
                    "Roles as you set them last time for a file with this header. "
                    <button type="button" class="link" on:click=forget>"Forget them"</button>
                </p>
            }
        })
    }
}
