//! Continued or from scratch? For a file with both kinds of runs: what a continued run saves at equal loss, where training
//! from scratch overtakes, and the best size for each under a budget of compute.
//!
//! Zheng et al., EMNLP 2024, arXiv 2407.02118 ask the same of their law; here the law is whichever was fitted, as long as
//! it tells the kinds of runs apart, and everything is solved on the law's curve by bisection and refinement, for the fit
//! and for every draw. `D_scratch - D` are the tokens effectively transferred (Hernandez et al. 2021, arXiv 2102.01293).

use super::compute::FLOPS_A_TOKEN;
use super::outcome::{Reason, Solved};
use super::pair::solved;
use crate::fit::prepare::own_share;
use crate::fit::{Fit, Severity, Study};
use crate::law::cross_lingual::{CONTINUED, SCRATCH};
use crate::law::{self, Input, Law, Place, Points, Span};
use crate::maths;
use serde::Serialize;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    /// The loss; `None` for the first domain loss, or the general one where there is no other.
    pub loss: Option<String>,
    /// Model size in parameters.
    pub size: f64,
    /// Tokens of the continued run.
    pub tokens: f64,
    /// The domain's share, where the law knows it.
    pub domain_share: f64,
    /// Training compute for the allocation, in FLOPs; `None` for that of the continued run.
    pub flops: Option<f64>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// Name of the loss.
    pub loss: String,
    /// Its value after the continued run.
    pub continued: Solved,
    /// After the same tokens from scratch.
    pub scratch: Solved,
    /// Tokens from scratch for the continued run's loss, less its own; `None` where no budget within reach gives it.
    pub tokens_saved: Option<Solved>,
    /// The same as compute, in FLOPs.
    pub compute_saved: Option<Solved>,
    /// Share of draws in which training from scratch never reaches the continued run's loss within reach.
    pub never_reached: f64,
    /// Tokens from which training from scratch is better at this size; `None` where that lies beyond reach.
    pub break_even: Option<Solved>,
    /// Share of draws in which it overtakes within reach.
    pub overtakes: f64,
    /// Tokens that were looked at.
    pub reach: (f64, f64),
    /// The best size under the budget, from scratch and continued.
    pub allocation: [Allocation; 2],
    /// What the ends of intervals are called.
    pub interval: String,
    /// What must be known before the numbers are used, a sentence each.
    pub notes: Vec<String>,
}

/// The best use of a compute budget for one kind of run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Allocation {
    /// Whether the runs are continued.
    pub continued: bool,
    /// Compute in FLOPs.
    pub flops: f64,
    /// Model size.
    pub size: Solved,
    /// Tokens.
    pub tokens: Solved,
    /// The loss there.
    pub loss: Solved,
    /// Share of draws in which the size ends where looking ended.
    pub corner: f64,
}

/// Tokens are looked for up to this many times the largest measured, and down to this part of the smallest.
const REACH: f64 = 1e3;
/// Sizes of an allocation are looked for this far beyond the measured ones.
const SIZE_REACH: f64 = 30.0;
/// Points of the first look along an axis; refinement follows.
const LOOKS: usize = 400;

/// Steps of the curves that are shown, and how far beyond the measured tokens they go for the sake of the break-even.
const POINTS: usize = 60;
const SHOWN: f64 = 30.0;

/// What one set of parameters says.
struct Under {
    continued: f64,
    scratch: f64,
    /// Tokens from scratch for the continued run's loss, less its own.
    saved: Option<f64>,
    even: Option<f64>,
    allocated: [Allocated; 2],
}

/// The best size of one kind of run.
struct Allocated {
    size: f64,
    tokens: f64,
    loss: f64,
    corner: bool,
}

/// The curve of one loss under one set of parameters.
struct Curve<'a> {
    law: &'static dyn Law,
    fit: &'a Fit,
    theta: &'a [f64],
    ratio: f64,
}

