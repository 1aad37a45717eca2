//! Quiet words at the foot of the window: what was undone, what was restored. Nothing on the page moves for them.

use leptos::prelude::*;
use std::time::Duration;

/// How long a word that needs no answer stays: a short sentence is read twice in it.
const STAYS: Duration = Duration::from_secs(5);

/// Handles on what is said; cheap to copy.
#[derive(Clone, Copy)]
pub struct Notes {
    said: RwSignal<String>,
    turn: StoredValue<u32>,
    offer: RwSignal<Option<Offer>>,
}

/// A sentence with things to do.
#[derive(Clone)]
pub struct Offer {
    /// The sentence.
    pub text: String,
    /// Names of what can be done, and what does it.
    pub choices: Vec<(&'static str, Callback<()>)>,
}

impl Notes {
    /// Makes the signals and provides them to every component.
    pub fn provide() {
        provide_context(Self {
            said: RwSignal::new(String::new()),
            turn: StoredValue::new(0),
            offer: RwSignal::new(None),
        });
    }

    /// The notes of this page.
    ///
    /// # Panics
    /// Outside the page's own components, which all lie below the one that provides it.
    #[allow(clippy::expect_used, reason = "provided by the root component before any other is made")]
    pub fn get() -> Self {
        use_context().expect("the root component provides the notes")
    }

    /// Says a sentence for a while.
    pub fn say(self, text: String) {
        // The same sentence once more is heard only where the text differs.
        let again = self.said.with_untracked(|said| *said == text);
        self.said.set(if again { format!("{text}\u{a0}") } else { text });
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        let mine = self.turn.get_value();
        let quiet = move || {
            if self.turn.try_get_value() == Some(mine) {
                self.said.set(String::new());
            }
        };
        set_timeout(quiet, STAYS);
    }

    /// Says a sentence with things to do, until one is done or it is dismissed.
    pub fn offer(self, offer: Offer) {
        self.offer.set(Some(offer));
    }

    /// Takes back what was offered.
    pub fn withdraw(self) {
        if self.offer.with_untracked(Option::is_some) {
            self.offer.set(None);
        }
    }
}

/// The place where they are said.
#[component]
pub fn Said() -> impl IntoView {
    let notes = Notes::get();
    let choices = move || {
        notes.offer.get().map(|offer| {
            let button = |(name, act): (&'static str, Callback<()>)| {
                let click = move |_| {
                    notes.withdraw();
                    act.run(());
                };
                view! { <button type="button" on:click=click>{name}</button> }
            };
            view! {
                {offer.choices.into_iter().map(button).collect_view()}
                <button type="button" class="link" on:click=move |_| notes.withdraw()>"Dismiss"</button>
            }
        })
    };
    let offered = move || notes.offer.with(|offer| offer.as_ref().map(|offer| offer.text.clone()));
    view! {
        <div class="notes-foot">
            <p class="said" role="status">{move || notes.said.get()}</p>
            <div class="offer" hidden=move || notes.offer.with(Option::is_none)>
                <p role="status">{offered}</p>
                {choices}
            </div>
        </div>
    }
}
