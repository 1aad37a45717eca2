//! Small charts: residuals, quantiles, profiles. What is drawn comes with positions from 0 to 1 and with its ticks
//! already written, so that whoever makes one needs no pixels and whoever draws one needs no units. Of a part of its
//! horizontal axis ([`SmallView::within`]) it is a small chart again.

use super::layout::{DIGIT, TITLE};
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
use crate::table::LossKind;
use serde::{Deserialize, Serialize};

/// Height of the plot itself.
const PLOT: f64 = 150.0;
/// Height of the ticks' row and the name below it.
const AXIS: f64 = 44.0;
/// Height of the whole.
pub const HEIGHT: f64 = TITLE + PLOT + AXIS;
/// Half the width of an error bar's ends.
const SERIF: f64 = 3.0;

/// A position, each part 0 to 1 from the lower left.
pub type Place = (f64, f64);

/// An axis: its name and its ticks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ruler {
    /// What it measures, with the unit.
    pub name: String,
    /// Position and text of each tick.
    pub ticks: Vec<(f64, String)>,
    /// Ticks between them, for who looks closer: coarse ones first.
    pub finer: Vec<(f64, String)>,
}

/// One thing drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Stroke {
    /// Single values, faint: there are many.
    Dots(Vec<Place>),
    /// What they come to, strong.
    Marks(Vec<Place>),
    /// From one place to another with ends, an error bar.
    Bars(Vec<(Place, Place)>),
    /// The curve.
    Curve(Vec<Place>),
    /// A reference line.
    Reference(Vec<Place>),
    /// A threshold, dashed.
    Threshold(Vec<Place>),
    /// A stretch of the horizontal axis, filled.
    Stretch(f64, f64),
    /// A stretch of the horizontal axis that goes on beyond the chart, hatched.
    Open(f64, f64),
    /// A word.
    Word(Place, String),
}

/// A small chart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SmallView {
    /// What it is, for its caption.
    pub title: String,
    /// The horizontal axis.
    pub x: Ruler,
    /// The vertical axis.
    pub y: Ruler,
    /// The loss it is about: decides colour and marker.
    pub kind: LossKind,
    /// Back to front.
    pub strokes: Vec<Stroke>,
    /// What a cursor reads, along the horizontal axis: a place and what it is in words.
    pub said: Vec<(Place, String)>,
}

impl SmallView {
    /// What lies in a window of the horizontal axis, over the whole width. Its words keep their order and their number; a
    /// place outside the window lies outside 0 to 1.
    #[must_use]
    pub fn within(&self, (from, to): (f64, f64)) -> Self {
        let along = |at: f64| (at - from) / (to - from);
        let moved = |at: &Place| (along(at.0), at.1);
        let inside = |at: &Place| is_shown(along(at.0));
        let points = |points: &[Place]| points.iter().filter(|at| inside(at)).map(moved).collect();
        let cut = |(a, b): (f64, f64)| (along(a).clamp(0.0, 1.0), along(b).clamp(0.0, 1.0));
        let mut strokes = Vec::new();
        for stroke in &self.strokes {
            let mut lines = |line: &[Place], of: fn(Vec<Place>) -> Stroke| {
                strokes.extend(pieces(&line.iter().map(moved).collect::<Vec<_>>()).into_iter().map(of));
            };
            match stroke {
                Stroke::Curve(line) => lines(line, Stroke::Curve),
                Stroke::Reference(line) => lines(line, Stroke::Reference),
                Stroke::Threshold(line) => lines(line, Stroke::Threshold),
                Stroke::Dots(all) => strokes.push(Stroke::Dots(points(all))),
                Stroke::Marks(all) => strokes.push(Stroke::Marks(points(all))),
                Stroke::Bars(bars) => {
                    let bars = bars.iter().filter_map(|(a, b)| {
                        let (x0, x1) = (along(a.0), along(b.0));
                        let seen = x0.max(x1) >= 0.0 && x0.min(x1) <= 1.0;
                        seen.then(|| ((x0.clamp(0.0, 1.0), a.1), (x1.clamp(0.0, 1.0), b.1)))
                    });
                    strokes.push(Stroke::Bars(bars.collect()));
                }
                Stroke::Stretch(a, b) | Stroke::Open(a, b) => {
                    let (a, b) = cut((*a, *b));
                    let of = if matches!(stroke, Stroke::Open(..)) { Stroke::Open } else { Stroke::Stretch };
                    strokes.extend((a < b).then(|| of(a, b)));
                }
                Stroke::Word(at, text) => {
                    strokes.extend(inside(at).then(|| Stroke::Word(moved(at), text.clone())));
                }
            }
        }
        let tick = |(at, text): &(f64, String)| is_shown(along(*at)).then(|| (along(*at), text.clone()));
        let mut ticks: Vec<(f64, String)> = self.x.ticks.iter().filter_map(tick).collect();
        // As many as the axis has when all of it is shown.
        for (at, text) in self.x.finer.iter().filter_map(tick) {
            let most = self.x.ticks.len().max(4);
            if ticks.len() < most && ticks.iter().all(|(other, _)| (other - at).abs() > 0.9 / most as f64) {
                ticks.push((at, text));
            }
        }
        ticks.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let said = self.said.iter().map(|(at, text)| (moved(at), text.clone())).collect();
        let x = Ruler { ticks, ..self.x.clone() };
        Self { x, y: self.y.clone(), title: self.title.clone(), kind: self.kind, strokes, said }
    }
}

