//! Rounds a draw's parameters to the steps they are written in, so that its losses stay.
//!
//! Each parameter by itself rounded to the nearest of a thousand steps would move the losses by a part of their
//! interval's width: `E`, `C` and `γ` trade off, and range over far more together than the losses do. So parameters are
//! rounded one after the other, and those that are still free make up for the error: the nearest point of a lattice by
//! Babai's nearest plane ("On Lovász' lattice reduction and the nearest lattice point problem", Combinatorica 6:1, 1986),
//! over the losses at the probes in widths of their intervals. First all, on the law's tangent; then, with its exponents
//! rounded, the coefficients once more, in which it is linear.

use super::pack::Ends;
use crate::fit::Fit;
use crate::law::{self, Law, Points, Recipe};

/// What a move by one step costs, in widths: keeps a parameter the losses hardly know near where it was.
const STEP_COST: f64 = 1e-3;
/// Below this part of its length a column adds no direction of its own.
const NO_DIRECTION: f64 = 1e-9;

/// What the losses of a fit are compared at.
pub struct Rounder<'a> {
    law: &'a dyn Law,
    points: Points,
    /// One over the width of the law's interval, a probe each.
    weights: Vec<f64>,
    ends: &'a [Ends],
    bits: u32,
}

/// One column: what a parameter does to the losses, and a step of it.
struct Direction {
    index: usize,
    column: Vec<f64>,
}

impl<'a> Rounder<'a> {
    /// A rounder for one loss, with the ends of each parameter's column; `None` where the law is not known.
    pub fn new(fit: &Fit, probes: &[Recipe], ends: &'a [Ends], bits: u32, level: f64) -> Option<Self> {
        let law = law::by_id(&fit.law)?;
        let widths = super::nudge::ends_of_all(fit, probes, level);
        let weights = widths.iter().take(probes.len()).map(|(low, high)| 1.0 / (high - low).max(f64::MIN_POSITIVE));
        let weights = weights.map(|weight| if weight.is_finite() { weight } else { 0.0 }).collect();
        Some(Self { law, points: fit.points(probes).gathered(), weights, ends, bits })
    }

    /// The parameters as they are read back, with losses as near those of `theta` as steps allow.
    pub fn rounded(&self, theta: &[f64]) -> Vec<f64> {
        let plain: Vec<f64> =
            theta.iter().zip(self.ends).map(|(value, ends)| ends.nearest(*value, self.bits)).collect();
        let wanted = self.losses(theta);
        let mut best = (self.off(&plain, &wanted), plain);
        let mut keep = |tried: Vec<f64>| {
            let off = self.off(&tried, &wanted);
            if off < best.0 {
                best = (off, tried);
            }
        };
        let on_tangent = self.on_tangent(theta);
        keep(on_tangent.clone());
        keep(self.coefficients(on_tangent, theta, &wanted));
        best.1
    }

    fn losses(&self, theta: &[f64]) -> Vec<f64> {
        let mut losses = vec![0.0; self.points.len()];
        self.law.predict(theta, &self.points, &mut losses);
        losses
    }

    /// Sum of squares of how far the losses are off, in widths; infinite where one is no number.
    fn off(&self, theta: &[f64], wanted: &[f64]) -> f64 {
        let losses = self.losses(theta);
        let squares = losses.iter().zip(wanted).zip(&self.weights).map(|((a, b), weight)| ((a - b) * weight).powi(2));
        let sum: f64 = squares.sum();
        if sum.is_finite() { sum } else { f64::INFINITY }
    }

    /// Every parameter rounded, by the law's tangent at `theta`.
    fn on_tangent(&self, theta: &[f64]) -> Vec<f64> {
        let count = self.points.len();
        let (mut losses, mut gradient) = (vec![0.0; count], vec![0.0; theta.len() * count]);
        self.law.gradient(theta, &self.points, &mut losses, &mut gradient);
        let moving: Vec<usize> = (0..theta.len()).filter(|j| self.moves(*j, theta)).collect();
        let columns = moving.iter().map(|j| gradient[j * count..(j + 1) * count].to_vec()).collect();
        let wanted = vec![0.0; count];
        self.nearest(theta, &moving, columns, &wanted, theta)
    }

