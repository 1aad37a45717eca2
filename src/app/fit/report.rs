//! A report as its parts say, whatever it is about: sentences, tables, small charts, a matrix.

use crate::app::decide::row::grid;
use crate::app::explore::surface;
use crate::chart::canvas;
use crate::chart::small::{self, SmallView};
use crate::inquiry::{Part, Report};
use crate::reply::Grid;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// The parts in their order.
pub fn parts(report: &Report) -> AnyView {
    report.parts.iter().map(part).collect_view().into_any()
}

fn part(part: &Part) -> AnyView {
    match part {
        Part::Title(text) => view! { <h3>{text.clone()}</h3> }.into_any(),
        Part::Answer(text) => view! { <p class="said">{text.clone()}</p> }.into_any(),
        Part::Text(text) => view! { <p class="quiet">{text.clone()}</p> }.into_any(),
        Part::Warning(text) => view! {
            <p class="note bad"><span aria-hidden="true">"✕ "</span><span class="vh">"Withheld: "</span>{text.clone()}</p>
        }
        .into_any(),
        Part::Table(table) => grid(table),
        Part::Charts(charts) => {
            let charts: Vec<AnyView> = charts.iter().map(|(view, numbers)| chart(view.clone(), numbers)).collect();
            view! { <div class="charts">{charts}</div> }.into_any()
        }
        Part::Matrix { caption, names, values } => matrix(caption, names, values),
        // A file is saved by whoever asked for it.
        Part::Take(_) => ().into_any(),
    }
}

/// A small chart, with its numbers folded below it.
fn chart(view: SmallView, numbers: &Grid) -> AnyView {
    let frame = NodeRef::<Div>::new();
    let canvas_ref = NodeRef::<Canvas>::new();
    let title = view.title.clone();
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let scene = small::scene(&view, width);
        canvas::paint(element, &scene, &canvas::Theme::read(element), (width, small::HEIGHT));
    };
    surface::draw_on(frame, canvas_ref, Box::new(|| ()), Box::new(draw));
    view! {
        <figure class="small-chart">
            <figcaption>{title}</figcaption>
            <div class="small-frame" node_ref=frame><canvas node_ref=canvas_ref aria-hidden="true"></canvas></div>
            <details class="sub"><summary>"Numbers"</summary>{grid(numbers)}</details>
        </figure>
    }
    .into_any()
}

/// Each pair's value as its number and as a square of its size: filled above 0, hollow below.
fn matrix(caption: &str, names: &[String], values: &[Vec<f64>]) -> AnyView {
    let head = names.iter().map(|name| view! { <th scope="col">{name.clone()}</th> });
    let rows = names.iter().zip(values).enumerate().map(|(at, (name, row))| {
        let cells = row.iter().enumerate().map(|(other, &value)| {
            if other >= at {
                return view! { <td></td> }.into_any();
            }
            let text = format!("{value:.2}").replace('-', "−");
            let size = format!("{:.0}%", 100.0 * value.abs().min(1.0).sqrt());
            let class = if value < 0.0 { "less" } else { "more" };
            view! { <td class=class style:--size=size><span>{text}</span></td> }.into_any()
        });
        view! { <tr><th scope="row">{name.clone()}</th>{cells.collect_view()}</tr> }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption.to_owned()>
            <table class="matrix">
                <caption>{caption.to_owned()}"; the larger the square the closer, hollow where one falls as the other rises"</caption>
                <thead><tr><td></td>{head.collect_view()}</tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
