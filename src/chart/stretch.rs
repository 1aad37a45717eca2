//! How much of an axis is shown: zooming and panning, as changes of what is shown.

use super::scale::{Scale, Spacing};
use crate::quantity::significant;

/// The narrowest stretch that is shown, as a part of the whole axis along its spacing.
const NARROWEST: f64 = 0.005;

/// How far inside the edge a value lies that was brought into sight, as a part of what is shown.
const INSIDE: f64 = 0.05;
/// A window that ends so near to the axis' end, as a part of it, ends there.
const EDGE: f64 = 1e-9;

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

    /// What is shown moved so far that a value is in it, a little inside the edge: the ends of the window. `None` where it
    /// is in sight already.
    pub fn revealing(&self, value: f64) -> Option<(f64, f64)> {
        if self.shows(value) {
            return None;
        }
        let part = self.part(value);
        self.panned(if part < 0.0 { part - INSIDE } else { part - 1.0 + INSIDE })
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
        // Rounded an end of the axis would lie inside it, and what stands there out of sight.
        let low = if from <= EDGE { self.whole.0 } else { end(from).max(self.whole.0) };
        let high = if from + width >= 1.0 - EDGE { self.whole.1 } else { end(from + width).min(self.whole.1) };
        (low < high).then_some((low, high))
    }
}

#[cfg(test)]
mod tests {
    use super::Stretch;
    use crate::chart::scale::Spacing;

    #[test]
    fn a_value_is_brought_into_sight_wherever_it_lies() {
        for (spacing, whole) in [(Spacing::Linear, (0.0, 1.0)), (Spacing::Log, (3.123456789e8, 7.987654321e10))] {
            let all = Stretch::new(whole, None, spacing);
            for k in 0..400 {
                let (about, factor) = (f64::from(k % 20) / 19.0, 1.5 + f64::from(k / 20));
                let window = all.zoomed(about, factor).unwrap();
                let stretch = Stretch::new(whole, Some(window), spacing);
                // The very ends of the axis, and places no six digits write.
                for place in [0.0, 0.1234567890123, 0.5, 0.8765432109876, 1.0] {
                    let value = match place {
                        0.0 => whole.0,
                        1.0 => whole.1,
                        _ => all.scale((0.0, 1.0)).invert(place),
                    };
                    let found = stretch.revealing(value);
                    assert_eq!(found.is_none(), stretch.shows(value));
                    let moved = Stretch::new(whole, found.or(Some(window)), spacing);
                    assert!(moved.shows(value), "{value} in {moved:?}");
                }
            }
        }
    }
}
