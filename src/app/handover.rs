//! From the first screen to the whole page, a WebAssembly module each.
//!
//! The first screen shows the fitted example with its sliders and opens files; it is all that a first visit waits for.
//! Once it stands it asks for the whole page (`assets/workbench.js`), which takes over what the person has done so far:
//! settings, the file opened last, focus and scroll position. The first screen's nodes go and its workers end; the rest
//! of it stays in memory without a part to play, since closures of the browser may still call it. Where the whole page
//! can't be had, the first screen goes on by itself.

#[cfg(feature = "workbench")]
use super::session::Session;
#[cfg(feature = "workbench")]
use super::sharing;
use super::source::{self, Source, Told};
use super::state::State;
use super::{examples, intake, place};
use crate::settings::Settings;
use crate::worker::fitted::Fitted;
use js_sys::{Object, Reflect, Uint8Array};
use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, CustomEvent, CustomEventInit, HtmlElement, HtmlScriptElement};

/// The event by which the whole page asks for what was done so far; its detail is an object to be filled.
const EVENT: &str = "ratioscope-hand-over";

thread_local! {
    /// Whether another module has taken over.
    static RETIRED: Cell<bool> = const { Cell::new(false) };
}

/// What the page begins with.
#[derive(Default)]
pub struct Begin {
    /// The fitted example.
    fitted: Option<Fitted>,
    /// What was chosen on the first screen.
    settings: Option<Settings>,
    /// The file opened there last.
    file: Option<(Source, Blob)>,
}

/// Whether another module has taken over: what the browser still tells this one is no longer its own.
pub fn retired() -> bool {
    RETIRED.with(Cell::get)
}

/// Takes away what stands in the page, scripts aside.
pub fn clear() {
    let Some(body) = document().body() else { return };
    let children = body.children();
    for at in (0..children.length()).rev() {
        if let Some(child) = children.item(at).filter(|child| !matches!(&*child.tag_name(), "SCRIPT" | "NOSCRIPT")) {
            child.remove();
        }
    }
}

/// Shows what there is to begin with.
pub fn begin(state: State, begin: Begin) {
    if cfg!(feature = "workbench") {
        go_on(state, begin);
        return;
    }
    listen(state);
    if place::expects_more() {
        // A reload or a link: the whole page has what is to be shown, and the example would only flash by.
        state.wait_for("what you left or were sent");
        ask_for_the_rest(state, |state| intake::open_first(state, intake::keep_first));
    } else {
        intake::open_first(state, |state| ask_for_the_rest(state, intake::keep_first));
    }
}

#[cfg(not(feature = "workbench"))]
fn go_on(_: State, _: Begin) {}

#[cfg(feature = "workbench")]
fn go_on(state: State, begin: Begin) {
    let session = Session::get();
    sharing::follow(state);
    if begin.file.is_some() {
        return start(state, begin);
    }
    let came_back = session.filter(|session| session.came_back());
    if let Some(hash) = place::view_hash() {
        // A link that was opened and changed stays changed over a reload.
        state.wait_for("the link");
        spawn_local(async move {
            if let Some(session) = came_back
                && session.came_by(&hash).await
                && session.restore(state).await
            {
                return;
            }
            if let Err(why) = sharing::open(state, hash) {
                start(state, begin);
                sharing::refuse(state, why);
            }
        });
    } else if let Some(address) = place::asked("csv") {
        state.wait_for("the file");
        spawn_local(async move {
            // As with a link: what was changed stays changed over a reload.
            if let Some(session) = came_back
                && session.came_by(&address).await
                && session.restore(state).await
            {
                return;
            }
            start(state, begin);
            intake::open_of_this_site(state, address);
        });
    } else if let Some(session) = came_back {
        state.wait_for("what you left");
        spawn_local(async move {
            if !session.restore(state).await {
                start(state, begin);
            }
        });
    } else {
        start(state, begin);
        if let Some(session) = session {
            spawn_local(session.offer(state));
        }
    }
}

