//! The lower middle of the page: the parameters, and beside them, as tabs, what the fit was asked beyond its numbers.

use super::asking::Slot;
use super::parameters::ParameterTable;
use super::report::parts;
use crate::app::state::{State, Work};
use crate::inquiry::Topic;
use leptos::prelude::*;

/// A tab: id, title, and its topic; the first has none.
struct Tab {
    id: &'static str,
    title: &'static str,
    topic: Option<Topic>,
    /// What it answers.
    about: &'static str,
    /// What its button says.
    button: &'static str,
}

const TABS: [Tab; 4] = [
    Tab { id: "parameters", title: "Parameters", topic: None, about: "", button: "" },
    Tab {
        id: "unseen",
        title: "Out of sample",
        topic: Some(Topic::Validation),
        about: "How far off the law is on what it was not fitted to.",
        button: "Score out of sample",
    },
    Tab {
        id: "laws",
        title: "Laws compared",
        topic: Some(Topic::Comparison),
        about: "Every law that suits these data, fitted to the same rows and scored on the same left-out runs. Seconds of work.",
        button: "Compare the laws",
    },
    Tab {
        id: "residuals",
        title: "Residuals",
        topic: Some(Topic::Residuals),
        about: "Where the law misses, which rows are far off, which parameters stand for each other, which runs matter most.",
        button: "Examine the residuals",
    },
];

/// The region.
#[component]
pub fn Examined() -> impl IntoView {
    let chosen = RwSignal::new(0usize);
    let keyed = move |event: web_sys::KeyboardEvent| {
        let (at, last) = (chosen.get_untracked(), TABS.len() - 1);
        let next = match event.key().as_str() {
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "ArrowRight" => (at + 1) % TABS.len(),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
        if let Some(tab) = document().get_element_by_id(&format!("tab-{}", TABS[next].id)) {
            use wasm_bindgen::JsCast;
            let _ = tab.unchecked_into::<web_sys::HtmlElement>().focus();
        }
    };
    let tabs = TABS.iter().enumerate().map(|(at, tab)| {
        view! {
            <button
                type="button" role="tab" id=format!("tab-{}", tab.id) aria-controls=format!("panel-{}", tab.id)
                aria-selected=move || if chosen.get() == at { "true" } else { "false" }
                tabindex=move || if chosen.get() == at { "0" } else { "-1" }
                on:click=move |_| chosen.set(at)
            >
                {tab.title}
            </button>
        }
    });
    let panels = TABS.iter().enumerate().map(|(at, tab)| {
        let body = move || match (chosen.get() == at, tab.topic) {
            (false, _) => ().into_any(),
            (true, None) => view! { <ParameterTable/> }.into_any(),
            (true, Some(topic)) => answered(tab, topic),
        };
        view! {
            <div
                role="tabpanel" id=format!("panel-{}", tab.id) aria-labelledby=format!("tab-{}", tab.id)
                hidden=move || chosen.get() != at
            >
                {body}
            </div>
        }
    });
    view! {
        <section id="details" class="parameters-panel" aria-labelledby="parameters-title">
            <h2 id="parameters-title" class="vh">"The fit examined"</h2>
            <div class="tabs" role="tablist" aria-label="The fit examined" on:keydown=keyed>{tabs.collect_view()}</div>
            {panels.collect_view()}
        </section>
    }
}

/// A topic's report, its progress, and the button that asks.
fn answered(tab: &'static Tab, topic: Topic) -> AnyView {
    let state = State::get();
    let slot = state.inquiries.of(topic);
    let body = move || slot.report.get().map(|report| parts(&report));
    view! {
        <p class="quiet">{tab.about}</p>
        {controls(slot, topic, tab.button)}
        <div class="report">{body}</div>
    }
    .into_any()
}

/// The button where nothing was asked, progress and cancel while it is answered; a slot of one height.
pub fn controls(slot: Slot, topic: Topic, button: &'static str) -> AnyView {
    let state = State::get();
    // A button is made once, not at every count.
    let busy = Memo::new(move |_| slot.progress.with(Option::is_some));
    let known = Memo::new(move |_| slot.report.with(Option::is_some));
    let ready = Memo::new(move |_| state.work.with(|work| matches!(work, Work::Done | Work::Stopped { .. })));
    let counted = move || match slot.progress.get() {
        Some((done, total)) if total > 0 => format!("{done} of {total} fits and draws"),
        _ => "Fitting".to_owned(),
    };
    let share = move || slot.progress.get().map_or(0, |(done, total)| done * 100 / total.max(1)).to_string();
    let controls = move || match (busy.get(), known.get()) {
        (true, false) => view! {
            <progress aria-label=button max="100" prop:value=share></progress>
            <span class="quiet">{counted}</span>
            <button type="button" on:click=move |_| state.leave_inquiries()>"Cancel"</button>
        }
        .into_any(),
        (_, true) => ().into_any(),
        (false, false) => view! {
            <button type="button" disabled=move || !ready.get() on:click=move |_| state.inquiries.ask(state, topic, "")>
                {button}
            </button>
        }
        .into_any(),
    };
    let row = move || (!known.get()).then(|| view! { <p class="row asked">{controls}</p> });
    let said = move || if known.get() { "The answer is there." } else { "" };
    view! { {row} <p class="vh" role="status">{said}</p> }.into_any()
}
