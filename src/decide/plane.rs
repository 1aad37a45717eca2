//! All recipes of one compute budget: sizes and shares, the tokens following from `C = 6 N D`. Finds the best one, for
//! the fit and for every draw.
//!
//! A grid over both axes finds the place. Then the size is refined by golden section in its logarithm, the best share
//! found anew at every size tried: for a law of the form `A/N^α + B/D^β` the loss along a budget has one valley in `ln N`
//! (a sum of exponentials of it), and a grid covers the laws that have more.

use super::compute::FLOPS_A_TOKEN;
use super::line::mix;
use super::pair::{Loss, Of};
use super::solve::{self, Place, Solution};
use crate::law::{Points, Recipe};
use crate::maths;
use std::cell::RefCell;

/// How far from the best share of the grid shares are looked at while the size is refined, in even steps of the grid:
/// one step of the size moves the best share by less.
const AROUND: f64 = 1.6;

/// The share is found to this while the size is refined.
const SHARE: f64 = 1e-3;

/// The best recipe of a budget.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Best {
    /// The recipe.
    pub recipe: Recipe,
    /// What was minimised there.
    pub value: f64,
    /// Where the size lies among the sizes searched.
    pub size_place: Place,
    /// Where the share lies.
    pub ratio_place: Place,
}

/// The recipes of a budget on a grid.
pub struct Plane<'a> {
    /// The general loss, where it limits or weighs.
    pub general: Option<Loss<'a>>,
    /// The domain loss.
    pub domain: Loss<'a>,
    /// Weight of the general loss.
    weight: f64,
    flops: f64,
    /// The most the general loss may be at a size; `None` where that is not known, which no recipe keeps.
    limit: Box<dyn Fn(f64) -> Option<f64> + 'a>,
    limited: bool,
    sizes: Vec<f64>,
    shares: Vec<f64>,
    limits: Vec<f64>,
    general_points: Points,
    domain_points: Points,
    g: Vec<f64>,
    f: Vec<f64>,
}

/// What limits and weighs the general loss on a [`Plane`].
pub struct Terms<'a> {
    /// Weight of the general loss.
    pub weight: f64,
    /// The limit at a size; `None` for no limit at all.
    pub limit: Option<Box<dyn Fn(f64) -> Option<f64> + 'a>>,
}

/// The recipe of a size and a share under a budget.
pub fn recipe(flops: f64, size: f64, domain_share: f64) -> Recipe {
    Recipe { domain_share, size, tokens: flops / (FLOPS_A_TOKEN * size) }
}

impl<'a> Plane<'a> {
    /// The recipes at these sizes and shares (ascending).
    pub fn new(
        general: Option<Loss<'a>>,
        domain: Loss<'a>,
        flops: f64,
        sizes: Vec<f64>,
        shares: Vec<f64>,
        terms: Terms<'a>,
    ) -> Self {
        let recipes = || sizes.iter().flat_map(|&n| shares.iter().map(move |&r| recipe(flops, n, r)));
        let general_points = general.as_ref().map_or_else(Points::default, |general| general.points(recipes()));
        let domain_points = domain.points(recipes());
        let limited = terms.limit.is_some();
        let limit = terms.limit.unwrap_or_else(|| Box::new(|_| None));
        // A size without a known limit keeps none: minus infinity.
        let limits = sizes.iter().map(|&size| limit(size).unwrap_or(f64::NEG_INFINITY)).collect();
        let weight = terms.weight;
        Self {
            general,
            domain,
            weight,
            flops,
            limit,
            limited,
            sizes,
            shares,
            limits,
            general_points,
            domain_points,
            g: Vec::new(),
            f: Vec::new(),
        }
    }

