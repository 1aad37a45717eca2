//! The what-if of a law of several corpora: a slider a corpus, whose shares add up to one; the losses there; three corpora
//! as a triangle with contours.

use super::decide::asking::Decisions;
use super::decide::pins;
use super::decide::row::table;
use super::explore::{LossFigure, QuantitySlider, SliderKind};
use super::explore::{measure, side, surface};
use super::state::State;
use crate::chart::canvas;
use crate::chart::simplex::{self, STEPS, Shares, SimplexView};
use crate::decide::mixture::{applies, losses, middle, names, outside, predict, with_share};
use crate::decide::words::list;
use crate::fit::{Fit, Prediction};
use crate::number::interval;
use crate::quantity::Share;
use crate::reply::{Grid, Mixed, Topic};
use crate::table::{LossKind, Reading};
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// Draws behind the table of all losses, which is made anew at every move of a slider.
const TABLE_DRAWS: usize = 200;
/// Steps of an arrow key and of a page key on the triangle.
const STEP: f64 = 0.01;
const PAGE: f64 = 0.1;

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

/// Losses of the file that are left aside as they are not the domain's.
pub fn aside(state: State) -> Option<Reading> {
    let reading = state.settings.with(|settings| settings.reading.clone());
    state.opened.with(|opened| reading.with_every_loss(&opened.as_ref()?.table.columns))
}

