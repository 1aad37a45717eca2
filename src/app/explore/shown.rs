//! The chart that is looked at: made from the study, the what-if and how the person looks at it, with what the decisions
//! add to it.

use crate::app::decide;
use crate::app::stage::Chart;
use crate::app::state::State;
use crate::chart::loss::Cursor;
use crate::chart::picture::Picture;
use crate::chart::{AnyPicture, LimitView, View, loss_view, map, map_view, words};
use crate::law::{Axis, Recipe};
use crate::settings::Look;
use crate::table::LossKind;
use leptos::prelude::*;

/// The chart that is looked at, which is what is taken away, too.
#[derive(Clone, Copy)]
pub struct Shown {
    /// It; `None` where there is no fit or nothing varies along it.
    pub picture: Memo<Option<AnyPicture>>,
    /// Why there is none.
    pub nothing: Memo<String>,
}

impl Shown {
    /// Makes it and provides it to every component.
    pub fn provide(state: State) {
        let look = Memo::new(move |_| state.settings.with(|settings| settings.chart));
        let view = Memo::new(move |_| view(state));
        let nothing = Memo::new(move |_| why_not(state, view.get()));
        let still = Memo::new(move |_| Some(view.get().still(state.recipe.get()?, &state.ranges.get()?)));
        let drawn = Memo::new(move |_| drawn(state, look.get(), view.get(), still.get()));
        let now = Memo::new(move |_| Some((state.recipe.get()?, at_now(state, view.get()).unwrap_or_default())));
        let limit = Memo::new(move |_| decide::limit_view());
        let pins = Memo::new(move |_| {
            let at = state.recipe.get();
            at.map(|at| decide::pins_on(state, at, view.get())).unwrap_or_default()
        });
        // Apart from the curves, which are much more work.
        let picture = Memo::new(move |_| {
            let (mut picture, (at, losses)) = (drawn.get()?, now.get()?);
            picture.set_now(at, losses);
            decorate(&mut picture, limit.get(), pins.get());
            Some(picture)
        });
        provide_context(Self { picture, nothing });
    }

    /// The chart of this page.
    ///
    /// # Panics
    /// Outside the page's own components, which all lie below the one that provides it.
    #[allow(clippy::expect_used, reason = "provided by the root component before any other is made")]
    pub fn get() -> Self {
        use_context().expect("the root component provides the chart that is shown")
    }
}

/// Which view is looked at.
pub fn view(state: State) -> View {
    let look = state.settings.with(|settings| settings.chart);
    state.axes.with(|axes| look.shown(axes.as_ref()))
}

/// Why a view can't be drawn of what is open; empty where it can.
fn why_not(state: State, view: View) -> String {
    let axes = state.axes.get();
    let Some(axes) = axes else { return "The chart is drawn once a fit is there.".to_owned() };
    let needed = [Some(view.across()), view.up()].into_iter().flatten();
    let locked = needed.into_iter().find_map(|axis| axes.of(axis).locked.clone());
    let reason = |why: String| why.strip_prefix("Locked: ").map(str::to_owned).unwrap_or(why);
    locked.map(|why| format!("Nothing varies along this chart: {}", reason(why))).unwrap_or_default()
}

/// The losses of a map's panels at the what-if.
fn at_now(state: State, view: View) -> Option<Vec<f64>> {
    view.up()?;
    let (recipe, domain) = (state.recipe.get()?, state.domain.get().or(state.general.get())?);
    state.study.with(|study| Some(map::at_now(study.as_ref()?, recipe, &domain, state.shown())))
}

/// A chart through a recipe.
fn drawn(state: State, look: Look, view: View, recipe: Option<Recipe>) -> Option<AnyPicture> {
    let axes = state.axes.get()?;
    if !why_not(state, view).is_empty() {
        return None;
    }
    let axis = |axis: Axis| look.axis(axis, axes.of(axis).limits);
    let across = axis(view.across());
    if view == View::Ratio && across.is_whole() {
        return Chart::get().0.get().map(AnyPicture::Losses);
    }
    let recipe = recipe?;
    let domain = state.domain.get().or(state.general.get())?;
    let (study, opened) = (state.study.get()?, state.opened.get()?);
    let (rows, shown) = (opened.rows(), state.shown());
    Some(match view.up() {
        None => AnyPicture::Losses(loss_view(&study, rows, recipe, &domain, (across, shown))),
        Some(up) => AnyPicture::Map(map_view(&study, rows, recipe, &domain, (view, across, axis(up)), shown)),
    })
}

/// The limit on the general loss holds at one size: along sizes it is another one at each.
pub fn decorate(picture: &mut AnyPicture, limit: Option<LimitView>, pins: Vec<((f64, f64), char)>) {
    match picture {
        AnyPicture::Losses(view) => {
            view.limit = match view.view() {
                View::Ratio => limit,
                View::Tokens => limit.map(|limit| LimitView { loss: limit.loss, ..LimitView::default() }),
                _ => None,
            };
            view.pins = pins.into_iter().map(|((at, _), letter)| (at, letter)).collect();
        }
        AnyPicture::Map(view) => {
            view.limit = limit.and_then(|limit| limit.loss).filter(|_| view.view == View::RatioMap);
            view.pins = pins;
        }
    }
}

/// A what-if with a cursor's values.
pub fn moved_to(recipe: Recipe, view: View, cursor: Cursor) -> Recipe {
    let moved = recipe.with(view.across(), cursor.x);
    view.up().map_or(moved, |up| moved.with(up, cursor.up))
}

/// The first line above the chart: the place and the losses there, predicted anew with every draw, so that they are those
/// beside the sliders: bands rest on fewer draws, and a map's grid holds neither the last digits nor the intervals.
pub fn losses(state: State, picture: &AnyPicture, cursor: Option<Cursor>) -> Vec<String> {
    let at = cursor.unwrap_or_else(|| picture.now());
    let Some(recipe) = state.recipe.get() else { return picture.losses(at) };
    let recipe = moved_to(recipe, picture.view(), at);
    let of = |kind: LossKind| {
        let name = if kind == LossKind::General { state.general.get() } else { state.domain.get() }?;
        let found = state.study.with(|study| study.as_ref()?.predict(&name, recipe))?;
        let found = state.prediction(&name, found);
        Some(words::loss(kind, found.loss, found.law))
    };
    let said = [LossKind::General, LossKind::Domain].into_iter().filter_map(of);
    std::iter::once(picture.place(at)).chain(said).collect()
}