    /// The best recipe; where none keeps the limit, the one that misses it by least, and the excess.
    pub fn solve(&mut self, of: Of, tolerance: f64) -> Result<Best, (Recipe, f64)> {
        self.evaluate(of);
        let columns = self.shares.len();
        let keeps = |at: usize| !self.limited || self.g[at] <= 0.0;
        let best = (0..self.f.len()).filter(|&at| keeps(at)).min_by(|&a, &b| self.f[a].total_cmp(&self.f[b]));
        let Some(best) = best else {
            let least = (0..self.g.len()).min_by(|&a, &b| self.g[a].total_cmp(&self.g[b])).unwrap_or(0);
            let at = recipe(self.flops, self.sizes[least / columns], self.shares[least % columns]);
            return Err((at, self.g.get(least).copied().unwrap_or(f64::INFINITY)));
        };
        let (i, k) = (best / columns, best % columns);
        let step = self.shares.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max);
        let near = |share: &&f64| (**share - self.shares[k]).abs() <= AROUND * step;
        let window: Vec<f64> = self.shares.iter().filter(near).copied().collect();
        let mut found = self.at_size(of, self.sizes[i], solve::TOLERANCE, &window).unwrap_or((
            self.shares[k],
            self.f[best],
            Place::Inside,
        ));
        let mut size = self.sizes[i];
        let last = self.sizes.len() - 1;
        if last > 0 {
            let (low, high) = (maths::ln(self.sizes[i.saturating_sub(1)]), maths::ln(self.sizes[(i + 1).min(last)]));
            // On the way the share need not be more exact than the size: at a lowest point the loss hardly depends on it.
            let mut value = |ln_size: f64| {
                self.at_size(of, maths::exp(ln_size), tolerance.min(SHARE), &window)
                    .map_or(f64::INFINITY, |best| best.1)
            };
            let (ln_size, refined) = solve::golden(low, high, tolerance, &mut value);
            if refined < found.1
                && let Some(better) = self.at_size(of, maths::exp(ln_size), solve::TOLERANCE, &window)
            {
                (found, size) = (better, maths::exp(ln_size));
            }
        }
        let (share, value, ratio_place) = found;
        let ends = (self.sizes[0] * (1.0 + tolerance), self.sizes[last] * (1.0 - tolerance));
        let size_place = Place::on(size, ends.0, ends.1);
        Ok(Best { recipe: recipe(self.flops, size, share), value, size_place, ratio_place })
    }

    /// The best share at every size of the grid, of what was solved last, which is the fit.
    pub fn by_size(&mut self) -> Vec<(f64, Option<f64>)> {
        let shares = self.shares.clone();
        self.sizes
            .clone()
            .into_iter()
            .map(|size| (size, self.at_size(Of::Fit, size, solve::TOLERANCE, &shares).map(|(share, _, _)| share)))
            .collect()
    }

    fn evaluate(&mut self, of: Of) {
        self.domain.over(of, &self.domain_points, &mut self.f);
        let Some(general) = &self.general else { return };
        general.over(of, &self.general_points, &mut self.g);
        if self.weight > 0.0 {
            for (value, general) in self.f.iter_mut().zip(&self.g) {
                *value = mix(self.weight, *value, *general);
            }
        }
        if self.limited {
            for (row, limit) in self.g.chunks_exact_mut(self.shares.len()).zip(&self.limits) {
                for excess in row {
                    *excess -= limit;
                }
            }
        }
    }

    /// The best share at a size among and between `shares`: share, value, place. `None` where none keeps the limit.
    fn at_size(&mut self, of: Of, size: f64, tolerance: f64, shares: &[f64]) -> Option<(f64, f64, Place)> {
        let Self { general, domain, weight, flops, limit, limited, .. } = self;
        let bound = if *limited { limit(size)? } else { f64::INFINITY };
        let tokens = recipe(*flops, size, 0.0).tokens;
        domain.place(size, tokens);
        if let Some(general) = general {
            general.place(size, tokens);
        }
        let general = RefCell::new(general);
        let general_at =
            |share: f64| general.borrow_mut().as_mut().map_or(f64::NEG_INFINITY, |loss| loss.at_share(of, share));
        let mut at_f = |share: f64| {
            let own = domain.at_share(of, share);
            if *weight > 0.0 { mix(*weight, own, general_at(share)) } else { own }
        };
        let f: Vec<f64> = shares.iter().map(|&share| at_f(share)).collect();
        let g: Vec<f64> =
            if *limited { shares.iter().map(|&share| general_at(share) - bound).collect() } else { Vec::new() };
        let mut at_g = |share: f64| general_at(share) - bound;
        let Solution::Found(found) = solve::minimise(shares, &f, &g, tolerance, &mut at_f, &mut at_g) else {
            return None;
        };
        // An end of `shares` is no end of the axis.
        let place = match found.place {
            Place::AtLimit => Place::AtLimit,
            _ if shares.len() == 1 => Place::Inside,
            _ => Place::on(found.x, 0.0, 1.0),
        };
        Some((found.x, found.value, place))
    }
}
