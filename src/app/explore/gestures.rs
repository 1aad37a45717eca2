//! Zooming, panning and choosing rows on a chart, by wheel, fingers, drag and keys. What is shown of an axis is part of
//! the settings; the rows chosen are not, until they are left out.

use super::pane::{Hand, local};
use super::readout;
use crate::app::state::State;
use crate::chart::loss::{Cursor, ring};
use crate::chart::scene::{Pixel, Role, Scene};
use crate::chart::{AnyPicture, AxisView};
use crate::law::Recipe;
use leptos::ev;
use leptos::html::Div;
use leptos::prelude::*;
use leptos::tachys::html::element::ElementExt;
use web_sys::{KeyboardEvent, PointerEvent, WheelEvent};

/// How much larger one step of a key or a button shows an axis.
pub const STEP: f64 = 1.5;
/// A wheel's notch is some hundred pixels: three of them show half as much.
const PIXELS_TO_DOUBLE: f64 = 300.0;
/// A press that moves less is a click.
const CLICK: f64 = 4.0;

/// What a drag does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// It moves the what-if.
    #[default]
    WhatIf,
    /// It chooses rows.
    Rows,
}

/// What is under way.
#[derive(Clone)]
enum Under {
    /// The axes are moved: where it began and how they were.
    Pan(Pixel, Vec<AxisView>),
    /// Two fingers: where they began and how the axes were.
    Pinch([Pixel; 2], Vec<AxisView>),
    /// A rectangle is drawn, from here.
    Choose(Pixel),
}

/// Handles on what a hand does on the chart; cheap to copy.
#[derive(Clone, Copy)]
pub struct Gestures {
    state: State,
    /// What a drag does.
    pub mode: RwSignal<Mode>,
    /// Lines of the file that are chosen, ascending.
    pub chosen: RwSignal<Vec<u32>>,
    rectangle: RwSignal<Option<(Pixel, Pixel)>>,
    under: StoredValue<Option<Under>>,
    /// Fingers and buttons that are down: who and where.
    down: StoredValue<Vec<(i32, Pixel)>>,
    /// The what-if before the first of them.
    before: StoredValue<Option<Recipe>>,
}

impl Gestures {
    /// Nothing chosen.
    pub fn new(state: State) -> Self {
        Self {
            state,
            mode: RwSignal::new(Mode::default()),
            chosen: RwSignal::new(Vec::new()),
            rectangle: RwSignal::new(None),
            under: StoredValue::new(None),
            down: StoredValue::new(Vec::new()),
            before: StoredValue::new(None),
        }
    }

    /// Ends choosing and forgets what was chosen.
    pub fn end(self) {
        self.mode.set(Mode::WhatIf);
        self.chosen.set(Vec::new());
        self.rectangle.set(None);
    }

    /// Shows the axes of a chart `factor` times as large around a place, given as parts of them.
    pub fn zoom(self, axes: &[AxisView], about: &[f64], factor: f64) {
        self.show(axes, |k, axis| axis.zoomed(about.get(k).copied().unwrap_or(0.5), factor));
    }

    /// Shows all of these axes.
    pub fn whole(self, axes: &[AxisView]) {
        self.show(axes, |_, _| None);
    }

    fn show(self, axes: &[AxisView], window: impl Fn(usize, &AxisView) -> Option<(f64, f64)>) {
        let mut look = self.state.settings.with_untracked(|settings| settings.chart);
        for (k, axis) in axes.iter().enumerate() {
            *look.window(axis.axis) = window(k, axis);
        }
        if self.state.settings.with_untracked(|settings| settings.chart != look) {
            self.state.settings.update(|settings| settings.chart = look);
        }
    }

    /// Adds a row to the chosen ones, or takes it back.
    fn toggle(self, line: u32) {
        self.chosen.update(|chosen| match chosen.binary_search(&line) {
            Ok(at) => {
                chosen.remove(at);
            }
            Err(at) => chosen.insert(at, line),
        });
    }

    /// Chooses what lies in a rectangle, or at a click the nearest row.
    fn choose(self, chart: &AnyPicture, width: f64, (a, b): (Pixel, Pixel)) {
        let spots = chart.spots(width);
        if (a.0 - b.0).hypot(a.1 - b.1) < CLICK {
            let far = |spot: &Pixel| (spot.0 - b.0).hypot(spot.1 - b.1);
            let nearest = spots.iter().min_by(|(one, _), (other, _)| far(one).total_cmp(&far(other)));
            if let Some((_, line)) = nearest.filter(|(spot, _)| far(spot) < 6.0 * CLICK) {
                self.toggle(*line);
            }
            return;
        }
        let inside = |spot: &Pixel| {
            (a.0.min(b.0)..=a.0.max(b.0)).contains(&spot.0) && (a.1.min(b.1)..=a.1.max(b.1)).contains(&spot.1)
        };
        let mut lines = self.chosen.get_untracked();
        lines.extend(spots.iter().filter(|(spot, _)| inside(spot)).map(|(_, line)| *line));
        lines.sort_unstable();
        lines.dedup();
        self.chosen.set(lines);
    }

