//! Ways to open another table: pick, drop, paste, or an example.

use crate::app::examples::{self, EXAMPLES};
use crate::app::intake::{ChooseFile, open_example, open_text};
#[cfg(feature = "workbench")]
use crate::app::published;
use crate::app::state::State;
use leptos::html;
use leptos::prelude::*;

/// The menu of examples, the button, and the field for pasting.
#[component]
pub fn Open() -> impl IntoView {
    let state = State::get();
    let text = NodeRef::<html::Textarea>::new();
    #[cfg(feature = "workbench")]
    let (printed, published) = (move || published::chosen(state), published::group());
    #[cfg(not(feature = "workbench"))]
    let (printed, published) = (|| None, ());
    let chosen = move || state.settings.with(|settings| settings.example.clone()).or_else(printed).unwrap_or_default();
    let choose = move |event| {
        let value = event_target_value(&event);
        #[cfg(feature = "workbench")]
        if published::open(state, &value) {
            return;
        }
        if let Some(example) = examples::by_id(&value) {
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
            <p class="quiet">
                "CSV, TSV or any separated text, JSON, workbooks (.xlsx, .xls, .ods), exports of trackers, logs that name a loss. "
                <a href="assets/template.csv" download="ratioscope-template.csv">"Template to fill in (CSV)"</a>
            </p>
            <p class="field">
                <label for="example">"Example"</label>
                <select id="example" prop:value=chosen on:change=choose>
                    <option value="" disabled selected=move || chosen().is_empty()>"Your own file is open"</option>
                    {EXAMPLES
                        .iter()
                        .map(|example| {
                            view! {
                                <option value=example.id selected=move || chosen() == example.id>{example.title}</option>
                            }
                        })
                        .collect::<Vec<_>>()}
                    {published}
                </select>
            </p>
            <p class="quiet">"Nothing is uploaded. The file is read and fitted in this tab."</p>
            <details class="sub">
                <summary>"Paste a table"</summary>
                <textarea
                    node_ref=text
                    rows="6"
                    spellcheck="false"
                    aria-label="Paste a table"
                    placeholder="params,tokens,ratio,general_loss,domain_loss"
                ></textarea>
                <button type="button" on:click=paste>"Open pasted table"</button>
            </details>
        </div>
    }
}
