//! Losses and sliders in sight beside the decisions, where three columns fit.
//!
//! In the document the chart stands between the two, as it does where there is one column: the keyboard goes in the order
//! that is seen. Both stick to their column's top, the sliders below the losses, whose height the styles have to know.

use super::surface;
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Tells the styles of *Explore* how tall its losses are, now and whenever that changes.
pub fn follow(losses: NodeRef<Div>) {
    surface::follow_box(losses, |losses| {
        let explore = losses.parent_element().and_then(|parent| parent.dyn_into::<HtmlElement>().ok());
        let Some(explore) = explore else { return };
        let tall = losses.get_bounding_client_rect().height();
        let _ = explore.style().set_property("--losses", &format!("{tall}px"));
        let _ = explore.class_list().add_1("beside");
    });
}
