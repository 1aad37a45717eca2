//! Where the sliders start and how far they go, from the data.

use crate::law::{Axis, Ranges, Recipe, Span};
use crate::published::Printed;
use crate::quantity::{Params, Share, Tokens, significant};
use crate::table::Observations;

/// How far below the data's least value a size or budget slider goes.
const BELOW: f64 = 8.0;
/// How far above the data's largest value a size or budget slider goes: people extrapolate upwards.
const ABOVE: f64 = 20.0;
/// Distinct sizes looked at for the one in the middle: far more than any grid has.
const DISTINCT: usize = 4096;
/// The three sliders' axes and the recipe they start at.
#[derive(Debug, Clone, PartialEq)]
pub struct Axes {
    /// The domain share.
    pub ratio: SliderAxis,
    /// Model size in parameters.
    pub size: SliderAxis,
    /// Tokens.
    pub tokens: SliderAxis,
    /// The middle of the data: a measured size and ratio, the largest budget measured.
    pub start: Recipe,
}

/// One slider.
#[derive(Debug, Clone, PartialEq)]
pub struct SliderAxis {
    /// Least and largest value of the slider.
    pub limits: (f64, f64),
    /// Least and largest value in the data; `None` where the file has no such column.
    pub data: Option<(f64, f64)>,
    /// Why the slider can't be moved, where the data has a single value or none.
    pub locked: Option<String>,
}

impl Axes {
    /// The sliders for these ranges; `fitted` are the observations they come from.
    pub fn new(ranges: &Ranges, observations: &Observations) -> Self {
        let size = middle(observations.size.as_deref(), ranges.size, &observations.tokens);
        let ratio = nearest(observations.domain_share.as_deref(), 0.5, ranges.ratio);
        let start = Recipe {
            domain_share: ratio,
            size,
            // The unit budget and size of files without such a column: the law does not depend on them there.
            tokens: ranges.tokens.map_or(1e9, |span| span.high),
        };
        Self {
            ratio: SliderAxis {
                limits: (0.0, 1.0),
                data: ranges.ratio.map(|span| (span.low, span.high)),
                locked: locked(ranges.ratio, "domain ratio", |v| Share(v).to_string()),
            },
            size: SliderAxis {
                limits: limits(ranges.size, start.size),
                data: ranges.size.map(|span| (span.low, span.high)),
                locked: locked(ranges.size, "model size", |v| Params(v).to_string()),
            },
            tokens: SliderAxis {
                limits: limits(ranges.tokens, start.tokens),
                data: ranges.tokens.map(|span| (span.low, span.high)),
                locked: locked(ranges.tokens, "token budget", |v| Tokens(v).to_string()),
            },
            start,
        }
    }

    /// The sliders of a printed law.
    pub fn printed(law: &Printed) -> Self {
        let axis = |axis: Axis, locked: Option<String>| SliderAxis {
            limits: law.limits(axis),
            data: law.fitted(axis),
            locked,
        };
        let one = law.fitted(Axis::Size).filter(|(low, high)| low == high);
        Self {
            ratio: axis(Axis::Ratio, Some("Locked: the law knows no mixture.".to_owned())),
            size: axis(Axis::Size, one.map(|(size, _)| format!("Locked: printed for one size, {}.", Params(size)))),
            tokens: axis(Axis::Tokens, None),
            start: law.start(),
        }
    }

    /// The slider of an axis.
    pub fn of(&self, axis: Axis) -> &SliderAxis {
        match axis {
            Axis::Ratio => &self.ratio,
            Axis::Size => &self.size,
            Axis::Tokens => &self.tokens,
        }
    }

    /// A recipe with locked axes at the data's own value and the others within the sliders.
    pub fn fit_in(&self, recipe: Recipe) -> Recipe {
        let place = |axis: &SliderAxis, value: f64, start: f64| match &axis.locked {
            Some(_) => start,
            None => value.clamp(axis.limits.0, axis.limits.1),
        };
        Recipe {
            domain_share: place(&self.ratio, recipe.domain_share, self.start.domain_share),
            size: place(&self.size, recipe.size, self.start.size),
            tokens: place(&self.tokens, recipe.tokens, self.start.tokens),
        }
    }
}

