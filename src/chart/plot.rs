//! A plot of one curve with marks on it, for the decisions: the loss of a budget against model size, the frontier.
//!
//! The view is plain data in its own units, with a sentence a point; the scene is laid out at the real pixel width.

use super::layout::{DIGIT, TITLE};
use super::scale::{Scale, Spacing};
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
use super::stretch::Stretch;
use super::ticks::{self, Ticks};
use crate::quantity::{Params, Share, Tokens};
use serde::{Deserialize, Serialize};

/// Height of the plot itself, of the x axis with its labels and its name.
const PLOT: f64 = 190.0;
const AXIS: f64 = 48.0;
/// Height of the whole, whatever it shows: nothing below it moves.
pub const HEIGHT: f64 = TITLE + PLOT + AXIS;
/// Advance of a letter at 13 px, a little generous.
const LETTER: f64 = 6.6;

/// What a plot shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlotView {
    /// What it is, for the caption.
    pub caption: String,
    /// The horizontal axis.
    pub x: PlotAxis,
    /// The vertical axis.
    pub y: PlotAxis,
    /// The curve's points, along the curve.
    pub points: Vec<PlotPoint>,
    /// A second curve to compare with, in ink and dotted; empty where there is none.
    pub second: Vec<PlotPoint>,
    /// What stands on it, the most important last.
    pub marks: Vec<PlotMark>,
    /// The interval of the answer on the horizontal axis.
    pub best: Option<(f64, f64)>,
    /// The measured range of the horizontal axis; the rest is hatched as beyond the data.
    pub data: Option<(f64, f64)>,
}

/// An axis.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlotAxis {
    /// Its name with the unit.
    pub name: String,
    /// What it measures.
    pub quantity: Quantity,
}

/// What an axis measures: how it is spaced, how it prints, which colour its name has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quantity {
    /// The general loss.
    #[default]
    General,
    /// A domain loss.
    Domain,
    /// Model size in parameters, evenly in the logarithm.
    Size,
    /// Tokens, evenly in the logarithm.
    Tokens,
    /// A share of a mixture.
    Share,
}

/// A point of the curve.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlotPoint {
    /// Position on the horizontal axis.
    pub x: f64,
    /// Position on the vertical axis.
    pub y: f64,
    /// The ends of the band there.
    pub band: Option<(f64, f64)>,
    /// Whether another point beats it: drawn thin.
    pub beaten: bool,
    /// The point in words.
    pub said: String,
}

/// A mark.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlotMark {
    /// Where.
    pub at: (f64, f64),
    /// What it is.
    pub shape: Shape,
    /// Its label; none where empty.
    pub label: String,
}

/// What a mark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shape {
    /// A measured run at the what-if's own size and budget.
    Measured,
    /// A measured run at another size or budget: hollow.
    Other,
    /// The answer.
    Answer,
    /// A second answer.
    Second,
}

impl Quantity {
    fn colour(self) -> Role {
        match self {
            Self::General => Role::General,
            Self::Domain | Self::Share => Role::Domain,
            Self::Size | Self::Tokens => Role::Ink2,
        }
    }

    /// Whether it is spaced evenly in the logarithm.
    fn is_log(self) -> bool {
        matches!(self, Self::Size | Self::Tokens)
    }

    fn ticks(self, (low, high): (f64, f64)) -> Ticks {
        match self {
            Self::General | Self::Domain | Self::Share => ticks::linear(low, high),
            Self::Size | Self::Tokens => Ticks { values: ticks::log(low, high), decimals: 0 },
        }
    }

    fn label(self, value: f64, ticks: &Ticks) -> String {
        match self {
            Self::General | Self::Domain => ticks::loss_label(value, ticks),
            Self::Size => Params(value).to_string(),
            Self::Tokens => Tokens(value).to_string(),
            Self::Share => Share(value).to_string(),
        }
    }

    fn spacing(self) -> Spacing {
        if self.is_log() { Spacing::Log } else { Spacing::Linear }
    }
}

/// The horizontal axis, of which `window` is shown where that lies on it, else all; `None` where there is nothing to draw.
pub fn across(view: &PlotView, window: Option<(f64, f64)>) -> Option<Stretch> {
    let marks = view.marks.iter().map(|mark| mark.at.0);
    let all = view.points.iter().chain(&view.second).map(|point| point.x).chain(marks);
    let (low, high) = range(all)?;
    let pad = if view.x.quantity.is_log() { 0.0 } else { pad(low, high) };
    Some(Stretch::new((low - pad, high + pad), window, view.x.quantity.spacing()))
}