impl Curve<'_> {
    fn at(&self, start: f64, size: f64, tokens: f64) -> f64 {
        self.over(&self.points(start, [(size, tokens)]))[0]
    }

    /// Places as points of this loss: made once, they serve every draw.
    fn points(&self, start: f64, places: impl IntoIterator<Item = (f64, f64)>) -> Points {
        let mut points = Points::default();
        for (size, tokens) in places {
            let place = Place { size, tokens, ratio: self.ratio, start, epochs: 1.0, corpora: &[] };
            points.push_place(&self.fit.scale, &place);
        }
        points
    }

    fn over(&self, points: &Points) -> Vec<f64> {
        let mut loss = vec![f64::NAN; points.len()];
        self.law.predict(self.theta, points, &mut loss);
        loss
    }

    /// The best size under a budget, and whether it is an end of what was looked at.
    fn allocate(&self, start: f64, flops: f64, looks: &Looks, of_sizes: &Points) -> (f64, bool) {
        let loss = |ln: f64| {
            let size = maths::exp(ln);
            self.at(start, size, flops / (FLOPS_A_TOKEN * size))
        };
        let looked = self.over(of_sizes);
        let best = (0..=LOOKS).min_by(|&a, &b| looked[a].total_cmp(&looked[b])).unwrap_or(0);
        let at = |k: usize| maths::ln(looks.0[k]);
        let (mut a, mut b) = (at(best.saturating_sub(1)), at((best + 1).min(LOOKS)));
        // Golden section: 50 steps leave a ten-billionth of an interval.
        let golden = 0.618_033_988_749_894_9;
        for _ in 0..50 {
            let (c, d) = (b - golden * (b - a), a + golden * (b - a));
            if loss(c) < loss(d) { b = d } else { a = c }
        }
        (maths::exp(0.5 * (a + b)), best == 0 || best == LOOKS)
    }
}

/// Positions along an axis, evenly in the logarithm, that are looked at before anything is refined.
struct Looks(Vec<f64>);

impl Looks {
    fn over((low, high): (f64, f64)) -> Self {
        let at = |k: usize| maths::exp(maths::ln(low) + maths::ln(high / low) * k as f64 / LOOKS as f64);
        Self((0..=LOOKS).map(at).collect())
    }

    /// Where `f`, whose values at the positions are `looked`, first is zero or below at the position `from` or later.
    fn falls_below(&self, from: usize, looked: impl Fn(usize) -> f64, f: impl Fn(f64) -> f64) -> Option<f64> {
        let below = (from..=LOOKS).find(|&k| looked(k) <= 0.0)?;
        if below == from {
            return Some(self.0[from]);
        }
        let (mut above, mut under) = (maths::ln(self.0[below - 1]), maths::ln(self.0[below]));
        // 40 halvings leave a trillionth of a step.
        for _ in 0..40 {
            let middle = 0.5 * (above + under);
            if f(maths::exp(middle)) <= 0.0 { under = middle } else { above = middle }
        }
        Some(maths::exp(under))
    }
}

impl Ask {
    /// The answer under a study.
    ///
    /// # Errors
    /// Why there is none: no such loss, a law that doesn't tell the kinds of runs apart, a note that withholds.
    pub fn answer(&self, study: &Study) -> Result<Answer, Reason> {
        let name = self.loss.clone().or_else(|| study.domains.first().cloned()).or_else(|| study.general.clone());
        let name = name.ok_or(Reason::NoDomainLoss)?;
        let fit = study.targets.get(&name).ok_or_else(|| Reason::NoSuchLoss {
            asked: name.clone(),
            known: study.targets.keys().cloned().collect(),
        })?;
        let both = fit.ranges.start.is_some_and(|span| span.distinct > 1);
        let law = law::by_id(&fit.law).filter(|law| both && law.inputs().contains(&Input::Start)).ok_or_else(|| {
            Reason::Unusable {
                what: "This needs runs from scratch and continued ones in one file, and a law that tells them apart, such as Cross-lingual CPT.".to_owned(),
            }
        })?;
        if let Some(note) = fit.notes.iter().find(|note| note.severity == Severity::Withholds) {
            return Err(Reason::Note { loss: name, note: note.clone() });
        }
        let numbers = [self.size, self.tokens, self.flops.unwrap_or(1.0)];
        if numbers.iter().any(|value| !(value.is_finite() && *value > 0.0)) {
            return Err(Reason::Unusable { what: "Size, tokens and compute must be numbers above 0.".to_owned() });
        }
        Ok(self.solve(study, fit, law))
    }

