//! One line of recipes, a recipe a domain share, and the best share on it under a limit on the general loss: what the
//! trade-off, limited data and every size of an allocation come down to. Solved for the fit and for every draw.

use super::pair::{self, Loss, Of};
use super::solve::{self, Found, Solution};
use crate::law::{Points, Recipe};

/// The share of the domain loss whose price is told: "the last 1 %".
const PRICED: f64 = 0.01;
/// Where a count of draws changes is found to this: a thousandth of a per cent is finer than anyone mixes.
const COUNT_TOLERANCE: f64 = 1e-5;

/// How far the share is moved to see whether the domain loss falls with it at an unchanged budget.
const NUDGE: f64 = 2e-3;

/// The recipes of a share: what the general loss sees, and what the domain loss sees. They differ where domain tokens
/// are repeated.
type Recipes<'a> = Box<dyn Fn(f64) -> (Recipe, Recipe) + 'a>;

/// What is minimised where the general loss has a weight.
pub fn mix(weight: f64, domain: f64, general: f64) -> f64 {
    (1.0 - weight) * domain + weight * general
}

/// The line, with both losses.
pub struct Line<'a> {
    /// The general loss; `None` where nothing limits it.
    pub general: Option<Loss<'a>>,
    /// The domain loss.
    pub domain: Loss<'a>,
    /// The most the general loss may be; infinity for no limit.
    pub limit: f64,
    /// Weight of the general loss in what is minimised, `(1 - w) L_d + w L_g`; 0 for the domain loss alone.
    pub weight: f64,
    recipes: Recipes<'a>,
    /// The grid of shares.
    pub xs: Vec<f64>,
    general_points: Points,
    domain_points: Points,
    /// Below the least share measured: the domain points with the share moved up a little and all else unchanged. There
    /// a law with `η < 1` always rises (its token term is 0 at `r = 0`), which no data asked for: the more of a corpus,
    /// the lower its loss. Shares at which it does are not considered.
    nudged: Points,
    /// The domain loss at those.
    nudged_loss: Vec<f64>,
    /// The general loss less the limit on the grid, of what was solved last; empty without a general loss.
    pub g: Vec<f64>,
    /// What is minimised, on the grid, of what was solved last: the domain loss, unless the general one has a weight.
    f: Vec<f64>,
}

impl<'a> Line<'a> {
    /// The line over a grid of shares (ascending), without a limit.
    pub fn new(
        general: Option<Loss<'a>>,
        domain: Loss<'a>,
        xs: Vec<f64>,
        recipes: impl Fn(f64) -> (Recipe, Recipe) + 'a,
    ) -> Self {
        let general_points =
            general.as_ref().map_or_else(Points::default, |general| general.points(xs.iter().map(|&x| recipes(x).0)));
        let domain_points = domain.points(xs.iter().map(|&x| recipes(x).1));
        let least = domain.fit.ranges.ratio.map_or(0.0, |span| span.low);
        let unmeasured = xs.iter().take_while(|&&x| x < least - NUDGE).map(|&x| recipes(x).1);
        let nudged = domain.points(unmeasured.map(|at| Recipe { domain_share: at.domain_share + NUDGE, ..at }));
        Self {
            general,
            domain,
            limit: f64::INFINITY,
            weight: 0.0,
            recipes: Box::new(recipes),
            xs,
            general_points,
            domain_points,
            nudged,
            nudged_loss: Vec::new(),
            g: Vec::new(),
            f: Vec::new(),
        }
    }

    /// How many draws both losses have.
    pub fn draws(&self) -> usize {
        pair::draws(&self.losses())
    }

