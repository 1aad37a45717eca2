//! How much of an axis is shown: zooming and panning, as changes of what is shown.

use super::scale::{Scale, Spacing};
use crate::quantity::significant;

/// The narrowest stretch that is shown, as a part of the whole axis along its spacing.
const NARROWEST: f64 = 0.005;

/// A stretch of an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stretch {
    /// All there is of the axis.
    pub whole: (f64, f64),
    /// What is shown of it.
    pub shown: (f64, f64),
    /// How values are spaced.
    pub spacing: Spacing,
}

impl Stretch {
    /// An axis of which `window` is shown where that lies on it, else all.
    pub fn new(whole: (f64, f64), window: Option<(f64, f64)>, spacing: Spacing) -> Self {
        let all = Self { whole, shown: whole, spacing };
        let Some((low, high)) = window.filter(|(low, high)| !low.is_nan() && !high.is_nan()) else { return all };
        let (low, high) = (low.max(whole.0), high.min(whole.1));
        // Not narrower than zooming goes: a typed or linked window may be.
        let (from, to) = (all.part(low), all.part(high));
        if to - from >= 0.9 * NARROWEST { Self { shown: (low, high), ..all } } else { all }
    }

    /// Values to pixels.
    pub fn scale(&self, range: (f64, f64)) -> Scale {
        Scale::new(self.spacing, self.shown, range)
    }

    /// Where a value lies on the part shown, 0 to 1 and beyond.
    pub fn part(&self, value: f64) -> f64 {
        self.scale((0.0, 1.0)).project(value)
    }

    /// Whether all of it is shown.
    pub fn is_whole(&self) -> bool {
        self.shown == self.whole
    }

    /// Whether a value is shown.
    pub fn shows(&self, value: f64) -> bool {
        value >= self.shown.0 && value <= self.shown.1
    }

    /// What is shown `factor` times as large, with the place at `about` (0 to 1) kept where it is: the ends of the new
    /// window, or `None` where that is everything.
    pub fn zoomed(&self, about: f64, factor: f64) -> Option<(f64, f64)> {
        let (from, to) = self.of_whole();
        let width = to - from;
        let new = (width / factor).clamp(NARROWEST, 1.0);
        let keep = from + about.clamp(0.0, 1.0) * width;
        self.window(keep - about.clamp(0.0, 1.0) * new, new)
    }

    /// What is shown moved by a part of itself.
    pub fn panned(&self, by: f64) -> Option<(f64, f64)> {
        let (from, to) = self.of_whole();
        self.window(from + by * (to - from), to - from)
    }

    /// The ends of what is shown as parts of the whole.
    fn of_whole(&self) -> (f64, f64) {
        let whole = Scale::new(self.spacing, self.whole, (0.0, 1.0));
        (whole.project(self.shown.0), whole.project(self.shown.1))
    }

    fn window(&self, from: f64, width: f64) -> Option<(f64, f64)> {
        if !(from.is_finite() && width < 1.0 - 1e-9) {
            return None;
        }
        let from = from.clamp(0.0, 1.0 - width);
        let whole = Scale::new(self.spacing, self.whole, (0.0, 1.0));
        // Six digits: a link need not carry more of where a wheel came to rest.
        let end = |part: f64| significant(whole.invert(part), 6);
        let (low, high) = (end(from).max(self.whole.0), end(from + width).min(self.whole.1));
        (low < high).then_some((low, high))
    }
}