    /// Both kinds of runs at this size over the measured tokens, and as far as the break-even where it lies beyond them:
    /// tokens, continued, from scratch. The intervals rest on every fifth draw. Nothing where there is no answer.
    pub fn curves(&self, study: &Study, answer: &Answer) -> Vec<(f64, Solved, Solved)> {
        let Some(fit) = study.targets.get(&answer.loss) else { return Vec::new() };
        let Some(law) = law::by_id(&fit.law) else { return Vec::new() };
        let (low, high) = fit.ranges.tokens.map_or((self.tokens, self.tokens), |span| (span.low, span.high));
        // A break-even far outside would press what was measured into a corner.
        let even = answer.break_even.map_or(0.0, |even| even.value).min(high * SHOWN);
        let (low, high) = (low.min(self.tokens), high.max(self.tokens).max(even * 1.5));
        let ratio = own_share(fit.kind, self.domain_share);
        let at = |k: usize| maths::exp(maths::ln(low) + maths::ln(high / low) * k as f64 / POINTS as f64);
        let of = |start: f64, tokens: f64| {
            let loss = |theta: &[f64]| Curve { law, fit, theta, ratio }.at(start, self.size, tokens);
            let drawn = fit.draws.iter().step_by(5).map(|theta| loss(theta)).collect();
            solved(loss(&fit.theta), drawn, study.options.level)
        };
        (0..=POINTS).map(at).map(|tokens| (tokens, of(CONTINUED, tokens), of(SCRATCH, tokens))).collect()
    }

