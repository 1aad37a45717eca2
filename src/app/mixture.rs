//! The what-if of a law of several corpora: a slider a corpus, whose shares add up to one; the losses there; the mixture's
//! picture.

mod picture;
mod triangle;

pub use picture::{as_file, picture};

use super::decide::asking::Decisions;
use super::decide::pins;
use super::decide::row::table;
use super::decide::save;
use super::explore::{LossFigure, QuantitySlider, SliderKind};
use super::explore::{measure, side};
use super::state::State;
use crate::decide::mixture::{applies, middle, names, outside, predict, with_share};
use crate::decide::words::list;
use crate::fit::{Fit, Prediction};
use crate::law;
use crate::number::interval;
use crate::quantity::Share;
use crate::reply::{Grid, Mixed, Topic};
use crate::settings::Settings;
use crate::table::LossKind;
use leptos::prelude::*;

/// Draws behind the table of all losses, which is made anew at every move of a slider.
const TABLE_DRAWS: usize = 200;

/// Whether the law in use is one of several corpora.
pub fn is_open(state: State) -> Memo<bool> {
    Memo::new(move |_| state.study.with(|study| study.as_ref().is_some_and(|study| applies(study))))
}

/// The what-if: what was chosen, else a mixture in the middle of those measured; empty under a law that knows none.
pub fn what_if(state: State) -> Vec<f64> {
    let chosen = state.settings.with(|settings| settings.shares.clone());
    state.study.with(|study| match study.as_ref().filter(|study| applies(study)) {
        Some(study) if study.corpora.len() != chosen.len() => middle(study),
        Some(_) => chosen,
        None => Vec::new(),
    })
}

/// Names of the corpora, and the shares of each that were measured.
fn corpora(state: State) -> Memo<Vec<(String, (f64, f64))>> {
    Memo::new(move |_| {
        state.study.with(|study| {
            let corpora = study.iter().flat_map(|study| &study.corpora);
            corpora.map(|corpus| (corpus.name.clone(), (corpus.low, corpus.high))).collect()
        })
    })
}

/// Sets the what-if.
fn set(state: State, shares: Vec<f64>) {
    state.settings.update(|settings| settings.shares = shares);
}

/// Takes back the choice of a law that does not go with a domain, or with none: the law of all corpora where a domain is
/// said, any other where none is.
pub fn let_domain_decide(settings: &mut Settings, domain: bool) {
    let of_corpora = settings.law.as_deref().and_then(law::by_id).is_some_and(law::is_of_corpora);
    if of_corpora == domain {
        settings.law = None;
        settings.fit.constraints.clear();
    }
}

/// Takes up an answer's mixture.
pub fn take(state: State, mixed: &Mixed) {
    set(state, mixed.best.clone());
}

/// The region of losses, triangle and sliders.
pub fn explore() -> AnyView {
    let state = State::get();
    let losses = NodeRef::new();
    side::follow(losses);
    let (shares, corpora) = (Memo::new(move |_| what_if(state)), corpora(state));
    let best = best();
    let picture = picture(state);
    let three = Memo::new(move |_| corpora.with(Vec::len) == 3);
    let drawn = move || match three.get() {
        true => triangle::triangle(state, shares, picture),
        false => picture::rows(picture),
    };
    let file = move |width: f64| as_file(state, picture, width);
    let beyond = move || {
        let outside: Vec<String> = state.study.with(|study| {
            let Some(study) = study else { return Vec::new() };
            outside(study, &shares.get()).into_iter().map(|place| study.corpora[place].name.clone()).collect()
        });
        let (class, line) = match outside.is_empty() {
            true => ("beyond quiet", "Every share lies inside those measured.".to_owned()),
            false => ("beyond warn", format!("▲ Beyond the measured shares of {}.", list(&outside))),
        };
        view! { <p class=class>{line}</p> }
    };
    let numbered = move || {
        let names = corpora.get().into_iter().zip(1..).map(|((name, _), number)| format!("r{number} {name}"));
        format!(
            "In the formula the shares are numbered: {}. Effects are relative to the first.",
            list(&names.collect::<Vec<_>>())
        )
    };
    let moved = Memo::new(move |_| state.settings.with(|settings| !settings.shares.is_empty()));
    view! {
        <section id="explore" class="explore" aria-labelledby="explore-title" tabindex="-1">
            <h2 id="explore-title" class="vh">"Explore"</h2>
            <div class="losses" node_ref=losses>
                {figure(state, LossKind::General, shares)}
                {figure(state, LossKind::Domain, shares)}
            </div>
            <div class="chart">
                {drawn}
                <div class="written" inner_html=move || table(&all_losses(state, &shares.get()))></div>
                <div class="written" inner_html=move || best.with(|best| beside(best, &shares.get(), &corpora.get()))></div>
                <p class="quiet">{numbered}</p>
                <div class="chart-tools">{measure::switch()} {save::as_svg(file)} {save::as_png(file)}</div>
            </div>
            <div class="sliders mixture">
                <h3>"What if: shares of the mixture"</h3>
                {move || sliders(state, shares, corpora.get())}
                {beyond}
                <p class="row">
                    {pins::keep()}
                    <button type="button" disabled=move || !moved.get() on:click=move |_| set(state, Vec::new())>
                        "Reset to the data"
                    </button>
                </p>
            </div>
        </section>
    }
    .into_any()
}

