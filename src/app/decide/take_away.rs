//! Take it away: the chart as a picture, a report to print, and the files the worker makes.

use super::asking::Decisions;
use super::row::RowParts;
use super::save::{Drawn, WIDTH, save};
use super::{limit_view, pins_on};
use crate::app::explore::shown::{self, Shown};
use crate::app::mixture;
use crate::app::stage::along_the_ratio;
use crate::app::state::State;
use crate::chart::mixture::MixturePicture;
use crate::chart::{AnyPicture, Picture};
use crate::export::{Taken, report};
use crate::reply::{Reply, Topic};
use leptos::prelude::*;
use std::sync::Arc;

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
    let Shown { picture, .. } = Shown::get();
    let decisions = Decisions::get();
    let report_view = move || {
        let at = state.recipe.get_untracked()?;
        // A report is about the ratio where there is one to choose, else about what is shown.
        let fixed = state.axes.with_untracked(|axes| axes.as_ref().is_some_and(|axes| axes.ratio.locked.is_some()));
        let picture_of = || picture.get_untracked().filter(|_| fixed);
        let along = || untrack(|| along_the_ratio(state, at)).map(AnyPicture::Losses);
        let mut shown = picture_of().or_else(along)?;
        let view = shown.view();
        untrack(|| shown::decorate(&mut shown, limit_view(), pins_on(state, at, view)));
        match shown {
            AnyPicture::Losses(view) => Some((Some(report::Chart::of_losses(&view, at)), at)),
            AnyPicture::Map(_) => Some((None, at)),
        }
    };
    let mixed = mixture::is_open(state);
    // A printed law has a file of its own.
    let nothing = Memo::new(move |_| {
        let printed = state.printed.with(Option::is_some);
        (state.study.with(Option::is_none) || printed) && !mixed.get()
    });
    let mixture_picture = mixture::picture(state);
    let drawn = move || match mixed.get_untracked() {
        true => mixture::as_file(state, mixture_picture, WIDTH),
        false => {
            let (view, at) = (picture.get_untracked()?, state.recipe.get_untracked()?);
            let (scene, size) = view.scene(WIDTH, None);
            Some(Drawn { title: view.titled(at), scene, size })
        }
    };
    // A mixture is no point of a chart against one axis: it has a picture of its own.
    let mixture_chart = move || {
        let picture = mixture_picture.get_untracked()?;
        let Drawn { title, scene, size } = mixture::as_file(state, mixture_picture, report::WIDTH)?;
        let caption = match picture {
            MixturePicture::Triangle(_) => "Contours of the law over every mixture of the three corpora.",
            MixturePicture::Shares(_) => "The share of each corpus.",
        };
        Some(report::Chart { title, scene, size, caption })
    };
    let report = move |_| {
        let (chart, at) = match (mixed.get_untracked(), report_view(), state.recipe.get_untracked()) {
            (true, _, Some(at)) => (mixture_chart(), at),
            (_, Some((chart, at)), _) => (chart, at),
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
            save("ratioscope-report.html", &report::html(&taken, unit, chart.as_ref(), &replies));
        });
    };
    let as_svg = move |_| drawn().iter().for_each(Drawn::save_svg);
    let as_png = move |_| drawn().into_iter().for_each(Drawn::save_png);
    view! {
        <p class="row" hidden=nothing>
            <button type="button" on:click=report>"Report to print"</button>
            <button type="button" on:click=as_svg>"Chart, SVG"</button>
            <button type="button" on:click=as_png>"Chart, PNG"</button>
        </p>
    }
    .into_any()
}
