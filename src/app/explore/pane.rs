//! A chart: the canvas, its cursor by mouse, touch and keyboard, its words. What a hand can do beyond that is added by
//! the whole page ([`Hand`]).

use super::surface;
use crate::chart::axis::WHOLE;
use crate::chart::loss::Cursor;
use crate::chart::picture::Picture;
use crate::chart::scene::{Pixel, Scene};
use crate::chart::{ChartView, canvas};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, MouseEvent, PointerEvent};

/// What a hand can do on a chart beyond the cursor. An event it takes is not the cursor's.
pub trait Hand<P: Picture>: Copy + Send + Sync + 'static {
    /// What its keys do.
    const KEYS: &'static str = "Arrow keys move the cursor, Page keys by more, Enter sets the what-if there.";
    /// Tracks what its drawing depends on.
    fn track(&self) {}
    /// Draws over the chart.
    fn draw(&self, _scene: &mut Scene, _chart: &P, _width: f64) {}
    /// A press.
    fn pressed(&self, _event: &PointerEvent, _at: Pixel, _chart: &P, _width: f64) -> bool {
        false
    }
    /// A move, pressed or not.
    fn moved(&self, _event: &PointerEvent, _at: Pixel, _chart: &P, _width: f64) -> bool {
        false
    }
    /// A key.
    fn keyed(&self, _event: &KeyboardEvent, _cursor: Option<Cursor>, _chart: &P, _width: f64) -> bool {
        false
    }
    /// Elements over the chart.
    fn over(self, _chart: Signal<Option<P>>, _width: RwSignal<f64>) -> impl IntoView {}
    /// The chart as a table, for who can't see it. The first screen has none: the whole page follows in a moment.
    fn table(self, _chart: Signal<Option<P>>) -> impl IntoView {}
    /// Hears what the first screen does not: wheel and release.
    fn listen(&self, _plot: NodeRef<Div>, _chart: Signal<Option<P>>, _width: RwSignal<f64>) {}
}

impl<P: Picture> Hand<P> for () {}

/// What the keys of a hand do.
fn keys_of<P: Picture, H: Hand<P>>(_: H) -> &'static str {
    H::KEYS
}

