//! Parts of the page written as text. What a reply says is plain data that is shown again as a whole with every answer; a
//! Leptos view a cell costs kilobytes of WebAssembly a kind, a string costs none.

use leptos::prelude::document;
use wasm_bindgen::prelude::{JsCast, JsValue};
use web_sys::{Element, Event, HtmlElement};

/// A text inside an element or a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            letter => out.push(letter),
        }
    }
    out
}

/// Adds pieces to a text.
pub fn push(out: &mut String, pieces: &[&str]) {
    pieces.iter().for_each(|piece| out.push_str(piece));
}

/// The element of that id.
pub fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// The first element below `root` that a selector finds.
pub fn find(root: &Element, selector: &str) -> Option<Element> {
    root.query_selector(selector).ok().flatten()
}

/// Puts a text into the element that a selector finds.
pub fn say(root: &Element, selector: &str, text: &str) {
    if let Some(element) = find(root, selector) {
        element.set_text_content(Some(text));
    }
}

/// Sets or removes an attribute without a value.
pub fn flag(element: &Element, name: &str, on: bool) {
    // Fails only on a name that is none.
    let _ = element.toggle_attribute_with_force(name, on);
}

/// What a control holds.
pub fn value(control: &Element) -> String {
    js_sys::Reflect::get(control, &"value".into()).ok().and_then(|value| value.as_string()).unwrap_or_default()
}

/// Makes a control hold a text.
pub fn set_value(control: &Element, text: &str) {
    let _ = js_sys::Reflect::set(control, &"value".into(), &JsValue::from_str(text));
}

/// What the nearest element around an event's target is asked to do: its attribute `data-do`.
pub fn asked(event: &Event) -> Option<String> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest("[data-do]").ok()??.get_attribute("data-do")
}

/// Rewrites what an element holds, unless it is that already. The keyboard stays where it was, if what is written now has a
/// control that asks the same or a region of the same name.
pub fn rewrite(element: &Element, held: &mut String, text: String) {
    if *held == text {
        return;
    }
    let focused = document().active_element().filter(|active| element.contains(Some(active)));
    let same = focused.and_then(|active| {
        ["data-do", "aria-label"].into_iter().find_map(|name| Some((name, active.get_attribute(name)?)))
    });
    element.set_inner_html(&text);
    *held = text;
    let Some((name, value)) = same else { return };
    let Ok(written) = element.query_selector_all(&["[", name, "]"].concat()) else { return };
    let written = (0..written.length()).filter_map(|at| written.get(at)?.dyn_into::<HtmlElement>().ok());
    if let Some(control) = written.into_iter().find(|one| one.get_attribute(name).as_deref() == Some(&value)) {
        // One that can't be focused now has no focus to take.
        let _ = control.focus();
    }
}

/// Gives the keyboard back to an element that was written anew.
pub fn refocus(id: String) {
    leptos::prelude::request_animation_frame(move || {
        if let Some(element) = by_id(&id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
            // An element that is gone has no focus to give.
            let _ = element.focus();
        }
    });
}
