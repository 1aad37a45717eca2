//! The plot of a decision: a canvas, its cursor by pointer and keyboard, and its points in words.

use super::{html, save};
use crate::app::explore::surface;
use crate::app::explore::window::Window;
use crate::app::state::State;
use crate::chart::measured::pairs;
use crate::chart::plot::{self, PlotMark, PlotView, Shape};
use crate::chart::{Measured, canvas};
use crate::reply::Topic;
use crate::table::Measure;
use leptos::html::{Canvas, Div, Figure};
use leptos::prelude::*;
use web_sys::{Element, HtmlCanvasElement};

/// Rows of the hidden table, at most.
const SAID: usize = 12;

/// The plot of a topic with the measure its losses are in; nothing where its answer has none.
pub fn plot(topic: Topic, view: Memo<Option<(PlotView, Measure)>>) -> AnyView {
    if !matches!(topic, Topic::Allocate | Topic::Frontier | Topic::Start) {
        return ().into_any();
    }
    let state = State::get();
    let view = Memo::new(move |_| {
        let (mut view, measure) = view.get()?;
        let unit = measure.unit(state.shown().per);
        view.y.name = format!("{}, {unit}", view.y.name);
        if topic == Topic::Frontier {
            view.x.name = format!("{}, {unit}", view.x.name);
            view.marks.splice(0..0, runs(state, measure).unwrap_or_default());
        }
        Some(view)
    });
    let legend = match topic {
        Topic::Frontier => {
            "Diamond: the weights’ choice. Square: the knee. Dots: measured runs, hollow at another size or budget."
        }
        Topic::Start => {
            "Dashed: continued. Dotted: from scratch. Bands: the draws. Diamond and square: continued and from scratch at \
             this what-if. Grey: the interval of the break-even. Hatched: beyond the measured tokens."
        }
        _ => "Diamond: the answer; grey: its interval. Band: the law at each size. Hatched: beyond the measured sizes.",
    };
    figure(view, legend)
}

/// A plot with its cursor and its words.
pub fn figure(view: Memo<Option<PlotView>>, legend: &'static str) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<Canvas>::new();
    let cursor = RwSignal::new(None::<usize>);
    let window = Window::new(
        move |shown| view.with(|view| plot::across(view.as_ref()?, shown)),
        move |width, shown, px| view.with(|view| plot::part(view.as_ref()?, width, shown, px)),
    );
    let track = move || {
        view.track();
        cursor.track();
        window.shown.track();
    };
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let shown = view.try_get_untracked().flatten().unwrap_or_default();
        let scene = plot::scene(
            &shown,
            width,
            cursor.try_get_untracked().flatten(),
            window.shown.try_get_untracked().flatten(),
        );
        canvas::paint(element, &scene.marks, (width, plot::HEIGHT));
    };
    let width = surface::draw_on(frame, canvas_ref, Box::new(track), Box::new(draw));
    window.listen(frame, width);
    let place = move |at: Option<usize>| view.with_untracked(|view| Some(view.as_ref()?.points.get(at?)?.x));
    let count = move || view.with_untracked(|view| view.as_ref().map_or(0, |view| view.points.len()));
    let keyed = move |event: web_sys::KeyboardEvent| {
        let Some(last) = count().checked_sub(1) else { return };
        let from = cursor.get_untracked();
        if window.keyed(&event, place(from)) {
            return event.prevent_default();
        }
        let Some(next) = stepped(&event.key(), from, last) else { return };
        event.prevent_default();
        cursor.set(next);
        place(next).into_iter().for_each(|value| window.reveal(value));
    };
    let pressed = move |event: web_sys::PointerEvent| {
        if let Some(frame) = frame.get_untracked().filter(|_| event.button() == 0) {
            window.pressed(&frame, &event, width.get_untracked());
        }
    };
    let pointed = move |event: web_sys::PointerEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        if window.moved(&frame, &event, width.get_untracked()) {
            return cursor.set(None);
        }
        let bounds = frame.get_bounding_client_rect();
        let at = (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        cursor.set(view.with_untracked(|view| {
            plot::nearest(view.as_ref()?, width.get_untracked(), window.shown.get_untracked(), at)
        }));
    };
    let drawn = move |width: f64| {
        let view = view.get_untracked()?;
        let scene = plot::scene(&view, width, None, window.shown.get_untracked());
        Some(save::Drawn { title: view.caption, scene, size: (width, plot::HEIGHT) })
    };
    let figure = NodeRef::<Figure>::new();
    Effect::new(move |_| {
        let (Some(figure), at) = (figure.get(), cursor.get()) else { return };
        view.with(|view| show(&figure, view.as_ref(), at));
    });
    view! {
        <figure class="plot-figure" node_ref=figure hidden>
            <p class="readout"></p>
            <div
                class="small-plot" node_ref=frame tabindex="0" role="slider" aria-label="Plot"
                aria-valuemin="0" aria-valuemax="100" aria-valuenow="0"
                on:keydown=keyed on:blur=move |_| cursor.set(None)
                on:pointerdown=pressed on:pointermove=pointed on:pointerleave=move |_| cursor.set(None)
            >
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
            </div>
            <figcaption hidden=legend.is_empty()>{legend}</figcaption>
            <p class="plot-tools">{window.buttons()}{save::as_svg(drawn)}</p>
            <ul class="vh"></ul>
        </figure>
    }
    .into_any()
}

