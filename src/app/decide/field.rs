//! One form row for every choice of the decisions, driven by data: how a choice is shown, read back and what is said
//! where it can't be read. Nothing here knows what a choice means.

use crate::app::state::State;
use crate::decide::Choices;
use leptos::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A choice as a form row.
pub struct Field {
    /// Its name.
    pub label: &'static str,
    /// How it is entered.
    pub input: Input,
    /// The choice as text: of a menu the option's, of a slider whole per cent.
    pub show: fn(&Choices) -> String,
    /// Takes up a text; false where it can't be read.
    pub read: fn(&mut Choices, &str) -> bool,
    /// Whether it applies to the other choices.
    pub when: fn(&Choices) -> bool,
    /// What to type.
    pub expected: &'static str,
}

/// How a choice is entered.
#[derive(Clone)]
pub enum Input {
    /// Typed.
    Text,
    /// Picked from options.
    Menu(fn() -> Vec<String>),
    /// Picked from these.
    Pick(Vec<String>),
    /// Moved, in per cent.
    Slider,
}

/// Applies always.
pub fn always(_: &Choices) -> bool {
    true
}

/// The rows of a panel.
pub fn form(fields: &'static [Field]) -> AnyView {
    view! { <div class="form">{fields.iter().map(row).collect_view()}</div> }.into_any()
}

fn row(field: &'static Field) -> AnyView {
    let state = State::get();
    let shown = Memo::new(move |_| state.settings.with(|settings| (field.show)(&settings.decide)));
    let applies = Memo::new(move |_| state.settings.with(|settings| (field.when)(&settings.decide)));
    let take = move |text: &str| {
        let mut choices = state.settings.with_untracked(|settings| settings.decide.clone());
        if !(field.read)(&mut choices, text) {
            return Err(field.expected.to_owned());
        }
        state.settings.update(|settings| settings.decide = choices);
        Ok(())
    };
    entry(field.label.to_owned(), field.input.clone(), shown, applies, Box::new(take))
}

/// Takes up a text; a sentence where it can't be taken.
pub type Take = Box<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// A form row of any choice: its name, how it is entered, its text, whether it applies, and what takes up a new text.
pub fn entry(label: String, input: Input, shown: Memo<String>, applies: Memo<bool>, take: Take) -> AnyView {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let id = format!("choice-{}", NEXT.fetch_add(1, Ordering::Relaxed));
    let wrong_id = format!("{id}-wrong");
    let wrong = RwSignal::new(None::<String>);
    let take = StoredValue::new(take);
    let take = move |text: String| {
        let said = take.with_value(|take| take(text.trim())).err();
        let read = said.is_none();
        wrong.set(said);
        read
    };
    let options = match &input {
        Input::Menu(options) => options(),
        Input::Pick(options) => options.clone(),
        Input::Text | Input::Slider => Vec::new(),
    };
    let control = match input {
        Input::Menu(_) | Input::Pick(_) => {
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
        Input::Slider => view! {
            <input
                id=id.clone() type="range" min="0" max="100" step="1"
                aria-valuetext=move || format!("{} %", shown.get())
                prop:value=move || shown.get()
                on:input=move |event| { take(event_target_value(&event)); }
            />
        }
        .into_any(),
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
