//! Finds the best point of an axis under a constraint, for laws that need not be monotone or have one valley only: a
//! dense grid finds the place, refinement its digits.

use crate::maths;
use crate::order;

/// Steps of the ratio grid between 0 and 1. It has to find the valley and the stretches that keep a limit, not their
/// digits: laws here turn over tenths, and within ε of the ends.
const RATIO_STEPS: usize = 64;
/// Extra halvings towards 0 and 1, where `(r + ε)^-γ` turns within ε, which may be as small as 0.001.
const END_HALVINGS: i32 = 4;
/// A grid of fewer steps is a coarse one.
const COARSE: usize = 32;
/// A position on an axis is refined to this: an answer shows three digits of a percentage.
pub const TOLERANCE: f64 = 1e-6;
/// A crossing is refined to this share of the tolerance: it converges faster, and a limit is to be kept to its digits.
const CROSSING: f64 = 1e-3;
/// The golden ratio's inverse.
const GOLDEN: f64 = 0.618_033_988_749_894_8;

/// Where a solution lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// At a lowest point inside the axis: the constraint doesn't bind.
    Inside,
    /// Where the constraint starts to bind.
    AtLimit,
    /// At the lower end of the axis.
    LowEnd,
    /// At the upper end of the axis.
    HighEnd,
}

impl Place {
    /// The place of `x` on an axis from `low` to `high` where nothing else limits it.
    pub fn on(x: f64, low: f64, high: f64) -> Self {
        match x {
            x if x <= low => Self::LowEnd,
            x if x >= high => Self::HighEnd,
            _ => Self::Inside,
        }
    }

    /// Whether it is an end of the axis: a corner.
    pub fn is_corner(self) -> bool {
        matches!(self, Self::LowEnd | Self::HighEnd)
    }
}

/// A point found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Position on the axis.
    pub x: f64,
    /// The objective there.
    pub value: f64,
    /// Where it lies.
    pub place: Place,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Solution {
    /// The best point that keeps the constraint.
    Found(Found),
    /// No point keeps it: where it is missed by least, and by how much.
    Infeasible {
        /// Position on the axis.
        x: f64,
        /// The constraint there, above 0.
        excess: f64,
    },
}

/// A function of the position on an axis.
pub type Along<'a> = &'a mut dyn FnMut(f64) -> f64;

/// The ratio grid: even steps, with halvings of the first and last.
pub fn ratios() -> Vec<f64> {
    ratios_in(RATIO_STEPS)
}

/// The ratio grid with one more point, where it lies between 0 and 1: a kink that falls between grid points.
pub fn ratios_with(also: f64) -> Vec<f64> {
    let mut grid = ratios();
    if (0.0..=1.0).contains(&also) {
        grid.push(also);
        order::ascending(&mut grid);
        grid.dedup();
    }
    grid
}

/// A ratio grid of that many steps, with halvings of the first and last: fewer in a coarse one.
pub fn ratios_in(steps: usize) -> Vec<f64> {
    let step = 1.0 / steps as f64;
    let near = |k: i32| step * 0.5f64.powi(k);
    let halvings = if steps < COARSE { 1 } else { END_HALVINGS };
    let mut grid = vec![0.0];
    grid.extend((1..=halvings).rev().map(near));
    grid.extend((1..steps).map(|k| k as f64 * step));
    grid.extend((1..=halvings).map(|k| 1.0 - near(k)));
    grid.push(1.0);
    grid
}

/// `steps + 1` values from `low` to `high`, evenly in the logarithm.
pub fn log_grid(low: f64, high: f64, steps: usize) -> Vec<f64> {
    let span = maths::ln(high / low);
    (0..=steps).map(|k| if k == steps { high } else { low * maths::exp(span * k as f64 / steps as f64) }).collect()
}