/// Where a plot stands at a width.
struct Layout {
    shown: Stretch,
    x: Scale,
    y: Scale,
    y_ticks: Ticks,
}

/// `view` is cut to what is shown already; `None` where there is nothing to draw.
fn layout(view: &PlotView, shown: Stretch, width: f64) -> Option<Layout> {
    let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
    let both = || view.points.iter().chain(&view.second);
    let band = both().filter_map(|p| p.band).flat_map(|(low, high)| [low, high]);
    let marks = view.marks.iter().map(|mark| mark.at.1);
    let (low, high) = range(both().map(|p| p.y).chain(band).chain(marks))?;
    let pad = pad(low, high);
    let y = Scale::new(view.y.quantity.spacing(), (low - pad, high + pad), (TITLE + PLOT, TITLE));
    let y_ticks = view.y.quantity.ticks(y.domain());
    let labels = y_ticks.values.iter().map(|v| view.y.quantity.label(*v, &y_ticks).chars().count());
    let left = labels.fold(4, usize::max) as f64 * DIGIT + 12.0;
    Some(Layout { shown, x: shown.scale((left, width - 10.0)), y, y_ticks })
}

/// The least and the largest of the finite values.
fn range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    values
        .filter(|v| v.is_finite())
        .fold(None, |range: Option<(f64, f64)>, v| Some(range.map_or((v, v), |(low, high)| (low.min(v), high.max(v)))))
}

/// The room beyond them.
fn pad(low: f64, high: f64) -> f64 {
    0.06 * (high - low).max(1e-4 * high.abs().max(1e-6))
}

/// The view as far as it is shown, and where that stands. Where nothing of it lies in the window, all is shown.
fn shown(view: &PlotView, width: f64, window: Option<(f64, f64)>) -> Option<(PlotView, Layout)> {
    let stretch = across(view, window)?;
    if !stretch.is_whole() {
        let mut cut = view.clone();
        cut.points = cut_to(&view.points, &stretch);
        cut.second = cut_to(&view.second, &stretch);
        cut.marks.retain(|mark| stretch.shows(mark.at.0));
        if let Some(layout) = layout(&cut, stretch, width) {
            return Some((cut, layout));
        }
    }
    let layout = layout(view, across(view, None)?, width)?;
    Some((view.clone(), layout))
}

/// A curve as far as it lies in what is shown: it ends at the edges, and where it leaves there is a gap.
fn cut_to(points: &[PlotPoint], shown: &Stretch) -> Vec<PlotPoint> {
    let mut cut: Vec<PlotPoint> = Vec::new();
    for (k, point) in points.iter().enumerate() {
        if let Some(before) = k.checked_sub(1).and_then(|k| points.get(k)) {
            let (from, to) = (shown.part(before.x), shown.part(point.x));
            let mut crossed: Vec<f64> = [0.0, 1.0]
                .into_iter()
                .filter(|edge| from.is_finite() && to.is_finite() && (from < *edge) != (to < *edge))
                .map(|edge| (edge - from) / (to - from))
                .collect();
            crossed.sort_unstable_by(f64::total_cmp);
            cut.extend(crossed.into_iter().map(|t| between(before, point, t, shown)));
            if !shown.shows(point.x) && !cut.is_empty() {
                cut.push(PlotPoint { x: f64::NAN, y: f64::NAN, ..PlotPoint::default() });
            }
        }
        if shown.shows(point.x) {
            cut.push(point.clone());
        }
    }
    cut
}

/// A point on the straight line between two as they are drawn.
fn between(a: &PlotPoint, b: &PlotPoint, t: f64, shown: &Stretch) -> PlotPoint {
    let mix = |a: f64, b: f64| a + t * (b - a);
    let unit = shown.scale((0.0, 1.0));
    let band = a.band.zip(b.band).map(|(a, b)| (mix(a.0, b.0), mix(a.1, b.1)));
    PlotPoint {
        x: unit.invert(mix(unit.project(a.x), unit.project(b.x))),
        y: mix(a.y, b.y),
        band,
        beaten: a.beaten || b.beaten,
        said: String::new(),
    }
}

