//! A plot of one curve with marks on it, for the decisions: the loss of a budget against model size, the frontier.
//!
//! The view is plain data in its own units, with a sentence a point; the scene is laid out at the real pixel width.

use super::layout::{DIGIT, TITLE};
use super::scale::{Scale, Spacing};
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
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

    fn scale(self, domain: (f64, f64), range: (f64, f64)) -> Scale {
        let spacing = if self.is_log() { Spacing::Log } else { Spacing::Linear };
        Scale::new(spacing, domain, range)
    }
}

/// Where the plot stands at a width: the scales of both axes and the labels of the vertical one; `None` where there is
/// nothing to draw.
fn layout(view: &PlotView, width: f64) -> Option<(Scale, Scale, Ticks)> {
    let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
    let (xs, ys) = extents(view)?;
    let y = view.y.quantity.scale(ys, (TITLE + PLOT, TITLE));
    let ticks = view.y.quantity.ticks(y.domain());
    let labels = ticks.values.iter().map(|v| view.y.quantity.label(*v, &ticks).chars().count());
    let left = labels.fold(4, usize::max) as f64 * DIGIT + 12.0;
    Some((view.x.quantity.scale(xs, (left, width - 10.0)), y, ticks))
}

/// The point of the curve nearest to a pixel.
pub fn nearest(view: &PlotView, width: f64, (px, py): Pixel) -> Option<usize> {
    let (x, y, _) = layout(view, width)?;
    let far = |k: &usize| (x.project(view.points[*k].x) - px).hypot(y.project(view.points[*k].y) - py);
    (0..view.points.len()).min_by(|a, b| far(a).total_cmp(&far(b)))
}

/// Draws the plot at a width in CSS pixels; `cursor` is the index of the point a reader is at.
pub fn scene(view: &PlotView, width: f64, cursor: Option<usize>) -> Scene {
    let mut scene = Scene::default();
    let Some((x, y, y_ticks)) = layout(view, width) else { return scene };
    let (left, right) = x.range();
    let (bottom, top) = y.range();
    let across = |a: f64, b: f64| -> Vec<Pixel> { vec![(a, top), (b, top), (b, bottom), (a, bottom)] };
    let within = |value: f64| x.project(value).clamp(left, right);
    if let Some((low, high)) = view.data {
        scene.hatch((left, top), (within(low), bottom));
        scene.hatch((within(high), top), (right, bottom));
    }
    if let Some((low, high)) = view.best {
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
    if let Some(point) = cursor.and_then(|index| view.points.get(index)) {
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

/// What both axes have to hold: the curve with its band, and the marks.
fn extents(view: &PlotView) -> Option<((f64, f64), (f64, f64))> {
    let range = |values: &mut dyn Iterator<Item = f64>| {
        values.filter(|v| v.is_finite()).fold(None, |range: Option<(f64, f64)>, v| {
            Some(range.map_or((v, v), |(low, high)| (low.min(v), high.max(v))))
        })
    };
    let marks = || view.marks.iter().map(|mark| mark.at);
    let both = || view.points.iter().chain(&view.second);
    let (x0, x1) = range(&mut both().map(|p| p.x).chain(marks().map(|at| at.0)))?;
    let band = both().filter_map(|p| p.band).flat_map(|(low, high)| [low, high]);
    let (y0, y1) = range(&mut both().map(|p| p.y).chain(band).chain(marks().map(|at| at.1)))?;
    let pad = |low: f64, high: f64| 0.06 * (high - low).max(1e-4 * high.abs().max(1e-6));
    let (of_x, of_y) = (if view.x.quantity.is_log() { 0.0 } else { pad(x0, x1) }, pad(y0, y1));
    Some(((x0 - of_x, x1 + of_x), (y0 - of_y, y1 + of_y)))
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
    use super::{PlotAxis, PlotMark, PlotPoint, PlotView, Quantity, Shape, scene};
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
            let drawn = scene(&view(), width, Some(3));
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
    fn nothing_and_odd_numbers_draw_nothing_odd() {
        assert!(scene(&PlotView::default(), 600.0, None).marks.is_empty());
        let mut odd = view();
        odd.points[4].y = f64::NAN;
        odd.points[5].y = f64::INFINITY;
        odd.marks[0].at = (f64::NAN, 1.0);
        assert!(
            scene(&odd, 600.0, Some(4))
                .marks
                .iter()
                .all(|mark| !matches!(mark, Mark::Text { text, .. } if text == "best"))
        );
    }
}
