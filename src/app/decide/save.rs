//! Saves a text or a picture as a file, without asking any host.

use crate::chart::scene::{Role, Scene};
use crate::chart::{canvas, svg};
use js_sys::Array;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::prelude::{Closure, JsCast};
use web_sys::{Blob, HtmlAnchorElement, HtmlCanvasElement, Url};

/// Offers a text under a file name; a browser that has no room for it offers nothing.
pub fn save(name: &str, text: &str) {
    if let Ok(blob) = Blob::new_with_str_sequence(&Array::of1(&text.into())) {
        save_blob(name, &blob);
    }
}

/// Width of a saved chart in CSS pixels: two columns of a paper, a slide's text.
pub const WIDTH: f64 = 760.0;

/// Device pixels a CSS pixel of a saved picture.
const SHARP: f64 = 2.0;

/// A chart drawn for a file.
pub struct Drawn {
    /// What a screen reader says of it.
    pub title: String,
    /// What is drawn.
    pub scene: Scene,
    /// The size that takes, in CSS pixels.
    pub size: (f64, f64),
}

impl Drawn {
    /// Offers it as SVG, on white paper.
    pub fn save_svg(&self) {
        save("ratioscope-chart.svg", &svg::svg(&self.scene, self.size, &self.title));
    }

    /// Offers it as PNG: in the page's own colours, on its background, twice as sharp as its CSS pixels.
    pub fn save_png(self) {
        let canvas =
            document().create_element("canvas").ok().and_then(|made| made.dyn_into::<HtmlCanvasElement>().ok());
        // Its style is the page's only inside the page.
        let (Some(canvas), Some(body)) = (canvas, document().body()) else { return };
        canvas.set_hidden(true);
        if body.append_child(&canvas).is_err() {
            return;
        }
        let Self { mut scene, size: (right, bottom), .. } = self;
        let mut whole = Scene::default();
        whole.fill(vec![(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)], Role::Background);
        whole.marks.append(&mut scene.marks);
        canvas::paint_at(&canvas, &whole.marks, (right, bottom), SHARP);
        let done = Closure::once_into_js(move |blob: Option<Blob>| {
            if let Some(blob) = blob {
                save_blob("ratioscope-chart.png", &blob);
            }
        });
        // A canvas of our own drawing is never tainted, so this can't be refused.
        let _ = canvas.to_blob(done.unchecked_ref());
        canvas.remove();
    }
}

/// A button that saves a chart as a picture, drawn at a width.
pub fn as_svg(made: impl Fn(f64) -> Option<Drawn> + 'static) -> AnyView {
    let save = move |_| made(WIDTH).iter().for_each(Drawn::save_svg);
    view! { <button type="button" class="link" on:click=save>"Save as SVG"</button> }.into_any()
}

/// The same as PNG.
pub fn as_png(made: impl Fn(f64) -> Option<Drawn> + 'static) -> AnyView {
    let save = move |_| made(WIDTH).into_iter().for_each(Drawn::save_png);
    view! { <button type="button" class="link" on:click=save>"Save as PNG"</button> }.into_any()
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