/// The point of the curve nearest to a pixel, of those in the window.
pub fn nearest(view: &PlotView, width: f64, window: Option<(f64, f64)>, (px, py): Pixel) -> Option<usize> {
    let (_, Layout { shown, x, y, .. }) = shown(view, width, window)?;
    let far = |point: &PlotPoint| (x.project(point.x) - px).hypot(y.project(point.y) - py);
    let points = view.points.iter().enumerate().filter(|(_, point)| shown.shows(point.x));
    points.min_by(|(_, a), (_, b)| far(a).total_cmp(&far(b))).map(|(at, _)| at)
}

/// Where a pixel lies along what is shown, 0 to 1 and beyond, and how many pixels that is long.
pub fn part(view: &PlotView, width: f64, window: Option<(f64, f64)>, px: f64) -> Option<(f64, f64)> {
    let (_, Layout { x, .. }) = shown(view, width, window)?;
    let (left, right) = x.range();
    Some(((px - left) / (right - left), right - left))
}

/// Draws what `window` shows of the plot (all of it where that is `None`) at a width in CSS pixels; `cursor` is the index
/// of the point a reader is at.
pub fn scene(view: &PlotView, width: f64, cursor: Option<usize>, window: Option<(f64, f64)>) -> Scene {
    let mut scene = Scene::default();
    let pointed = cursor.and_then(|index| view.points.get(index)).cloned();
    let Some((view, Layout { shown, x, y, y_ticks })) = shown(view, width, window) else { return scene };
    let view = &view;
    let (left, right) = x.range();
    let (bottom, top) = y.range();
    let across = |a: f64, b: f64| -> Vec<Pixel> { vec![(a, top), (b, top), (b, bottom), (a, bottom)] };
    let within = |value: f64| x.project(value).clamp(left, right);
    if let Some((low, high)) = view.data {
        scene.hatch((left, top), (within(low), bottom));
        scene.hatch((within(high), top), (right, bottom));
    }
    if let Some((low, high)) = view.best.filter(|(low, high)| *high >= shown.shown.0 && *low <= shown.shown.1) {
        scene.fill(across(within(low), within(high).max(within(low) + 2.0)), Role::Ink.at(0.13));
    }
    for value in &y_ticks.values {
        let at = y.project(*value);
        let label = view.y.quantity.label(*value, &y_ticks);
        scene.line(vec![(left, at), (right, at)], 1.0, Role::Grid);
        scene.text(label, (left - 8.0, at), Anchor::End, Weight::Regular, Role::Ink3);
    }
    curve(&mut scene, view, &x, &y);
    scene.line(vec![(left, bottom), (right, bottom)], 1.0, Role::Strong);
    axis(&mut scene, view, &x, (left, right), bottom);
    if let Some(point) = pointed.filter(|point| shown.shows(point.x)) {
        let at = (x.project(point.x), y.project(point.y).clamp(top, bottom));
        scene.line(vec![(at.0, top), (at.0, bottom)], 1.0, Role::Ink3);
        scene.circle(at, 6.5, Role::Ink);
        scene.circle(at, 4.5, Role::Background);
    }
    for mark in &view.marks {
        let at = (x.project(mark.at.0), y.project(mark.at.1));
        if (left - 1.0..=right + 1.0).contains(&at.0) && (top - 1.0..=bottom + 1.0).contains(&at.1) {
            draw_mark(&mut scene, view, mark, at, (left, right));
        }
    }
    let marker = match view.y.quantity {
        Quantity::General => Scene::circle as fn(&mut Scene, Pixel, f64, Role),
        _ => Scene::diamond,
    };
    marker(&mut scene, (left + 5.0, top - 14.0), 4.5, view.y.quantity.colour());
    let colour = view.y.quantity.colour();
    scene.text(view.y.name.clone(), (left + 16.0, top - 14.0), Anchor::Start, Weight::Strong, colour);
    scene
}

