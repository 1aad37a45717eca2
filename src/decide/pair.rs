//! The losses a decision rests on, ready to be asked many times: at a recipe, or over a whole grid, for the fit or for
//! one of its draws.
//!
//! A grid's points are on scaled axes with their logarithms taken, and are the same for every draw: only the
//! parameters change. That is what makes re-solving a thousand draws cheap.

use super::outcome::{Reason, Solved};
use crate::fit::percentile::percentile_interval;
use crate::fit::prepare::own_share;
use crate::fit::{Fit, Severity, Study};
use crate::law::{self, Axis, Law, Points, Recipe};
use crate::order;
use crate::table::LossKind;

/// Which parameters: the fit's own, or those of a draw by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// The optimum.
    Fit,
    /// A paired draw.
    Draw(usize),
    /// The optimum without one of the measured sizes, by its index.
    WithoutASize(usize),
}

/// One fitted loss.
pub struct Loss<'a> {
    /// Its fit.
    pub fit: &'a Fit,
    law: &'static dyn Law,
    point: Points,
    out: [f64; 1],
}

impl<'a> Loss<'a> {
    /// The fit of that name.
    pub fn of(study: &'a Study, name: &str) -> Option<Self> {
        let fit = study.targets.get(name)?;
        let law = law::by_id(&fit.law)?;
        let mut point = Points::default();
        point.push(&fit.scale, fit.scale.size, fit.scale.tokens, 1.0);
        (!fit.theta.is_empty()).then_some(Self { fit, law, point, out: [0.0] })
    }

    fn theta(&self, of: Of) -> &'a [f64] {
        match of {
            Of::Fit => &self.fit.theta,
            Of::Draw(index) => self.fit.draws.get(index).unwrap_or(&self.fit.theta),
            Of::WithoutASize(index) => self.fit.without_a_size.get(index).unwrap_or(&self.fit.theta),
        }
    }

    /// Recipes as points of this loss, for [`Loss::over`].
    pub fn points(&self, recipes: impl IntoIterator<Item = Recipe>) -> Points {
        let mut points = Points::default();
        for recipe in recipes {
            points.push(&self.fit.scale, recipe.size, recipe.tokens, own_share(self.fit.kind, recipe.domain_share));
        }
        points
    }

    /// The losses at these points, into `out`.
    pub fn over(&self, of: Of, points: &Points, out: &mut Vec<f64>) {
        out.resize(points.len(), 0.0);
        self.law.predict(self.theta(of), points, out);
    }

    /// The loss at one recipe.
    pub fn at(&mut self, of: Of, recipe: Recipe) -> f64 {
        self.place(recipe.size, recipe.tokens);
        self.at_share(of, recipe.domain_share)
    }

    /// The size and tokens that [`Loss::at_share`] is asked at.
    pub fn place(&mut self, size: f64, tokens: f64) {
        self.point.clear();
        self.point.push(&self.fit.scale, size, tokens, 1.0);
    }

    /// The loss at a domain share, at the size and tokens placed last: without their logarithms, for refinement.
    pub fn at_share(&mut self, of: Of, domain_share: f64) -> f64 {
        let share = own_share(self.fit.kind, domain_share);
        self.point.share_one(share);
        self.law.predict(self.theta(of), &self.point, &mut self.out);
        self.out[0]
    }

    /// Whether more than one value of an axis was measured: only then does the law say what the axis does.
    pub fn knows(&self, axis: Axis) -> bool {
        self.fit.ranges.span(axis).is_some_and(|span| span.distinct > 1)
    }

    /// Why no answer may rest on this loss: its notes that withhold, and axes it would have to know.
    pub fn withheld(&self, needs: &[Axis]) -> Vec<Reason> {
        let notes = self.fit.notes.iter().filter(|note| note.severity == Severity::Withholds);
        let mut reasons: Vec<Reason> =
            notes.map(|note| Reason::Note { loss: self.fit.target.clone(), note: note.clone() }).collect();
        reasons.extend(
            needs
                .iter()
                .filter(|axis| !self.knows(**axis))
                .map(|&axis| Reason::AxisNotMeasured { loss: self.fit.target.clone(), axis }),
        );
        reasons
    }
}

impl std::fmt::Debug for Loss<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loss").field("target", &self.fit.target).finish_non_exhaustive()
    }
}

/// The domain loss asked for, the first one where none is named.
///
/// # Errors
/// Why there is none.
pub fn domain_of<'a>(study: &'a Study, asked: Option<&str>) -> Result<Loss<'a>, Reason> {
    let name = match asked {
        Some(name) => name,
        None => study.domains.first().ok_or(Reason::NoDomainLoss)?,
    };
    let loss = Loss::of(study, name)
        .ok_or_else(|| Reason::NoSuchLoss { asked: name.to_owned(), known: study.targets.keys().cloned().collect() })?;
    // Decisions look for the least of a loss; of a score more is better.
    if loss.fit.ranges.scores {
        let what = format!("“{name}” is a score, of which more is better; decisions rest on losses.");
        return Err(Reason::Unusable { what });
    }
    if loss.fit.kind == LossKind::Domain { Ok(loss) } else { Err(Reason::NotADomainLoss { asked: name.to_owned() }) }
}

/// The general loss.
///
/// # Errors
/// Where the file has none.
pub fn general_of(study: &Study) -> Result<Loss<'_>, Reason> {
    study.general.as_deref().and_then(|name| Loss::of(study, name)).ok_or(Reason::NoGeneralLoss)
}

/// How many draws all of these losses have.
pub fn draws(losses: &[&Loss<'_>]) -> usize {
    losses.iter().map(|loss| loss.fit.draws.len()).min().unwrap_or(0)
}

/// The fits without one of the measured sizes, where `size` lies outside them: there no draw sees the size term's error,
/// and the range of these answers stands beside the interval.
pub fn without_a_size(losses: &[&Loss<'_>], size: f64) -> std::ops::Range<usize> {
    let outside = |loss: &&Loss<'_>| {
        // A size typed in three digits is no other size.
        loss.fit.ranges.size.is_some_and(|span| size < 0.995 * span.low || size > 1.005 * span.high)
    };
    match losses.iter().any(outside) {
        true => 0..losses.iter().map(|loss| loss.fit.without_a_size.len()).min().unwrap_or(0),
        false => 0..0,
    }
}

/// Least and largest of some values.
pub fn range(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().fold(None, |range: Option<(f64, f64)>, value| {
        Some(range.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
    })
}

/// What the ends of an interval over these losses are called; the loss with fewest runs decides.
pub fn interval_name(study: &Study, losses: &[&Loss<'_>]) -> String {
    losses
        .iter()
        .min_by_key(|loss| (loss.fit.has_intervals(), loss.fit.quality.runs))
        .map_or_else(String::new, |loss| loss.fit.interval_name(study.options.level))
}

/// A value with the interval of its re-solved draws; `None` of fewer than two draws.
pub fn solved(value: f64, mut draws: Vec<f64>, level: f64) -> Solved {
    draws.retain(|v| v.is_finite());
    let interval = (draws.len() > 1).then(|| percentile_interval(&mut draws, level));
    Solved { value, interval }
}

/// Distinct positive values, smallest first.
pub fn distinct(mut values: Vec<f64>) -> Vec<f64> {
    values.retain(|v| v.is_finite() && *v > 0.0);
    order::ascending(&mut values);
    values.dedup();
    values
}
