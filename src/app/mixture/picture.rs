//! The picture of a mixture: the triangle of three corpora, a row a corpus of more; as the page shows it and as a file.

use super::{best, corpora, what_if};
use crate::app::decide::save;
use crate::app::explore::surface;
use crate::app::state::State;
use crate::chart::canvas;
use crate::chart::mixture::MixturePicture;
use crate::chart::shares::{self, SharesOf, SharesView};
use crate::chart::simplex::{self, STEPS, Shares, SimplexView};
use crate::decide::mixture::losses;
use crate::fit::Fit;
use crate::fit::percentile::percentile_interval;
use crate::reply::Mixed;
use leptos::html::{Canvas, Div};
use leptos::prelude::*;
use web_sys::HtmlCanvasElement;

/// A mixture of three corpora.
pub fn three(shares: &[f64]) -> Option<Shares> {
    shares.try_into().ok()
}

/// The loss whose contours are drawn.
pub fn fit_shown(state: State) -> Memo<Option<Fit>> {
    Memo::new(move |_| state.fit_of(state.loss_shown.get()))
}

/// The picture at the what-if; nothing under a law that knows no mixture of several corpora.
pub fn picture(state: State) -> Memo<Option<MixturePicture>> {
    let (corners, best) = (corpora(state), best());
    let triangle = triangle(state);
    Memo::new(move |_| {
        let now = what_if(state);
        if now.is_empty() {
            return None;
        }
        if let Some(now) = three(&now) {
            return Some(MixturePicture::Triangle(SimplexView { now, ..triangle.get() }));
        }
        let best = best.get().filter(|best| best.best.len() == now.len());
        let level = state.study.with(|study| study.as_ref().map_or(0.9, |study| study.options.level));
        let of = |(at, (name, measured)): (usize, (String, (f64, f64)))| SharesOf {
            name,
            measured,
            now: now.get(at).copied().unwrap_or(f64::NAN),
            best: best.as_ref().and_then(|best| best_of(best, at, level)),
        };
        let corpora = corners.get().into_iter().enumerate().map(of).collect();
        Some(MixturePicture::Shares(SharesView { corpora }))
    })
}

/// A corpus' share of the best mixture, with the ends of the draws.
fn best_of(best: &Mixed, at: usize, level: f64) -> Option<(f64, Option<(f64, f64)>)> {
    let mut drawn: Vec<f64> = best.drawn.iter().filter_map(|shares| shares.get(at).copied()).collect();
    let ends = (drawn.len() > 1).then(|| percentile_interval(&mut drawn, level));
    Some((*best.best.get(at)?, ends))
}

/// The triangle, the what-if aside: that moves with every slider, and the law over the whole triangle does not.
fn triangle(state: State) -> Memo<SimplexView> {
    let (corners, best, fit) = (corpora(state), best(), fit_shown(state));
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
    let pins = Memo::new(move |_| {
        state.settings.with(|settings| {
            let pins = settings.decide.pins.0.iter().zip('A'..='Z');
            pins.filter_map(|(pin, letter)| Some((three(&pin.shares)?, letter))).collect::<Vec<_>>()
        })
    });
    Memo::new(move |_| {
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
            pins: pins.get(),
            now: Shares::default(),
        }
    })
}

/// What a file of the picture is called by.
pub fn title(state: State, picture: &MixturePicture) -> String {
    match picture {
        MixturePicture::Shares(_) => "Shares of the mixture".to_owned(),
        MixturePicture::Triangle(_) => {
            let name =
                fit_shown(state).with_untracked(|fit| fit.as_ref().map_or_else(String::new, |f| f.target.clone()));
            format!("{name}, {}", untrack(|| state.shown()).unit())
        }
    }
}

/// The picture with its title and the key of its marks, at a width: what is saved and printed.
pub fn as_file(state: State, picture: Memo<Option<MixturePicture>>, width: f64) -> Option<save::Drawn> {
    let picture = picture.get_untracked()?;
    let title = title(state, &picture);
    let (scene, size) = picture.as_file(&title, width);
    Some(save::Drawn { title, scene, size })
}

/// The shares, a row a corpus; the table below says the same.
pub fn rows(picture: Memo<Option<MixturePicture>>) -> AnyView {
    let shown = Memo::new(move |_| match picture.get() {
        Some(MixturePicture::Shares(view)) => view,
        _ => SharesView::default(),
    });
    let (frame, canvas_ref) = (NodeRef::<Div>::new(), NodeRef::<Canvas>::new());
    let draw = move |element: &HtmlCanvasElement, width: f64| {
        let Some(view) = shown.try_get_untracked() else { return };
        let size = (width, shares::height(view.corpora.len()));
        canvas::paint(element, &shares::scene(&view, width).marks, size);
    };
    surface::draw_on(frame, canvas_ref, Box::new(move || shown.track()), Box::new(draw));
    let height = move || format!("{}px", shown.with(|view| shares::height(view.corpora.len())));
    let interval =
        move || shown.with(|view| view.corpora.iter().any(|corpus| corpus.best.is_some_and(|best| best.1.is_some())));
    view! {
        <figure class="shares-figure">
            <div class="shares" node_ref=frame style:height=height>
                <canvas node_ref=canvas_ref aria-hidden="true"></canvas>
            </div>
            <figcaption>
                "Ring: this mixture. Grey: the shares that were measured."
                {move || interval().then_some(" Diamond: the best mixture of the weighted losses, with its interval.")}
            </figcaption>
        </figure>
    }
    .into_any()
}
