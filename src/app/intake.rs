//! How files come in: dropped anywhere, pasted anywhere, picked, or fetched from the examples beside the page.

use super::examples::{self, Example};
use super::handover;
#[cfg(feature = "workbench")]
use super::source::Origin;
use super::source::Source;
use super::state::State;
#[cfg(feature = "workbench")]
use crate::settings::Settings;
use crate::worker::fitted::{self, Fitted};
use crate::worker::message::FilePart;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DragEvent, File, FileList, HtmlElement, HtmlInputElement, HtmlTextAreaElement, Response};

/// Id of the one file input, which the alert's button uses too.
const INPUT: &str = "file-input";

/// Whether a file is being dragged over the page.
#[derive(Clone, Copy)]
struct Dragging(RwSignal<bool>);

/// Shows the example the page starts with, which was fitted when the page was built, and then goes on with `then`. Where
/// it can't be had, the example is opened as any other.
#[cfg(not(feature = "workbench"))]
pub fn open_first(state: State, then: fn(State)) {
    let example = &examples::EXAMPLES[0];
    spawn_local(async move {
        let fitted = fetch_fitted(example).await;
        // Reading it and showing it are a task each.
        super::next_turn(move || {
            match fitted {
                Some(fitted) => state.show_fitted(example.source(), example.id, fitted),
                None => open_example(state, example),
            }
            // After the frame that shows it.
            request_animation_frame(move || super::next_turn(move || then(state)));
        });
    });
}

/// Gives the file of the example that is shown to a worker, which goes on drawing where the build stopped.
pub fn keep_first(state: State) {
    spawn_local(async move {
        match fetch(&examples::EXAMPLES[0].address()).await {
            Ok(file) => state.keep(file),
            Err(_) => state.cancel(),
        }
    });
}

#[wasm_bindgen]
extern "C" {
    /// Every browser that runs this page has it; web-sys counts it as unstable.
    type DecompressionStream;
    #[wasm_bindgen(constructor, catch)]
    fn new(format: &str) -> Result<DecompressionStream, JsValue>;
}

/// What was fitted to an example when the page was built.
pub async fn fetch_fitted(example: &Example) -> Option<Fitted> {
    let file = fetch(&example.fitted_address()).await.ok()?;
    // Compressed by the build: half the bytes, whatever the server does with a file of this kind.
    let unzip = DecompressionStream::new("gzip").ok()?;
    let plain = file.stream().pipe_through(unzip.unchecked_ref());
    let plain = Response::new_with_opt_readable_stream(Some(&plain)).ok()?;
    let bytes = JsFuture::from(plain.array_buffer().ok()?).await.ok()?;
    fitted::unpack(&Uint8Array::new(&bytes).to_vec())
}

/// Fetches and opens an example.
pub fn open_example(state: State, example: &'static Example) {
    spawn_local(async move {
        match fetch(&example.address()).await {
            Ok(file) => state.open(example.source(), file),
            Err(_) => not_fetched(state, example),
        }
    });
}

/// Opens a file that was open before, with the settings it had then.
#[cfg(feature = "workbench")]
pub fn open_again(state: State, number: u32, settings: Settings) {
    let Some((source, file)) = state.file_of(number) else { return };
    if let Some(file) = file {
        return state.open_as_left(source, file, settings, Some(number));
    }
    match source.origin {
        Origin::Example(id) => {
            if let Some(example) = examples::by_id(id) {
                open_example_as_left(state, example, settings, Some(number));
            }
        }
        Origin::Linked => {
            if let Some(linked) = state.linked() {
                state.show_linked(linked, settings, Some(number));
            }
        }
        Origin::Published => super::published::show(state, settings, Some(number)),
        Origin::Own | Origin::Saved => {}
    }
}

/// Fetches and opens an example with the settings it was left with.
#[cfg(feature = "workbench")]
pub fn open_example_as_left(state: State, example: &'static Example, settings: Settings, number: Option<u32>) {
    spawn_local(async move {
        match fetch(&example.address()).await {
            Ok(file) => state.open_as_left(example.source(), file, settings, number),
            Err(_) => not_fetched(state, example),
        }
    });
}

fn not_fetched(state: State, example: &Example) {
    state.fail(
        format!("{} can’t be fetched.", example.file),
        "The example lies beside this page on its own host; the connection may be gone. Try again later, or open a file of your own.".into(),
    );
}

/// Fetches and opens a file that lies on the page's own host: `address` is relative to the page, or of the same host.
#[cfg(feature = "workbench")]
pub fn open_of_this_site(state: State, address: String) {
    let what = format!("{address} can’t be opened.");
    let url = document().base_uri().ok().flatten().and_then(|base| web_sys::Url::new_with_base(&address, &base).ok());
    let here = window().location().origin().ok();
    let Some(url) = url else {
        return state.fail(what, "It is no address. Drop the file here, or paste its text.".to_owned());
    };
    if Some(url.origin()) != here {
        let why = format!(
            "It lies on {}, and this page asks no other host for anything. Fetch it yourself, then drop the file here or paste its text.",
            url.host()
        );
        return state.fail(what, why);
    }
    spawn_local(async move {
        let path = url.pathname();
        let name = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or("file").to_owned();
        match fetch(&url.href()).await {
            Ok(file) => state.open(Source::own(name), file),
            Err(_) => {
                state.fail(what, "There is no such file on this site, or the connection is gone. Drop the file here, or paste its text.".to_owned());
            }
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

/// Opens files; several are read together, stacked or joined.
fn open_files(state: State, files: &FileList) {
    let files: Vec<File> = (0..files.length()).filter_map(|at| files.get(at)).collect();
    match &files[..] {
        [] => {}
        [file] => state.open(Source::own(file.name()), file.clone().into()),
        _ => {
            // The size is checked before anything is read: no single file is larger than what is read.
            let part = |file: &File| FilePart { name: file.name(), bytes: file.size() as u32 };
            let source = Source::together(files.iter().map(part).collect());
            let blobs: Array = files.iter().collect();
            if let Ok(all) = Blob::new_with_blob_sequence(&blobs) {
                state.open(source, all);
            }
        }
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
        !handover::retired() && types.includes(&"Files".into(), 0)
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
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            open_files(state, &files);
        }
    });
    let _ = window_event_listener(ev::paste, move |event| {
        if handover::retired() {
            return;
        }
        let target: JsValue = event.target().map(Into::into).unwrap_or_default();
        // A field's own paste stays the field's.
        if target.has_type::<HtmlTextAreaElement>() || target.has_type::<HtmlInputElement>() {
            return;
        }
        let Some(data) = event.clipboard_data() else { return };
        if let Some(files) = data.files().filter(|files| files.length() > 0) {
            return open_files(state, &files);
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
                    <p><strong>"Drop the file to open it"</strong><br/>"CSV, JSON, a log or a workbook; read and fitted in this tab"</p>
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
        if let Some(files) = input.files() {
            open_files(state, &files);
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
            multiple
            accept=".csv,.tsv,.tab,.txt,.md,.log,.json,.jsonl,.ndjson,.xlsx,.xlsm,.xlsb,.xls,.ods,text/csv,text/tab-separated-values,text/plain,application/json"
            hidden
            aria-label="File with losses"
            on:change=picked
        />
    }
}