#[cfg(feature = "workbench")]
fn start(state: State, begin: Begin) {
    let example = &examples::EXAMPLES[0];
    if let Some((source, file)) = begin.file {
        if let Some(settings) = begin.settings {
            state.settings.set(settings);
        }
        return state.open(source, file);
    }
    let Some(fitted) = begin.fitted else { return intake::open_example(state, example) };
    state.show_fitted(example.source(), example.id, fitted);
    if let Some(settings) = begin.settings {
        state.settings.set(settings);
    }
    intake::keep_first(state);
}

/// Asks for the whole page; without it this one goes on with `instead`.
fn ask_for_the_rest(state: State, instead: fn(State)) {
    let script = document().create_element("script").ok().and_then(|e| e.dyn_into::<HtmlScriptElement>().ok());
    let (Some(script), Some(body)) = (script, document().body()) else { return instead(state) };
    let missing = Closure::once_into_js(move || instead(state));
    script.set_type("module");
    script.set_src("assets/workbench.js");
    script.set_onerror(Some(missing.unchecked_ref()));
    let _ = body.append_child(&script);
}

/// Hands over when the whole page asks.
fn listen(state: State) {
    let answer = Closure::<dyn Fn(CustomEvent)>::new(move |event: CustomEvent| {
        RETIRED.with(|retired| retired.set(true));
        let (settings, file) = state.hand_over();
        let detail = event.detail();
        let set = |key: &str, value: JsValue| Reflect::set(&detail, &key.into(), &value).is_ok();
        if let Ok(bytes) = postcard::to_allocvec(&(&settings, file.as_ref().map(|(source, _)| source::told(source)))) {
            set("chosen", Uint8Array::from(&bytes[..]).into());
        }
        if let Some((_, blob)) = file {
            set("file", blob.into());
        }
    });
    let _ = window().add_event_listener_with_callback(EVENT, answer.as_ref().unchecked_ref());
    answer.forget();
}

/// Takes over from the first screen, as soon as the example is here and no control is held down.
pub fn take_over() {
    spawn_local(async {
        let fitted = intake::fetch_fitted(&examples::EXAMPLES[0]).await;
        super::next_turn(move || when_at_rest(fitted));
    });
}

/// Waits while a control is held down: its release must reach the module that took the press.
fn when_at_rest(fitted: Option<Fitted>) {
    let held = document().query_selector(":active").ok().flatten().is_some();
    if held {
        return set_timeout(move || when_at_rest(fitted), std::time::Duration::from_millis(50));
    }
    let focus = document().active_element().map(|element| element.id()).filter(|id| !id.is_empty());
    let (x, y) = (window().scroll_x().unwrap_or(0.0), window().scroll_y().unwrap_or(0.0));
    super::mount(handed_over(fitted));
    let focused = focus.and_then(|id| document().get_element_by_id(&id)).and_then(|e| e.dyn_into::<HtmlElement>().ok());
    if let Some(element) = focused {
        let _ = element.focus();
    }
    window().scroll_to_with_x_and_y(x, y);
}

/// Says that the whole page is there, for whoever waits for it.
#[cfg(feature = "workbench")]
pub fn done() {
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-whole", "");
    }
}

fn handed_over(fitted: Option<Fitted>) -> Begin {
    let detail = Object::new();
    let init = CustomEventInit::new();
    init.set_detail(&detail);
    if let Ok(event) = CustomEvent::new_with_event_init_dict(EVENT, &init) {
        let _ = window().dispatch_event(&event);
    }
    let get = |key: &str| Reflect::get(&detail, &key.into()).unwrap_or(JsValue::UNDEFINED);
    let chosen = get("chosen").dyn_into::<Uint8Array>().ok();
    let chosen = chosen.and_then(|bytes| postcard::from_bytes::<(Settings, Option<Told>)>(&bytes.to_vec()).ok());
    let (settings, told) = chosen.map_or((None, None), |(settings, told)| (Some(settings), told));
    let file = told.map(source::of_told).zip(get("file").dyn_into::<Blob>().ok());
    Begin { fitted, settings, file }
}
