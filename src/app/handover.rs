//! From the first screen to the whole page, a WebAssembly module each.
//!
//! The first screen shows the fitted example with its sliders and opens files; it is all that a first visit waits for.
//! Once it stands it asks for the whole page (`assets/workbench.js`), which takes over what the person has done so far:
//! settings, the file opened last, focus and scroll position. The first screen's nodes go and its workers end; the rest
//! of it stays in memory without a part to play, since closures of the browser may still call it. Where the whole page
//! can't be had, the first screen goes on by itself. Either is made out of sight, part by part, and shown at once.

#[cfg(feature = "workbench")]
mod arriving;
#[cfg(not(feature = "workbench"))]
mod leaving;

#[cfg(feature = "workbench")]
pub use arriving::{Begin, arrive, take_over};
#[cfg(not(feature = "workbench"))]
pub use leaving::begin;

use leptos::prelude::*;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The event by which the whole page asks for what was done so far; its detail is an object to be filled.
const EVENT: &str = "ratioscope-hand-over";
/// What its detail says where the whole page asks for the last time.
const LAST: &str = "last";

thread_local! {
    /// Whether what the browser tells this module is another's: of the first screen once the whole page has taken over, of
    /// that until it has.
    static RETIRED: Cell<bool> = const { Cell::new(cfg!(feature = "workbench")) };
}

/// Whether another module has the page: what the browser tells this one is not its own.
pub fn retired() -> bool {
    RETIRED.with(Cell::get)
}

fn retire(retired: bool) {
    RETIRED.with(|known| known.set(retired));
}

/// Where a page is made before it is shown; `None` in no browser.
pub fn holder() -> Option<HtmlElement> {
    document().create_element("div").ok()?.dyn_into().ok()
}

/// Shows what was made in a holder in place of what stands in the page, scripts aside.
pub fn show(holder: &HtmlElement) {
    let Some(body) = document().body() else { return };
    let children = body.children();
    for at in (0..children.length()).rev() {
        if let Some(child) = children.item(at).filter(|child| !matches!(&*child.tag_name(), "SCRIPT" | "NOSCRIPT")) {
            child.remove();
        }
    }
    while let Some(node) = holder.first_child() {
        if body.append_child(&node).is_err() {
            return;
        }
    }
}