fn curve(scene: &mut Scene, view: &PlotView, x: &Scale, y: &Scale) {
    let colour = if view.x.quantity.is_log() { view.y.quantity.colour() } else { Role::Ink };
    let spot = |px: f64, py: f64| (x.project(px), y.project(py));
    let mut band = |points: &[PlotPoint], colour: Role| {
        let banded: Vec<(f64, (f64, f64))> = points.iter().filter_map(|p| Some((p.x, p.band?))).collect();
        let upper = banded.iter().map(|(at, band)| spot(*at, band.1));
        let lower = banded.iter().rev().map(|(at, band)| spot(*at, band.0));
        scene.fill(upper.chain(lower).collect(), colour.at(0.2));
    };
    band(&view.second, Role::Ink3);
    band(&view.points, colour);
    let second = view.second.iter().filter(|p| p.x.is_finite() && p.y.is_finite());
    scene.dashed(&second.map(|p| spot(p.x, p.y)).collect::<Vec<_>>(), 2.0, 4.0, 2.0, Role::Ink);
    for pair in view.points.windows(2) {
        let [a, b] = pair else { continue };
        if !(a.beaten && b.beaten && a.y.is_finite() && b.y.is_finite()) {
            continue;
        }
        scene.line(vec![spot(a.x, a.y), spot(b.x, b.y)], 1.0, Role::Ink3);
    }
    let mut part = Vec::new();
    let mut draw = |part: &mut Vec<Pixel>| {
        let part = std::mem::take(part);
        if view.x.quantity.is_log() {
            scene.dashed(&part, 7.0, 4.0, 2.0, colour);
        } else {
            scene.line(part, 2.0, colour);
        }
    };
    for point in &view.points {
        if point.beaten || !point.x.is_finite() || !point.y.is_finite() {
            draw(&mut part);
        } else {
            part.push(spot(point.x, point.y));
        }
    }
    draw(&mut part);
}

fn axis(scene: &mut Scene, view: &PlotView, x: &Scale, (left, right): (f64, f64), bottom: f64) {
    let ticks = view.x.quantity.ticks(x.domain());
    let mut taken = f64::NEG_INFINITY;
    for value in &ticks.values {
        let label = view.x.quantity.label(*value, &ticks);
        let half = label.chars().count() as f64 * DIGIT / 2.0;
        let at = x.project(*value);
        scene.line(vec![(at, bottom), (at, bottom + 5.0)], 1.0, Role::Strong);
        let centre = at.clamp(left, right - half + 8.0);
        if centre - half > taken {
            scene.text(label, (centre, bottom + 18.0), Anchor::Middle, Weight::Regular, Role::Ink3);
            taken = centre + half + 6.0;
        }
    }
    if let Some((low, high)) = view.data {
        let within = |value: f64| x.project(value).clamp(left, right);
        scene.line(vec![(within(low), bottom), (within(high), bottom)], 3.0, Role::Strong);
    }
    let colour = view.x.quantity.colour();
    scene.text(view.x.name.clone(), (left, bottom + 37.0), Anchor::Start, Weight::Regular, colour);
}

fn draw_mark(scene: &mut Scene, view: &PlotView, mark: &PlotMark, at: Pixel, (left, right): (f64, f64)) {
    let colour = if view.x.quantity.is_log() { view.y.quantity.colour() } else { Role::Ink };
    match mark.shape {
        Shape::Measured => {
            scene.circle(at, 4.5, Role::Background);
            scene.circle(at, 3.5, Role::Ink3);
        }
        Shape::Other => {
            scene.circle(at, 3.5, Role::Ink3.at(0.75));
            scene.circle(at, 2.3, Role::Background);
        }
        Shape::Answer => {
            scene.diamond(at, 7.5, Role::Background);
            scene.diamond(at, 6.0, colour);
        }
        Shape::Second => {
            let square =
                |r: f64| vec![(at.0 - r, at.1 - r), (at.0 + r, at.1 - r), (at.0 + r, at.1 + r), (at.0 - r, at.1 + r)];
            scene.fill(square(6.5), Role::Background);
            scene.fill(square(5.0), colour);
            scene.fill(square(3.0), Role::Background);
        }
    }
    if mark.label.is_empty() {
        return;
    }
    // Above and beside the mark, on the side with more room, on a plate of the page's colour.
    let width = mark.label.chars().count() as f64 * LETTER;
    let from = if at.0 + 12.0 + width < right { at.0 + 10.0 } else { (at.0 - 10.0 - width).max(left + 2.0) };
    let line = at.1 - 13.0;
    let plate = vec![
        (from - 2.0, line - 8.0),
        (from + width, line - 8.0),
        (from + width, line + 8.0),
        (from - 2.0, line + 8.0),
    ];
    scene.fill(plate, Role::Background.at(0.8));
    scene.text(mark.label.clone(), (from, line), Anchor::Start, Weight::Regular, Role::Ink);
}