/// The least `f` over the axis where `g <= 0`. `f` and `g` are given on the grid `xs` (ascending) and, for refinement,
/// anywhere; an empty `g` is no constraint. Positions are refined to `tolerance`.
pub fn minimise(xs: &[f64], f: &[f64], g: &[f64], tolerance: f64, at_f: Along<'_>, at_g: Along<'_>) -> Solution {
    let keeps = |k: usize| g.is_empty() || g[k] <= 0.0;
    let last = xs.len() - 1;
    let Some(best) = (0..=last).filter(|&k| keeps(k) && f[k].is_finite()).min_by(|&a, &b| f[a].total_cmp(&f[b])) else {
        return least_excess(xs, g, tolerance, at_g);
    };
    let mut found = Found { x: xs[best], value: f[best], place: Place::on(xs[best], xs[0], xs[last]) };
    let mut consider = |x: f64, value: f64, place: Place| {
        if value < found.value {
            found = Found { x, value, place };
        }
    };
    // The stretch around the best grid point, cut off where the constraint starts to bind and where points are barred (an
    // objective that is not finite). A lower neighbour outside the constraint says that the valley lies beyond the limit,
    // which then is the answer on that side.
    let (mut from, mut to, mut beyond) = (xs[best], xs[best], false);
    for (neighbour, end) in [(best.saturating_sub(1), &mut from), ((best + 1).min(last), &mut to)] {
        if !keeps(neighbour) {
            *end = crossing(xs[best], xs[neighbour], tolerance, at_g);
            consider(*end, at_f(*end), Place::AtLimit);
            beyond |= f[neighbour] < f[best];
        } else if f[neighbour].is_finite() {
            *end = xs[neighbour];
        }
    }
    if !beyond {
        let (x, value) = golden(from, to, tolerance, at_f);
        consider(x, value, Place::Inside);
    }
    // Other stretches that end at the limit, between grid points: their ends are never on the grid.
    for k in 0..last {
        let near = k + 1 == best || k == best;
        if keeps(k) != keeps(k + 1) && !near {
            let (inside, outside) = if keeps(k) { (k, k + 1) } else { (k + 1, k) };
            if f[outside] < f[best] {
                let x = crossing(xs[inside], xs[outside], tolerance, at_g);
                consider(x, at_f(x), Place::AtLimit);
            }
        }
    }
    Solution::Found(found)
}

/// Where the constraint is missed by least.
fn least_excess(xs: &[f64], g: &[f64], tolerance: f64, at_g: Along<'_>) -> Solution {
    let least = (0..g.len()).min_by(|&a, &b| g[a].total_cmp(&g[b])).unwrap_or(0);
    let Some(&excess) = g.get(least) else { return Solution::Infeasible { x: xs[0], excess: f64::INFINITY } };
    let (x, refined) = golden(xs[least.saturating_sub(1)], xs[(least + 1).min(xs.len() - 1)], tolerance, at_g);
    if refined < excess {
        Solution::Infeasible { x, excess: refined }
    } else {
        Solution::Infeasible { x: xs[least], excess }
    }
}

/// The lowest point between `low` and `high` where there is one valley; else a low one (Kiefer 1953).
pub fn golden(mut low: f64, mut high: f64, tolerance: f64, f: Along<'_>) -> (f64, f64) {
    let mut a = high - GOLDEN * (high - low);
    let mut b = low + GOLDEN * (high - low);
    let (mut fa, mut fb) = (f(a), f(b));
    while high - low > tolerance {
        if fa <= fb {
            (high, b, fb) = (b, a, fa);
            a = high - GOLDEN * (high - low);
            fa = f(a);
        } else {
            (low, a, fa) = (a, b, fb);
            b = low + GOLDEN * (high - low);
            fb = f(b);
        }
    }
    if fa <= fb { (a, fa) } else { (b, fb) }
}

/// The last position on the way from `inside` (`g <= 0`) to `outside` (`g > 0`) at which `g <= 0` was seen: false
/// position with halved weights (Illinois), bisection where it stalls.
pub fn crossing(mut inside: f64, mut outside: f64, tolerance: f64, g: Along<'_>) -> f64 {
    let (mut g_in, mut g_out) = (g(inside).min(0.0), g(outside));
    for step in 0..80 {
        let width = outside - inside;
        if width.abs() < tolerance * CROSSING || g_in == 0.0 && step > 0 {
            break;
        }
        let t = if step % 4 == 3 || !g_out.is_finite() || g_out <= g_in { 0.5 } else { g_in / (g_in - g_out) };
        let x = inside + width * t.clamp(1e-3, 1.0 - 1e-3);
        let value = g(x);
        if value <= 0.0 {
            (inside, g_in) = (x, value);
            g_out *= 0.5;
        } else {
            (outside, g_out) = (x, value);
            g_in *= 0.5;
        }
    }
    inside
}

