//! Ways to open another table: pick, drop, paste, or an example.

use crate::app::examples::{self, EXAMPLES};
use crate::app::intake::{ChooseFile, open_example, open_text};
use crate::app::state::State;
use leptos::html;
use leptos::prelude::*;

/// The menu of examples, the button, and the field for pasting.
#[component]
pub fn Open() -> impl IntoView {
    let state = State::get();
    let text = NodeRef::<html::Textarea>::new();
    let chosen = move || state.settings.with(|settings| settings.example.clone()).unwrap_or_default();
    let choose = move |event| {
        if let Some(example) = examples::by_id(&event_target_value(&event)) {
            open_example(state, example);
        }
    };
    let paste = move |_| {
        if let Some(field) = text.get() {
            open_text(state, &field.value());
        }
    };
    view! {
        <div class="open">
            <p class="row"><ChooseFile/><span class="quiet">"or drop it, or paste it"</span></p>
            <label class="field">
                <span>"Example"</span>
                <select prop:value=chosen on:change=choose>
                    <option value="" disabled selected=move || chosen().is_empty()>"Your own file is open"</option>
                    {EXAMPLES
                        .iter()
                        .map(|example| {
                            view! {
                                <option value=example.id selected=move || chosen() == example.id>{example.title}</option>
                            }
                        })
                        .collect::<Vec<_>>()}
                </select>
            </label>
            <p class="quiet">"Nothing is uploaded. The file is read and fitted in this tab."</p>
            <details class="sub">
                <summary>"Paste a table"</summary>
                <label>
                    <span class="vh">"Paste a table"</span>
                    <textarea
                        node_ref=text
                        rows="6"
                        spellcheck="false"
                        placeholder="params,tokens,ratio,general_loss,domain_loss"
                    ></textarea>
                </label>
                <button type="button" on:click=paste>"Open pasted table"</button>
            </details>
        </div>
    }
}
