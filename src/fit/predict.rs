//! Predictions of a fit at a recipe, with their two intervals: the law's and a new run's.

use super::note::Note;
use super::percentile::Ends;
use super::prepare::own_share;
use super::study::{Fit, Study};
use crate::law::{self, Axis, Points, Ranges, Recipe};
use crate::maths;
use serde::{Deserialize, Serialize};

/// A predicted loss with its intervals.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The fitted law's loss.
    pub loss: f64,
    /// Percentile interval of the law over the draws; `None` before there are draws.
    pub law: Option<(f64, f64)>,
    /// Percentile interval of a new run: a draw of the law with a resampled run's residual.
    pub new_run: Option<(f64, f64)>,
    /// Outside the measured sizes, with two or three of them: the range of the law fitted without each size in turn.
    pub without_a_size: Option<(f64, f64)>,
    /// The base model's loss at this size, where the file has rows at zero tokens.
    pub base: Option<f64>,
}

/// A predicted curve along one axis, with both bands. All columns have the length of `x`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Curve {
    /// Positions along the axis, in its natural unit (domain share, parameters, tokens).
    pub x: Vec<f64>,
    /// The fitted law.
    pub loss: Vec<f64>,
    /// Lower and upper end of the law's band; empty before there are draws.
    pub law: Vec<(f64, f64)>,
    /// Lower and upper end of a new run's band; empty before there are draws.
    pub new_run: Vec<(f64, f64)>,
}

/// Draws behind a band along a curve: it is computed anew at every move of a slider, twice a frame. The ends of a 90 %
/// band from 200 draws scatter by a tenth of its width, less than a chart shows.
const BAND_DRAWS: usize = 200;

impl Recipe {
    /// The same recipe with one axis at another value (the domain share for [`Axis::Ratio`]).
    pub fn with(mut self, axis: Axis, value: f64) -> Self {
        match axis {
            Axis::Size => self.size = value,
            Axis::Tokens => self.tokens = value,
            Axis::Ratio => self.domain_share = value,
        }
        self
    }
}

impl Fit {
    /// Recipes on this fit's scaled axes.
    pub fn points(&self, recipes: &[Recipe]) -> Points {
        let mut points = Points::default();
        for recipe in recipes {
            points.push(&self.scale, recipe.size, recipe.tokens, self.own_share(recipe.domain_share));
        }
        points
    }

    /// The share of this loss's own corpus where the domain has that share.
    pub fn own_share(&self, domain_share: f64) -> f64 {
        own_share(self.kind, domain_share)
    }

    /// The range of the law fitted without each size in turn; `None` with one size or more than three.
    fn without_a_size(&self, at: Recipe) -> Option<(f64, f64)> {
        let law = law::by_id(&self.law)?;
        let points = self.points(&[at]);
        let mut loss = [0.0];
        self.without_a_size
            .iter()
            .map(|theta| {
                law.predict(theta, &points, &mut loss);
                loss[0]
            })
            .fold(None, |range: Option<(f64, f64)>, value| {
                Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
            })
    }

    /// The losses at points by every draw, or by every `stride`th: one row a draw.
    pub fn losses_of_draws(&self, points: &Points, stride: usize) -> Vec<Vec<f64>> {
        let Some(law) = law::by_id(&self.law) else { return Vec::new() };
        let of = |theta: &Vec<f64>| {
            let mut losses = vec![0.0; points.len()];
            law.predict(theta, points, &mut losses);
            losses
        };
        self.draws.iter().step_by(stride.max(1)).map(of).collect()
    }

    /// The curve along `axis` through `at`, with the draws' bands at `level`. A prediction at one value rests on every
    /// draw; along many values the bands rest on `BAND_DRAWS` of them, evenly spaced.
    pub fn curve(&self, axis: Axis, at: Recipe, x: &[f64], level: f64) -> Curve {
        self.banded(axis, at, x, level, if x.len() > 1 { BAND_DRAWS } else { usize::MAX })
    }

    /// The same with bands that rest on every draw: for what is written down.
    pub fn curve_of_all_draws(&self, axis: Axis, at: Recipe, x: &[f64], level: f64) -> Curve {
        self.banded(axis, at, x, level, usize::MAX)
    }