/// The loss shown, large; nothing where the file has none of that kind.
fn figure(state: State, kind: LossKind, shares: Memo<Vec<f64>>) -> AnyView {
    let fit = Memo::new(move |_| state.fit_of(kind));
    let level = move || state.study.with(|study| study.as_ref().map_or(0.9, |study| study.options.level));
    let prediction: Memo<Option<Prediction>> = Memo::new(move |_| {
        let measure = state.shown().measure;
        fit.with(|fit| {
            let fit = fit.as_ref()?;
            Some(predict(fit, &shares.get(), level(), usize::MAX)?.shown_in(fit.measure(measure)))
        })
    });
    let name = Memo::new(move |_| fit.with(|fit| fit.as_ref().map(|fit| fit.target.clone())));
    let shown_in = state.shown_of(name);
    let there = Memo::new(move |_| fit.with(Option::is_some));
    let called = Signal::derive(move || {
        let sure = fit.with(|fit| fit.as_ref().is_some_and(|fit| fit.has_intervals() || fit.draws.is_empty()));
        if sure { format!("{:.0} %", level() * 100.0) } else { "spread".to_owned() }
    });
    // No corpus is the domain: each loss goes by its own name.
    let title = Signal::derive(move || name.get().unwrap_or_default());
    let shown = move || {
        there
            .get()
            .then(|| view! { <LossFigure kind name=title prediction called shown=shown_in without="at this mixture"/> })
    };
    view! { <div class="loss-slot">{shown}</div> }.into_any()
}

/// The best mixture as the decision found it.
fn best() -> Memo<Option<Mixed>> {
    let reply = Decisions::get().of(Topic::Mixture).reply;
    Memo::new(move |_| reply.with(|reply| reply.as_ref().and_then(|reply| reply.mixed.clone())))
}

/// This mixture beside the best one.
fn beside(best: &Option<Mixed>, shares: &[f64], corpora: &[(String, (f64, f64))]) -> String {
    let Some(best) = best.as_ref().filter(|best| best.best.len() == shares.len()) else { return String::new() };
    let rows = corpora.iter().zip(shares).zip(&best.best).map(|(((name, (low, high)), here), best)| {
        let cells = [Share(*here), Share(*best)].map(|share| share.to_string());
        [name.clone()].into_iter().chain(cells).chain([format!("{} to {}", Share(*low), Share(*high))]).collect()
    });
    table(&Grid {
        caption: "This mixture and the best one".to_owned(),
        head: ["Corpus", "This", "Best", "Measured"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    })
}

/// Every loss at a mixture.
fn all_losses(state: State, shares: &[f64]) -> Grid {
    let shown = state.shown();
    state.study.with(|study| {
        let Some(study) = study else { return Grid::default() };
        let row = |fit: &Fit| {
            let found = predict(fit, shares, study.options.level, TABLE_DRAWS)?;
            let measure = fit.measure(shown.measure);
            let ends = found.law.map_or_else(|| "–".to_owned(), |ends| interval(measure.ends(ends)));
            Some(vec![fit.target.clone(), measure.precise(found.loss), ends])
        };
        Grid {
            caption: format!("Every loss at this mixture, in {}", shown.unit()),
            head: vec![
                "Loss".to_owned(),
                "Predicted".to_owned(),
                format!("{:.0} % of the draws", study.options.level * 100.0),
            ],
            rows: names(study).iter().filter_map(|name| row(study.targets.get(name)?)).collect(),
        }
    })
}

/// A slider a corpus: moving one takes from the others in the proportions they have.
fn sliders(state: State, shares: Memo<Vec<f64>>, corpora: Vec<(String, (f64, f64))>) -> AnyView {
    let slider = |(at, (name, measured)): (usize, (String, (f64, f64)))| {
        view! {
            <QuantitySlider
                label=name
                value=Signal::derive(move || shares.with(|shares| shares.get(at).copied().unwrap_or(0.0)))
                on_change=Callback::new(move |value| set(state, with_share(&shares.get_untracked(), at, value)))
                limits=Signal::derive(|| (0.0, 1.0))
                data=Signal::derive(move || Some(measured))
                kind=SliderKind::Share
                locked=Signal::derive(|| None::<String>)
            />
        }
    };
    corpora.into_iter().enumerate().map(slider).collect_view().into_any()
}