    /// The losses the line rests on.
    pub fn losses(&self) -> Vec<&Loss<'a>> {
        self.general.iter().chain([&self.domain]).collect()
    }

    /// The general loss at a share less the limit; minus infinity without a general loss.
    pub fn excess(&mut self, of: Of, share: f64) -> f64 {
        let recipe = (self.recipes)(share).0;
        self.excess_at(of, recipe)
    }

    /// The general loss at any recipe less the limit.
    pub fn excess_at(&mut self, of: Of, recipe: Recipe) -> f64 {
        self.general.as_mut().map_or(f64::NEG_INFINITY, |general| general.at(of, recipe) - self.limit)
    }

    /// The domain loss at any recipe.
    pub fn domain_loss_at(&mut self, of: Of, recipe: Recipe) -> f64 {
        self.domain.at(of, recipe)
    }

    /// The domain loss at a share.
    pub fn domain_loss(&mut self, of: Of, share: f64) -> f64 {
        let recipe = (self.recipes)(share).1;
        self.domain.at(of, recipe)
    }

    /// The best share.
    pub fn solve(&mut self, of: Of) -> Solution {
        // Without a limit `g` is the loss itself.
        let limit = if self.limit.is_finite() { self.limit } else { 0.0 };
        if let Some(general) = &self.general {
            general.over(of, &self.general_points, &mut self.g);
            for excess in &mut self.g {
                *excess -= limit;
            }
        }
        self.domain.over(of, &self.domain_points, &mut self.f);
        self.domain.over(of, &self.nudged, &mut self.nudged_loss);
        for (value, nudged) in self.f.iter_mut().zip(&self.nudged_loss) {
            if nudged > value {
                *value = f64::INFINITY;
            }
        }
        if self.weight > 0.0 && self.general.is_some() {
            for (value, excess) in self.f.iter_mut().zip(&self.g) {
                *value = mix(self.weight, *value, excess + limit);
            }
        }
        let Self { general, domain, limit, weight, recipes, xs, g, f, .. } = self;
        // Two closures ask the general loss; a cell lends it to one at a time.
        let general = std::cell::RefCell::new(general);
        let general_at = |x: f64| {
            let recipe = recipes(x).0;
            general.borrow_mut().as_mut().map_or(f64::NEG_INFINITY, |loss| loss.at(of, recipe))
        };
        let mut at_f = |x: f64| {
            let own = domain.at(of, recipes(x).1);
            if *weight > 0.0 { mix(*weight, own, general_at(x)) } else { own }
        };
        let constraint: &[f64] = if limit.is_finite() { g } else { &[] };
        solve::minimise(xs, f, constraint, solve::TOLERANCE, &mut at_f, &mut |x| general_at(x) - *limit)
    }

    /// The stretches that keep the limit, of what was solved last, which is the fit.
    pub fn segments(&mut self) -> Vec<(f64, f64)> {
        let (xs, g) = (self.xs.clone(), self.g.clone());
        solve::segments(&xs, &g, &mut |x| self.excess(Of::Fit, x))
    }

    /// What the last 1 % of domain loss costs in general loss, of what was solved last.
    pub fn price(&mut self, of: Of, found: Found) -> Option<f64> {
        let target = found.value * (1.0 + PRICED);
        let below = (0..self.xs.len()).rev().find(|&k| self.xs[k] < found.x && self.f[k] >= target)?;
        let below = self.xs[below];
        let x = solve::crossing(found.x, below, solve::TOLERANCE, &mut |x| self.domain_loss(of, x) - target);
        Some(self.excess(of, found.x) - self.excess(of, x))
    }
    /// The stretches that at least `needed` draws keep, where `keeps` counts them on the grid.
    pub fn kept_by(&mut self, needed: usize, keeps: &[usize]) -> Vec<(f64, f64)> {
        let draws = self.draws();
        if draws == 0 {
            return Vec::new();
        }
        let xs = self.xs.clone();
        let mut found = Vec::new();
        let mut start: Option<f64> = None;
        for k in 0..xs.len() {
            match (keeps[k] >= needed, start) {
                (true, None) => start = Some(if k == 0 { xs[0] } else { self.count_changes(needed, xs[k], xs[k - 1]) }),
                (false, Some(from)) => {
                    found.push((from, self.count_changes(needed, xs[k - 1], xs[k])));
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

    /// The last share from `inside` towards `outside` that `needed` draws keep, by halving: a count jumps.
    fn count_changes(&mut self, needed: usize, mut inside: f64, mut outside: f64) -> f64 {
        while (outside - inside).abs() > COUNT_TOLERANCE {
            let middle = 0.5 * (inside + outside);
            let kept = (0..self.draws()).filter(|&b| self.excess(Of::Draw(b), middle) <= 0.0).count();
            if kept >= needed { inside = middle } else { outside = middle }
        }
        inside
    }

    /// The share with the fit's least domain loss within these stretches.
    pub fn best_within(&mut self, stretches: &[(f64, f64)]) -> Option<f64> {
        let inside = |x: f64| stretches.iter().any(|(from, to)| x >= *from && x <= *to);
        let on_grid = self.xs.iter().copied().filter(|&x| inside(x));
        let ends = stretches.iter().flat_map(|&(from, to)| [from, to]);
        let candidates: Vec<f64> = on_grid.chain(ends).collect();
        let mut best: Option<(f64, f64)> = None;
        for x in candidates {
            let loss = self.domain_loss(Of::Fit, x);
            if best.is_none_or(|(_, least)| loss < least) {
                best = Some((x, loss));
            }
        }
        best.map(|(x, _)| x)
    }
}
