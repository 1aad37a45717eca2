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
#[cfg(not(feature = "workbench"))]
use wasm_bindgen::JsCast;

/// Puts the page in place of what stands: the first paint, or the first screen.
pub fn start() {
    #[cfg(feature = "workbench")]
    handover::take_over();
    // Not in the task that made the module: on a phone both together are long.
    #[cfg(not(feature = "workbench"))]
    next_turn(|| {
        if let Some(holder) = handover::holder() {
            leptos::mount::mount_to(holder.clone(), move || view! { <FirstScreen holder/> }).forget();
        }
    });
}

/// Calls after whatever waits: keys, a frame.
fn next_turn(then: impl FnOnce() + 'static) {
    set_timeout(then, std::time::Duration::ZERO);
}

/// Parts of the page that are made in turns, and those of them that are there when the first fit is shown: the others are
/// made with it, as all that shows a fit at once is another long task.
#[cfg(feature = "workbench")]
const PARTS: usize = 8;
#[cfg(feature = "workbench")]
const BEFORE_THE_FIT: usize = 6;

/// Makes one more part a turn until so many are there, as all of them at once hold up a phone for a quarter of a second;
/// then goes on.
#[cfg(feature = "workbench")]
fn make_until(parts: usize, made: RwSignal<usize>, then: impl FnOnce() + 'static) {
    next_turn(move || match made.get_untracked() {
        there if there < parts => {
            made.set(there + 1);
            make_until(parts, made, then);
        }
        _ => then(),
    });
}

/// The first screen: the fitted example with its sliders, and where files are opened.
#[cfg(not(feature = "workbench"))]
#[component]
fn FirstScreen(holder: web_sys::HtmlElement) -> impl IntoView {
    let state = provide();
    handover::begin(state);
    // What moves is a turn of its own: both at once hold up a phone.
    let owner = Owner::current();
    next_turn(move || {
        let work = holder.query_selector(".work").ok().flatten().and_then(|work| work.dyn_into().ok());
        if let Some((owner, work)) = owner.zip(work) {
            owner.with(|| leptos::mount::mount_to(work, || view! { <stage::Explore/> })).forget();
        }
        next_turn(move || handover::show(&holder));
    });
    view! {
        <Skip/>
        <header::Header/>
        <main>
            <header::Intro/>
            <div class="work">
                <div class="rail">
                    <data::Data/>
                    <fit::FitPanel/>
                </div>
            </div>
        </main>
        <header::Footer/>
        <intake::DropOverlay/>
    }
}

/// The whole page, with what it begins with.
#[cfg(feature = "workbench")]
#[component]
fn Whole(begin: handover::Begin) -> impl IntoView {
    let state = provide();
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
    let (owner, made) = (Owner::current(), RwSignal::new(0));
    let [header, data, fit, explore, dialogs, last, decide, examined] =
        std::array::from_fn::<_, PARTS, _>(|part| Memo::new(move |_| made.get() > part));
    make_until(BEFORE_THE_FIT, made, move || {
        handover::arrive(state, begin, owner, move |whole| make_until(PARTS, made, whole));
    });
    let printed = published::is_open(state);
    let several = mixture::is_open(state);
    let explored = move || match (printed.get(), several.get()) {
        (true, _) => published::explore(),
        (_, true) => mixture::explore(),
        _ => view! { <stage::Explore/> }.into_any(),
    };
    let said = || {
        view! {
            <note::Said/>
            <share::Share/>
            <help::Help/>
            <tour::TourCard/>
            <meaning::Bubble/>
        }
    };
    view! {
        <Skip/>
        {move || header.get().then(|| view! { <header::Header/> })}
        {move || header.get().then(|| view! { <offline::News/> })}
        <main>
            {move || header.get().then(|| view! { <header::Intro/> })}
            <div class="work">
                <div class="rail">
                    {move || data.get().then(|| view! { <data::Data/> })}
                    {move || fit.get().then(|| view! { <fit::FitPanel/> })}
                </div>
                {move || explore.get().then(explored)}
                {move || decide.get().then(|| view! { <decide::Decide/> })}
                // Of a printed law nothing was fitted that could be examined.
                {move || (examined.get() && !printed.get()).then(|| view! { <fit::Examined/> })}
            </div>
        </main>
        {move || last.get().then(|| view! { <header::Footer/> })}
        {move || last.get().then(|| view! { <intake::DropOverlay/> })}
        {move || dialogs.get().then(said)}
    }
}

/// What both stand on.
fn provide() -> state::State {
    let state = state::State::provide();
    theme::follow(state);
    stage::Chart::provide(state);
    intake::listen(state);
    state
}

/// The way past everything that comes before the losses.
#[component]
fn Skip() -> impl IntoView {
    view! { <a class="skip" href="#explore">"Skip to the predicted losses"</a> }
}