/// Whether a position lies on the chart.
fn is_shown(at: f64) -> bool {
    (-1e-9..=1.0 + 1e-9).contains(&at)
}

/// What lies between 0 and 1 of a line, cut at the edges; a line that leaves and comes back is two.
fn pieces(line: &[Place]) -> Vec<Vec<Place>> {
    let mut pieces = vec![Vec::new()];
    let add = |place: Place, pieces: &mut Vec<Vec<Place>>| {
        if let Some(last) = pieces.last_mut().filter(|last| last.last() != Some(&place)) {
            last.push(place);
        }
    };
    for pair in line.windows(2) {
        let [a, b] = [pair[0], pair[1]];
        // The part of the way at which an edge is met.
        let met = |edge: f64| (edge - a.0) / (b.0 - a.0);
        let (first, last) = match a.0 == b.0 {
            true => (0.0, if is_shown(a.0) { 1.0 } else { -1.0 }),
            false => (met(0.0).min(met(1.0)).max(0.0), met(0.0).max(met(1.0)).min(1.0)),
        };
        if first > last {
            continue;
        }
        let at = |t: f64| match t {
            0.0 => a,
            1.0 => b,
            t => (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1)),
        };
        if first > 0.0 {
            pieces.push(Vec::new());
        }
        add(at(first), &mut pieces);
        add(at(last), &mut pieces);
    }
    pieces.retain(|piece| piece.len() > 1);
    pieces
}

/// The pixels of a position at a width.
fn placed(view: &SmallView, width: f64) -> (impl Fn(f64) -> f64, impl Fn(f64) -> f64, (f64, f64)) {
    let width = if width.is_finite() { width.clamp(140.0, 4000.0) } else { 320.0 };
    let widest = view.y.ticks.iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
    let (left, right) = (widest as f64 * DIGIT + 10.0, width - 12.0);
    let x = move |at: f64| left + at.clamp(0.0, 1.0) * (right - left);
    let y = |at: f64| TITLE + PLOT - at.clamp(0.0, 1.0) * PLOT;
    (x, y, (left, right))
}

/// The place with words that is nearest to a pixel.
pub fn nearest(view: &SmallView, width: f64, (px, py): Pixel) -> Option<usize> {
    let (x, y, _) = placed(view, width);
    let far = |at: Place| (x(at.0) - px).hypot(y(at.1) - py);
    let said = view.said.iter().enumerate().filter(|(_, (at, _))| is_shown(at.0));
    said.min_by(|(_, a), (_, b)| far(a.0).total_cmp(&far(b.0))).map(|(at, _)| at)
}

