//! A canvas that is drawn again when its box, the colours, the fonts or what it shows change: one drawing a frame however
//! many signals change, the last state wins.

use crate::chart::canvas;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlCanvasElement, HtmlElement};

/// Width in CSS pixels before the first measurement.
const FIRST_WIDTH: f64 = 640.0;

/// Draws on a canvas, at a width in CSS pixels.
pub type Draw = Box<dyn Fn(&HtmlCanvasElement, f64) + Send + Sync>;

/// Draws at the box's width in CSS pixels, again whenever what `track` tracks changes. Returns that width.
pub fn draw_on(
    plot: NodeRef<Div>,
    canvas: NodeRef<Canvas>,
    track: Box<dyn Fn() + Send + Sync>,
    draw: Draw,
) -> RwSignal<f64> {
    let width = RwSignal::new(FIRST_WIDTH);
    let look = RwSignal::new(0u32);
    watch_box(plot, width);
    watch_look(look);
    let waiting = StoredValue::new(false);
    let draw = StoredValue::new(draw);
    let paint = move || {
        let _ = waiting.try_set_value(false);
        if let (Some(element), Some(width)) = (canvas.try_get_untracked().flatten(), width.try_get_untracked()) {
            draw.try_with_value(|draw| draw(&element, width));
        }
    };
    Effect::new(move || {
        track();
        width.track();
        look.track();
        canvas.track();
        if !waiting.get_value() {
            waiting.set_value(true);
            request_animation_frame(paint);
        }
    });
    width
}

/// Follows the plot's width.
fn watch_box(plot: NodeRef<Div>, width: RwSignal<f64>) {
    follow_box(plot, move |plot| {
        let now = plot.get_bounding_client_rect().width();
        if now > 0.0 && width.try_get_untracked().is_some_and(|was| (was - now).abs() > 0.25) {
            let _ = width.try_set(now);
        }
    });
}

/// Looks at a box when it is there and whenever its size changes.
pub(super) fn follow_box(element: NodeRef<Div>, look: impl Fn(&HtmlElement) + Clone + 'static) {
    let held = StoredValue::new_local(None::<(web_sys::ResizeObserver, Closure<dyn FnMut()>)>);
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        let (measured, look) = (element.clone(), look.clone());
        let follow = Closure::<dyn FnMut()>::new(move || look(&measured));
        if let Ok(observer) = web_sys::ResizeObserver::new(follow.as_ref().unchecked_ref()) {
            observer.observe(&element);
            held.set_value(Some((observer, follow)));
        }
    });
    on_cleanup(move || {
        held.try_update_value(|held| held.take().map(|(observer, _)| observer.disconnect()));
    });
}

/// Counts up when colours or fonts change: the system's theme, the page's own, fonts that arrive.
fn watch_look(look: RwSignal<u32>) {
    let again = move || {
        canvas::forget_theme();
        let _ = look.try_update(|n| *n = n.wrapping_add(1));
    };
    let closure = Closure::<dyn FnMut()>::new(again);
    let call: &js_sys::Function = closure.as_ref().unchecked_ref();
    let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
    if let Some(query) = &query {
        let _ = query.add_event_listener_with_callback("change", call);
    }
    let observer = web_sys::MutationObserver::new(call).ok();
    if let (Some(observer), Some(root)) = (&observer, document().document_element()) {
        let what = web_sys::MutationObserverInit::new();
        what.set_attributes(true);
        let _ = observer.observe_with_options(&root, &what);
    }
    if let Ok(ready) = document().fonts().ready() {
        leptos::task::spawn_local(async move {
            let _: Result<JsValue, JsValue> = wasm_bindgen_futures::JsFuture::from(ready).await;
            again();
        });
    }
    let held = StoredValue::new_local(Some((closure, query, observer)));
    on_cleanup(move || {
        held.try_update_value(|held| {
            if let Some((closure, query, observer)) = held.take() {
                if let Some(query) = query {
                    let _ = query.remove_event_listener_with_callback("change", closure.as_ref().unchecked_ref());
                }
                if let Some(observer) = observer {
                    observer.disconnect();
                }
            }
        });
    });
}
