//! Panels that are folded to one line on narrow screens and always open on wide ones.

use leptos::html::Details;
use leptos::prelude::*;
use wasm_bindgen::prelude::{Closure, JsCast};

/// From this width on there is room for every panel (the layout's breakpoint in `style/page.css`).
const WIDE: &str = "(min-width: 960px)";

/// Opens the panel on wide screens, and again when the window grows wide; a narrow window leaves it as it is.
pub fn unfold_where_wide(panel: NodeRef<Details>) {
    Effect::new(move |_| {
        let Some(panel) = panel.get() else { return };
        let Ok(Some(query)) = window().match_media(WIDE) else { return };
        panel.set_open(query.matches());
        let again = query.clone();
        let listener = Closure::<dyn FnMut()>::new(move || {
            if again.matches() {
                panel.set_open(true);
            }
        });
        // Lives as long as the page, as the panels do.
        query.set_onchange(Some(listener.as_ref().unchecked_ref()));
        listener.forget();
    });
}
