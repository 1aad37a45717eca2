//! The shares of a mixture, a row a corpus: the shares that were measured, this mixture's, and the best one's with the
//! interval over the draws. For any number of corpora, where three have a triangle.

use super::layout::DIGIT;
use super::scene::{Anchor, Pixel, Role, Scene, Weight};
use super::ticks;
use crate::quantity::Share;

/// What it shows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SharesView {
    /// The corpora, in the order of the file.
    pub corpora: Vec<SharesOf>,
}

/// One corpus.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SharesOf {
    /// Its name.
    pub name: String,
    /// The least and the largest share that was measured.
    pub measured: (f64, f64),
    /// Its share of this mixture.
    pub now: f64,
    /// Its share of the best one, with the ends of the draws where there are some.
    pub best: Option<(f64, Option<(f64, f64)>)>,
}

/// Height of a row: a line of text and some air.
const ROW: f64 = 26.0;
/// Above the rows.
const TOP: f64 = 6.0;
/// Ticks below them.
const AXIS: f64 = 26.0;
/// Names take this part of the width at most.
const NAMES: f64 = 0.4;
/// Half the height of a measured range.
const RANGE: f64 = 5.0;
/// Half the width of an interval's ends.
const SERIF: f64 = 4.0;

/// Height of the whole.
pub fn height(corpora: usize) -> f64 {
    TOP + ROW * corpora as f64 + AXIS
}

/// Draws it at a width in CSS pixels.
pub fn scene(view: &SharesView, width: f64) -> Scene {
    let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
    let mut scene = Scene::default();
    let room = (NAMES * width / DIGIT).max(4.0) as usize;
    let longest = view.corpora.iter().map(|corpus| corpus.name.chars().count()).max().unwrap_or(0).min(room);
    let (left, right) = (longest as f64 * DIGIT + 12.0, width - 20.0);
    let bottom = TOP + ROW * view.corpora.len() as f64;
    let ticks = ticks::linear(0.0, top(view));
    let most = ticks.values.last().copied().unwrap_or(1.0).max(top(view));
    let x = |share: f64| left + (share / most).clamp(0.0, 1.0) * (right - left);
    for tick in &ticks.values {
        scene.line(vec![(x(*tick), TOP), (x(*tick), bottom)], 1.0, Role::Grid);
        let label = Share(*tick).to_string();
        scene.text(label, (x(*tick), bottom + 14.0), Anchor::Middle, Weight::Regular, Role::Ink3);
    }
    scene.line(vec![(left, bottom), (right, bottom)], 1.0, Role::Strong);
    for (at, corpus) in view.corpora.iter().enumerate() {
        let y = TOP + ROW * (at as f64 + 0.5);
        scene.text(shortened(&corpus.name, room), (left - 8.0, y), Anchor::End, Weight::Regular, Role::Ink2);
        let (low, high) = corpus.measured;
        if low.is_finite() && high >= low {
            measured(&mut scene, (x(low), y), x(high) - x(low));
        }
        if let Some((best, ends)) = corpus.best.filter(|(best, _)| best.is_finite()) {
            if let Some((low, high)) = ends.filter(|(low, high)| low.is_finite() && high.is_finite()) {
                scene.line(vec![(x(low), y), (x(high), y)], 1.6, Role::Domain);
                for end in [x(low), x(high)] {
                    scene.line(vec![(end, y - SERIF), (end, y + SERIF)], 1.6, Role::Domain);
                }
            }
            best_one(&mut scene, (x(best), y));
        }
        if corpus.now.is_finite() {
            this_one(&mut scene, (x(corpus.now), y));
        }
    }
    scene
}

/// The end of the axis: what the largest share shown needs.
fn top(view: &SharesView) -> f64 {
    let ends = |corpus: &SharesOf| {
        let (best, drawn) = corpus.best.map_or((0.0, 0.0), |(best, ends)| (best, ends.map_or(0.0, |ends| ends.1)));
        [corpus.measured.1, corpus.now, best, drawn]
    };
    let all = view.corpora.iter().flat_map(ends).filter(|share| share.is_finite());
    all.fold(0.05, f64::max).min(1.0)
}

/// A name with no more letters than there is room for.
pub(super) fn shortened(name: &str, room: usize) -> String {
    match name.chars().count() > room {
        true => name.chars().take(room.saturating_sub(1)).chain(['…']).collect(),
        false => name.to_owned(),
    }
}

/// The mark of the best mixture.
pub(super) fn best_one(scene: &mut Scene, at: Pixel) {
    scene.diamond(at, 7.0, Role::Background);
    scene.diamond(at, 5.5, Role::Domain);
}

/// The mark of the what-if: a ring, which leaves what lies below in sight.
pub(super) fn this_one(scene: &mut Scene, at: Pixel) {
    scene.circle(at, 7.5, Role::Background);
    scene.circle(at, 6.0, Role::Ink);
    scene.circle(at, 3.6, Role::Background);
    scene.circle(at, 1.8, Role::Ink);
}

/// A measured range from its left end on.
pub(super) fn measured(scene: &mut Scene, (x, y): Pixel, wide: f64) {
    let wide = wide.max(1.0);
    let corners = vec![(x, y - RANGE), (x + wide, y - RANGE), (x + wide, y + RANGE), (x, y + RANGE)];
    scene.fill(corners, Role::Ink.at(0.13));
}

#[cfg(test)]
mod tests {
    use super::{SharesOf, SharesView, height, scene};
    use crate::chart::scene::Mark;

    fn view(corpora: usize) -> SharesView {
        let of = |at: usize| SharesOf {
            name: format!("corpus of a rather long name, number {at}"),
            measured: (0.02, 0.4),
            now: 1.0 / corpora as f64,
            best: Some((0.3, Some((0.25, 0.36)))),
        };
        SharesView { corpora: (0..corpora).map(of).collect() }
    }

    #[test]
    fn stays_inside_its_box_at_any_width_and_number_of_corpora() {
        for corpora in [1, 4, 17, 64] {
            for width in [200.0, 326.0, 760.0] {
                let drawn = scene(&view(corpora), width);
                assert!(drawn.is_finite());
                let inside = |p: &(f64, f64)| (0.0..=width).contains(&p.0) && (0.0..=height(corpora)).contains(&p.1);
                let fits = |mark: &Mark| match mark {
                    Mark::Line { points, .. } | Mark::Fill { points, .. } => points.iter().all(inside),
                    Mark::Dots { centres, .. } => centres.iter().all(inside),
                    Mark::Text { at, .. } => inside(at),
                };
                assert!(drawn.marks.iter().all(fits), "{corpora} at {width}");
            }
        }
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let unknown = SharesOf { name: "web".into(), measured: (f64::NAN, 0.3), now: f64::NAN, best: None };
        let drawn = scene(&SharesView { corpora: vec![unknown] }, 400.0);
        assert!(drawn.is_finite());
        assert!(!drawn.marks.iter().any(|mark| matches!(mark, Mark::Dots { .. } | Mark::Fill { .. })));
        assert!(scene(&SharesView::default(), f64::NAN).is_finite());
    }
}
