//! An axis of a chart: what it measures, how much of it is shown, how values are spaced, named and ticked along it.

use super::scale::{Scale, Spacing};
use super::stretch::Stretch;
use super::ticks;
use crate::law::Axis;
use crate::maths;
use crate::quantity::{Params, Share, Tokens, significant};

/// Whether everything a chart can do is compiled in: the first screen shows loss against ratio alone.
pub const WHOLE: bool = cfg!(any(not(target_arch = "wasm32"), not(feature = "page"), feature = "workbench"));

/// An axis as it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AxisView {
    /// What it measures.
    pub axis: Axis,
    /// All there is of it: the ends of its slider.
    pub whole: (f64, f64),
    /// What is shown.
    pub shown: (f64, f64),
    /// How values are spaced.
    pub spacing: Spacing,
}

impl Default for AxisView {
    /// All of the domain share.
    fn default() -> Self {
        Self { axis: Axis::Ratio, whole: (0.0, 1.0), shown: (0.0, 1.0), spacing: Spacing::Linear }
    }
}

impl AxisView {
    /// An axis of which `window` is shown where that lies on it, else all.
    pub fn new(axis: Axis, whole: (f64, f64), window: Option<(f64, f64)>, spacing: Spacing) -> Self {
        let spacing = if axis == Axis::Ratio { Spacing::Linear } else { spacing };
        let Stretch { shown, .. } = Stretch::new(whole, window, spacing);
        Self { axis, whole, shown, spacing }
    }

    /// How much of it is shown.
    pub fn stretch(&self) -> Stretch {
        Stretch { whole: self.whole, shown: self.shown, spacing: self.spacing }
    }

    /// Values to pixels.
    pub fn scale(&self, range: (f64, f64)) -> Scale {
        Scale::new(self.spacing, self.shown, range)
    }

    /// Where a value lies on the part shown, 0 to 1 and beyond.
    pub fn part(&self, value: f64) -> f64 {
        self.scale((0.0, 1.0)).project(value)
    }

    /// The value at a part of what is shown.
    pub fn value(&self, part: f64) -> f64 {
        self.scale((0.0, 1.0)).invert(part)
    }

    /// Whether all of it is shown.
    pub fn is_whole(&self) -> bool {
        self.shown == self.whole
    }

    /// Whether a value is shown.
    pub fn shows(&self, value: f64) -> bool {
        value >= self.shown.0 && value <= self.shown.1
    }

    /// Positions along what is shown, `steps` of them evenly and, on a whole axis of the share, some next to its ends: a
    /// law with a power of the ratio bends there, and a straight step would cut it.
    pub fn positions(&self, steps: usize) -> Vec<f64> {
        const ENDS: [f64; 6] = [0.001, 0.002, 0.004, 0.996, 0.998, 0.999];
        let mut parts: Vec<f64> = (0..=steps).map(|k| k as f64 / steps as f64).collect();
        if !WHOLE || self.axis == Axis::Ratio && self.is_whole() {
            parts.extend(ENDS);
            crate::order::ascending(&mut parts);
        }
        parts
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self.axis {
            Axis::Size if WHOLE => "Model size, parameters",
            Axis::Tokens if WHOLE => "Token budget",
            _ => "Domain share of the mixture",
        }
    }

    /// A value as people write it.
    pub fn label(&self, value: f64) -> String {
        match self.axis {
            Axis::Size if WHOLE => Params(value).to_string(),
            Axis::Tokens if WHOLE => Tokens(value).to_string(),
            _ => Share(value).to_string(),
        }
    }