    fn released(self, event: &PointerEvent, at: Pixel, chart: Option<AnyPicture>, width: f64) {
        self.down.update_value(|down| down.retain(|(id, _)| *id != event.pointer_id()));
        let under = self.under.try_update_value(Option::take).flatten();
        if let (Some(Under::Choose(from)), Some(chart)) = (under, chart)
            && event.type_() == "pointerup"
        {
            self.choose(&chart, width, (from, at));
        }
        self.rectangle.set(None);
    }

    fn wheeled(self, event: &WheelEvent, at: Pixel, chart: &AnyPicture, width: f64) {
        let axes = chart.axes();
        match wheel(event, axes.iter().any(|axis| !axis.is_whole())) {
            Some(Wheel::Zoom(factor)) => self.zoom(&axes, &chart.parts(width, at).0, factor),
            Some(Wheel::Pan(by)) => {
                let lengths = chart.lengths(width);
                self.show(&axes, |k, axis| axis.panned(if k == 0 { by / lengths[0] } else { 0.0 }));
            }
            None => {}
        }
    }
}

/// What a turned wheel asks of a chart.
pub enum Wheel {
    /// To show it this many times as large.
    Zoom(f64),
    /// To show what lies so many pixels further along.
    Pan(f64),
}

/// Reads a wheel and holds back its own scrolling where it is the chart's; `part` says that a part of an axis is shown.
pub fn wheel(event: &WheelEvent, part: bool) -> Option<Wheel> {
    // Lines and pages are what some wheels count in.
    let unit = [1.0, 16.0, 400.0].get(event.delta_mode() as usize).copied().unwrap_or(1.0);
    let (across, along) = (event.delta_x() * unit, event.delta_y() * unit);
    let asked = if event.ctrl_key() || event.meta_key() {
        // A pinch on a touchpad comes as a wheel with Ctrl held, in steps of a few pixels.
        let speed = if along.abs() < 20.0 { 4.0 } else { 1.0 };
        Wheel::Zoom(crate::maths::pow(2.0, -along * speed / PIXELS_TO_DOUBLE))
    } else if part && (event.shift_key() || across.abs() > along.abs()) {
        Wheel::Pan(if across == 0.0 { along } else { across })
    } else {
        return None;
    };
    event.prevent_default();
    Some(asked)
}

impl Hand<AnyPicture> for Gestures {
    const KEYS: &'static str = "Arrow keys move the cursor, Page keys by more, Enter sets the what-if there. Plus and \
         minus zoom, 0 shows the whole axis, Shift with an arrow moves it.";

    /// A finger on the what-if of a map moves it whichever way it goes; anywhere else up and down scroll the page.
    fn over(self, chart: Signal<Option<AnyPicture>>, width: RwSignal<f64>) -> impl IntoView {
        let grips = Memo::new(move |_| {
            chart.with(|chart| chart.as_ref().map(|chart| chart.grips(width.get())).unwrap_or_default())
        });
        // The elements stay while they move: the finger holds on to them.
        let grip = |k: usize| {
            let at = move || grips.with(|grips| grips.get(k).copied());
            let place = move |part: fn(Pixel) -> f64| at().map(|at| format!("{:.1}px", part(at)));
            view! {
                <span
                    class="grip" hidden=move || at().is_none()
                    style:left=move || place(|at| at.0) style:top=move || place(|at| at.1)
                ></span>
            }
        };
        [grip(0), grip(1)]
    }

    fn table(self, chart: Signal<Option<AnyPicture>>) -> impl IntoView {
        readout::rested(chart)
    }

    fn track(&self) {
        self.chosen.track();
        self.rectangle.track();
    }

    fn draw(&self, scene: &mut Scene, chart: &AnyPicture, width: f64) {
        let chosen = self.chosen.get_untracked();
        for (spot, _) in chart.spots(width).into_iter().filter(|(_, line)| chosen.binary_search(line).is_ok()) {
            ring(scene, spot, 6.5);
        }
        if let Some((a, b)) = self.rectangle.get_untracked() {
            let corners = [a, (b.0, a.1), b, (a.0, b.1), a];
            scene.fill(corners[..4].to_vec(), Role::Ink.at(0.07));
            scene.dashed(&corners, 4.0, 3.0, 1.0, Role::Ink);
        }
    }

