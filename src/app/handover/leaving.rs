//! The first screen's side: it shows the fitted example, asks for the whole page and hands over what was done.

use super::{EVENT, LAST, retire};
use crate::app::state::State;
use crate::app::{intake, place, source};
use js_sys::{Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::{CustomEvent, HtmlScriptElement};

/// Shows what there is to begin with.
pub fn begin(state: State) {
    listen(state);
    if place::expects_more() {
        // A reload or a link: the whole page has what is to be shown, and the example would only flash by.
        state.wait_for("what you left or were sent");
        ask_for_the_rest(state, |state| intake::open_first(state, intake::keep_first));
    } else {
        intake::open_first(state, |state| ask_for_the_rest(state, intake::keep_first));
    }
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
        let detail = event.detail();
        retire(Reflect::get(&detail, &LAST.into()).is_ok_and(|last| last.is_truthy()));
        let (settings, file) = state.hand_over();
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
