//! The chart of loss against mixture ratio: the canvas, its cursor by mouse, touch and keyboard, its words.

use super::{readout, surface};
use crate::chart::hit::{self, Step};
use crate::chart::loss::{self, Cursor};
use crate::chart::{ChartView, Layout, canvas};
use crate::quantity::Share;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// The chart. `on_ratio` is called with a new domain share when a person sets one on it.
#[component]
pub fn LossChart(
    /// What it shows; `None` while there is no fit.
    #[prop(into)]
    view: Signal<Option<ChartView>>,
    /// What the bands hold of the draws: "90 %", or "spread".
    #[prop(into)]
    bands: Signal<String>,
    /// Called with the domain share a person sets.
    on_ratio: Callback<f64>,
) -> impl IntoView {
    let plot = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<Canvas>::new();
    let cursor = RwSignal::new(None::<Cursor>);
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let chart = view.try_get_untracked().flatten().unwrap_or_default();
        let layout = Layout::new(&chart, width);
        let scene = loss::scene(&chart, &layout, cursor.try_get_untracked().flatten());
        canvas::paint(element, &scene, &canvas::Theme::read(element), (layout.width, layout.height));
    };
    let track = move || {
        view.track();
        cursor.track();
    };
    let width = surface::draw_on(plot, canvas_ref, Box::new(track), Box::new(draw));

    let point = move |event: &web_sys::PointerEvent| -> Option<Cursor> {
        let bounds = plot.get_untracked()?.get_bounding_client_rect();
        let chart = view.get_untracked()?;
        let layout = Layout::new(&chart, width.get_untracked());
        let at = (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        Some(hit::cursor(&chart, &layout, at))
    };
    let moved = move |event: web_sys::PointerEvent| {
        if let Some(found) = point(&event) {
            cursor.set(Some(found));
            if event.buttons() & 1 == 1 {
                on_ratio.run(found.x);
            }
        }
    };
    let pressed = move |event: web_sys::PointerEvent| {
        if event.button() == 0 {
            if let Some(element) = plot.get_untracked() {
                // Without capture the drag just ends at the plot's edge.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            moved(event);
        }
    };
    let keyed = move |event: web_sys::KeyboardEvent| {
        let Some(chart) = view.get_untracked() else { return };
        let from = cursor.get_untracked().map_or(chart.now, |c| c.x);
        let step = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Step::Less,
            "ArrowRight" | "ArrowUp" => Step::More,
            "PageDown" => Step::PageLess,
            "PageUp" => Step::PageMore,
            "Home" => Step::First,
            "End" => Step::Last,
            "Enter" | " " => {
                event.prevent_default();
                on_ratio.run(from);
                return;
            }
            "Escape" => {
                cursor.set(None);
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let layout = Layout::new(&chart, width.get_untracked());
        cursor.set(Some(hit::cursor_at(&chart, &layout, step.from(from))));
    };
    let share = move || cursor.get().map(|c| c.x).or_else(|| view.get().map(|v| v.now)).unwrap_or(0.0);
    let first = move || view.get().map(|v| readout::losses(&v, share())).unwrap_or_default();
    let second = move || match (view.get(), cursor.get()) {
        (Some(chart), Some(at)) => readout::run(&chart, at).unwrap_or_default(),
        _ => String::new(),
    };
    view! {
        <figure class="loss-chart">
            <p class="readout">
                <span>
                    {move || first().into_iter().enumerate().map(|(at, piece)| {
                        view! { {if at == 0 { "" } else { ", " }}<b>{piece}</b> }
                    }).collect_view()}
                </span>
                <span>{second}</span>
            </p>
            <div
                class="plot" node_ref=plot tabindex="0" role="slider"
                aria-label="Loss against domain share: cursor" aria-describedby="loss-chart-keys"
                aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || (share() * 100.0).round().to_string()
                aria-valuetext=move || format!("{}. {}", first().join(", "), second())
                on:pointerdown=pressed on:pointermove=moved
                on:pointerleave=move |_| cursor.set(None)
                on:keydown=keyed on:blur=move |_| cursor.set(None)
            >
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
                <p class="nothing" hidden=move || view.get().is_some()>"The chart is drawn once a fit is there."</p>
            </div>
            <figcaption>
                "Solid line and circles: general. Dashed line and diamonds: domain. Dark band: the law; light band: a new run; "
                {move || format!("both {} of the draws. ", bands.get())}
                {move || view.with(|view| view.as_ref().is_some_and(|view| view.limit.is_some())).then_some(
                    "Grey: where the general loss keeps its limit; darker: the interval of the best ratio. ",
                )}
                "One point a run, its checkpoint nearest to this budget; hollow: another size or budget."
            </figcaption>
            <p class="vh" id="loss-chart-keys">
                {move || format!(
                    "Arrow keys move the cursor, Enter sets the domain share; it is now {}.",
                    Share(view.get().map_or(0.0, |v| v.now)),
                )}
            </p>
            <div class="vh">{move || view.get().map(|chart| readout::table(&chart))}</div>
        </figure>
    }
}
