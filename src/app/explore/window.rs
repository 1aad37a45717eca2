//! What is shown of a plot's horizontal axis: zoom and pan by wheel, fingers, a drag, keys and buttons.

use super::gestures::{STEP, Wheel, wheel};
use crate::chart::stretch::Stretch;
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::html::element::ElementExt;
use web_sys::{Element, KeyboardEvent, MouseEvent, PointerEvent, WheelEvent};

/// Part of what is shown that Shift and an arrow move it by.
const STEP_ALONG: f64 = 0.1;
/// Two fingers nearer than this part of the plot are one place.
const APART: f64 = 0.04;

/// The ends of what is shown in the axis' units; `None` is all of it.
pub type Shown = Option<(f64, f64)>;

/// Handles on what is shown; cheap to copy.
#[derive(Clone, Copy)]
pub struct Window {
    /// The axis where so much of it is shown; nothing where there is no plot.
    axis: Callback<(Shown,), Option<Stretch>>,
    /// Where a pixel lies along it at a width: see `along`.
    part: Callback<(f64, Shown, f64), Option<(f64, f64)>>,
    /// What is shown.
    pub shown: RwSignal<Shown>,
    /// Fingers and buttons that are down: who, and how far along the plot.
    down: StoredValue<Vec<(i32, f64)>>,
    /// Where they were when the last one came or went, and what was shown then.
    from: StoredValue<Option<(Vec<f64>, Stretch)>>,
}

impl Window {
    /// All of it. `axis` gives the axis where so much of it is shown and tracks what that rests on; `part` says for a
    /// width where a pixel then lies along it, 0 to 1 and beyond, and how many pixels that is long.
    pub fn new(
        axis: impl Fn(Shown) -> Option<Stretch> + Send + Sync + 'static,
        part: impl Fn(f64, Shown, f64) -> Option<(f64, f64)> + Send + Sync + 'static,
    ) -> Self {
        Self {
            axis: (move |shown| axis(shown)).into(),
            part: (move |width, shown, px| part(width, shown, px)).into(),
            shown: RwSignal::new(None),
            down: StoredValue::new(Vec::new()),
            from: StoredValue::new(None),
        }
    }

    fn stretch(self) -> Option<Stretch> {
        untrack(|| self.axis.run((self.shown.get(),)))
    }

    /// Whether a part of the axis is shown.
    pub fn is_part(self) -> bool {
        self.axis.run((self.shown.get(),)).is_some_and(|stretch| !stretch.is_whole())
    }

    fn zoom(self, about: f64, factor: f64) {
        if let Some(stretch) = self.stretch() {
            self.shown.set(stretch.zoomed(about, factor));
        }
    }

    fn pan(self, by: f64) {
        if let Some(stretch) = self.stretch() {
            self.shown.set(stretch.panned(by));
        }
    }

    /// Moves it so far that a value is in sight.
    pub fn reveal(self, value: f64) {
        if let Some(window) = self.stretch().and_then(|stretch| stretch.revealing(value)) {
            self.shown.set(Some(window));
        }
    }

    /// How far along the plot an event is, and the plot's length in pixels.
    fn along(self, element: &Element, event: &MouseEvent, width: f64) -> Option<(f64, f64)> {
        let px = f64::from(event.client_x()) - element.get_bounding_client_rect().left();
        untrack(|| self.part.run((width, self.shown.get(), px)))
    }

    fn begin(self) {
        let down = self.down.with_value(|down| down.iter().map(|(_, part)| *part).collect());
        self.from.set_value(self.stretch().map(|stretch| (down, stretch)));
    }

