//! From a pixel back to the data: the value under a pointer, the measured point nearest to it, and keyboard steps.

use super::layout::Layout;
use super::loss::{Cursor, place_of};
use super::scene::Pixel;
use super::view::ChartView;

/// How a key moves the cursor along an axis, in hundredths of what is shown; `None` for any other key.
pub fn step(key: &str) -> Option<f64> {
    Some(match key {
        "ArrowLeft" | "ArrowDown" => -1.0,
        "ArrowRight" | "ArrowUp" => 1.0,
        "PageDown" => -10.0,
        "PageUp" => 10.0,
        "Home" => -100.0,
        "End" => 100.0,
        _ => return None,
    })
}

/// The cursor under a pointer: its value, and the measured point nearest to it in pixels.
pub fn cursor(view: &ChartView, layout: &Layout, (x, y): Pixel) -> Cursor {
    let distance = |(px, py): Pixel| (px - x).hypot(py - y);
    Cursor { x: view.across.tidy(layout.x.invert(x)), up: 0.0, point: nearest(view, layout, distance) }
}

/// The cursor of a keyboard: the measured point nearest along the axis, solid ones first.
pub fn cursor_at(view: &ChartView, layout: &Layout, value: f64) -> Cursor {
    let at = layout.x.project(value);
    Cursor { x: value, up: 0.0, point: nearest(view, layout, |(px, _)| (px - at).abs()) }
}

fn nearest(view: &ChartView, layout: &Layout, distance: impl Fn(Pixel) -> f64) -> Option<(usize, usize)> {
    let mut best = None;
    let mut least = f64::INFINITY;
    for (k, (panel, place)) in view.panels.iter().zip(&layout.panels).enumerate() {
        for (i, point) in panel.points.iter().enumerate() {
            let Some(spot) = place_of(view, point, layout, place) else { continue };
            // Six pixels in favour of a point at the what-if's own recipe, which is drawn on top.
            let d = distance(spot) + if point.other { 6.0 } else { 0.0 };
            if d < least {
                (best, least) = (Some((k, i)), d);
            }
        }
    }
    best
}
