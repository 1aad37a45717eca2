//! The corpora of a mixture: which are the domain and which are general.

use crate::app::state::State;
use leptos::prelude::*;

/// A checkbox a corpus; nothing where the file has no mixture of several.
#[component]
pub fn Corpora() -> impl IntoView {
    let state = State::get();
    let names = Memo::new(move |_| {
        state.opened.with(|opened| {
            let corpora = opened.as_ref().map(|opened| opened.table.corpora.as_slice()).unwrap_or_default();
            corpora.iter().map(|corpus| corpus.name.clone()).collect::<Vec<_>>()
        })
    });
    move || {
        let names = names.get();
        (names.len() > 1).then(|| {
            let boxes = names.into_iter().enumerate().map(|(at, name)| view! { <Corpus at name/> }).collect_view();
            view! {
                <fieldset class="corpora">
                    <legend>"The mixture: which corpora are the domain?"</legend>
                    <p class="quiet">"The domain ratio is their shares added up; the others are general."</p>
                    {boxes}
                </fieldset>
            }
        })
    }
}

#[component]
fn Corpus(at: usize, name: String) -> impl IntoView {
    let state = State::get();
    let domain = Memo::new(move |_| {
        state.opened.with(|opened| {
            opened.as_ref().and_then(|opened| opened.table.corpora.get(at)).is_some_and(|corpus| corpus.domain)
        })
    });
    let label = name.clone();
    let change = move |_| {
        // What is shown is what the reader took; from there the person goes on.
        let mut chosen: Vec<String> = state.opened.with_untracked(|opened| {
            let corpora = opened.as_ref().map(|opened| opened.table.corpora.as_slice()).unwrap_or_default();
            corpora.iter().filter(|corpus| corpus.domain && corpus.name != name).map(|c| c.name.clone()).collect()
        });
        if !domain.get_untracked() {
            chosen.push(name.clone());
        }
        state.settings.update(|settings| settings.reading.domain_corpora = chosen);
    };
    view! {
        <label class="corpus">
            <input type="checkbox" prop:checked=move || domain.get() on:change=change/>
            {label}
            <small>{move || if domain.get() { "domain" } else { "general" }}</small>
        </label>
    }
}