    /// A press.
    pub fn pressed(self, element: &Element, event: &PointerEvent, width: f64) {
        let Some((part, _)) = self.along(element, event, width) else { return };
        self.down.update_value(|down| {
            down.retain(|(id, _)| *id != event.pointer_id());
            down.push((event.pointer_id(), part));
        });
        self.begin();
        if self.down.with_value(Vec::len) > 1 || self.stretch().is_some_and(|stretch| !stretch.is_whole()) {
            // Without capture the drag just ends at the plot's edge.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    }

    /// A move, pressed or not; whether it moved what is shown.
    pub fn moved(self, element: &Element, event: &PointerEvent, width: f64) -> bool {
        let Some((from, stretch)) = self.from.get_value() else { return false };
        // Along what was shown when the fingers came, whose places these are.
        let shown = self.shown.get_untracked();
        self.shown.update_untracked(|shown| *shown = (!stretch.is_whole()).then_some(stretch.shown));
        let along = self.along(element, event, width);
        self.shown.update_untracked(|now| *now = shown);
        let Some((part, _)) = along else { return false };
        let down = self.down.try_update_value(|down| {
            if let Some(finger) = down.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
                finger.1 = part;
            }
            down.clone()
        });
        let now = match (&from[..], down.as_deref()) {
            ([_], Some([_])) if stretch.is_whole() => return false,
            ([a], Some([(_, b)])) => stretch.panned(a - b),
            ([a, b, ..], Some([(_, c), (_, d), ..])) => {
                let factor = (c - d).abs().max(APART) / (a - b).abs().max(APART);
                let window = stretch.zoomed((a + b) / 2.0, factor);
                Stretch::new(stretch.whole, window, stretch.spacing).panned((a + b - c - d) / 2.0 / factor.max(1.0))
            }
            _ => return false,
        };
        self.shown.set(now);
        true
    }

    fn released(self, event: &PointerEvent) {
        self.down.update_value(|down| down.retain(|(id, _)| *id != event.pointer_id()));
        match self.down.with_value(Vec::is_empty) {
            true => self.from.set_value(None),
            false => self.begin(),
        }
    }

    fn wheeled(self, element: &Element, event: &WheelEvent, width: f64) {
        let Some((part, length)) = self.along(element, event, width) else { return };
        match wheel(event, self.shown.get_untracked().is_some()) {
            Some(Wheel::Zoom(factor)) => self.zoom(part, factor),
            Some(Wheel::Pan(by)) => self.pan(by / length),
            None => {}
        }
    }

    /// A key, zooming about a value; whether it was one of these.
    pub fn keyed(self, event: &KeyboardEvent, about: Option<f64>) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let shown = |stretch: Stretch| about.filter(|value| stretch.shows(*value)).map(|value| stretch.part(value));
        let about = self.stretch().and_then(shown).unwrap_or(0.5);
        match (event.key().as_str(), event.shift_key()) {
            ("+" | "=", _) => self.zoom(about, STEP),
            ("-" | "−", _) => self.zoom(about, 1.0 / STEP),
            ("0", _) => self.shown.set(None),
            ("ArrowLeft", true) => self.pan(-STEP_ALONG),
            ("ArrowRight", true) => self.pan(STEP_ALONG),
            _ => return false,
        }
        true
    }

    /// Hears wheel and release on the plot.
    pub fn listen(self, plot: NodeRef<Div>, width: RwSignal<f64>) {
        let held = StoredValue::new_local(Vec::new());
        Effect::new(move |_| {
            let Some(element) = plot.get() else { return };
            let place = element.clone();
            // On the element itself a wheel's own scrolling can be held back.
            let wheel =
                element.on(ev::wheel, move |event: WheelEvent| self.wheeled(&place, &event, width.get_untracked()));
            let end = move |event: PointerEvent| self.released(&event);
            held.set_value(vec![
                wheel,
                element.on(ev::pointerup, end),
                element.on(ev::pointercancel, end),
                element.on(ev::lostpointercapture, end),
            ]);
        });
    }

    /// Buttons for the same.
    pub fn buttons(self) -> AnyView {
        let part = Memo::new(move |_| self.is_part());
        let off = move || (!part.get()).then_some("true");
        view! {
            <button type="button" title="Zoom in (+, or Ctrl and the wheel)" on:click=move |_| self.zoom(0.5, STEP)>
                <span aria-hidden="true">"+"</span><span class="vh">"Zoom in"</span>
            </button>
            <button type="button" title="Zoom out (−)" aria-disabled=off on:click=move |_| self.zoom(0.5, 1.0 / STEP)>
                <span aria-hidden="true">"−"</span><span class="vh">"Zoom out"</span>
            </button>
            <button type="button" title="Show the whole axis (0)" aria-disabled=off on:click=move |_| self.shown.set(None)>
                "Whole"
            </button>
        }
        .into_any()
    }
}
