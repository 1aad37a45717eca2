//! A report as its parts say, whatever it is about. All but the charts is written as text: see `decide/html.rs`.

use crate::app::decide::html::{escape, push};
use crate::app::decide::plot::stepped;
use crate::app::decide::row::table;
use crate::app::decide::save;
use crate::app::explore::pane::local;
use crate::app::explore::surface;
use crate::app::explore::window::Window;
use crate::chart::canvas;
use crate::chart::scale::Spacing;
use crate::chart::small::{self, SmallView};
use crate::chart::stretch::Stretch;
use crate::inquiry::{Part, Report};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::{HtmlCanvasElement, KeyboardEvent, PointerEvent};

/// A small chart's horizontal axis.
const WHOLE: (f64, f64) = (0.0, 1.0);

/// The parts in their order.
pub fn parts(report: &Report) -> AnyView {
    let mut pieces: Vec<AnyView> = Vec::new();
    let mut text = String::new();
    for part in &report.parts {
        if let Part::Charts(charts) = part {
            pieces.push(written(std::mem::take(&mut text)));
            let charts: Vec<AnyView> =
                charts.iter().map(|(view, numbers)| chart(view.clone(), table(numbers))).collect();
            pieces.push(view! { <div class="charts">{charts}</div> }.into_any());
        } else {
            write(&mut text, part);
        }
    }
    pieces.push(written(text));
    pieces.into_any()
}

fn written(text: String) -> AnyView {
    view! { <div class="written" inner_html=text></div> }.into_any()
}

fn write(out: &mut String, part: &Part) {
    match part {
        Part::Title(text) => push(out, &["<h3>", &escape(text), "</h3>"]),
        Part::Answer(text) => push(out, &["<p class=said>", &escape(text), "</p>"]),
        Part::Text(text) => push(out, &["<p class=quiet>", &escape(text), "</p>"]),
        Part::Warning(text) => push(
            out,
            &[
                "<p class=\"note bad\"><span aria-hidden=true>✕ </span><span class=vh>Withheld: </span>",
                &escape(text),
                "</p>",
            ],
        ),
        Part::Table(grid) => out.push_str(&table(grid)),
        Part::Matrix { caption, names, values } => matrix(out, caption, names, values),
        // A file is saved by whoever asked for it; charts are no text.
        Part::Take(_) | Part::Charts(_) => {}
    }
}

