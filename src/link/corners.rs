//! A draw as a link writes it: its exponents, and its losses at a few corners in the place of its coefficients.
//!
//! Coefficients trade off: of a critical mixture ratio three in the thousands cancel to a loss of 2, and a thousandth of
//! their range is more than the loss. What they are there for, the losses, ranges over an interval's width. So the losses
//! at as many recipes as a law has coefficients are written, and who reads them solves for the coefficients, in which the
//! law is linear. Of a coefficient that is 0 in some draws it is written whether it is in the formula.

use crate::law::{Law, Place, Points, Scale};

/// Numbers of a corner that is a recipe: the loss's own share, size and tokens, on the fit's scaled axes.
pub const RECIPE: usize = 3;
/// Bits of a loss at a corner, where an exponent has so many: a draw is moved by what a loss is rounded by and no further,
/// and a hundredth of the draws' spread is seen in no interval.
pub const fn loss_bits(bits: u32) -> u32 {
    bits.saturating_sub(2)
}

/// Most corners and shares of one that are read.
const MOST: usize = 64;
/// A column of which the ones before it leave less than this part adds nothing of its own.
const NOTHING: f64 = 1e-12;

/// The corners of one loss.
pub struct Corners<'a> {
    law: &'a dyn Law,
    points: Points,
    /// The coefficients that are solved for.
    solved: &'a [usize],
}

impl<'a> Corners<'a> {
    /// Corners as they are written: recipes, or, of a law of several corpora, their shares. `None` where they are no such
    /// thing, or fewer than the coefficients.
    pub fn new(law: &'a dyn Law, corners: &[Vec<f64>], solved: &'a [usize], of_corpora: bool) -> Option<Self> {
        let linear = |j: &usize| law.parameters().get(*j).is_some_and(|parameter| parameter.is_linear());
        let sound = |corner: &Vec<f64>| {
            let long = if of_corpora { corner.len() <= MOST } else { corner.len() == RECIPE };
            long && corner.iter().all(|value| value.is_finite() && *value >= 0.0)
        };
        let fitting = corners.len() >= solved.len() && corners.len() <= MOST;
        if !fitting || !solved.iter().all(linear) || !corners.iter().all(sound) {
            return None;
        }
        Some(Self { law, points: points(corners, of_corpora), solved })
    }

    /// The losses at the corners.
    pub fn losses(&self, theta: &[f64]) -> Vec<f64> {
        let mut losses = vec![0.0; self.points.len()];
        self.law.predict(theta, &self.points, &mut losses);
        losses
    }

    /// Solves for the coefficients that are not 0 in `theta`, so that the losses at the corners are these: least squares
    /// where there are more corners. None leaves its bounds.
    pub fn solve(&self, theta: &mut [f64], losses: &[f64]) {
        coefficients(self.law, &self.points, self.solved, None, theta, losses);
    }
}

/// Corners as points on scaled axes.
fn points(corners: &[Vec<f64>], of_corpora: bool) -> Points {
    const SCALED: Scale = Scale { size: 1.0, tokens: 1.0 };
    let mut points = Points::default();
    for corner in corners {
        match corner[..] {
            [ratio, size, tokens] if !of_corpora => points.push(&SCALED, size, tokens, ratio),
            ref corpora => {
                let place = Place { size: 1.0, tokens: 1.0, ratio: 1.0, start: 1.0, epochs: 1.0, corpora };
                points.push_place(&SCALED, &place);
            }
        }
    }
    points
}

/// The coefficients among `solved` that are not 0 in `theta`, such that its losses at `points` are as near to `losses` as
/// can be, each counted with its weight.
pub fn coefficients(
    law: &dyn Law,
    points: &Points,
    solved: &[usize],
    weights: Option<&[f64]>,
    theta: &mut [f64],
    losses: &[f64],
) {
    let mut moving: Vec<usize> = solved.iter().copied().filter(|j| theta[*j] != 0.0).collect();
    moving.iter().for_each(|j| theta[*j] = 0.0);
    while !moving.is_empty() {
        let found = solution(law, points, &moving, weights, theta, losses);
        // What would leave its bounds most stands at the bound, and the others are solved for without it.
        let beyond = |k: usize| {
            let (low, high) = law.parameters()[moving[k]].bounds;
            (low - found[k]).max(found[k] - high)
        };
        let farthest = (0..moving.len()).max_by(|a, b| beyond(*a).total_cmp(&beyond(*b)));
        let Some(farthest) = farthest.filter(|k| beyond(*k) > 0.0) else {
            moving.iter().zip(found).for_each(|(j, value)| theta[*j] = value);
            return;
        };
        let j = moving.remove(farthest);
        let (low, high) = law.parameters()[j].bounds;
        theta[j] = found[farthest].max(low).min(high);
    }
}

