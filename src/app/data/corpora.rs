//! The corpora of a mixture: which are the domain and which are general; or none, where the law takes all of them.

use crate::app::mixture;
use crate::app::state::State;
use crate::law::{self, Ranges};
use leptos::prelude::*;
use web_sys::HtmlInputElement;

/// Whether the mixture is fitted as a whole: the law takes all corpora, and nobody said which are the domain.
fn is_whole(state: State) -> Memo<bool> {
    let mixed = mixture::is_open(state);
    let chosen = move || state.opened.with(|opened| opened.as_ref().is_some_and(|o| o.ranges.domain_chosen));
    Memo::new(move |_| mixed.get() && !chosen())
}

/// Whether it would be where nobody said anything.
fn can_be_whole(state: State) -> bool {
    let of = |data: &Ranges| law::is_of_corpora(law::pick(&Ranges { domain_chosen: false, ..*data }));
    state.opened.with(|opened| opened.as_ref().is_some_and(|opened| of(&opened.ranges)))
}

/// A checkbox a corpus; nothing where the file has no mixture of several.
#[component]
pub fn Corpora() -> impl IntoView {
    let state = State::get();
    let whole = is_whole(state);
    let said = move || match (whole.get(), can_be_whole(state)) {
        (true, _) => {
            "None is: one law takes the shares of all of them, and every loss. Pick the domain’s corpora to fit the ratio \
             of one domain instead."
        }
        (false, true) => {
            "The domain ratio is their shares added up; the others are general. With none picked, one law takes the \
             shares of all of them, and every loss."
        }
        (false, false) => "The domain ratio is their shares added up; the others are general.",
    };
    let names = Memo::new(move |_| {
        state.opened.with(|opened| {
            let corpora = opened.as_ref().map(|opened| opened.table.corpora.as_slice()).unwrap_or_default();
            corpora.iter().map(|corpus| corpus.name.clone()).collect::<Vec<_>>()
        })
    });
    move || {
        let names = names.get();
        (names.len() > 1).then(|| {
            let boxes =
                names.into_iter().enumerate().map(|(at, name)| view! { <Corpus at name whole/> }).collect_view();
            view! {
                <fieldset class="corpora">
                    <legend>"The mixture: which corpora are the domain?"</legend>
                    <p class="quiet">{said}</p>
                    {boxes}
                </fieldset>
            }
        })
    }
}

#[component]
fn Corpus(at: usize, name: String, whole: Memo<bool>) -> impl IntoView {
    let state = State::get();
    let domain = Memo::new(move |_| {
        let taken = state.opened.with(|opened| {
            opened.as_ref().and_then(|opened| opened.table.corpora.get(at)).is_some_and(|corpus| corpus.domain)
        });
        taken && !whole.get()
    });
    let label = name.clone();
    let change = move |event| {
        // What is shown is what the reader took; from there the person goes on.
        let mut chosen: Vec<String> = state.opened.with_untracked(|opened| {
            let corpora = opened.as_ref().map(|opened| opened.table.corpora.as_slice()).unwrap_or_default();
            let others = corpora.iter().filter(|corpus| corpus.domain && corpus.name != name);
            others.filter(|_| !whole.get_untracked()).map(|corpus| corpus.name.clone()).collect()
        });
        if !domain.get_untracked() {
            chosen.push(name.clone());
        }
        if chosen.is_empty() && !untrack(|| can_be_whole(state)) {
            // A ratio is of some corpus: the reader would take this one again, or another.
            event_target::<HtmlInputElement>(&event).set_checked(true);
            return;
        }
        state.settings.update(|settings| {
            mixture::let_domain_decide(settings, !chosen.is_empty());
            settings.reading.domain_corpora = chosen;
        });
    };
    view! {
        <label class="corpus">
            <input type="checkbox" prop:checked=move || domain.get() on:change=change/>
            {label}
            <small>
                {move || match (whole.get(), domain.get()) {
                    (true, _) => "",
                    (false, true) => "domain",
                    (false, false) => "general",
                }}
            </small>
        </label>
    }
}