/// A small chart with its cursor and what is shown of it, and its numbers folded below it.
fn chart(view: SmallView, numbers: String) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<Canvas>::new();
    let cursor = RwSignal::new(None::<usize>);
    let [title, figure, named] = [(); 3].map(|()| view.title.clone());
    let view = StoredValue::new(view);
    let window = Window::new(
        |shown| Some(Stretch::new(WHOLE, shown, Spacing::Linear)),
        move |width, _, px| view.try_with_value(|view| small::part(view, width, px)),
    );
    // What is shown of it, a chart again.
    let part = move || {
        let shown = window.shown.try_get_untracked().flatten();
        view.try_with_value(|view| shown.map_or_else(|| view.clone(), |shown| view.within(shown)))
    };
    let drawn = move |width: f64| {
        let view = part()?;
        let scene = small::scene(&view, width, None);
        Some(save::Drawn { title: view.title, scene, size: (width, small::HEIGHT) })
    };
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let at = cursor.try_get_untracked().flatten();
        let Some(view) = part() else { return };
        canvas::paint(element, &small::scene(&view, width, at).marks, (width, small::HEIGHT));
    };
    let track = move || {
        cursor.track();
        window.shown.track();
    };
    let width = surface::draw_on(frame, canvas_ref, Box::new(track), Box::new(draw));
    window.listen(frame, width);
    let last = view.with_value(|view| view.said.len().checked_sub(1));
    let place = move |at: Option<usize>| view.with_value(|view| Some(view.said.get(at?)?.0.0));
    let keyed = move |event: KeyboardEvent| {
        let from = cursor.get_untracked();
        if window.keyed(&event, place(from)) {
            return event.prevent_default();
        }
        if let Some(next) = last.and_then(|last| stepped(&event.key(), from, last)) {
            event.prevent_default();
            cursor.set(next);
            place(next).into_iter().for_each(|at| window.reveal(at));
        }
    };
    let pressed = move |event: PointerEvent| {
        if let Some(frame) = frame.get_untracked().filter(|_| event.button() == 0) {
            window.pressed(&frame, &event, width.get_untracked());
        }
    };
    let pointed = move |event: PointerEvent| {
        let Some(frame) = frame.get_untracked() else { return };
        if window.moved(&frame, &event, width.get_untracked()) {
            return cursor.set(None);
        }
        let at = local(&frame, &event);
        cursor.set(part().and_then(|view| small::nearest(&view, width.get_untracked(), at)));
    };
    let said = Memo::new(move |_| {
        view.with_value(|view| cursor.get().and_then(|at| Some(view.said.get(at)?.1.clone()))).unwrap_or_default()
    });
    let along = move || cursor.get().map_or(0, |at| at * 100 / last.unwrap_or(0).max(1)).to_string();
    view! {
        <figure class="small-chart" aria-label=figure>
            <figcaption>{move || match said.get() {
                said if said.is_empty() => title.clone(),
                said => said,
            }}</figcaption>
            <div
                class="small-frame" node_ref=frame tabindex="0" role="slider" aria-label=named
                aria-valuemin="0" aria-valuemax="100" aria-valuenow=along
                aria-valuetext=move || match said.get() {
                    said if said.is_empty() => {
                        "Arrow keys move along the chart, plus and minus zoom, 0 shows all, Shift with an arrow moves it."
                            .to_owned()
                    }
                    said => said,
                }
                on:keydown=keyed on:blur=move |_| cursor.set(None)
                on:pointermove=pointed on:pointerdown=move |event| { pressed(event.clone()); pointed(event) }
                on:pointerleave=move |_| cursor.set(None)
            >
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
            </div>
            <p class="plot-tools">{window.buttons()}{save::as_svg(drawn)}</p>
            <details class="sub"><summary>"Numbers"</summary><div inner_html=numbers></div></details>
        </figure>
    }
    .into_any()
}

/// Each pair's value as its number and as a square of its size: filled above 0, hollow below. The sizes are classes, in
/// tenths: the page's policy lets no style in that is written in the text.
fn matrix(out: &mut String, caption: &str, names: &[String], values: &[Vec<f64>]) {
    let caption = escape(caption);
    push(
        out,
        &["<div class=scroll tabindex=0 role=region aria-label=\"", &caption, "\"><table class=matrix><caption>"],
    );
    push(
        out,
        &[
            &caption,
            "; the larger the square the closer, hollow where one falls as the other rises</caption><thead><tr><td></td>",
        ],
    );
    for name in names.iter().take(names.len().saturating_sub(1)) {
        push(out, &["<th scope=col>", &escape(name), "</th>"]);
    }
    out.push_str("</tr></thead><tbody>");
    for (at, (name, row)) in names.iter().zip(values).enumerate().skip(1) {
        push(out, &["<tr><th scope=row>", &escape(name), "</th>"]);
        for value in row.iter().take(at) {
            let hundredths = (100.0 * value).round() as i32;
            let sign = if hundredths < 0 { "−" } else { "" };
            let class = if hundredths < 0 { "less" } else { "more" };
            let tenths = (10.0 * value.abs().min(1.0).sqrt()).round() as i32;
            let size = hundredths.abs();
            let text =
                format!("<td class=\"{class} size-{tenths}\"><span>{sign}{}.{:02}</span></td>", size / 100, size % 100);
            out.push_str(&text);
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table></div>");
}