/// The coefficients `moving`, without bounds, with the others as they are in `theta`.
fn solution(
    law: &dyn Law,
    points: &Points,
    moving: &[usize],
    weights: Option<&[f64]>,
    theta: &[f64],
    losses: &[f64],
) -> Vec<f64> {
    let count = points.len();
    let mut rest = vec![0.0; count];
    law.predict(theta, points, &mut rest);
    rest.iter_mut().zip(losses).for_each(|(rest, loss)| *rest = loss - *rest);
    let mut basis = vec![0.0; moving.len() * count];
    law.basis(theta, points, moving, &mut basis);
    if let Some(weights) = weights {
        let each = basis.chunks_exact_mut(count.max(1)).chain([&mut rest[..]]);
        each.for_each(|column| column.iter_mut().zip(weights).for_each(|(value, weight)| *value *= weight));
    }
    least_squares(&mut basis, &mut rest)
}

/// Weights of columns, each as long as `wanted`, whose sum is nearest to it: modified Gram-Schmidt, with the right side as
/// one column more (Björck 1967), which is as exact as Householder's reflections. A column the others make up gets 0.
fn least_squares(columns: &mut [f64], wanted: &mut [f64]) -> Vec<f64> {
    let long = wanted.len().max(1);
    let count = columns.len() / long;
    let mut triangle = vec![0.0; count * count];
    let mut found = vec![0.0; count];
    for j in 0..count {
        let (before, after) = columns.split_at_mut((j + 1) * long);
        let own = &mut before[j * long..];
        let all = triangle[..j * count].iter().skip(j).step_by(count).map(|part| part * part).sum::<f64>();
        let left = dot(own, own);
        if !left.is_finite() || left <= NOTHING * NOTHING * (all + left) {
            continue;
        }
        let length = left.sqrt();
        own.iter_mut().for_each(|value| *value /= length);
        triangle[j * count + j] = length;
        let part_of = |column: &mut [f64]| {
            let part = dot(own, column);
            column.iter_mut().zip(own.iter()).for_each(|(value, own)| *value -= part * own);
            part
        };
        for (k, column) in after.chunks_exact_mut(long).enumerate() {
            triangle[j * count + j + 1 + k] = part_of(column);
        }
        found[j] = part_of(wanted);
    }
    for j in (0..count).rev() {
        let diagonal = triangle[j * count + j];
        let known: f64 = (j + 1..count).map(|k| triangle[j * count + k] * found[k]).sum();
        found[j] = if diagonal > 0.0 { (found[j] - known) / diagonal } else { 0.0 };
    }
    found
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::{Corners, least_squares};
    use crate::law;

    #[test]
    fn coefficients_that_cancel_come_back_from_losses() {
        let law = law::by_id("critical-mixture").expect("a law");
        // E, A, α, C, θ, F, s, G, u: three in the thousands, and losses about 2.
        let theta = [2.2, 0.3, 0.4, 5_200.0, 1e-3, 300.0, -1e-3, -5_500.0, 2e-4];
        let solved = [0, 1, 3, 5, 7];
        let corner = |k: usize| {
            let at = |by: f64| (0.5 + k as f64 * by).fract();
            vec![0.05 + 0.9 * at(0.618), 0.3 + 3.0 * at(0.755), 0.2 + 4.0 * at(0.57)]
        };
        let corners: Vec<Vec<f64>> = (0..5).map(corner).collect();
        let corners = Corners::new(law, &corners, &solved, false).expect("corners");
        let losses = corners.losses(&theta);
        let mut found = theta;
        solved.iter().for_each(|j| found[*j] = 1.0);
        corners.solve(&mut found, &losses);
        for (a, b) in corners.losses(&found).iter().zip(&losses) {
            assert!(*b > 0.5 && *b < 5.0 && (a - b).abs() < 1e-6, "{a} {b}");
        }
        // What is out of the formula stays out.
        found[5] = 0.0;
        corners.solve(&mut found, &losses);
        assert_eq!(found[5], 0.0);
    }

    #[test]
    fn a_column_the_others_make_up_gets_nothing() {
        let mut columns = vec![1.0, 0.0, 1.0, 2.0, 0.0, 2.0, 0.0, 1.0, 0.0];
        let found = least_squares(&mut columns, &mut [3.0, 5.0, 3.0]);
        assert_eq!(found[1], 0.0);
        assert!((found[0] - 3.0).abs() < 1e-12 && (found[2] - 5.0).abs() < 1e-12, "{found:?}");
    }

    #[test]
    fn corners_that_are_none_are_refused() {
        let law = law::by_id("chinchilla").expect("a law");
        let good = vec![vec![0.5, 1.0, 2.0]; 3];
        assert!(Corners::new(law, &good, &[0, 1, 3], false).is_some());
        assert!(Corners::new(law, &good[..2], &[0, 1, 3], false).is_none());
        assert!(Corners::new(law, &good, &[0, 2], false).is_none());
        assert!(Corners::new(law, &good, &[0, 99], false).is_none());
        assert!(Corners::new(law, &[vec![0.5, 1.0]], &[0], false).is_none());
        assert!(Corners::new(law, &[vec![0.5, -1.0, f64::NAN]], &[0], false).is_none());
    }
}
