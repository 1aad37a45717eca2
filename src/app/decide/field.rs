//! One form row for every choice of the decisions, driven by data: how a choice is shown, read back and what is said
//! where it can't be read. Nothing here knows what a choice means.

use super::{html, read};
use crate::app::state::State;
use crate::decide::Choices;
use crate::reply::Topic;
use crate::table::Measure;
use leptos::prelude::*;
use wasm_bindgen::prelude::JsCast;
use web_sys::Element;

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
pub enum Input {
    /// Typed.
    Text,
    /// A loss, typed in the measure that is shown; the choice's text is in nats.
    Loss,
    /// A relative rise of a loss, typed; of the loss in nats in every measure.
    Rise,
    /// Picked from options.
    Menu(fn() -> Vec<String>),
    /// Moved, in per cent.
    Slider,
}

/// Applies always.
pub fn always(_: &Choices) -> bool {
    true
}

/// The rows of a panel: written once as text, kept in step with the choices by one effect, read by one listener a kind.
pub fn form(topic: Topic, fields: &'static [Field]) -> AnyView {
    let state = State::get();
    let choices = Memo::new(move |_| state.settings.with(|settings| settings.decide.clone()));
    let measure = Memo::new(move |_| state.shown().measure);
    let id = move |at: usize| format!("choice-{}-{at}", topic as usize);
    let written: String = fields.iter().enumerate().map(|(at, field)| written(field, &id(at))).collect();
    Effect::new(move |_| {
        choices.with(|choices| {
            for (at, field) in fields.iter().enumerate() {
                let id = id(at);
                let Some(control) = html::by_id(&id) else { continue };
                // A text that can't be read stays, to be mended.
                if !control.has_attribute("aria-invalid") {
                    show(field, &control, choices, measure.get());
                }
                if let Some(row) = html::by_id(&format!("{id}-row")) {
                    html::flag(&row, "hidden", !(field.when)(choices));
                    html::say(&row, "label", &label(field, measure.get()));
                }
            }
        });
    });
    let of = move |event: &web_sys::Event| -> Option<(&'static Field, Element)> {
        let control: Element = event.target()?.dyn_into().ok()?;
        let at: usize = control.id().rsplit_once('-')?.1.parse().ok()?;
        Some((fields.get(at)?, control))
    };
    let changed = move |event: web_sys::Event| {
        let Some((field, control)) = of(&event) else { return };
        let mut now = choices.get_untracked();
        let measure = measure.get_untracked();
        let read = read(field, &mut now, html::value(&control).trim(), measure);
        wrong(&control, (!read).then(|| (expected(field, measure), shown(field, &now, measure))));
        if read {
            // Read back as it is printed.
            show(field, &control, &now, measure);
            state.settings.update(|settings| settings.decide = now);
        }
    };
    let moved = move |event: web_sys::Event| {
        if of(&event).is_some_and(|(field, _)| matches!(field.input, Input::Slider)) {
            changed(event);
        }
    };
    let keyed = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape"
            && let Some((field, control)) = of(&event)
        {
            wrong(&control, None);
            choices.with_untracked(|choices| show(field, &control, choices, measure.get_untracked()));
        }
    };
    view! { <div class="form" inner_html=written on:change=changed on:input=moved on:keydown=keyed></div> }.into_any()
}

/// A row as text.
fn written(field: &Field, id: &str) -> String {
    let mut out = String::new();
    let label = html::escape(field.label);
    html::push(&mut out, &["<div class=choice id=", id, "-row><label for=", id, ">", &label, "</label>"]);
    match field.input {
        Input::Menu(options) => {
            html::push(&mut out, &["<select id=", id, ">"]);
            for option in options() {
                html::push(&mut out, &["<option>", &html::escape(&option), "</option>"]);
            }
            out.push_str("</select>");
        }
        Input::Slider => html::push(&mut out, &["<input type=range min=0 max=100 step=1 id=", id, ">"]),
        Input::Text | Input::Loss | Input::Rise => {
            let more = "-wrong type=text class=num autocomplete=off spellcheck=false>";
            html::push(&mut out, &["<input id=", id, " aria-describedby=", id, more]);
        }
    }
    html::push(&mut out, &["<p class=wrong role=status id=", id, "-wrong></p></div>"]);
    out
}

/// Its name, with what it is in where that may be asked.
fn label(field: &Field, measure: Measure) -> String {
    match (&field.input, measure) {
        (Input::Loss, _) => format!("{}, {}", field.label, measure.word()),
        (Input::Rise, Measure::Perplexity) => format!("{}, in nats", field.label),
        _ => field.label.to_owned(),
    }
}

/// A choice as text.
fn shown(field: &Field, choices: &Choices, measure: Measure) -> String {
    let text = (field.show)(choices);
    match (&field.input, text.parse()) {
        (Input::Loss, Ok(nats)) => measure.typed(nats),
        _ => text,
    }
}

/// Takes up a text; false where it can't be read.
fn read(field: &Field, choices: &mut Choices, text: &str, measure: Measure) -> bool {
    let Input::Loss = field.input else { return (field.read)(choices, text) };
    let nats = read::positive(text).and_then(|typed| measure.read(typed));
    nats.is_some_and(|nats| (field.read)(choices, &nats.to_string()))
}

/// What to type.
fn expected(field: &Field, measure: Measure) -> &'static str {
    if let Input::Loss = field.input { measure.expected() } else { field.expected }
}

/// Makes a control show its choice.
fn show(field: &Field, control: &Element, choices: &Choices, measure: Measure) {
    let shown = shown(field, choices, measure);
    html::set_value(control, &shown);
    if let Input::Slider = field.input {
        let _ = control.set_attribute("aria-valuetext", &format!("{shown} %"));
    }
}

/// Says what was expected and which value is kept, or that all is well.
fn wrong(control: &Element, kept: Option<(&'static str, String)>) {
    let text = kept.map(|(expected, kept)| {
        let _ = control.set_attribute("aria-invalid", "true");
        if kept.is_empty() { expected.to_owned() } else { format!("{expected} {kept} is kept.") }
    });
    if text.is_none() {
        let _ = control.remove_attribute("aria-invalid");
    }
    if let Some(sentence) = html::by_id(&format!("{}-wrong", control.id())) {
        sentence.set_text_content(text.as_deref());
    }
}
