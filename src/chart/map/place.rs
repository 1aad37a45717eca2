//! Where a map's panels stand, and from a pixel back to its axes.

use super::MapView;
use crate::chart::layout::{AXIS, DIGIT, GAP, TITLE, height};
use crate::chart::loss::Cursor;
use crate::chart::scale::Scale;
use crate::chart::scene::Pixel;
use crate::chart::view::Measured;

/// Where everything stands, in CSS pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct MapLayout {
    /// Width of the whole.
    pub width: f64,
    /// Height of the whole: that of a chart of one axis, so that nothing moves when the view changes.
    pub height: f64,
    /// The horizontal axis to pixels.
    pub x: Scale,
    /// The vertical axis to pixels, one a panel.
    pub panels: Vec<Scale>,
}

impl MapLayout {
    /// Lays out a map at a width in CSS pixels.
    pub fn new(view: &MapView, width: f64) -> Self {
        let width = if width.is_finite() { width.clamp(160.0, 4000.0) } else { 640.0 };
        let height = height(width);
        let count = view.panels.len().max(1);
        let tall = (height - AXIS - GAP * (count as f64 - 1.0)) / count as f64 - TITLE;
        let up = |k: usize| {
            let top = TITLE + k as f64 * (tall + GAP + TITLE);
            view.up.scale((top + tall, top))
        };
        let panels: Vec<Scale> = (0..count).map(up).collect();
        let labels = view.up.ticks(tall).into_iter().map(|value| view.up.label(value).chars().count());
        let left = (labels.fold(3, usize::max) as f64 * DIGIT + 12.0).min(width / 3.0);
        Self { width, height, x: view.across.scale((left, width - 10.0)), panels }
    }

    /// Top of the first and bottom of the last panel.
    pub fn reach(&self) -> (f64, f64) {
        let ends = self.panels.first().zip(self.panels.last());
        ends.map_or((TITLE, self.height - AXIS), |(first, last)| (first.range().1, last.range().0))
    }

    /// The panel a pixel lies in, or the nearest one.
    pub fn panel_at(&self, y: f64) -> usize {
        let far = |k: &usize| {
            let (bottom, top) = self.panels[*k].range();
            (top - y).max(y - bottom).max(0.0)
        };
        (0..self.panels.len()).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0)
    }

    /// Where a place of both axes stands in a panel; `None` where it is not shown.
    pub fn spot(&self, view: &MapView, panel: usize, (across, up): (f64, f64)) -> Option<Pixel> {
        let shown = view.across.shows(across) && view.up.shows(up);
        shown.then(|| Some((self.x.project(across), self.panels.get(panel)?.project(up)))).flatten()
    }

    /// Where a measured point stands in a panel.
    pub fn place_of(&self, view: &MapView, panel: usize, point: &Measured) -> Option<Pixel> {
        self.spot(view, panel, (point.on(view.across.axis)?, point.on(view.up.axis)?))
    }

    /// The cursor under a pointer: its values, and the measured point nearest to it in the panel.
    pub fn cursor(&self, view: &MapView, (x, y): Pixel) -> Cursor {
        let panel = self.panel_at(y);
        let up = self.panels.get(panel).map_or(view.now.1, |scale| view.up.tidy(scale.invert(y)));
        let point = self.nearest(view, panel, |(px, py)| (px - x).hypot(py - y));
        Cursor { x: view.across.tidy(self.x.invert(x)), up, point }
    }

    /// The cursor of a keyboard, which stands in every panel: the measured point nearest in the first.
    pub fn cursor_at(&self, view: &MapView, (across, up): (f64, f64)) -> Cursor {
        let at = self.panels.first().map(|scale| (self.x.project(across), scale.project(up)));
        let point = at.and_then(|(x, y)| self.nearest(view, 0, |(px, py)| (px - x).hypot(py - y)));
        Cursor { x: across, up, point }
    }

    /// The cursor after a key: left and right go along the one axis, up, down and the page keys along the other.
    pub fn keyed(&self, view: &MapView, from: (f64, f64), key: &str) -> Option<Cursor> {
        let (mut across, mut up) = from;
        match key {
            "ArrowLeft" => across = view.across.stepped(across, -1.0),
            "ArrowRight" => across = view.across.stepped(across, 1.0),
            "Home" => across = view.across.stepped(across, -100.0),
            "End" => across = view.across.stepped(across, 100.0),
            "ArrowDown" => up = view.up.stepped(up, -1.0),
            "ArrowUp" => up = view.up.stepped(up, 1.0),
            "PageDown" => up = view.up.stepped(up, -10.0),
            "PageUp" => up = view.up.stepped(up, 10.0),
            _ => return None,
        }
        Some(self.cursor_at(view, (across, up)))
    }

    fn nearest(&self, view: &MapView, panel: usize, far: impl Fn(Pixel) -> f64) -> Option<(usize, usize)> {
        let mut best = None;
        let mut least = f64::INFINITY;
        for (i, point) in view.panels.get(panel)?.points.iter().enumerate() {
            let Some(spot) = self.place_of(view, panel, point) else { continue };
            let d = far(spot) + if point.other { 6.0 } else { 0.0 };
            if d < least {
                (best, least) = (Some((panel, i)), d);
            }
        }
        best
    }
}
