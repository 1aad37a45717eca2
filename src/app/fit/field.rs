//! A form row of a choice about the fit: how it is shown, read back, and what is said where it can't be taken.

use leptos::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How a choice is entered.
#[derive(Clone)]
pub enum Input {
    /// Typed.
    Text,
    /// Picked from these.
    Pick(Vec<String>),
}

/// Takes up a text; a sentence where it can't be taken.
pub type Take = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// A form row of any choice: its name, how it is entered, its text, whether it applies, and what takes up a new text.
pub fn entry(label: String, input: Input, shown: Memo<String>, applies: Memo<bool>, take: Take) -> AnyView {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let id = format!("fit-choice-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let wrong_id = format!("{id}-wrong");
    let wrong = RwSignal::new(None::<String>);
    let take = StoredValue::new(take);
    let take = move |text: String| {
        let said = take.with_value(|take| take(text.trim())).err();
        let read = said.is_none();
        wrong.set(said);
        read
    };
    let control = match input {
        Input::Pick(options) => {
            let options = options.into_iter().map(|option| {
                let own = option.clone();
                view! { <option selected=move || shown.with(|shown| *shown == own)>{option}</option> }
            });
            view! {
                <select id=id.clone() on:change=move |event| { take(event_target_value(&event)); }>
                    {options.collect_view()}
                </select>
            }
            .into_any()
        }
        Input::Text => {
            let reset = move |input: web_sys::HtmlInputElement| input.set_value(&shown.get_untracked());
            view! {
                <input
                    id=id.clone() class="num" type="text" autocomplete="off" spellcheck="false"
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    aria-describedby=wrong_id.clone()
                    prop:value=move || shown.get()
                    on:change:target=move |event| {
                        // Read back as it is printed; what can't be read stays, to be mended.
                        if take(event.target().value()) {
                            reset(event.target());
                        }
                    }
                    on:keydown:target=move |event| {
                        if event.key() == "Escape" {
                            wrong.set(None);
                            reset(event.target());
                        }
                    }
                />
            }
            .into_any()
        }
    };
    let sentence = move || {
        let kept = if shown.with(String::is_empty) { String::new() } else { format!(" {} is kept.", shown.get()) };
        wrong.get().map(|said| format!("{said}{kept}"))
    };
    view! {
        <div class="choice" hidden=move || !applies.get()>
            <label for=id.clone()>{label}</label>
            {control}
            <p class="wrong" id=wrong_id.clone() role="status">{sentence}</p>
        </div>
    }
    .into_any()
}