    fn pressed(&self, event: &PointerEvent, at: Pixel, chart: &AnyPicture, width: f64) -> bool {
        let down = self.down.try_update_value(|down| {
            down.retain(|(id, _)| *id != event.pointer_id());
            down.push((event.pointer_id(), at));
            down.clone()
        });
        let down = down.unwrap_or_default();
        if let [(_, a), (_, b), ..] = down[..] {
            // The first finger was no tap.
            let before = self.before.get_value();
            if self.state.settings.with_untracked(|settings| settings.recipe != before) {
                self.state.settings.update(|settings| settings.recipe = before);
            }
            self.rectangle.set(None);
            self.under.set_value(Some(Under::Pinch([a, b], chart.axes())));
            return true;
        }
        self.before.set_value(self.state.settings.with_untracked(|settings| settings.recipe));
        let (_, below) = chart.parts(width, at);
        let zoomed = chart.axes().iter().any(|axis| !axis.is_whole());
        let under = if zoomed && (below || event.shift_key()) {
            Some(Under::Pan(at, chart.axes()))
        } else if self.mode.get_untracked() == Mode::Rows {
            self.rectangle.set(Some((at, at)));
            Some(Under::Choose(at))
        } else {
            None
        };
        let taken = under.is_some();
        self.under.set_value(under);
        taken
    }

    fn moved(&self, event: &PointerEvent, at: Pixel, chart: &AnyPicture, width: f64) -> bool {
        let down = self.down.try_update_value(|down| {
            if let Some(finger) = down.iter_mut().find(|(id, _)| *id == event.pointer_id()) {
                finger.1 = at;
            }
            down.clone()
        });
        match self.under.get_value() {
            None => false,
            Some(Under::Choose(from)) => {
                self.rectangle.set(Some((from, at)));
                true
            }
            Some(Under::Pan(from, axes)) => {
                let lengths = chart.lengths(width);
                let by = [(from.0 - at.0) / lengths[0], (at.1 - from.1) / lengths.get(1).copied().unwrap_or(1.0)];
                self.show(&axes, |k, axis| axis.panned(by[k.min(1)]));
                true
            }
            Some(Under::Pinch([a, b], axes)) => {
                if let Some([(_, c), (_, d), ..]) = down.as_deref() {
                    let apart = |a: Pixel, b: Pixel| (a.0 - b.0).hypot(a.1 - b.1).max(20.0);
                    let middle = |a: Pixel, b: Pixel| ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
                    let ((from, _), (to, _)) = (chart.parts(width, middle(a, b)), chart.parts(width, middle(*c, *d)));
                    let factor = apart(*c, *d) / apart(a, b);
                    self.show(&axes, |k, axis| {
                        let window = axis.zoomed(from[k], factor);
                        let zoomed = AxisView::new(axis.axis, axis.whole, window, axis.spacing);
                        zoomed.panned(from[k] - to[k])
                    });
                }
                true
            }
        }
    }

    fn keyed(&self, event: &KeyboardEvent, cursor: Option<Cursor>, chart: &AnyPicture, _: f64) -> bool {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return false;
        }
        let axes = chart.axes();
        let at = cursor.unwrap_or_else(|| crate::chart::Picture::now(chart));
        let about = [axes[0].part(at.x), axes.get(1).map_or(0.5, |axis| axis.part(at.up))];
        let pan = |across: f64, up: f64| self.show(&axes, |k, axis| axis.panned(if k == 0 { across } else { up }));
        match (event.key().as_str(), event.shift_key()) {
            ("+" | "=", _) => self.zoom(&axes, &about, STEP),
            ("-" | "−", _) => self.zoom(&axes, &about, 1.0 / STEP),
            ("0", _) => self.whole(&axes),
            ("ArrowLeft", true) => pan(-0.1, 0.0),
            ("ArrowRight", true) => pan(0.1, 0.0),
            ("ArrowDown", true) => pan(0.0, -0.1),
            ("ArrowUp", true) => pan(0.0, 0.1),
            (" ", _) if self.mode.get_untracked() == Mode::Rows => {
                if let Some(line) = cursor.and_then(|cursor| chart.line(cursor)) {
                    self.toggle(line);
                }
            }
            ("Escape", _) if self.mode.get_untracked() == Mode::Rows => self.end(),
            _ => return false,
        }
        true
    }

    fn listen(&self, plot: NodeRef<Div>, chart: Signal<Option<AnyPicture>>, width: RwSignal<f64>) {
        let hand = *self;
        let held = StoredValue::new_local(Vec::new());
        Effect::new(move |_| {
            let Some(element) = plot.get() else { return };
            let place = element.clone();
            // On the element itself a wheel's own scrolling can be held back.
            let wheel = element.on(ev::wheel, move |event: WheelEvent| {
                if let Some(chart) = chart.get_untracked() {
                    hand.wheeled(&event, local(&place, &event), &chart, width.get_untracked());
                }
            });
            let place = element.clone();
            let end = move |event: PointerEvent| {
                hand.released(&event, local(&place, &event), chart.get_untracked(), width.get_untracked());
            };
            held.set_value(vec![
                wheel,
                element.on(ev::pointerup, end.clone()),
                element.on(ev::pointercancel, end.clone()),
                element.on(ev::lostpointercapture, end),
            ]);
        });
    }
}