    /// Ticks for an axis of that many pixels, ascending.
    pub fn ticks(&self, pixels: f64) -> Vec<f64> {
        if !WHOLE || self.axis == Axis::Ratio && self.is_whole() {
            let five = pixels < 360.0;
            let shares = if five { [0.0, 0.25, 0.5, 0.75, 1.0].as_slice() } else { &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0] };
            return shares.to_vec();
        }
        match self.spacing {
            Spacing::Linear => ticks::linear(self.shown.0, self.shown.1).values,
            Spacing::Log => ticks::log(self.shown.0, self.shown.1),
        }
    }

    /// Unlabelled ticks of a logarithmic axis, at whole multiples of the powers of ten; none where they would crowd.
    pub fn minor_ticks(&self) -> Vec<f64> {
        let (low, high) = self.shown;
        if !WHOLE || self.spacing == Spacing::Linear || low <= 0.0 || high / low > 1e7 {
            return Vec::new();
        }
        let powers = (low.log10().floor() as i32)..=(high.log10().ceil() as i32);
        let all = powers.flat_map(|power| (1..10).map(move |m| f64::from(m) * 10f64.powi(power)));
        all.filter(|value| self.shows(*value)).collect()
    }

    /// The value nearest to one that a hand would set: half a percent of a share, three digits of a number; finer where
    /// less of the axis is shown.
    pub fn tidy(&self, value: f64) -> f64 {
        let (low, high) = self.whole;
        if !WHOLE || self.axis == Axis::Ratio {
            let grain = if !WHOLE || self.is_whole() { 200.0 } else { 2000.0 };
            return if value.is_finite() {
                (value * grain).round().clamp(low * grain, high * grain) / grain
            } else {
                low
            };
        }
        let digits = if self.is_whole() { 3 } else { 4 };
        if value > 0.0 && value.is_finite() { significant(value, digits).clamp(low, high) } else { low }
    }

    /// A value some hundredths of what is shown further along, on whole hundredths, inside what is shown.
    pub fn stepped(&self, value: f64, hundredths: f64) -> f64 {
        let part = (100.0 * self.part(value)).round() + hundredths;
        self.tidy(self.value(part.clamp(0.0, 100.0) / 100.0))
    }

    /// What is shown `factor` times as large: see [`Stretch::zoomed`].
    pub fn zoomed(&self, about: f64, factor: f64) -> Option<(f64, f64)> {
        self.stretch().zoomed(about, factor)
    }

    /// What is shown moved by a part of itself: see [`Stretch::panned`].
    pub fn panned(&self, by: f64) -> Option<(f64, f64)> {
        self.stretch().panned(by)
    }
}

/// How far apart two values lie on an axis, for telling which is nearest: as a factor, or as a difference of shares.
pub fn apart(axis: Axis, a: f64, b: f64) -> f64 {
    match axis {
        Axis::Ratio => (a - b).abs(),
        Axis::Size | Axis::Tokens => maths::ln(a / b).abs(),
    }
}

#[cfg(test)]
mod tests {
    use super::AxisView;
    use crate::chart::scale::Spacing;
    use crate::law::Axis;

    fn tokens(window: Option<(f64, f64)>) -> AxisView {
        AxisView::new(Axis::Tokens, (1e8, 1e11), window, Spacing::Log)
    }

    #[test]
    fn zooming_keeps_the_place_under_the_pointer_and_comes_back_to_the_whole() {
        let all = tokens(None);
        let window = all.zoomed(0.25, 2.0);
        let closer = tokens(window);
        assert!((closer.value(0.25) / all.value(0.25) - 1.0).abs() < 1e-4, "{window:?}");
        assert!((closer.shown.1 / closer.shown.0 - 1000f64.sqrt()).abs() < 0.01);
        assert_eq!(closer.zoomed(0.25, 0.5), None, "the whole again");
        let mut deep = all;
        for _ in 0..100 {
            deep = tokens(deep.zoomed(0.5, 3.0));
        }
        assert!(!deep.is_whole() && deep.shown.0 < deep.shown.1, "there is an end to it: {deep:?}");
    }

    #[test]
    fn panning_stops_at_the_ends() {
        let closer = tokens(Some((1e9, 1e10)));
        let right = tokens(closer.panned(0.5));
        assert!((right.shown.0 / 1e9 - 10f64.sqrt()).abs() < 1e-3);
        let end = tokens(closer.panned(99.0));
        assert!((end.shown.0 / 1e10 - 1.0).abs() < 1e-4 && end.shown.1 == 1e11);
        assert_eq!(tokens(None).panned(0.3), None);
    }

    #[test]
    fn a_window_that_is_none_shows_everything() {
        for window in [(5.0, 2.0), (f64::NAN, 1e9), (1e9, 1e9), (1e12, 1e13), (0.0, f64::INFINITY)] {
            assert_eq!(tokens(Some(window)).shown, (1e8, 1e11), "{window:?}");
        }
        assert_eq!(AxisView::new(Axis::Ratio, (0.0, 1.0), Some((0.2, 0.4)), Spacing::Log).spacing, Spacing::Linear);
    }

    #[test]
    fn steps_and_hands_set_tidy_values() {
        let share = AxisView::default();
        assert_eq!(share.stepped(0.6, 1.0), 0.61);
        assert_eq!(share.stepped(0.04, -10.0), 0.0);
        assert_eq!(share.tidy(0.3337), 0.335);
        assert_eq!(tokens(None).tidy(1.23456e9), 1.23e9);
        assert_eq!(tokens(None).stepped(1e11, 1.0), 1e11);
        assert!(tokens(None).tidy(f64::NAN).is_finite());
        assert_eq!(tokens(Some((1e9, 2e10))).ticks(600.0), [1e9, 2e9, 5e9, 1e10, 2e10]);
        assert_eq!(tokens(None).minor_ticks().len(), 28);
    }
}
