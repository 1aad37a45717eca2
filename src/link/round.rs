//! Rounds a draw to the steps it is written in, so that its losses stay.
//!
//! Each exponent by itself rounded to the nearest of a thousand steps would move the losses by a part of their interval's
//! width: exponents trade off with each other and with coefficients, and range over far more together than the losses
//! do. So exponents are rounded one after the other, and those that are still free make up for the error: the nearest
//! point of a lattice by Babai's nearest plane ("On Lovász' lattice reduction and the nearest lattice point problem",
//! Combinatorica 6:1, 1986), over the losses at the probes in widths of their intervals, with the coefficients free until
//! the end. Then these are solved for, and written as losses ([`corners`](super::corners)).

use super::corners::{Corners, coefficients, loss_bits};
use super::pack::{Ends, Writer};
use super::places::Places;
use crate::fit::Fit;
use crate::law::{self, Law, Points};
use crate::maths;
use crate::quantity::significant;

/// What a move by one step costs, in widths: keeps an exponent the losses hardly know near where it was.
const STEP_COST: f64 = 1e-3;
/// Below this part of its length a column adds no direction of its own.
const NO_DIRECTION: f64 = 1e-9;
/// Widths below this part of the middle one count as that much.
const LEAST_WIDTH: f64 = 0.02;
/// What a place has left, of a column's length of 1, that counts as nothing.
const LEAST_PART: f64 = 1e-24;
/// Digits of a corner: any place does, as long as both sides mean the same.
const CORNER_DIGITS: i32 = 3;

/// How the rows of one loss are written.
pub struct Rows {
    /// Coefficients that corners stand for; every other parameter has a column of its own.
    pub solved: Vec<usize>,
    /// The corners, as numbers.
    pub corners: Vec<Vec<f64>>,
    /// Ends of the parameters' columns; of a coefficient that is solved for, whether it is in the formula.
    pub ends: Vec<Ends>,
    /// Ends of the losses at the corners: of the draws, then of the rows after them, if any.
    pub heights: [Vec<Ends>; 2],
    /// Draws among the rows.
    draws: usize,
    /// What is written of each row: the parameters', then the corners'.
    rows: Vec<Row>,
}

/// A row's parameters, and its losses at the corners.
type Row = (Vec<f64>, Vec<f64>);

/// The ends of the losses at each corner; nothing of no rows.
fn heights_of(rows: &[Row], corners: usize) -> Option<Vec<Ends>> {
    let corners = if rows.is_empty() { 0 } else { corners };
    (0..corners).map(|k| Ends::of(rows.iter().map(|(_, heights)| heights[k]))).collect()
}

impl Rows {
    /// The rows of a fit, rounded, the first `draws` of which are draws; `None` where one is no number or the law is not
    /// known.
    pub fn of(fit: &Fit, rows: &[&Vec<f64>], draws: usize, probes: &Places, bits: u32, level: f64) -> Option<Self> {
        let law = law::by_id(&fit.law)?;
        let values = |j: usize| rows.iter().map(move |row| row.get(j).copied().unwrap_or(f64::NAN));
        let varies = |j: usize| values(j).any(|value| values(j).next() != Some(value));
        let linear = |j: usize| law.parameters().get(j).is_some_and(|parameter| parameter.is_linear());
        let count = if rows.is_empty() { 0 } else { fit.theta.len() };
        let solved: Vec<usize> = (0..count).filter(|j| linear(*j) && varies(*j)).collect();
        let in_it = |value: f64| if value == 0.0 { 0.0 } else { 1.0 };
        let column = |j: usize| match solved.contains(&j) {
            true => Ends::of(values(j).map(in_it)),
            false => Ends::of(values(j)),
        };
        let ends: Vec<Ends> = (0..count).map(column).collect::<Option<_>>()?;

        let widths = super::nudge::ends_of_all(fit, probes, level);
        let mut widths: Vec<f64> = widths.iter().take(probes.len()).map(|(low, high)| high - low).collect();
        let mut sorted = widths.clone();
        crate::order::ascending(&mut sorted);
        let least = sorted.get(sorted.len() / 2).map_or(0.0, |middle| middle * LEAST_WIDTH);
        widths.iter_mut().for_each(|width| *width = 1.0 / width.max(least).max(f64::MIN_POSITIVE));
        widths.iter_mut().filter(|weight| !weight.is_finite()).for_each(|weight| *weight = 0.0);

        let rounder = Rounder { law, points: probes.points(), weights: widths, ends: &ends, bits, solved: &solved };
        let corners = rounder.corners(rows, probes);
        let at = Corners::new(law, &corners, &solved, law::is_of_corpora(law))?;
        let written: Vec<Row> = rows
            .iter()
            .map(|row| {
                let mut rounded = rounder.rounded(row);
                let heights = at.losses(&rounded);
                solved.iter().for_each(|j| rounded[*j] = in_it(rounded[*j]));
                (rounded, heights)
            })
            .collect();
        let (of_draws, others) = written.split_at(draws.min(written.len()));
        let heights = [heights_of(of_draws, corners.len())?, heights_of(others, corners.len())?];
        Some(Self { solved, corners, ends, heights, draws, rows: written })
    }