/// The chart. `losses` says its first line; `set` is called where a person chooses a place on it.
pub fn pane<P: Picture>(
    chart: Signal<Option<P>>,
    hand: impl Hand<P>,
    losses: impl Fn(&P, Option<Cursor>) -> Vec<String> + Copy + Send + Sync + 'static,
    set: Callback<Cursor>,
    bands: Signal<String>,
    nothing: Signal<String>,
) -> impl IntoView {
    let plot = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<Canvas>::new();
    let cursor = RwSignal::new(None::<Cursor>);
    // Curves, bands and points lie on a canvas of their own: while the what-if moves along them they stay as painted.
    let ground_ref = NodeRef::<Canvas>::new();
    let painted = StoredValue::new(canvas::Painted::default());
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let (scene, size) = match chart.try_get_untracked().flatten() {
            Some(chart) => {
                let (mut scene, size) = chart.scene(width, cursor.try_get_untracked().flatten());
                hand.draw(&mut scene, &chart, width);
                (scene, size)
            }
            None => (Scene::default(), (width, crate::chart::layout::height(width))),
        };
        // The first screen has none: comparing marks is code that it would have to fetch.
        let ground = ground_ref.try_get_untracked().flatten().filter(|_| WHOLE);
        let (below, above) = scene.marks.split_at(if ground.is_some() { scene.ground } else { 0 });
        if let Some(ground) = ground {
            painted.try_update_value(|painted| painted.paint(&ground, below, size));
        }
        canvas::paint(element, above, size);
    };
    let track = move || {
        chart.track();
        cursor.track();
        hand.track();
    };
    let width = surface::draw_on(plot, canvas_ref, Box::new(track), Box::new(draw));
    hand.listen(plot, chart, width);

    let moved = move |event: PointerEvent, pressed: bool| {
        let (Some(element), Some(chart)) = (plot.get_untracked(), chart.get_untracked()) else { return };
        let (at, width) = (local(&element, &event), width.get_untracked());
        if pressed {
            // Without capture the drag just ends at the plot's edge.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        let taken = match pressed {
            true => hand.pressed(&event, at, &chart, width),
            false => hand.moved(&event, at, &chart, width),
        };
        if taken {
            return;
        }
        let found = chart.cursor(width, at);
        cursor.set(Some(found));
        if event.buttons() & 1 == 1 {
            set.run(found);
        }
    };
    let keyed = move |event: KeyboardEvent| {
        let Some(chart) = chart.get_untracked() else { return };
        let (from, width) = (cursor.get_untracked(), width.get_untracked());
        if hand.keyed(&event, from, &chart, width) {
            return event.prevent_default();
        }
        match event.key().as_str() {
            "Enter" | " " => set.run(from.unwrap_or_else(|| chart.now())),
            "Escape" => return cursor.set(None),
            key => {
                let Some(next) = chart.keyed(width, from, key) else { return };
                cursor.set(Some(next));
            }
        }
        event.prevent_default();
    };
    // Said twice, and of a map predicted with every draw.
    let first = Memo::new(move |_| chart.get().map(|chart| losses(&chart, cursor.get())).unwrap_or_default());
    let second = move || match (chart.get(), cursor.get()) {
        (Some(chart), Some(at)) => chart.run(at).unwrap_or_default(),
        _ => String::new(),
    };
    let part = move || {
        let part = chart.get().map(|chart| chart.across().part(cursor.get().unwrap_or_else(|| chart.now()).x));
        (part.unwrap_or(0.0).clamp(0.0, 1.0) * 100.0).round().to_string()
    };
    let name = Memo::new(move |_| chart.with(|chart| chart.as_ref().map(Picture::name)));
    // Where there is no chart its words keep their place.
    let caption = Memo::new(move |_| {
        let bands = bands.get();
        chart.with(|chart| chart.as_ref().map_or_else(|| ChartView::default().caption(&bands), |c| c.caption(&bands)))
    });
    view! {
        <figure class="loss-chart">
            <p class="readout">
                <span>
                    {move || first.get().into_iter().enumerate().map(|(at, piece)| {
                        view! { {if at == 0 { "" } else { ", " }}<b>{piece}</b> }
                    }).collect_view()}
                </span>
                <span>{second}</span>
            </p>
            <div
                class="plot" node_ref=plot tabindex="0" role="slider"
                aria-label=move || name.get().unwrap_or_else(|| "Chart: cursor".to_owned())
                aria-describedby="loss-chart-keys" aria-valuemin="0" aria-valuemax="100" aria-valuenow=part
                aria-valuetext=move || format!("{}. {}", first.get().join(", "), second())
                on:pointerdown=move |event| if event.button() == 0 { moved(event, true) }
                on:pointermove=move |event| moved(event, false)
                on:pointerleave=move |_| cursor.set(None)
                on:keydown=keyed on:blur=move |_| cursor.set(None)
            >
                {ground(ground_ref)}
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
                {hand.over(chart, width)}
                <p class="nothing" hidden=move || chart.with(Option::is_some)>{move || nothing.get()}</p>
            </div>
            <figcaption>{move || caption.get()}</figcaption>
            <p class="vh" id="loss-chart-keys">{keys_of(hand)}</p>
            <div class="vh">{hand.table(chart)}</div>
        </figure>
    }
}

/// The canvas below; the first screen, which is there for a moment, paints everything on one.
#[cfg(feature = "workbench")]
fn ground(canvas: NodeRef<Canvas>) -> impl IntoView {
    view! { <canvas class="ground" node_ref=canvas aria-hidden="true"></canvas> }
}

#[cfg(not(feature = "workbench"))]
fn ground(_: NodeRef<Canvas>) {}

/// Where an event is, from the upper left of the plot.
pub fn local(plot: &web_sys::Element, event: &MouseEvent) -> Pixel {
    let bounds = plot.get_bounding_client_rect();
    (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top())
}
