//! How the chart is looked at: which one, how its axes are spaced, how much of each is shown.

use super::Axes;
use crate::chart::{AxisView, Spacing, View};
use crate::law::Axis;
use serde::{Deserialize, Serialize};

/// Which chart, and what of it. What is shown of an axis holds for every chart that has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Which chart; `None` until one is chosen of the file that is open.
    pub view: Option<View>,
    /// The one chosen of an earlier file.
    pub usual: Option<View>,
    /// How sizes and tokens are spaced; `None` is evenly by factors.
    pub spacing: Option<Spacing>,
    /// What is shown of the domain share; `None` is everything.
    pub ratio: Option<(f64, f64)>,
    /// What is shown of the model size.
    pub size: Option<(f64, f64)>,
    /// What is shown of the tokens.
    pub tokens: Option<(f64, f64)>,
}

impl Look {
    /// Which chart is shown of a file with these axes: the one chosen, else the usual one where something varies along it,
    /// else the first along whose axis something does. One that was chosen says itself why it shows nothing.
    pub fn shown(&self, axes: Option<&Axes>) -> View {
        let varies = |view: &View| {
            let needed = [Some(view.across()), view.up()].into_iter().flatten();
            axes.is_none_or(|axes| needed.into_iter().all(|axis| axes.of(axis).locked.is_none()))
        };
        let usual = self.usual.into_iter().chain([View::Ratio, View::Tokens, View::Size]);
        self.view.or_else(|| usual.into_iter().find(varies)).unwrap_or_default()
    }

    /// What is shown of an axis.
    pub fn window(&mut self, axis: Axis) -> &mut Option<(f64, f64)> {
        match axis {
            Axis::Ratio => &mut self.ratio,
            Axis::Size => &mut self.size,
            Axis::Tokens => &mut self.tokens,
        }
    }

    /// An axis as it is shown; `whole` are the ends of its slider.
    pub fn axis(mut self, axis: Axis, whole: (f64, f64)) -> AxisView {
        let spacing = self.spacing.unwrap_or(Spacing::Log);
        AxisView::new(axis, whole, *self.window(axis), spacing)
    }

    /// The same for another file: which chart is the person's, what is shown of it the file's.
    #[must_use]
    pub fn for_file(self) -> Self {
        Self { usual: self.view.or(self.usual), spacing: self.spacing, ..Self::default() }
    }

    /// The same without windows that are none: read from a link or typed by hand.
    #[must_use]
    pub fn sound(mut self) -> Self {
        for axis in Axis::ALL {
            let window = self.window(axis);
            *window = window.filter(|(low, high)| low.is_finite() && high.is_finite() && low < high && *low >= 0.0);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::Look;
    use crate::chart::{Spacing, View};
    use crate::law::{Axis, Ranges, Span};
    use crate::settings::Axes;
    use crate::table::Observations;

    #[test]
    fn the_first_chart_is_along_an_axis_that_varies() {
        let span = |distinct| Some(Span { low: 1e9, high: 1e10, distinct });
        let axes = |size, tokens, ratio: Option<usize>| {
            let ratio = ratio.map(|distinct| Span { low: 0.1, high: 0.9, distinct });
            let ranges = Ranges { size: span(size), tokens: span(tokens), ratio, ..Ranges::default() };
            Axes::new(&ranges, &Observations::default())
        };
        let look = Look::default();
        assert_eq!(look.shown(None), View::Ratio, "what the page opens on");
        assert_eq!(look.shown(Some(&axes(3, 9, Some(5)))), View::Ratio);
        assert_eq!(look.shown(Some(&axes(3, 9, None))), View::Tokens, "no ratio");
        assert_eq!(look.shown(Some(&axes(3, 9, Some(1)))), View::Tokens, "one ratio");
        assert_eq!(look.shown(Some(&axes(3, 1, None))), View::Size);
        assert_eq!(look.shown(Some(&axes(1, 1, None))), View::Ratio, "nothing varies: it says why");
        let chosen = Look { view: Some(View::Size), ..look };
        assert_eq!(chosen.shown(Some(&axes(1, 9, None))), View::Size, "chosen, whatever it shows");
        // Of the next file it is shown where there is something to see.
        assert_eq!(chosen.for_file().shown(Some(&axes(3, 9, Some(5)))), View::Size);
        assert_eq!(chosen.for_file().shown(Some(&axes(1, 9, Some(5)))), View::Ratio);
    }

    #[test]
    fn a_window_is_shown_where_it_lies_on_the_axis() {
        let look = Look { size: Some((1e9, 4e9)), view: Some(View::Size), ..Look::default() };
        assert_eq!(look.axis(Axis::Size, (1e8, 1e11)).shown, (1e9, 4e9));
        assert_eq!(look.axis(Axis::Size, (1e5, 1e7)).shown, (1e5, 1e7), "another file's sizes");
        assert_eq!(look.axis(Axis::Tokens, (1e5, 1e7)).spacing, Spacing::Log);
        assert_eq!(look.for_file(), Look { usual: Some(View::Size), ..Look::default() });
        let odd = Look { ratio: Some((0.5, f64::NAN)), tokens: Some((9.0, 1.0)), ..look };
        assert_eq!(odd.sound(), look);
    }
}
