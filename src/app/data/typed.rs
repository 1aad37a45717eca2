//! What the file does not say and a person can type: steps × batch × sequence length, bytes per token, one size for all.

use crate::app::state::State;
use crate::quantity::{Params, Share, Tokens};
use crate::table::Constant;
use leptos::html::Input;
use leptos::prelude::*;

/// The form. A field that is left blank says nothing.
#[component]
pub fn Typed() -> impl IntoView {
    let state = State::get();
    let any = state.settings.with_untracked(|settings| !settings.reading.constants.is_empty());
    view! {
        <details class="sub" open=any>
            <summary>"Type what no column says"</summary>
            <p class="quiet">
                "Each holds for every row; a column of the file comes before it. Tokens are steps × batch size × sequence length."
            </p>
            <div class="typed">{Constant::ALL.map(|constant| view! { <Field constant/> }).collect_view()}</div>
        </details>
    }
}

#[component]
fn Field(constant: Constant) -> impl IntoView {
    let state = State::get();
    let input = NodeRef::<Input>::new();
    let value = Memo::new(move |_| state.settings.with(|settings| settings.reading.constants.get(&constant).copied()));
    let shown = move || value.get().map(|value| show(constant, value)).unwrap_or_default();
    let wrong = RwSignal::new(false);
    let typed = move |event| {
        let text = event_target_value(&event);
        let read = parse(constant, &text).filter(|value| constant.allows(*value));
        wrong.set(read.is_none() && !text.trim().is_empty());
        if wrong.get_untracked() {
            return;
        }
        state.settings.update(|settings| {
            match read {
                Some(value) => settings.reading.constants.insert(constant, value),
                None => settings.reading.constants.remove(&constant),
            };
        });
        if let Some(input) = input.get() {
            input.set_value(&read.map(|value| show(constant, value)).unwrap_or_default());
        }
    };
    let id = format!("typed-{}", constant as u8);
    let hint = format!("{id}-hint");
    let sentence = move || wrong.get().then(|| expected(constant));
    view! {
        <p class="typed-field">
            <label for=id.clone()>{constant.label()}</label>
            <input
                id=id
                node_ref=input
                type="text"
                class="num"
                autocomplete="off"
                prop:value=shown
                aria-invalid=move || wrong.get().then_some("true")
                aria-describedby=hint.clone()
                on:change=typed
            />
            <small id=hint class="wrong">{sentence}</small>
        </p>
    }
}

/// Reads "1.8B", "33 %", "512", as the constant needs.
fn parse(constant: Constant, text: &str) -> Option<f64> {
    match constant {
        Constant::DomainShare => Share::parse(text).map(|share| share.0),
        _ => Tokens::parse(text).map(|count| count.0),
    }
}

/// As it was typed, or nearly: counts that people write out stay written out.
fn show(constant: Constant, value: f64) -> String {
    match constant {
        Constant::DomainShare => Share(value).to_string(),
        Constant::Size if Params::parse(&Params(value).to_string()) == Some(Params(value)) => Params(value).to_string(),
        Constant::Tokens | Constant::CorpusTokens | Constant::TokensPerStep
            if value >= 1e6 && Tokens::parse(&Tokens(value).to_string()) == Some(Tokens(value)) =>
        {
            Tokens(value).to_string()
        }
        _ => value.to_string(),
    }
}

fn expected(constant: Constant) -> &'static str {
    match constant {
        Constant::Size => "Type a model size such as 1.8B or 350M.",
        Constant::Tokens | Constant::CorpusTokens => "Type a number of tokens such as 20B or 500M.",
        Constant::DomainShare => "Type a share such as 33 %, 0.33 or 1:2.",
        Constant::TokensPerStep => "Type a number of tokens such as 2M or 524288.",
        Constant::BatchSize => "Type a number of sequences such as 512.",
        Constant::SequenceLength => "Type a number of tokens such as 2048.",
        Constant::BytesPerToken => "Type a number above 0 such as 4.2.",
    }
}
