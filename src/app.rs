//! The page: Leptos components around the engine; the only place that knows the browser.
//!
//! - [`state`]: the settings and what the worker answered; everything else is derived from them.
//! - `engine`: the worker's client.
//! - `handover`: from the first screen to the whole page, which is a module of its own.
//! - `offline`: the page without a network, and newer versions of it.
//! - `history`: undo and redo. `note`: quiet words at the foot of the window. `place`: names in the browser's storage.
//! - `published`: a printed law in place of a file. `mixture`: the what-if of several corpora.
//! - `sharing`, `share`: links, opened and made. `session`, `store`: what a reload brings back. `memory`: corrections remembered for the next file like this one.
//! - `help`, `tour`, `meaning`: words for who is new to them. `modal`: dialogs over the page.
//! - `header`, `data`, `fit`, `stage`, `decide`: the panels. `examples`, `intake`: where files come from.

// What the first screen leaves to the whole page is there and not called.
#![cfg_attr(not(feature = "workbench"), allow(dead_code))]

pub mod explore;
pub mod state;

mod alert;
mod data;
#[cfg(feature = "workbench")]
mod decide;
mod engine;
mod examples;
mod fit;
mod fold;
mod handover;
mod header;
#[cfg(feature = "workbench")]
mod help;
#[cfg(feature = "workbench")]
mod history;
mod intake;
mod meaning;
mod memory;
#[cfg(feature = "workbench")]
mod mixture;
mod modal;
#[cfg(feature = "workbench")]
mod note;
#[cfg(feature = "workbench")]
mod offline;
mod place;
#[cfg(feature = "workbench")]
mod published;
#[cfg(feature = "workbench")]
mod session;
#[cfg(feature = "workbench")]
mod share;
#[cfg(feature = "workbench")]
mod sharing;
mod source;
mod stage;
#[cfg(feature = "workbench")]
mod store;
mod theme;
#[cfg(feature = "workbench")]
mod tour;

use leptos::prelude::*;

/// Puts the page in place of what stands: the first paint, or the first screen.
pub fn start() {
    #[cfg(feature = "workbench")]
    handover::take_over();
    // Not in the task that made the module: on a phone both together are long.
    #[cfg(not(feature = "workbench"))]
    next_turn(|| mount(handover::Begin::default()));
}

/// Calls after whatever waits: keys, a frame.
fn next_turn(then: impl FnOnce() + 'static) {
    set_timeout(then, std::time::Duration::ZERO);
}

/// Whether a part of the page is there yet: what is in sight first, then one more a turn, as all of them at once hold up
/// a phone for a quarter of a second. After the last the page is whole.
#[cfg(feature = "workbench")]
fn in_turns() -> [Memo<bool>; PARTS] {
    fn count(turn: RwSignal<usize>) {
        next_turn(move || match turn.get_untracked() {
            PARTS => handover::done(),
            before => {
                turn.set(before + 1);
                count(turn);
            }
        });
    }
    let turn = RwSignal::new(0);
    count(turn);
    std::array::from_fn(|part| Memo::new(move |_| turn.get() > part))
}

/// Parts that come in turns.
#[cfg(feature = "workbench")]
const PARTS: usize = 3;

/// Mounts the page with what it begins with.
fn mount(begin: handover::Begin) {
    handover::clear();
    mount_to_body(move || view! { <App begin/> });
}

#[component]
fn App(begin: handover::Begin) -> impl IntoView {
    let state = state::State::provide();
    theme::follow(state);
    stage::Chart::provide(state);
    #[cfg(feature = "workbench")]
    {
        decide::asking::Decisions::provide(state);
        explore::shown::Shown::provide(state);
        note::Notes::provide();
        share::provide();
        help::provide();
        tour::Tour::provide();
        history::Steps::provide(state);
        sharing::hide(state);
        published::follow(state);
        session::Session::provide(state);
    }
    intake::listen(state);
    handover::begin(state, begin);
    #[cfg(feature = "workbench")]
    let [decide, examined, dialogs] = in_turns();
    #[cfg(feature = "workbench")]
    let (news, explore, rest) = {
        let printed = published::is_open(state);
        let several = mixture::is_open(state);
        let explore = move || match (printed.get(), several.get()) {
            (true, _) => published::explore(),
            (_, true) => mixture::explore(),
            _ => view! { <stage::Explore/> }.into_any(),
        };
        // Nothing was fitted that could be examined.
        let examined = move || (examined.get() && !printed.get()).then(|| view! { <fit::Examined/> });
        let rest = view! {
            {move || decide.get().then(|| view! { <decide::Decide/> })}
            {examined}
        };
        (view! { <offline::News/> }, explore, rest)
    };
    #[cfg(not(feature = "workbench"))]
    let (news, explore, rest) = ((), view! { <stage::Explore/> }, ());
    #[cfg(feature = "workbench")]
    let said = move || {
        let said = || {
            view! {
                <note::Said/>
                <share::Share/>
                <help::Help/>
                <tour::TourCard/>
                <meaning::Bubble/>
            }
        };
        dialogs.get().then(said)
    };
    #[cfg(not(feature = "workbench"))]
    let said = ();
    view! {
        <a class="skip" href="#explore">"Skip to the predicted losses"</a>
        <header::Header/>
        {news}
        <main>
            <header::Intro/>
            <div class="work">
                <div class="rail">
                    <data::Data/>
                    <fit::FitPanel/>
                </div>
                {explore}
                {rest}
            </div>
        </main>
        <header::Footer/>
        <intake::DropOverlay/>
        {said}
    }
}