/// Places in the order of the horizontal axis.
pub fn in_order(mut said: Vec<(Place, String)>) -> Vec<(Place, String)> {
    said.retain(|((x, y), _)| x.is_finite() && y.is_finite());
    said.sort_by(|(a, _), (b, _)| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    said
}

/// Where a pixel lies along the chart, 0 to 1 and beyond, and how many pixels that is long.
pub fn part(view: &SmallView, width: f64, px: f64) -> (f64, f64) {
    let (_, _, (left, right)) = placed(view, width);
    ((px - left) / (right - left), right - left)
}

/// Lays it out at a width in CSS pixels; `cursor` is the index of the place a reader is at.
pub fn scene(view: &SmallView, width: f64, cursor: Option<usize>) -> Scene {
    let mut scene = Scene::default();
    let (x, y, (left, right)) = placed(view, width);
    let (top, bottom, width) = (TITLE, TITLE + PLOT, right + 12.0);
    let place = |at: &Place| (x(at.0), y(at.1));
    let line = |points: &[Place]| points.iter().map(place).collect::<Vec<Pixel>>();
    let colour = match view.kind {
        LossKind::General => Role::General,
        LossKind::Domain => Role::Domain,
    };
    let mark = match view.kind {
        LossKind::General => Scene::circle as fn(&mut Scene, Pixel, f64, super::scene::Paint),
        LossKind::Domain => Scene::diamond,
    };
    for (at, text) in &view.y.ticks {
        scene.line(vec![(left, y(*at)), (right, y(*at))], 1.0, Role::Grid);
        scene.text(text.clone(), (left - 6.0, y(*at)), Anchor::End, Weight::Regular, Role::Ink3);
    }
    for stroke in view.strokes.iter().filter(|stroke| finite(stroke)) {
        match stroke {
            Stroke::Dots(points) => points.iter().for_each(|at| mark(&mut scene, place(at), 2.0, colour.at(0.4))),
            Stroke::Marks(points) => {
                for at in points {
                    mark(&mut scene, place(at), 5.0, Role::Background.into());
                    mark(&mut scene, place(at), 3.8, colour.into());
                }
            }
            Stroke::Bars(bars) => {
                for (low, high) in bars {
                    let (low, high) = (place(low), place(high));
                    scene.line(vec![low, high], 1.5, Role::Ink);
                    // Ends across the bar, which may lie.
                    let across = if low.1 == high.1 { (0.0, SERIF) } else { (SERIF, 0.0) };
                    for end in [low, high] {
                        let ends = vec![(end.0 - across.0, end.1 - across.1), (end.0 + across.0, end.1 + across.1)];
                        scene.line(ends, 1.5, Role::Ink);
                    }
                }
            }
            Stroke::Curve(points) => scene.line(line(points), 2.0, colour),
            Stroke::Reference(points) => scene.line(line(points), 1.2, Role::Ink2),
            Stroke::Threshold(points) => scene.dashed(&line(points), 6.0, 4.0, 1.2, Role::Ink2),
            Stroke::Stretch(from, to) => {
                let (from, to) = (x(*from), x(*to));
                scene.fill(vec![(from, top), (to, top), (to, bottom), (from, bottom)], Role::Ink.at(0.09));
            }
            Stroke::Open(from, to) => scene.hatch((x(*from), top), (x(*to), bottom)),
            Stroke::Word(at, text) => {
                let anchor = match at.0 {
                    at if at < 0.34 => Anchor::Start,
                    at if at > 0.66 => Anchor::End,
                    _ => Anchor::Middle,
                };
                scene.text(text.clone(), place(at), anchor, Weight::Regular, Role::Ink2);
            }
        }
    }
    if let Some((at, _)) = cursor.and_then(|index| view.said.get(index)).filter(|(at, _)| is_shown(at.0)) {
        let at = place(at);
        scene.line(vec![(at.0, top), (at.0, bottom)], 1.0, Role::Ink3);
        scene.line(vec![(left, at.1), (right, at.1)], 1.0, Role::Ink3);
        scene.circle(at, 5.5, Role::Ink);
        scene.circle(at, 3.5, Role::Background);
    }
    scene.line(vec![(left, bottom), (right, bottom)], 1.0, Role::Strong);
    let mut free = f64::NEG_INFINITY;
    for (at, text) in &view.x.ticks {
        let half = text.chars().count() as f64 * DIGIT / 2.0;
        scene.line(vec![(x(*at), bottom), (x(*at), bottom + 4.0)], 1.0, Role::Strong);
        let centre = x(*at).clamp(half, width - half);
        if centre - half > free {
            scene.text(text.clone(), (centre, bottom + 14.0), Anchor::Middle, Weight::Regular, Role::Ink3);
            free = centre + half + 6.0;
        }
    }
    scene.text(view.x.name.clone(), (left, bottom + 34.0), Anchor::Start, Weight::Regular, Role::Ink2);
    scene.text(view.y.name.clone(), (0.0, top - 16.0), Anchor::Start, Weight::Regular, Role::Ink2);
    scene
}

fn finite(stroke: &Stroke) -> bool {
    let place = |at: &Place| at.0.is_finite() && at.1.is_finite();
    match stroke {
        Stroke::Dots(points)
        | Stroke::Marks(points)
        | Stroke::Curve(points)
        | Stroke::Reference(points)
        | Stroke::Threshold(points) => points.iter().all(place),
        Stroke::Bars(bars) => bars.iter().all(|(low, high)| place(low) && place(high)),
        Stroke::Stretch(from, to) | Stroke::Open(from, to) => from.is_finite() && to.is_finite(),
        Stroke::Word(at, _) => place(at),
    }
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, PLOT, Ruler, SmallView, Stroke, TITLE, in_order, nearest, scene};
    use crate::chart::scene::Mark;
    use crate::table::LossKind;

    #[test]
    fn draws_inside_its_box_and_leaves_out_what_is_not_finite() {
        let view = SmallView {
            title: "A chart".into(),
            x: Ruler {
                name: "tokens".into(),
                ticks: vec![(0.0, "1B".into()), (0.5, "5B".into()), (1.0, "10B".into())],
                finer: vec![(0.25, "2.5B".into())],
            },
            y: Ruler {
                name: "residual".into(),
                ticks: vec![(0.0, "−1 %".into()), (1.0, "1 %".into())],
                ..Ruler::default()
            },
            kind: LossKind::Domain,
            strokes: vec![
                Stroke::Dots(vec![(0.1, 0.2), (7.0, -3.0)]),
                Stroke::Bars(vec![((0.5, 0.1), (0.5, 0.4))]),
                Stroke::Curve(vec![(0.0, 0.0), (f64::NAN, 1.0)]),
                Stroke::Open(0.8, 1.0),
                Stroke::Word((0.9, 0.9), "unbounded".into()),
            ],
            said: in_order(vec![((0.7, 0.2), "b".into()), ((f64::NAN, 0.0), "none".into()), ((0.1, 0.9), "a".into())]),
        };
        for width in [150.0, 390.0, f64::INFINITY] {
            let drawn = scene(&view, width, Some(1));
            assert!(drawn.is_finite());
            let inside = |mark: &Mark| match mark {
                Mark::Line { points, .. } | Mark::Fill { points, .. } => {
                    points.iter().all(|p| p.0 >= -1.0 && p.1 >= -1.0 && p.1 <= HEIGHT)
                }
                Mark::Dots { centres, .. } => centres.iter().all(|centre| centre.1 <= HEIGHT),
                Mark::Text { at, .. } => at.1 <= HEIGHT,
            };
            assert!(drawn.marks.iter().all(inside));
            let words = drawn.marks.iter().filter(|mark| matches!(mark, Mark::Text { .. })).count();
            assert_eq!(words, 8, "ticks, names and the word");
            assert_eq!(nearest(&view, width, (0.0, TITLE)), Some(0), "the place without numbers is none");
            assert_eq!(nearest(&view, width, (1e3, TITLE + PLOT)), Some(1));
        }
    }

    #[test]
    fn a_window_cuts_lines_at_its_edges_and_keeps_the_order_of_words() {
        let view = SmallView {
            title: String::new(),
            x: Ruler {
                name: String::new(),
                ticks: vec![(0.0, "0".into()), (1.0, "1".into())],
                finer: vec![(0.5, "½".into()), (0.501, "½ and a bit".into()), (0.75, "¾".into())],
            },
            y: Ruler::default(),
            kind: LossKind::General,
            strokes: vec![
                Stroke::Curve(vec![(0.0, 0.0), (1.0, 1.0)]),
                // Leaves the window and comes back.
                Stroke::Threshold(vec![(0.6, 0.0), (0.2, 0.5), (0.6, 1.0)]),
                Stroke::Reference(vec![(0.1, 0.0), (0.1, 1.0)]),
                Stroke::Dots(vec![(0.1, 0.5), (0.5, 0.5), (0.75, 0.5)]),
                Stroke::Bars(vec![((0.3, 0.1), (0.6, 0.1)), ((0.9, 0.1), (0.9, 0.2))]),
                Stroke::Stretch(0.0, 0.6),
                Stroke::Open(0.8, 1.0),
            ],
            said: vec![((0.1, 0.5), "left".into()), ((0.5, 0.5), "middle".into())],
        };
        let shown = view.within((0.4, 0.8));
        let near = |a: f64, b: f64| (a - b).abs() < 1e-12;
        let [Stroke::Curve(curve), Stroke::Threshold(first), Stroke::Threshold(second), Stroke::Dots(dots), rest @ ..] =
            &shown.strokes[..]
        else {
            unreachable!("the reference line lies outside: {:?}", shown.strokes)
        };
        assert!(near(curve[0].0, 0.0) && near(curve[0].1, 0.4) && near(curve[1].0, 1.0) && near(curve[1].1, 0.8));
        assert!(near(first[1].0, 0.0) && near(first[1].1, 0.25) && near(second[0].1, 0.75), "{first:?} {second:?}");
        assert_eq!(dots.len(), 2);
        let [Stroke::Bars(bars), Stroke::Stretch(from, to)] = rest else { unreachable!("{rest:?}") };
        assert!(
            bars.len() == 1 && near(bars[0].0.0, 0.0) && near(bars[0].1.0, 0.5) && near(*from, 0.0) && near(*to, 0.5)
        );
        assert_eq!(shown.x.ticks.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), ["½", "¾"]);
        assert_eq!(nearest(&shown, 320.0, (0.0, TITLE)), Some(1), "what lies outside is not pointed at");
        assert!(scene(&shown, 320.0, Some(0)).is_finite());
        assert_eq!(view.within((0.0, 1.0)).strokes, view.strokes);
    }
}