/// Fits the law of all corpora, to every loss of the file.
pub fn fit_all(state: State, law: String) {
    let reading = untrack(|| aside(state));
    state.settings.update(|settings| {
        settings.fit.constraints.clear();
        settings.law = Some(law);
        settings.reading = reading.unwrap_or_else(|| settings.reading.clone());
    });
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
    let three = Memo::new(move |_| corpora.with(Vec::len) == 3);
    let picture = move || three.get().then(|| triangle(state, shares));
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
                {picture}
                <div class="written" inner_html=move || table(&all_losses(state, &shares.get()))></div>
                <div class="written" inner_html=move || best.with(|best| beside(best, &shares.get(), &corpora.get()))></div>
                <p class="quiet">{numbered}</p>
                <div class="chart-tools">{measure::switch()}</div>
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
    let title = match kind {
        LossKind::General => "General loss",
        LossKind::Domain => "Domain loss",
    };
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

/// The triangle of the loss shown.
fn triangle(state: State, shares: Memo<Vec<f64>>) -> AnyView {
    let best = best();
    let fit = Memo::new(move |_| state.fit_of(super::fit::shown(state)));
    let corners = corpora(state);
    // The law over the whole triangle is much more work than the marks on it, and does not move with the what-if.
    let values = Memo::new(move |_| {
        let lattice: Vec<Vec<f64>> = simplex::lattice(STEPS).into_iter().map(|shares| shares.to_vec()).collect();
        let measure = state.shown().measure;
        let of = |fit: &Fit| {
            let measure = fit.measure(measure);
            losses(fit, &lattice).into_iter().map(|loss| measure.from_nats(loss)).collect()
        };
        fit.with(|fit| fit.as_ref().map(of).unwrap_or_default())
    });
    let measured = Memo::new(move |_| {
        state.opened.with(|opened| {
            let corpora = opened.as_ref().map_or(&[][..], |opened| &opened.table.observations.corpora);
            let [a, b, c] = corpora else { return Vec::new() };
            let mut all: Vec<Shares> =
                a.values.iter().zip(&b.values).zip(&c.values).map(|((a, b), c)| [*a, *b, *c]).collect();
            // Checkpoints of a run are at one place.
            all.dedup();
            all
        })
    });
    let three = |shares: &[f64]| -> Option<Shares> { shares.try_into().ok() };
    let pinned = Memo::new(move |_| {
        state.settings.with(|settings| {
            let pins = settings.decide.pins.0.iter().zip('A'..='Z');
            pins.filter_map(|(pin, letter)| Some((three(&pin.shares)?, letter))).collect::<Vec<_>>()
        })
    });
    let shown = Memo::new(move |_| {
        let mixed = best.get();
        let known = corners.get();
        let [a, b, c] = &known[..] else { return SimplexView::default() };
        SimplexView {
            corners: [a.0.clone(), b.0.clone(), c.0.clone()],
            steps: STEPS,
            values: values.get(),
            measured: measured.get(),
            drawn: mixed.iter().flat_map(|mixed| &mixed.drawn).filter_map(|shares| three(shares)).collect(),
            best: mixed.as_ref().and_then(|mixed| three(&mixed.best)),
            pins: pinned.get(),
            now: three(&shares.get()).unwrap_or_default(),
        }
    });
    let cursor = RwSignal::new(None::<Shares>);
    let (frame, canvas_ref) = (NodeRef::<Div>::new(), NodeRef::<Canvas>::new());
    let track = move || {
        shown.track();
        cursor.track();
    };
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let Some(view) = shown.try_get_untracked() else { return };
        let scene = simplex::scene(&view, width, cursor.try_get_untracked().flatten());
        canvas::paint(element, &scene, &canvas::Theme::read(element), (width, simplex::height(width)));
    };
    let width = surface::draw_on(frame, canvas_ref, Box::new(track), Box::new(draw));
    let point = move |event: &web_sys::PointerEvent| {
        let bounds = frame.get_untracked()?.get_bounding_client_rect();
        let at = (f64::from(event.client_x()) - bounds.left(), f64::from(event.client_y()) - bounds.top());
        Some(simplex::shares_at(width.get_untracked(), at))
    };
    let pointed = move |event: web_sys::PointerEvent| {
        if let Some(at) = point(&event) {
            cursor.set(Some(at));
            if event.buttons() & 1 == 1 {
                set(state, at.to_vec());
            }
        }
    };
    let pressed = move |event: web_sys::PointerEvent| {
        if event.button() == 0 {
            if let Some(element) = frame.get_untracked() {
                // Without capture the drag just ends at the picture's edge.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            pointed(event);
        }
    };
    let here = move || cursor.get().map_or_else(|| shares.get(), |at| at.to_vec());
    let keyed = move |event: web_sys::KeyboardEvent| {
        let from = untrack(here);
        let by = |at: usize, step: f64| three(&with_share(&from, at, from.get(at).copied().unwrap_or(0.0) + step));
        let next = match event.key().as_str() {
            "ArrowLeft" => by(0, STEP),
            "ArrowRight" => by(1, STEP),
            "ArrowUp" => by(2, STEP),
            "ArrowDown" => by(2, -STEP),
            "PageUp" => by(2, PAGE),
            "PageDown" => by(2, -PAGE),
            "Home" => by(0, PAGE),
            "End" => by(1, PAGE),
            "Enter" | " " => {
                event.prevent_default();
                return set(state, from);
            }
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(next);
    };
    let said = move || {
        let at = here();
        let known = corners.get();
        let shares: Vec<String> =
            known.iter().zip(&at).map(|((name, _), share)| format!("{name} {}", Share(*share))).collect();
        let measure = state.shown().measure;
        let loss = fit.with(|fit| {
            let fit = fit.as_ref()?;
            Some(format!(": {} {}", fit.target, fit.measure(measure).precise(predict(fit, &at, 0.9, 1)?.loss)))
        });
        let loss = loss.unwrap_or_default();
        format!("{}{loss}", list(&shares))
    };
    let caption = move || {
        let name = fit.with(|fit| fit.as_ref().map_or_else(String::new, |fit| fit.target.clone()));
        format!(
            "Contours: {name}, {}. Ring: this what-if. Diamond: the best mixture of the weighted losses; small diamonds: of \
             200 draws at most. Circles: measured mixtures.{}",
            state.shown().unit(),
            if pinned.with(Vec::is_empty) { "" } else { " Letters: pinned mixtures." }
        )
    };
    view! {
        <figure class="triangle-figure">
            <p class="readout"><span>{said}</span></p>
            <div
                class="triangle" node_ref=frame tabindex="0" role="slider" aria-label="Mixture of three corpora: cursor"
                aria-describedby="triangle-keys" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || (100.0 * here().first().copied().unwrap_or(0.0)).round().to_string()
                aria-valuetext=said
                on:pointerdown=pressed on:pointermove=pointed on:pointerleave=move |_| cursor.set(None)
                on:keydown=keyed on:blur=move |_| cursor.set(None)
            >
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
            </div>
            <figcaption>{caption}</figcaption>
            <p class="vh" id="triangle-keys">
                "Left and right arrow move towards the lower corners, up and down to and from the upper one; Enter sets the mixture."
            </p>
        </figure>
    }
    .into_any()
}