/// The stretches of the axis where `g <= 0`, their ends refined.
pub fn segments(xs: &[f64], g: &[f64], at_g: Along<'_>) -> Vec<(f64, f64)> {
    let mut found = Vec::new();
    let mut start = None;
    for k in 0..xs.len() {
        match (g[k] <= 0.0, start) {
            (true, None) => start = Some(if k == 0 { xs[0] } else { crossing(xs[k], xs[k - 1], TOLERANCE, at_g) }),
            (false, Some(from)) => {
                found.push((from, crossing(xs[k - 1], xs[k], TOLERANCE, at_g)));
                start = None;
            }
            _ => {}
        }
    }
    if let (Some(from), Some(&to)) = (start, xs.last()) {
        found.push((from, to));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Place, Solution, TOLERANCE, crossing, minimise, ratios, segments};

    fn solve(f: impl Fn(f64) -> f64, g: impl Fn(f64) -> f64) -> Solution {
        let xs = ratios();
        let on = |h: &dyn Fn(f64) -> f64| xs.iter().map(|&x| h(x)).collect::<Vec<_>>();
        minimise(&xs, &on(&f), &on(&g), TOLERANCE, &mut |x| f(x), &mut |x| g(x))
    }

    #[test]
    fn finds_valleys_limits_and_corners() {
        type Case = (fn(f64) -> f64, fn(f64) -> f64, f64, Place);
        let cases: [Case; 6] = [
            (|x| (x - 0.3).powi(2), |_| -1.0, 0.3, Place::Inside),
            (|x| -x, |x| x - 0.924, 0.924, Place::AtLimit),
            (|x| -x, |_| -1.0, 1.0, Place::HighEnd),
            (|x| x, |_| -1.0, 0.0, Place::LowEnd),
            // Two valleys, the deeper one outside the constraint.
            (|x| (x - 0.2).powi(2).min((x - 0.8).powi(2) - 0.1), |x| x - 0.45, 0.2, Place::Inside),
            // Two stretches, the better point at an inner end of the far one.
            (|x| (x - 0.69).abs(), |x| (x - 0.2504) * (0.7007 - x), 0.7007, Place::AtLimit),
        ];
        for (f, g, x, place) in cases {
            let Solution::Found(found) = solve(f, g) else { panic!("no solution near {x}") };
            assert!((found.x - x).abs() < 2e-6, "{found:?} for {x}");
            assert_eq!(found.place, place, "at {x}");
        }
    }

    #[test]
    fn says_by_how_much_a_limit_is_missed() {
        let Solution::Infeasible { x, excess } = solve(|x| x, |x| 0.25 + (x - 0.4).powi(2)) else { panic!("feasible") };
        assert!((x - 0.4).abs() < 1e-3 && (excess - 0.25).abs() < 1e-9, "{x} {excess}");
    }

    #[test]
    fn crossings_and_segments_are_exact() {
        let x = crossing(0.0, 1.0, TOLERANCE, &mut |x: f64| x.powi(9) - 0.3);
        assert!((x - 0.3f64.powf(1.0 / 9.0)).abs() < 1e-8);
        let xs = ratios();
        let g = |x: f64| (x - 0.2) * (x - 0.3) * (x - 0.7);
        let on: Vec<f64> = xs.iter().map(|&x| g(x)).collect();
        let found = segments(&xs, &on, &mut |x| g(x));
        assert_eq!(found.len(), 2);
        for ((from, to), (a, b)) in found.into_iter().zip([(0.0, 0.2), (0.3, 0.7)]) {
            assert!((from - a).abs() < 1e-7 && (to - b).abs() < 1e-7, "{from} {to}");
        }
    }
}
