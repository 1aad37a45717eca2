//! From a pixel back to the data: the share under a pointer, the measured point nearest to it, and keyboard steps.

use super::layout::Layout;
use super::loss::{Cursor, place_of};
use super::view::ChartView;

/// How a key moves the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// One percent down.
    Less,
    /// One percent up.
    More,
    /// Ten percent down.
    PageLess,
    /// Ten percent up.
    PageMore,
    /// To the general corpus alone.
    First,
    /// To the domain corpus alone.
    Last,
}

impl Step {
    /// The share after this step, on whole percents.
    pub fn from(self, share: f64) -> f64 {
        let percent = (share * 100.0).round();
        let next = match self {
            Self::Less => percent - 1.0,
            Self::More => percent + 1.0,
            Self::PageLess => percent - 10.0,
            Self::PageMore => percent + 10.0,
            Self::First => 0.0,
            Self::Last => 100.0,
        };
        next.clamp(0.0, 100.0) / 100.0
    }
}

/// The domain share at a pixel, at half a percent, from 0 to 1.
pub fn share(layout: &Layout, x: f64) -> f64 {
    let share = layout.x.invert(x);
    if share.is_finite() { (share * 200.0).round().clamp(0.0, 200.0) / 200.0 } else { 0.0 }
}

/// The cursor under a pointer: its share, and the measured point nearest to it in pixels.
pub fn cursor(view: &ChartView, layout: &Layout, (x, y): (f64, f64)) -> Cursor {
    let distance = |(px, py): (f64, f64)| (px - x).hypot(py - y);
    Cursor { x: share(layout, x), point: nearest(view, layout, distance) }
}

/// The cursor of a keyboard: the measured point nearest along the axis, solid ones first.
pub fn cursor_at(view: &ChartView, layout: &Layout, share: f64) -> Cursor {
    let at = layout.x.project(share);
    Cursor { x: share, point: nearest(view, layout, |(px, _)| (px - at).abs()) }
}

fn nearest(view: &ChartView, layout: &Layout, distance: impl Fn((f64, f64)) -> f64) -> Option<(usize, usize)> {
    let mut best = None;
    let mut least = f64::INFINITY;
    for (k, (panel, place)) in view.panels.iter().zip(&layout.panels).enumerate() {
        for (i, point) in panel.points.iter().enumerate() {
            let Some(spot) = place_of(point, layout, place) else { continue };
            // Six pixels in favour of a point at the what-if's own size and budget, which is drawn on top.
            let d = distance(spot) + if point.other { 6.0 } else { 0.0 };
            if d < least {
                (best, least) = (Some((k, i)), d);
            }
        }
    }
    best
}
