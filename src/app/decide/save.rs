//! Saves a text or a picture as a file, without asking any host.

use crate::chart::scene::Scene;
use crate::chart::svg;
use js_sys::Array;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::prelude::JsCast;
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Offers a text under a file name; a browser that has no room for it offers nothing.
pub fn save(name: &str, text: &str) {
    if let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        save_blob(name, &blob);
    }
}

/// Width of a saved chart in CSS pixels: two columns of a paper, a slide's text.
pub const WIDTH: f64 = 760.0;

/// A button that saves a chart as a picture: its title, and what is drawn at a width with the size that takes.
pub fn as_svg(made: impl Fn(f64) -> Option<(String, Scene, (f64, f64))> + 'static) -> AnyView {
    let save = move |_| {
        if let Some((title, scene, size)) = made(WIDTH) {
            save("ratioscope-chart.svg", &svg::svg(&scene, size, &title));
        }
    };
    view! { <button type="button" class="link" on:click=save>"Save as SVG"</button> }.into_any()
}

/// How long an offered file keeps its address.
const KEPT: Duration = Duration::from_secs(60);

/// The same for what is no text.
pub fn save_blob(name: &str, blob: &Blob) {
    let Ok(address) = Url::create_object_url_with_blob(blob) else { return };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&address);
        link.set_download(name);
        link.click();
    }
    // No standard says that a browser has opened the address by the end of the click.
    set_timeout(
        move || {
            let _ = Url::revoke_object_url(&address);
        },
        KEPT,
    );
}
