//! The page: Leptos components around the engine; the only place that knows the browser.
//!
//! - [`state`]: the settings and what the worker answered; everything else is derived from them.
//! - `engine`: the worker's client.
//! - `header`, `data`, `fit`, `stage`, `decide`: the panels. `examples`, `intake`: where files come from.

pub mod explore;
pub mod state;

mod alert;
mod data;
mod decide;
mod engine;
mod examples;
mod fit;
mod fold;
mod header;
mod intake;
mod source;
mod stage;
mod theme;

use leptos::prelude::*;

/// Puts the page in place of the first paint.
pub fn start() {
    if let Some(paint) = leptos::prelude::document().get_element_by_id("first-paint") {
        paint.remove();
    }
    mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let state = state::State::provide();
    theme::follow(state);
    stage::Chart::provide(state);
    decide::asking::Decisions::provide(state);
    intake::listen(state);
    intake::open_first(state);
    view! {
        <a class="skip" href="#explore">"Skip to the predicted losses"</a>
        <header::Header/>
        <main>
            <header::Intro/>
            <div class="work">
                <div class="rail">
                    <data::Data/>
                    <fit::FitPanel/>
                </div>
                <stage::Explore/>
                <decide::Decide/>
                <fit::Examined/>
            </div>
        </main>
        <header::Footer/>
        <intake::DropOverlay/>
    }
}
