//! A start in four short steps, for who meets the page first: offered in a line of the help, ended at any time, taken again
//! as often as one likes. Nothing opens by itself and nothing below it is locked.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::HtmlElement;

/// A step: the panel it is about, its title, two sentences.
struct Stop {
    panel: &'static str,
    title: &'static str,
    text: &'static str,
}

static STOPS: [Stop; 4] = [
    Stop {
        panel: "data",
        title: "Your runs",
        text: "Each row of a CSV is a validation loss of one run: its model size, its tokens, the share of domain data. \
               What you see are small runs that we measured. Drop a file of your own anywhere, or paste it; it stays in \
               this tab.",
    },
    Stop {
        panel: "fit",
        title: "The law",
        text: "A formula with a few free numbers is fitted to the general and to the domain loss. Below it stands how well \
               it predicts runs it has not seen, and what the data can’t tell.",
    },
    Stop {
        panel: "explore",
        title: "What if",
        text: "Move ratio, model size and tokens: the two large numbers are the losses such a run would reach. The range \
               beside each holds nine in ten of a thousand refits.",
    },
    Stop {
        panel: "decide",
        title: "The recipe",
        text: "How far may the general loss rise? How much domain data is there? What does it cost? Open a row and it \
               answers with a recipe and its interval.",
    },
];

/// Which step is shown.
#[derive(Clone, Copy)]
pub struct Tour(RwSignal<Option<usize>>);

impl Tour {
    /// Provides it to every component.
    pub fn provide() {
        provide_context(Self(RwSignal::new(None)));
    }

    /// Begins at the first step.
    pub fn start(self) {
        self.0.set(Some(0));
    }
}

/// The card at the foot of the window; nothing while there is no tour.
#[component]
pub fn TourCard() -> impl IntoView {
    let Some(Tour(at)) = use_context() else { return ().into_any() };
    let title = NodeRef::<html::H2>::new();
    Effect::new(move |before: Option<Option<usize>>| {
        let now = at.get();
        if let Some(stop) = before.flatten().and_then(|before| STOPS.get(before)) {
            mark(stop, false);
        }
        if let Some(stop) = now.and_then(|now| STOPS.get(now)) {
            mark(stop, true);
            if let Some(title) = title.get_untracked() {
                // An element that is gone has no focus to give.
                let _ = title.focus();
            }
        } else if before.flatten().is_some() {
            leave();
        }
        now
    });
    let running = Memo::new(move |_| at.get().is_some());
    let stop = move || at.get().and_then(|at| STOPS.get(at));
    let last = move || at.get() == Some(STOPS.len() - 1);
    let step = move |by: isize| {
        at.update(|at| *at = at.and_then(|at| at.checked_add_signed(by)).filter(|at| *at < STOPS.len()))
    };
    let keyed = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            at.set(None);
        }
    };
    let card = move || {
        running.get().then(|| {
            view! {
                <section class="tour" aria-labelledby="tour-title" on:keydown=keyed>
                    <p class="quiet">{move || format!("Step {} of {}", at.get().map_or(1, |at| at + 1), STOPS.len())}</p>
                    <h2 id="tour-title" tabindex="-1" node_ref=title>{move || stop().map(|stop| stop.title)}</h2>
                    <p>{move || stop().map(|stop| stop.text)}</p>
                    <p class="row">
                        <button type="button" disabled=move || at.get() == Some(0) on:click=move |_| step(-1)>"Back"</button>
                        <button type="button" class="primary" on:click=move |_| step(1)>
                            {move || if last() { "Done" } else { "Next" }}
                        </button>
                        <button type="button" class="link" on:click=move |_| at.set(None)>"End the tour"</button>
                    </p>
                </section>
            }
        })
    };
    view! { {card} }.into_any()
}

/// Frames the panel of a step and brings it into sight, or takes the frame away.
fn mark(stop: &Stop, on: bool) {
    let Some(panel) = document().get_element_by_id(stop.panel) else { return };
    // Fails only on a class that is none.
    let _ = panel.class_list().toggle_with_force("toured", on);
    if on {
        // Folded on a narrow screen.
        if let Ok(Some(fold)) = panel.query_selector("details.fold") {
            let _ = fold.set_attribute("open", "");
        }
        panel.scroll_into_view_with_bool(true);
    }
}

/// Gives the keyboard to where a newcomer goes on: the losses and sliders.
fn leave() {
    let explore = document().get_element_by_id("explore").and_then(|panel| panel.dyn_into::<HtmlElement>().ok());
    if let Some(explore) = explore {
        let _ = explore.focus();
    }
}