    /// Writes every row, a parameter with so many bits.
    pub fn put(&self, out: &mut Writer, bits: u32) {
        for (at, (parameters, losses)) in self.rows.iter().enumerate() {
            let heights = &self.heights[usize::from(at >= self.draws)];
            for (j, (value, ends)) in parameters.iter().zip(&self.ends).enumerate() {
                out.put(*value, *ends, if self.solved.contains(&j) { 1 } else { bits });
            }
            for (loss, ends) in losses.iter().zip(heights) {
                out.put(*loss, *ends, loss_bits(bits));
            }
        }
    }
}

/// What the losses of a fit are compared at.
struct Rounder<'a> {
    law: &'a dyn Law,
    points: Points,
    /// One over the width of the law's interval, a probe each.
    weights: Vec<f64>,
    ends: &'a [Ends],
    bits: u32,
    solved: &'a [usize],
}

/// One column: what a parameter does to the losses.
struct Direction {
    index: usize,
    column: Vec<f64>,
    effect: f64,
}

impl Rounder<'_> {
    /// As many places as there are coefficients to solve for, at which these differ most in all rows: one after the other
    /// the place that adds most to the volume of a row's columns, made orthogonal, in the geometric mean over the rows.
    fn corners(&self, rows: &[&Vec<f64>], probes: &Places) -> Vec<Vec<f64>> {
        let count = self.points.len();
        // By row and place: what the place has in the columns, beyond the corners that were taken.
        let mut left: Vec<Vec<Vec<f64>>> = Vec::with_capacity(rows.len());
        for row in rows {
            let solved: Vec<usize> = self.solved.iter().copied().filter(|j| row[*j] != 0.0).collect();
            let mut columns = vec![0.0; solved.len() * count];
            self.law.basis(row, &self.points, &solved, &mut columns);
            let own = orthogonal(columns.chunks_exact(count.max(1)).map(|column| self.weighted(column)).collect());
            left.push((0..count).map(|i| own.iter().map(|column| column[i]).collect()).collect());
        }
        let mut corners = Vec::with_capacity(self.solved.len());
        for taken in 0..self.solved.len() {
            // A row with fewer coefficients has nothing left to add to.
            let asked: Vec<&Vec<Vec<f64>>> =
                left.iter().filter(|places| places.first().is_some_and(|place| place.len() > taken)).collect();
            let adds =
                |i: usize| asked.iter().map(|places| maths::ln(dot(&places[i], &places[i]).max(LEAST_PART))).sum();
            let added: Vec<f64> = (0..count).map(adds).collect();
            let Some(next) = (0..count).max_by(|a, b| added[*a].total_cmp(&added[*b])) else { break };
            corners.push(probes.numbers(next).into_iter().map(|value| significant(value, CORNER_DIGITS)).collect());
            for places in &mut left {
                let corner = places[next].clone();
                let square = dot(&corner, &corner);
                if square > LEAST_PART {
                    for place in places {
                        let part = dot(place, &corner) / square;
                        place.iter_mut().zip(&corner).for_each(|(value, corner)| *value -= part * corner);
                    }
                }
            }
        }
        corners
    }

    /// Exponents as they are read back, and coefficients with which the losses are as near those of `theta` as can be.
    fn rounded(&self, theta: &[f64]) -> Vec<f64> {
        let wanted = self.losses(theta);
        let plain =
            |j: usize| if self.solved.contains(&j) { theta[j] } else { self.ends[j].nearest(theta[j], self.bits) };
        let tried = [self.on_tangent(theta), (0..theta.len()).map(plain).collect()];
        let solved = tried.into_iter().map(|mut tried: Vec<f64>| {
            coefficients(self.law, &self.points, self.solved, Some(&self.weights), &mut tried, &wanted);
            (self.off(&tried, &wanted), tried)
        });
        let nearest = solved.min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.map_or_else(|| theta.to_vec(), |(_, theta)| theta)
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

    fn weighted(&self, column: &[f64]) -> Vec<f64> {
        column.iter().zip(&self.weights).map(|(value, weight)| value * weight).collect()
    }

    /// Every exponent rounded, by the law's tangent at `theta`.
    fn on_tangent(&self, theta: &[f64]) -> Vec<f64> {
        let count = self.points.len();
        let (mut losses, mut gradient) = (vec![0.0; count], vec![0.0; theta.len() * count]);
        self.law.gradient(theta, &self.points, &mut losses, &mut gradient);
        let weighted = |j: usize| self.weighted(&gradient[j * count..(j + 1) * count]);
        let moves = |j: &usize| !self.solved.contains(j) && self.ends[*j].bits(self.bits) > 0;
        let moving: Vec<usize> = (0..theta.len()).filter(moves).collect();
        let free = self.solved.iter().filter(|j| theta[**j] != 0.0);
        let free: Vec<Vec<f64>> = free.map(|j| [weighted(*j), vec![0.0; moving.len()]].concat()).collect();
        let steps: Vec<f64> = moving.iter().map(|j| self.ends[*j].step(theta[*j], self.bits)).collect();
        let direction = |k: usize| {
            let cost = (0..moving.len()).map(|other| if other == k { STEP_COST / steps[k] } else { 0.0 });
            let column: Vec<f64> = weighted(moving[k]).into_iter().chain(cost).collect();
            Direction { index: moving[k], effect: dot(&column, &column).sqrt() * steps[k], column }
        };
        let mut directions: Vec<Direction> = (0..moving.len()).map(direction).collect();
        // Rounded last, and so not made up for by another exponent, is what a step of changes least.
        directions.sort_by(|a, b| a.effect.total_cmp(&b.effect));
        // What each adds to those before it, and to the coefficients, which make up for everything in the end.
        let columns = free.into_iter().chain(directions.iter().map(|direction| direction.column.clone())).collect();
        let own = orthogonal(columns);
        let own = &own[own.len() - directions.len()..];

        let mut found = theta.to_vec();
        let mut rest = vec![0.0; count + moving.len()];
        for (Direction { index, column, .. }, own) in directions.iter().zip(own).rev() {
            let along = dot(column, own);
            let wish = if along > 0.0 { dot(&rest, own) / along } else { 0.0 };
            let rounded = self.ends[*index].nearest(theta[*index] + wish, self.bits);
            let moved = rounded - theta[*index];
            found[*index] = rounded;
            rest.iter_mut().zip(column).for_each(|(rest, value)| *rest -= moved * value);
        }
        found
    }
}

/// The columns made orthogonal one after the other, each of length 1, or 0 where those before make it up.
fn orthogonal(mut columns: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for j in 0..columns.len() {
        let (before, rest) = columns.split_at_mut(j);
        let Some(column) = rest.first_mut() else { break };
        let whole = dot(column, column).sqrt();
        // Twice, as once leaves a part where a column is nearly made up.
        for before in before.iter().chain(before.iter()) {
            let part = dot(column, before);
            column.iter_mut().zip(before).for_each(|(value, before)| *value -= part * before);
        }
        let left = dot(column, column).sqrt();
        let scale = if left > NO_DIRECTION * whole { 1.0 / left } else { 0.0 };
        column.iter_mut().for_each(|value| *value *= scale);
    }
    columns
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