#[cfg(test)]
mod tests {
    use super::{PLOT, PlotAxis, PlotMark, PlotPoint, PlotView, Quantity, Shape, TITLE, across, nearest, part, scene};
    use crate::chart::scene::Mark;

    fn view() -> PlotView {
        let point = |k: u32| {
            let size = 1e8 * 1.3f64.powi(k as i32);
            let loss = 1.7 + (f64::from(k) - 10.0).powi(2) * 1e-3;
            PlotPoint { x: size, y: loss, band: Some((loss - 0.01, loss + 0.01)), ..PlotPoint::default() }
        };
        PlotView {
            x: PlotAxis { name: "Model size".into(), quantity: Quantity::Size },
            y: PlotAxis { name: "Domain loss".into(), quantity: Quantity::Domain },
            points: (0..20).map(point).collect(),
            marks: vec![PlotMark { at: (1e9, 1.7), shape: Shape::Answer, label: "best".into() }],
            best: Some((5e8, 2e9)),
            data: Some((2e8, 1.5e9)),
            ..PlotView::default()
        }
    }

    #[test]
    fn draws_finite_marks_inside_the_plot_at_any_width() {
        for width in [200.0, 320.0, 390.0, 720.0, f64::NAN] {
            let drawn = scene(&view(), width, Some(3), None);
            assert!(drawn.is_finite(), "{width}");
            let texts: Vec<&str> = drawn
                .marks
                .iter()
                .filter_map(|mark| if let Mark::Text { text, .. } = mark { Some(text.as_str()) } else { None })
                .collect();
            assert!(texts.contains(&"Model size") && texts.contains(&"Domain loss"), "{texts:?}");
        }
    }

    #[test]
    fn a_window_shows_its_stretch_alone_and_fits_the_losses_there() {
        let (view, window) = (view(), Some((4e8, 1.6e9)));
        let stretch = across(&view, window).expect("there is something to draw");
        assert_eq!(stretch.shown, (4e8, 1.6e9));
        let drawn = scene(&view, 600.0, None, window);
        // The marker beside the name stands above the plot.
        let x = |mark: &Mark| match mark {
            Mark::Line { points, .. } | Mark::Fill { points, .. } => {
                points.iter().filter(|p| p.1 > TITLE && p.1 < TITLE + PLOT).map(|p| p.0).collect()
            }
            _ => Vec::new(),
        };
        let all: Vec<f64> = drawn.marks.iter().flat_map(x).collect();
        let (left, right) = all.iter().fold((f64::MAX, f64::MIN), |(l, r), x| (l.min(*x), r.max(*x)));
        let (from, length) = part(&view, 600.0, window, left).expect("drawn");
        assert!(from > -1e-9 && from < 0.02, "the band begins at the edge: {from}");
        assert!(right - left < length + 1e-6 && right - left > 0.98 * length, "and ends at the other");
        let said = |mark: &Mark| if let Mark::Text { text, .. } = mark { Some(text.clone()) } else { None };
        let (near, far): (Vec<String>, Vec<String>) = (
            drawn.marks.iter().filter_map(said).collect(),
            scene(&view, 600.0, None, None).marks.iter().filter_map(said).collect(),
        );
        assert!(near.contains(&"400M".to_owned()) || near.contains(&"500M".to_owned()), "{near:?}");
        assert!(far.contains(&"10B".to_owned()) && !near.contains(&"10B".to_owned()), "{far:?} {near:?}");
        let at = nearest(&view, 600.0, window, (right, 0.0)).expect("a point");
        assert!(view.points[at].x <= 1.6e9 && view.points[at].x > 1.2e9, "{}", view.points[at].x);
        // A window that nothing lies in shows all.
        assert_eq!(
            scene(&view, 600.0, None, Some((1e12, 2e12))).marks.len(),
            scene(&view, 600.0, None, None).marks.len()
        );
    }

    #[test]
    fn nothing_and_odd_numbers_draw_nothing_odd() {
        assert!(scene(&PlotView::default(), 600.0, None, None).marks.is_empty());
        let mut odd = view();
        odd.points[4].y = f64::NAN;
        odd.points[5].y = f64::INFINITY;
        odd.marks[0].at = (f64::NAN, 1.0);
        assert!(
            scene(&odd, 600.0, Some(4), None)
                .marks
                .iter()
                .all(|mark| !matches!(mark, Mark::Text { text, .. } if text == "best"))
        );
    }
}