/// Round numbers around the data: an eighth of its least to twenty times its largest value.
fn limits(span: Option<Span>, start: f64) -> (f64, f64) {
    match span {
        Some(span) if span.distinct > 1 && span.low > 0.0 => {
            (significant(span.low / BELOW, 1), significant(span.high * ABOVE, 1))
        }
        _ => (start / 2.0, start * 2.0),
    }
}

fn locked(span: Option<Span>, what: &str, print: impl Fn(f64) -> String) -> Option<String> {
    match span {
        None => Some(format!("Locked: the file has no {what}.")),
        Some(span) if span.distinct < 2 => Some(format!("Locked: the file has one {what}, {}.", print(span.low))),
        Some(_) => None,
    }
}

/// The measured size in the middle, the larger of two.
fn middle(sizes: Option<&[f64]>, span: Option<Span>, tokens: &Option<Vec<f64>>) -> f64 {
    let trained = |row: usize| tokens.as_ref().is_none_or(|t| t.get(row).is_some_and(|d| *d > 0.0));
    // Few distinct values among maybe a million rows: this runs on the page's thread.
    let mut known: Vec<f64> = Vec::new();
    for (row, size) in sizes.unwrap_or_default().iter().enumerate() {
        if size.is_finite()
            && *size > 0.0
            && trained(row)
            && known.len() < DISTINCT
            && let Err(at) = known.binary_search_by(|value| value.total_cmp(size))
        {
            known.insert(at, *size);
        }
    }
    known.get(known.len() / 2).copied().or(span.map(|span| span.high)).unwrap_or(1e9)
}

/// The measured value nearest to `target`; `target` itself where nothing is measured.
fn nearest(values: Option<&[f64]>, target: f64, span: Option<Span>) -> f64 {
    let inside = |v: &f64| span.is_none_or(|span| *v >= span.low && *v <= span.high);
    values
        .unwrap_or_default()
        .iter()
        .copied()
        .filter(inside)
        .min_by(|a, b| (a - target).abs().total_cmp(&(b - target).abs()))
        .unwrap_or(target)
}

#[cfg(test)]
mod tests {
    use super::Axes;
    use crate::law::{Ranges, Recipe, Span};
    use crate::table::Observations;

    fn span(low: f64, high: f64, distinct: usize) -> Option<Span> {
        Some(Span { low, high, distinct })
    }

    fn grid() -> (Ranges, Observations) {
        let ranges = Ranges {
            size: span(5e8, 4e9, 3),
            tokens: span(1e9, 2e10, 20),
            ratio: span(0.0, 0.9, 3),
            ..Ranges::default()
        };
        let observations = Observations {
            size: Some(vec![4e9, 5e8, 1.8e9, 1.8e9]),
            tokens: Some(vec![1e9, 2e10, 1e9, 2e10]),
            domain_share: Some(vec![0.0, 0.33, 0.9, 0.33]),
            ..Observations::default()
        };
        (ranges, observations)
    }

    #[test]
    fn starts_at_a_measured_recipe_and_goes_beyond_the_data() {
        let (ranges, observations) = grid();
        let axes = Axes::new(&ranges, &observations);
        assert_eq!(axes.start, Recipe { domain_share: 0.33, size: 1.8e9, tokens: 2e10 });
        assert_eq!(axes.size.limits, (6e7, 8e10));
        assert_eq!(axes.tokens.limits, (1e8, 4e11));
        assert!(axes.size.locked.is_none());
    }

    #[test]
    fn one_size_locks_its_slider_and_says_why() {
        let (mut ranges, observations) = grid();
        ranges.size = span(7e7, 7e7, 1);
        ranges.tokens = None;
        let axes = Axes::new(&ranges, &observations);
        assert_eq!(axes.size.locked.as_deref(), Some("Locked: the file has one model size, 70M."));
        assert_eq!(axes.tokens.locked.as_deref(), Some("Locked: the file has no token budget."));
        let asked = Recipe { domain_share: 2.0, size: 1e12, tokens: 1.0 };
        assert_eq!(axes.fit_in(asked), Recipe { domain_share: 1.0, size: axes.start.size, tokens: 1e9 });
    }
}