    /// The coefficients rounded once more, with the exponents of `at`.
    fn coefficients(&self, at: Vec<f64>, theta: &[f64], wanted: &[f64]) -> Vec<f64> {
        let linear = |j: &usize| self.law.parameters().get(*j).is_some_and(|parameter| parameter.is_linear());
        let moving: Vec<usize> = (0..theta.len()).filter(linear).filter(|j| self.moves(*j, theta)).collect();
        let count = self.points.len();
        let mut basis = vec![0.0; moving.len() * count];
        self.law.basis(&at, &self.points, &moving, &mut basis);
        // From the coefficients of `at`, what is still off is to be made up for.
        let rest: Vec<f64> = wanted.iter().zip(self.losses(&at)).map(|(wanted, loss)| wanted - loss).collect();
        let columns = basis.chunks_exact(count.max(1)).map(<[f64]>::to_vec).collect();
        self.nearest(&at, &moving, columns, &rest, theta)
    }

    /// A term that is not in the formula stays out of it, and a column of one value takes no bits.
    fn moves(&self, j: usize, theta: &[f64]) -> bool {
        let linear = self.law.parameters().get(j).is_some_and(|parameter| parameter.is_linear());
        self.ends.get(j).is_some_and(|ends| ends.bits(self.bits) > 0) && !(linear && theta[j] == 0.0)
    }

    /// Moves from `from`, on the lattice, that change the losses by `wanted` as nearly as can be. A move by a step of what
    /// `theta` has costs a little.
    fn nearest(
        &self,
        from: &[f64],
        moving: &[usize],
        columns: Vec<Vec<f64>>,
        wanted: &[f64],
        theta: &[f64],
    ) -> Vec<f64> {
        let steps: Vec<f64> = moving.iter().map(|j| self.ends[*j].step(theta[*j], self.bits)).collect();
        let mut directions: Vec<Direction> = Vec::with_capacity(moving.len());
        for (k, (index, column)) in moving.iter().zip(columns).enumerate() {
            let mut column: Vec<f64> = column.iter().zip(&self.weights).map(|(value, weight)| value * weight).collect();
            column.extend((0..moving.len()).map(|other| if other == k { STEP_COST / steps[k] } else { 0.0 }));
            directions.push(Direction { index: *index, column });
        }
        // Rounded last, and so not made up for, is what a step of changes least.
        let effects: Vec<f64> = directions.iter().zip(&steps).map(|(d, step)| length(&d.column) * step).collect();
        let order = crate::order::positions(directions.len(), &|a, b| effects[a].total_cmp(&effects[b]));
        let mut rest: Vec<f64> = wanted.iter().zip(&self.weights).map(|(value, weight)| value * weight).collect();
        rest.extend(std::iter::repeat_n(0.0, moving.len()));
        // What each adds to those before it: the columns made orthogonal in their order.
        let mut own: Vec<Vec<f64>> = Vec::with_capacity(order.len());
        for at in &order {
            let mut column = directions[*at].column.clone();
            for before in &own {
                let part = dot(&column, before);
                column.iter_mut().zip(before).for_each(|(value, before)| *value -= part * before);
            }
            let long = length(&column);
            let scale = if long > NO_DIRECTION * length(&directions[*at].column) { 1.0 / long } else { 0.0 };
            column.iter_mut().for_each(|value| *value *= scale);
            own.push(column);
        }
        let mut found = from.to_vec();
        for (at, own) in order.iter().zip(&own).rev() {
            let Direction { index, column } = &directions[*at];
            let along = dot(column, own);
            let wish = if along > 0.0 { dot(&rest, own) / along } else { 0.0 };
            let rounded = self.ends[*index].nearest(from[*index] + wish, self.bits);
            let moved = rounded - from[*index];
            found[*index] = rounded;
            rest.iter_mut().zip(column).for_each(|(rest, value)| *rest -= moved * value);
        }
        // What does not move is rounded by itself.
        for (j, ends) in self.ends.iter().enumerate() {
            if !moving.contains(&j) {
                found[j] = ends.nearest(found[j], self.bits);
            }
        }
        found
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}