    fn solve(&self, study: &Study, fit: &Fit, law: &'static dyn Law) -> Answer {
        let level = study.options.level;
        let span = |known: Option<Span>, value: f64| known.map_or((value, value), |span| (span.low, span.high));
        let (tokens, sizes) = (span(fit.ranges.tokens, self.tokens), span(fit.ranges.size, self.size));
        let reach = (tokens.0.min(self.tokens) / REACH, tokens.1.max(self.tokens) * REACH);
        let size_reach = (sizes.0 / SIZE_REACH, sizes.1 * SIZE_REACH);
        let ratio = own_share(fit.kind, self.domain_share);
        let flops = self.flops.unwrap_or(FLOPS_A_TOKEN * self.size * self.tokens);
        let (budgets, of_size) = (Looks::over(reach), Looks::over(size_reach));
        let own_curve = Curve { law, fit, theta: &fit.theta, ratio };
        // Continued, then from scratch: the points are the same for every draw, only the parameters change.
        let over_tokens =
            [CONTINUED, SCRATCH].map(|start| own_curve.points(start, budgets.0.iter().map(|d| (self.size, *d))));
        let at_budget = |size: &f64| (*size, flops / (FLOPS_A_TOKEN * size));
        let over_sizes = [SCRATCH, CONTINUED].map(|start| own_curve.points(start, of_size.0.iter().map(at_budget)));
        let of = |theta: &[f64]| {
            let curve = Curve { law, fit, theta, ratio };
            let continued = curve.at(CONTINUED, self.size, self.tokens);
            let [of_continued, of_scratch] = [0, 1].map(|kind: usize| curve.over(&over_tokens[kind]));
            let needed =
                budgets.falls_below(0, |k| of_scratch[k] - continued, |d| curve.at(SCRATCH, self.size, d) - continued);
            // From where a continued run is the better one to where it no longer is.
            let ahead = |k: usize| of_scratch[k] - of_continued[k];
            let first = (0..=LOOKS).find(|&k| ahead(k) > 0.0);
            let lead = |d: f64| curve.at(SCRATCH, self.size, d) - curve.at(CONTINUED, self.size, d);
            let even = first.and_then(|first| budgets.falls_below(first, ahead, lead));
            let allocated = [0, 1].map(|kind: usize| {
                let start = [SCRATCH, CONTINUED][kind];
                let (size, corner) = curve.allocate(start, flops, &of_size, &over_sizes[kind]);
                let tokens = flops / (FLOPS_A_TOKEN * size);
                Allocated { size, tokens, loss: curve.at(start, size, tokens), corner }
            });
            Under {
                continued,
                scratch: curve.at(SCRATCH, self.size, self.tokens),
                saved: needed.map(|needed| needed - self.tokens),
                even,
                allocated,
            }
        };
        let own = of(&fit.theta);
        let draws: Vec<Under> = fit.draws.iter().map(|theta| of(theta)).collect();
        let share = |count: usize| count as f64 / draws.len().max(1) as f64;
        let with = |value: f64, f: fn(&Under) -> f64| solved(value, draws.iter().map(f).collect(), level);
        let saved = own.saved.map(|value| with(value, |draw| draw.saved.unwrap_or(f64::NAN)));
        let per_token = FLOPS_A_TOKEN * self.size;
        let compute = |saved: Solved| Solved {
            value: per_token * saved.value,
            interval: saved.interval.map(|(low, high)| (per_token * low, per_token * high)),
        };
        let allocation = [0, 1].map(|kind: usize| {
            let of = |f: fn(&Allocated) -> f64| {
                let drawn = draws.iter().map(|draw| f(&draw.allocated[kind])).collect();
                solved(f(&own.allocated[kind]), drawn, level)
            };
            Allocation {
                continued: kind == 1,
                flops,
                size: of(|a| a.size),
                tokens: of(|a| a.tokens),
                loss: of(|a| a.loss),
                corner: share(draws.iter().filter(|draw| draw.allocated[kind].corner).count()),
            }
        });
        Answer {
            loss: fit.target.clone(),
            continued: with(own.continued, |draw| draw.continued),
            scratch: with(own.scratch, |draw| draw.scratch),
            tokens_saved: saved,
            compute_saved: saved.map(compute),
            never_reached: share(draws.iter().filter(|draw| draw.saved.is_none()).count()),
            break_even: own.even.map(|value| with(value, |draw| draw.even.unwrap_or(f64::NAN))),
            overtakes: share(draws.iter().filter(|draw| draw.even.is_some()).count()),
            reach,
            allocation,
            interval: fit.interval_name(level),
            notes: notes(fit, self),
        }
    }
}

/// What stands beside the numbers.
fn notes(fit: &Fit, ask: &Ask) -> Vec<String> {
    let mut notes = Vec::new();
    let outside = |span: Option<Span>, value: f64| span.is_some_and(|span| value < span.low || value > span.high);
    if outside(fit.ranges.size, ask.size) || outside(fit.ranges.tokens, ask.tokens) {
        notes.push("The size or the tokens lie outside the measured ones: the law extrapolates.".to_owned());
    }
    notes.push(ROUNDING.to_owned());
    notes
}

/// The trap of printed figures, said wherever they stand beside fitted ones.
pub const ROUNDING: &str = "These numbers rest on the fitted parameters in full. Printed ones, with two decimals, can’t be used for them: those of Zheng et al. (2024) put a continued run of 1.4B parameters and 28B tokens above one from scratch, 2.296 against 2.170, by rounding alone.";

/// The size that a law `A/N^alpha + B/(D^beta N^gamma)` gives a budget, in closed form (Zheng et al. 2024): for checks.
pub fn closed_form(a: f64, alpha: f64, b: f64, beta: f64, gamma: f64, flops: f64) -> f64 {
    let below = alpha + beta - gamma;
    let g = maths::pow(alpha * a / ((beta - gamma) * b), 1.0 / below);
    g * maths::pow(flops / FLOPS_A_TOKEN, beta / below)
}

/// Whether a study can be asked at all, for what offers it.
pub fn applies(study: &Study) -> bool {
    study.targets.values().any(|fit| fit.ranges.start.is_some_and(|span| span.distinct > 1))
}