/// The point that a key leads to, `None` inside where it leads off the curve; `None` where the key is not the cursor's.
pub fn stepped(key: &str, from: Option<usize>, last: usize) -> Option<Option<usize>> {
    let by = |step: isize| Some(from.map_or(0, |at| at.saturating_add_signed(step)).min(last));
    Some(match key {
        "ArrowLeft" | "ArrowDown" => by(-1),
        "ArrowRight" | "ArrowUp" => by(1),
        "PageDown" => by(-10),
        "PageUp" => by(10),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" => None,
        _ => return None,
    })
}

/// The plot in words: its caption or the point the cursor is at, and a list of points for screen readers.
fn show(figure: &Element, view: Option<&PlotView>, at: Option<usize>) {
    html::flag(figure, "hidden", view.is_none());
    let (Some(view), Some(plot)) = (view, html::find(figure, ".small-plot")) else { return };
    let said = at.and_then(|at| view.points.get(at)).map(|point| point.said.as_str());
    html::say(figure, ".readout", said.unwrap_or(&view.caption));
    let now = at.map_or(0, |at| at * 100 / view.points.len().max(1)).to_string();
    let text = said
        .unwrap_or("Arrow keys move along the curve, plus and minus zoom, 0 shows all, Shift with an arrow moves it.");
    for (name, value) in [("aria-label", view.caption.as_str()), ("aria-valuenow", &now), ("aria-valuetext", text)] {
        let _ = plot.set_attribute(name, value);
    }
    if let Some(list) = html::find(figure, "ul") {
        let every = view.points.len().div_ceil(SAID).max(1);
        let lines = view.points.iter().step_by(every);
        list.set_inner_html(
            &lines.map(|point| ["<li>", &html::escape(&point.said), "</li>"].concat()).collect::<String>(),
        );
    }
}

/// The measured runs as points of the frontier: a run's two losses.
fn runs(state: State, measure: Measure) -> Option<Vec<PlotMark>> {
    let recipe = state.recipe.get()?;
    let (general, domain) = (state.general.get()?, state.domain.get()?);
    let (study, opened) = (state.study.get()?, state.opened.get()?);
    let both = pairs(&study, opened.rows(), recipe, (&general, &domain));
    let mark = |(general, domain): (Measured, Measured)| PlotMark {
        at: (measure.from_nats(general.loss), measure.from_nats(domain.loss)),
        shape: if general.other { Shape::Other } else { Shape::Measured },
        label: String::new(),
    };
    Some(both.into_iter().map(mark).collect())
}
