//! The linear block: coefficients that enter the loss linearly, solved exactly within their signs.
//!
//! Non-negative least squares on the normal equations (Lawson and Hanson 1974, chapter 23), for the handful of
//! coefficients a law has. Variable projection (Golub and Pereyra 1973) rests on it: the search runs over the shape
//! parameters alone.

use nalgebra::{DMatrix, DVector};

/// The sign a coefficient may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// 0 and above.
    Positive,
    /// 0 and below.
    Negative,
    /// Any.
    Any,
}

impl Allowed {
    /// What these bounds allow.
    pub fn by(bounds: (f64, f64)) -> Self {
        match bounds {
            (low, _) if low >= 0.0 => Self::Positive,
            (_, high) if high <= 0.0 => Self::Negative,
            _ => Self::Any,
        }
    }
}

/// Minimises `‖X c - y‖²` over coefficients of these signs, given `gram = XᵀX` (`k * k`, row by row) and `moment = Xᵀy`.
///
/// A coefficient of either sign is the difference of two that are not negative, its column once as it is and once turned
/// round; one that is never positive is turned round alone.
pub fn signed(gram: &[f64], moment: &[f64], allowed: &[Allowed]) -> Vec<f64> {
    let k = moment.len();
    if allowed.iter().all(|sign| *sign == Allowed::Positive) {
        return non_negative(gram, moment);
    }
    let mut columns: Vec<(usize, f64)> = Vec::new();
    for (j, sign) in allowed.iter().enumerate() {
        if *sign != Allowed::Negative {
            columns.push((j, 1.0));
        }
        if *sign != Allowed::Positive {
            columns.push((j, -1.0));
        }
    }
    let turned_gram: Vec<f64> =
        columns.iter().flat_map(|&(i, s)| columns.iter().map(move |&(j, t)| s * t * gram[i * k + j])).collect();
    let turned_moment: Vec<f64> = columns.iter().map(|&(j, s)| s * moment[j]).collect();
    let mut solution = vec![0.0; k];
    for (&(j, s), value) in columns.iter().zip(non_negative(&turned_gram, &turned_moment)) {
        solution[j] += s * value;
    }
    solution
}

/// Minimises `‖X c - y‖²` over `c ≥ 0`.
pub fn non_negative(gram: &[f64], moment: &[f64]) -> Vec<f64> {
    let k = moment.len();
    let mut solution = vec![0.0; k];
    let mut passive: Vec<usize> = Vec::with_capacity(k);
    // Each pass adds a column or ends; columns that fall out again are bounded by the inner loop. 3k is Lawson and
    // Hanson's own limit against cycling in floating point.
    for _ in 0..3 * k {
        let dual = |j: usize| moment[j] - (0..k).map(|i| gram[j * k + i] * solution[i]).sum::<f64>();
        let candidate = (0..k)
            .filter(|j| !passive.contains(j) && gram[j * k + j] > 0.0)
            .map(|j| (j, dual(j) / gram[j * k + j].sqrt()))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((entering, gain)) = candidate else { break };
        let scale =
            moment.iter().zip(0..k).map(|(m, j)| m.abs() / gram[j * k + j].sqrt().max(1e-300)).fold(0.0, f64::max);
        if gain <= 1e-12 * scale {
            break;
        }
        passive.push(entering);
        while let Some(trial) = solve_passive(gram, moment, &passive) {
            if trial.iter().all(|value| *value > 0.0) {
                solution = vec![0.0; k];
                for (&j, value) in passive.iter().zip(&trial) {
                    solution[j] = *value;
                }
                break;
            }
            // Walk from the old solution towards the trial until the first coefficient reaches zero; it leaves.
            let step = passive
                .iter()
                .zip(&trial)
                .filter(|(_, value)| **value <= 0.0)
                .map(|(&j, value)| solution[j] / (solution[j] - value))
                .fold(1.0, f64::min);
            for (&j, value) in passive.iter().zip(&trial) {
                solution[j] += step * (value - solution[j]);
            }
            let before = passive.len();
            passive.retain(|&j| solution[j] > 1e-14 * scale.max(1e-300));
            if passive.len() == before || passive.is_empty() {
                break;
            }
        }
    }
    solution
}

fn solve_passive(gram: &[f64], moment: &[f64], passive: &[usize]) -> Option<Vec<f64>> {
    let k = moment.len();
    let unit: Vec<f64> = passive.iter().map(|&j| gram[j * k + j].sqrt().recip()).collect();
    let m = passive.len();
    // Columns of length 1 and a ridge at the edge of double precision: nearly parallel columns stay solvable.
    let matrix = DMatrix::from_fn(m, m, |a, b| {
        gram[passive[a] * k + passive[b]] * unit[a] * unit[b] + if a == b { 1e-13 } else { 0.0 }
    });
    let right = DVector::from_fn(m, |a, _| moment[passive[a]] * unit[a]);
    let solution = matrix.cholesky()?.solve(&right);
    Some(solution.iter().zip(&unit).map(|(value, unit)| value * unit).collect())
}

#[cfg(test)]
mod tests {
    use super::{Allowed, non_negative, signed};

    fn normal_equations(columns: &[&[f64]], y: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let gram = columns.iter().flat_map(|a| columns.iter().map(|b| dot(a, b)).collect::<Vec<_>>()).collect();
        (gram, columns.iter().map(|a| dot(a, y)).collect())
    }

    #[test]
    fn recovers_positive_coefficients() {
        let (x0, x1) = ([1.0, 1.0, 1.0, 1.0], [1.0, 2.0, 3.0, 5.0]);
        let y: Vec<f64> = x0.iter().zip(&x1).map(|(a, b)| 2.0 * a + 0.5 * b).collect();
        let (gram, moment) = normal_equations(&[&x0, &x1], &y);
        let c = non_negative(&gram, &moment);
        assert!((c[0] - 2.0).abs() < 1e-9 && (c[1] - 0.5).abs() < 1e-9, "{c:?}");
    }

    #[test]
    fn a_coefficient_that_wants_to_be_negative_is_zero_and_the_rest_is_refitted() {
        // y = 3 - x: with c1 ≥ 0 the best is the mean alone.
        let (x0, x1) = ([1.0; 4], [0.0, 1.0, 2.0, 3.0]);
        let y = [3.0, 2.0, 1.0, 0.0];
        let (gram, moment) = normal_equations(&[&x0, &x1], &y);
        let c = non_negative(&gram, &moment);
        assert!((c[0] - 1.5).abs() < 1e-9, "{c:?}");
        assert_eq!(c[1], 0.0);
    }

    #[test]
    fn a_coefficient_takes_the_sign_it_is_allowed() {
        // y = 3 - x, and both columns' signs each way.
        let (x0, x1) = ([1.0; 4], [0.0, 1.0, 2.0, 3.0]);
        let y = [3.0, 2.0, 1.0, 0.0];
        let (gram, moment) = normal_equations(&[&x0, &x1], &y);
        for sign in [Allowed::Any, Allowed::Negative] {
            let c = signed(&gram, &moment, &[Allowed::Positive, sign]);
            assert!((c[0] - 3.0).abs() < 1e-9 && (c[1] + 1.0).abs() < 1e-9, "{sign:?}: {c:?}");
        }
        let c = signed(&gram, &moment, &[Allowed::Any, Allowed::Positive]);
        assert!((c[0] - 1.5).abs() < 1e-9 && c[1] == 0.0, "{c:?}");
    }

    #[test]
    fn nothing_to_solve_is_zero() {
        assert_eq!(non_negative(&[0.0], &[0.0]), [0.0]);
    }
}