    fn banded(&self, axis: Axis, at: Recipe, x: &[f64], level: f64, most_draws: usize) -> Curve {
        let Some(law) = law::by_id(&self.law) else { return Curve::default() };
        let recipes: Vec<Recipe> = x.iter().map(|&value| at.with(axis, value)).collect();
        let points = self.points(&recipes);
        let mut loss = vec![0.0; x.len()];
        law.predict(&self.theta, &points, &mut loss);
        // Draw by draw into one table, then quantiles column by column.
        let every = self.draws.len().div_ceil(most_draws).max(1);
        let draws = self.draws.len().div_ceil(every);
        let mut table = vec![0.0; draws * x.len()];
        let mut row = vec![0.0; x.len()];
        for (b, theta) in self.draws.iter().step_by(every).enumerate() {
            law.predict(theta, &points, &mut row);
            for (i, value) in row.iter().enumerate() {
                table[i * draws + b] = *value;
            }
        }
        let mut curve = Curve { x: x.to_vec(), loss, ..Curve::default() };
        if draws > 0 {
            let ends = Ends::of(draws, level);
            let mut column = vec![0.0; draws];
            let run: Vec<f64> = self.new_run.iter().step_by(every).map(|error| maths::exp(*error)).collect();
            for values in table.chunks_exact(draws) {
                column.copy_from_slice(values);
                curve.law.push(ends.interval(&mut column));
                for ((slot, loss), run) in column.iter_mut().zip(values).zip(&run) {
                    *slot = loss * run;
                }
                curve.new_run.push(ends.interval(&mut column));
            }
        }
        curve
    }
}

impl Study {
    /// The predicted loss of a target at a recipe; `None` where no such target was fitted.
    pub fn predict(&self, target: &str, at: Recipe) -> Option<Prediction> {
        let fit = self.targets.get(target)?;
        let curve = fit.curve(Axis::Ratio, at, &[at.domain_share], self.options.level);
        Some(Prediction {
            loss: *curve.loss.first()?,
            law: curve.law.first().copied(),
            new_run: curve.new_run.first().copied(),
            without_a_size: beyond(&fit.ranges, Axis::Size, at.size).and_then(|_| fit.without_a_size(at)),
            base: self.base_loss(target, at.size),
        })
    }

    /// A note for each axis on which a recipe lies outside the data, and for each loss that was measured on less of an
    /// axis than the others where the recipe lies outside that.
    pub fn extrapolation(&self, at: Recipe) -> Vec<Note> {
        let mut notes = Vec::new();
        for (axis, value) in [(Axis::Ratio, at.domain_share), (Axis::Size, at.size), (Axis::Tokens, at.tokens)] {
            if let Some((low, high)) = beyond(&self.ranges, axis, value) {
                notes.push(Note::extrapolates(axis, value, low, high));
                continue;
            }
            for (name, fit) in &self.targets {
                if let Some((low, high)) = beyond(&fit.ranges, axis, value) {
                    let mut note = Note::extrapolates(axis, value, low, high);
                    note.text = format!("For {name}: {}", note.text);
                    notes.push(note);
                }
            }
        }
        notes
    }

    /// The base model's loss at a size: measured, or between two measured sizes along a straight line in logarithms.
    /// Outside the measured sizes it is `None`: nothing was measured there to change from.
    pub fn base_loss(&self, target: &str, size: f64) -> Option<f64> {
        let known: Vec<(Option<f64>, f64)> =
            self.base.iter().filter_map(|base| Some((base.size, *base.losses.get(target)?))).collect();
        if let [(None, loss)] = known[..] {
            return Some(loss);
        }
        let known: Vec<(f64, f64)> = known.into_iter().filter_map(|(size, loss)| Some((size?, loss))).collect();
        // A size read back from a field ("154K") may differ from the file's in the fourth digit.
        let near = |a: f64| maths::ln(a / size).abs() < 5e-3;
        if let Some(&(_, loss)) = known.iter().find(|(a, _)| near(*a)) {
            return Some(loss);
        }
        let pair = known.windows(2).find(|pair| pair[0].0 <= size && size <= pair[1].0)?;
        let (low, high) = (pair[0], pair[1]);
        let t = maths::ln(size / low.0) / maths::ln(high.0 / low.0);
        Some(maths::exp(maths::ln(low.1) * (1.0 - t) + maths::ln(high.1) * t))
    }
}

/// The range on an axis where `value` lies outside it by more than rounding a typed number would do.
fn beyond(ranges: &Ranges, axis: Axis, value: f64) -> Option<(f64, f64)> {
    let span = ranges.span(axis)?;
    let slack = match axis {
        Axis::Ratio => 1e-9,
        Axis::Size | Axis::Tokens => 5e-3 * value.abs(),
    };
    (value < span.low - slack || value > span.high + slack).then_some((span.low, span.high))
}
