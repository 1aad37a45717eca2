//! The triangle of three corpora: a cursor by mouse, finger and keyboard, and what it is at in words.

use super::picture::{fit_shown, three};
use super::{corpora, set};
use crate::app::explore::surface;
use crate::app::state::State;
use crate::chart::canvas;
use crate::chart::mixture::MixturePicture;
use crate::chart::simplex::{self, Shares, SimplexView};
use crate::decide::mixture::{predict, with_share};
use crate::decide::words::list;
use crate::quantity::Share;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// Steps of an arrow key and of a page key.
const STEP: f64 = 0.01;
const PAGE: f64 = 0.1;

/// The triangle of the loss shown.
pub fn triangle(state: State, shares: Memo<Vec<f64>>, picture: Memo<Option<MixturePicture>>) -> AnyView {
    let (fit, corners) = (fit_shown(state), corpora(state));
    let shown = Memo::new(move |_| match picture.get() {
        Some(MixturePicture::Triangle(view)) => view,
        _ => SimplexView::default(),
    });
    let cursor = RwSignal::new(None::<Shares>);
    let (frame, canvas_ref) = (NodeRef::<Div>::new(), NodeRef::<Canvas>::new());
    let track = move || {
        shown.track();
        cursor.track();
    };
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let Some(view) = shown.try_get_untracked() else { return };
        let scene = simplex::scene(&view, width, cursor.try_get_untracked().flatten());
        canvas::paint(element, &scene.marks, (width, simplex::height(width)));
    };
    let width = surface::draw_on(frame, canvas_ref, Box::new(track), Box::new(draw));
    let point = move |event: &web_sys::PointerEvent| {
        let bounds = frame.get_untracked()?.get_bounding_client_rect();
        let at = (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        Some(simplex::shares_at(width.get_untracked(), at))
    };
    let pointed = move |event: web_sys::PointerEvent| {
        if let Some(at) = point(&event) {
            cursor.set(Some(at));
            if event.buttons() & 1 == 1 {
                set(state, at.to_vec());
            }
        }
    };
    let pressed = move |event: web_sys::PointerEvent| {
        if event.button() == 0 {
            if let Some(element) = frame.get_untracked() {
                // Without capture the drag just ends at the picture's edge.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            pointed(event);
        }
    };
    let here = move || cursor.get().map_or_else(|| shares.get(), |at| at.to_vec());
    let keyed = move |event: web_sys::KeyboardEvent| {
        let from = untrack(here);
        let by = |at: usize, step: f64| three(&with_share(&from, at, from.get(at).copied().unwrap_or(0.0) + step));
        let next = match event.key().as_str() {
            "ArrowLeft" => by(0, STEP),
            "ArrowRight" => by(1, STEP),
            "ArrowUp" => by(2, STEP),
            "ArrowDown" => by(2, -STEP),
            "PageUp" => by(2, PAGE),
            "PageDown" => by(2, -PAGE),
            "Home" => by(0, PAGE),
            "End" => by(1, PAGE),
            "Enter" | " " => {
                event.prevent_default();
                return set(state, from);
            }
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let said = move || {
        let at = here();
        let known = corners.get();
        let shares: Vec<String> =
            known.iter().zip(&at).map(|((name, _), share)| format!("{name} {}", Share(*share))).collect();
        let measure = state.shown().measure;
        let loss = fit.with(|fit| {
            let fit = fit.as_ref()?;
            Some(format!(": {} {}", fit.target, fit.measure(measure).precise(predict(fit, &at, 0.9, 1)?.loss)))
        });
        let loss = loss.unwrap_or_default();
        format!("{}{loss}", list(&shares))
    };
    let caption = move || {
        let name = fit.with(|fit| fit.as_ref().map_or_else(String::new, |fit| fit.target.clone()));
        format!(
            "Contours: {name}, {}. Ring: this what-if. Diamond: the best mixture of the weighted losses; small diamonds: of \
             200 draws at most. Circles: measured mixtures.{}",
            state.shown().unit(),
            if shown.with(|view| view.pins.is_empty()) { "" } else { " Letters: pinned mixtures." }
        )
    };
    view! {
        <figure class="triangle-figure">
            <p class="readout"><span>{said}</span></p>
            <div
                class="triangle" node_ref=frame tabindex="0" role="slider" aria-label="Mixture of three corpora: cursor"
                aria-describedby="triangle-keys" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || (100.0 * here().first().copied().unwrap_or(0.0)).round().to_string()
                aria-valuetext=said
                on:pointerdown=pressed on:pointermove=pointed on:pointerleave=move |_| cursor.set(None)
                on:keydown=keyed on:blur=move |_| cursor.set(None)
            >
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
            </div>
            <figcaption>{caption}</figcaption>
            <p class="vh" id="triangle-keys">
                "Left and right arrow move towards the lower corners, up and down to and from the upper one; Enter sets the mixture."
            </p>
        </figure>
    }
    .into_any()
}
