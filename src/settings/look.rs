//! How the chart is looked at: which one, how its axes are spaced, how much of each is shown.

use crate::chart::{AxisView, Spacing, View};
use crate::law::Axis;
use serde::{Deserialize, Serialize};

/// Which chart, and what of it. What is shown of an axis holds for every chart that has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Look {
    /// Which chart.
    pub view: View,
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
        Self { view: self.view, spacing: self.spacing, ..Self::default() }
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
    use crate::law::Axis;

    #[test]
    fn a_window_is_shown_where_it_lies_on_the_axis() {
        let look = Look { size: Some((1e9, 4e9)), view: View::Size, ..Look::default() };
        assert_eq!(look.axis(Axis::Size, (1e8, 1e11)).shown, (1e9, 4e9));
        assert_eq!(look.axis(Axis::Size, (1e5, 1e7)).shown, (1e5, 1e7), "another file's sizes");
        assert_eq!(look.axis(Axis::Tokens, (1e5, 1e7)).spacing, Spacing::Log);
        assert_eq!(look.for_file(), Look { view: View::Size, ..Look::default() });
        let odd = Look { ratio: Some((0.5, f64::NAN)), tokens: Some((9.0, 1.0)), ..look };
        assert_eq!(odd.sound(), look);
    }
}
