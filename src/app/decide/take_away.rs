//! Take it away: the chart as a picture, a report to print, and the files the worker makes.

use super::asking::Decisions;
use super::row::RowParts;
use super::save::{WIDTH, save, save_blob};
use super::{limit_view, pins_on};
use crate::app::explore::shown::{self, Shown};
use crate::app::mixture;
use crate::app::stage::Chart;
use crate::app::state::State;
use crate::chart::{AnyPicture, Picture, canvas, svg};
use crate::export::{Taken, report};
use crate::reply::{Reply, Topic};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::prelude::{Closure, JsCast};
use web_sys::{Blob, HtmlCanvasElement};

/// Device pixels a CSS pixel of a saved picture.
const SHARP: f64 = 2.0;

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::TakeAway,
        title: "Take it away",
        about: "The chart, a page to print, and the numbers and the law as files, all made in this tab.",
        fields: &[],
        more: Some(made_here()),
    }
}

/// What is made of what the page shows.
fn made_here() -> AnyView {
    let state = State::get();
    let Chart(chart) = Chart::get();
    let Shown { picture, .. } = Shown::get();
    let decisions = Decisions::get();
    let report_view = move || {
        let at = state.recipe.get_untracked()?;
        // A report is about the ratio where there is one to choose, else about what is shown.
        let fixed = state.axes.with_untracked(|axes| axes.as_ref().is_some_and(|axes| axes.ratio.locked.is_some()));
        let picture_of = || picture.get_untracked().filter(|_| fixed);
        let mut shown = picture_of().or_else(|| chart.get_untracked().map(AnyPicture::Losses))?;
        let view = shown.view();
        untrack(|| shown::decorate(&mut shown, limit_view(), pins_on(state, at, view)));
        match shown {
            AnyPicture::Losses(view) => Some((Some(view), at)),
            AnyPicture::Map(_) => Some((None, at)),
        }
    };
    let view = move || Some((picture.get_untracked()?, state.recipe.get_untracked()?));
    let mixed = mixture::is_open(state);
    let report = move |_| {
        let (view, at) = match (report_view(), state.recipe.get_untracked()) {
            (Some((view, at)), _) => (view, at),
            // A mixture is no point of a chart against one axis: its report has the tables.
            (None, Some(at)) if mixed.get_untracked() => (None, at),
            _ => return,
        };
        let shares = untrack(|| mixture::what_if(state));
        let replies = [Topic::TradeOff, Topic::Limited, Topic::Allocate, Topic::Frontier, Topic::Tasks, Topic::Mixture];
        let replies: Vec<Arc<Reply>> =
            replies.into_iter().filter_map(|topic| decisions.of(topic).reply.get_untracked()).collect();
        let replies: Vec<&Reply> = replies.iter().map(AsRef::as_ref).collect();
        let (domain, unit) = (state.domain.get_untracked(), untrack(|| state.shown()));
        let source = state.opened.with_untracked(|opened| opened.as_ref().map(|opened| opened.source.name.clone()));
        state.study.with_untracked(|study| {
            let Some(study) = study else { return };
            let source = source.unwrap_or_default();
            let taken = Taken { study, domain: domain.as_deref(), at, shares: &shares, source: &source };
            save("ratioscope-report.html", &report::html(&taken, unit, view.as_ref(), &replies));
        });
    };
    let as_svg = move |_| {
        if let Some((view, at)) = view() {
            let (scene, size) = view.scene(WIDTH, None);
            save("ratioscope-chart.svg", &svg::svg(&scene, size, &view.titled(at)));
        }
    };
    let as_png = move |_| {
        if let Some((view, _)) = view() {
            save_png(&view);
        }
    };
    view! {
        <p class="row" hidden=move || chart.with(Option::is_none) && !mixed.get()>
            <button type="button" on:click=report>"Report to print"</button>
            <button type="button" hidden=move || mixed.get() on:click=as_svg>"Chart, SVG"</button>
            <button type="button" hidden=move || mixed.get() on:click=as_png>"Chart, PNG"</button>
        </p>
    }
    .into_any()
}

/// The chart in the page's own colours, on its background, twice as sharp as its CSS pixels.
fn save_png(picture: &AnyPicture) {
    let canvas = document().create_element("canvas").ok().and_then(|made| made.dyn_into::<HtmlCanvasElement>().ok());
    // Its style is the page's only inside the page.
    let (Some(canvas), Some(body)) = (canvas, document().body()) else { return };
    canvas.set_hidden(true);
    if body.append_child(&canvas).is_err() {
        return;
    }
    let (mut scene, (right, bottom)) = picture.scene(WIDTH, None);
    let mut whole = crate::chart::scene::Scene::default();
    whole.fill(vec![(0.0, 0.0), (right, 0.0), (right, bottom), (0.0, bottom)], crate::chart::scene::Role::Background);
    whole.marks.append(&mut scene.marks);
    canvas::paint_at(&canvas, &whole, &canvas::Theme::read(&canvas), (right, bottom), SHARP);
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            save_blob("ratioscope-chart.png", &blob);
        }
    });
    // A canvas of our own drawing is never tainted, so this can't be refused.
    let _ = canvas.to_blob(done.unchecked_ref());
    canvas.remove();
}
