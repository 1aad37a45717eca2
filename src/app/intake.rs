//! How files come in: dropped anywhere, pasted anywhere, picked, or fetched from the examples beside the page.

use super::examples::{self, Example};
use super::source::Source;
use super::state::State;
use crate::fit::Study;
use crate::table::Table;
use crate::worker::fitted;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DragEvent, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Response};

/// Id of the one file input, which the alert's button uses too.
const INPUT: &str = "file-input";

/// Whether a file is being dragged over the page.
#[derive(Clone, Copy)]
struct Dragging(RwSignal<bool>);

/// Shows the example the page starts with: it was fitted when the page was built. The worker and the file itself follow
/// when that stands. Where it can't be had, the example is opened as any other.
pub fn open_first(state: State) {
    let example = &examples::EXAMPLES[0];
    spawn_local(async move {
        match fetch_fitted(example).await {
            Some((table, study)) => state.show_fitted(example.source(), example.id, table, study),
            None => return open_example(state, example),
        }
        // After the frame that shows it.
        request_animation_frame(move || {
            set_timeout(
                move || {
                    spawn_local(async move {
                        match fetch(&example.address()).await {
                            Ok(file) => state.keep(file),
                            Err(_) => state.cancel(),
                        }
                    });
                },
                std::time::Duration::ZERO,
            );
        });
    });
}

async fn fetch_fitted(example: &Example) -> Option<(Table, Study)> {
    let file = fetch(&example.fitted_address()).await.ok()?;
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    fitted::unpack(&Uint8Array::new(&bytes).to_vec())
}

/// Fetches and opens an example.
pub fn open_example(state: State, example: &'static Example) {
    spawn_local(async move {
        match fetch(&example.address()).await {
            Ok(file) => state.open(example.source(), file),
            Err(_) => state.fail(
                format!("{} can’t be fetched.", example.file),
                "The example lies beside this page on its own host; the connection may be gone. Try again later, or open a file of your own.".into(),
            ),
        }
    });
}

async fn fetch(address: &str) -> Result<Blob, JsValue> {
    let response: Response = JsFuture::from(window().fetch_with_str(address)).await?.dyn_into()?;
    if !response.ok() {
        return Err(JsValue::from(response.status()));
    }
    JsFuture::from(response.blob()?).await?.dyn_into()
}

/// Opens a table from text.
pub fn open_text(state: State, text: &str) {
    if let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        state.open(Source::own("Pasted table"), blob);
    }
}

/// Opens the file chooser.
pub fn choose_file() {
    if let Some(input) = document().get_element_by_id(INPUT).and_then(|input| input.dyn_into::<HtmlElement>().ok()) {
        input.click();
    }
}

/// Listens for files dropped and tables pasted anywhere on the page.
pub fn listen(state: State) {
    let dragging = RwSignal::new(false);
    provide_context(Dragging(dragging));
    let with_files = |event: &DragEvent| {
        let types = event.data_transfer().map(|data| data.types()).unwrap_or_default();
        types.includes(&"Files".into(), 0)
    };
    let over = move |event: DragEvent| {
        if with_files(&event) {
            event.prevent_default();
            dragging.set(true);
        }
    };
    // These listeners live as long as the page.
    let _ = window_event_listener(ev::dragenter, over);
    let _ = window_event_listener(ev::dragover, over);
    let _ = window_event_listener(ev::dragleave, move |event: DragEvent| {
        // Left for another element of the page: still dragging.
        if event.related_target().is_none() {
            dragging.set(false);
        }
    });
    let _ = window_event_listener(ev::drop, move |event: DragEvent| {
        dragging.set(false);
        if !with_files(&event) {
            return;
        }
        event.prevent_default();
        let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
        if let Some(file) = file {
            state.open(Source::own(file.name()), file.into());
        }
    });
    let _ = window_event_listener(ev::paste, move |event| {
        let target: JsValue = event.target().map(Into::into).unwrap_or_default();
        // A field's own paste stays the field's.
        if target.has_type::<HtmlTextAreaElement>() || target.has_type::<HtmlInputElement>() {
            return;
        }
        let Some(data) = event.clipboard_data() else { return };
        if let Some(file) = data.files().and_then(|files| files.get(0)) {
            return state.open(Source::own(file.name()), file.into());
        }
        let text = data.get_data("text/plain").unwrap_or_default();
        if !text.trim().is_empty() {
            open_text(state, &text);
        }
    });
}

/// Covers the page while a file is dragged over it.
#[component]
pub fn DropOverlay() -> impl IntoView {
    let dragging = use_context::<Dragging>().map(|Dragging(dragging)| dragging);
    move || {
        dragging.is_some_and(|dragging| dragging.get()).then(|| {
            view! {
                <div class="drop-overlay">
                    <p><strong>"Drop the file to open it"</strong><br/>"CSV, read and fitted in this tab"</p>
                </div>
            }
        })
    }
}

/// The button that opens the file chooser.
#[component]
pub fn ChooseFile() -> impl IntoView {
    let state = State::get();
    let input = NodeRef::<html::Input>::new();
    let picked = move |event: ev::Event| {
        let Ok(input) = JsValue::from(event_target::<HtmlInputElement>(&event)).dyn_into::<HtmlInputElement>() else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            state.open(Source::own(file.name()), file.into());
        }
        // The same file may be picked again after it was edited.
        input.set_value("");
    };
    view! {
        <button type="button" class="primary" on:click=move |_| choose_file()>"Choose a file"</button>
        <input
            id=INPUT
            node_ref=input
            type="file"
            accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
            hidden
            aria-label="File with losses"
            on:change=picked
        />
    }
}
