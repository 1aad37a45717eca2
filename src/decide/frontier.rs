//! The frontier: general against domain loss over all ratios at one model size and token budget, its knee, and the
//! ratio that two weights choose.
//!
//! The *knee* is the point of the frontier farthest below the straight line between its two ends, both losses scaled to
//! 0 to 1 between them: Das, "On characterizing the knee of the Pareto curve based on Normal-Boundary Intersection",
//! Structural Optimization 18, 1999 (the same point as in Satopää et al., "Finding a Kneedle in a Haystack", 2011). It
//! depends on where the ends are, so they are the least and largest ratio that were measured, not 0 and 1. Ratios that
//! another one beats in both losses are no part of the frontier.

use super::line::mix;
use super::outcome::{Decision, Headline, Outcome, Places, Print, Reason, Solved, UnderLaw};
use super::pair::{self, Loss, Of};
use super::solve::{self, Place, Solution};
use super::under::under_law;
use super::words::{fixed, percent, share, with_interval};
use crate::fit::percentile::percentile_interval;
use crate::fit::{Prediction, Study};
use crate::law::{Axis, Points, Recipe};
use crate::maths;
use crate::order;
use crate::quantity::{Params, Tokens};
use crate::table::{LossKind, Measure, Observations};
use serde::{Deserialize, Serialize};

/// Steps of the ratio grid: what a chart shows.
const STEPS: usize = 64;
/// Ratios are refined to this: half a digit of what is printed.
const TOLERANCE: f64 = 5e-5;
/// A frontier closer to a straight line than this share of its width has no knee: the draws of a straight one differ by
/// as much.
const STRAIGHT: f64 = 0.01;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frontier {
    /// The domain loss; `None` is the first.
    pub domain: Option<String>,
    /// Model size in parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// Weight `w` of the general loss, 0 to 1: the ratio with the least `(1 - w) L_d + w L_g`.
    pub weight: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The curve, by ratio.
    pub points: Vec<Point>,
    /// The knee; `None` where the frontier is straight.
    pub knee: Option<Chosen>,
    /// Share of draws whose frontier has a knee.
    pub knee_in: f64,
    /// The ratio the weights choose.
    pub weighted: Chosen,
    /// Where it lies.
    pub weighted_place: Place,
    /// Where the draws' weighted ratios lie.
    pub weighted_places: Places,
    /// What the ends of intervals are called.
    pub interval: String,
}

/// One ratio of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The domain share.
    pub ratio: f64,
    /// The general loss.
    pub general: f64,
    /// The domain loss.
    pub domain: f64,
    /// Interval of the general loss over the draws.
    pub general_interval: Option<(f64, f64)>,
    /// Interval of the domain loss over the draws.
    pub domain_interval: Option<(f64, f64)>,
    /// Whether no other ratio is better in both losses.
    pub efficient: bool,
    /// Whether it lies within the ratios that were measured.
    pub measured: bool,
}

/// A ratio chosen, with both losses there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Chosen {
    /// The domain share.
    pub ratio: Solved,
    /// The general loss.
    pub general: Prediction,
    /// The domain loss.
    pub domain: Prediction,
}

/// A run that was measured, near the size and tokens asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredRun {
    /// Its name.
    pub run: String,
    /// What was measured: its own size, tokens and share.
    pub recipe: Recipe,
    /// Its general loss.
    pub general: f64,
    /// Its domain loss.
    pub domain: f64,
}

impl Headline for Answer {
    fn headline(&self) -> Option<(Solved, Print)> {
        self.knee.map(|knee| (knee.ratio, (|v| format!("a knee at {} domain data", share(v))) as Print))
    }
}

/// Both losses over the ratio grid, for the fit and for every draw.
struct Curves<'a> {
    general: Loss<'a>,
    domain: Loss<'a>,
    size: f64,
    tokens: f64,
    xs: Vec<f64>,
    /// The grid points within the measured ratios, first and one past the last.
    measured: (usize, usize),
    general_points: Points,
    domain_points: Points,
    g: Vec<f64>,
    d: Vec<f64>,
}

impl Frontier {
    /// The answer under each of these studies, one a law; the first is the one shown.
    pub fn decide(&self, studies: &[&Study]) -> Decision<Answer> {
        self.decide_in(Measure::Nats, studies)
    }

    /// The same with its sentences in a measure; the numbers beside them stay in nats.
    pub fn decide_in(&self, measure: Measure, studies: &[&Study]) -> Decision<Answer> {
        let level = studies.first().map_or(0.9, |study| study.options.level);
        Decision::new(level, studies.iter().map(|study| self.under(study, study.measure(measure))).collect())
    }

    fn under(&self, study: &Study, measure: Measure) -> UnderLaw<Answer> {
        let domain = match pair::domain_of(study, self.domain.as_deref()) {
            Ok(domain) => domain,
            Err(reason) => return UnderLaw::withheld_without_law(vec![reason]),
        };
        let general = match pair::general_of(study) {
            Ok(general) => general,
            Err(reason) => return UnderLaw::withheld(&domain, vec![reason]),
        };
        let mut reasons = general.withheld(&[Axis::Ratio]);
        reasons.extend(domain.withheld(&[Axis::Ratio]));
        if !(0.0..=1.0).contains(&self.weight) {
            reasons.push(Reason::Unusable { what: "A weight is 0 to 1.".to_owned() });
        }
        if !reasons.is_empty() {
            return UnderLaw::withheld(&domain, reasons);
        }
        let span = domain.fit.ranges.ratio.map_or((0.0, 1.0), |span| (span.low, span.high));
        self.answer(study, measure, &mut Curves::new(general, domain, self.size, self.tokens, span))
    }

    fn answer(&self, study: &Study, measure: Measure, curves: &mut Curves<'_>) -> UnderLaw<Answer> {
        let level = study.options.level;
        let draws = pair::draws(&[&curves.general, &curves.domain]);
        let columns = curves.xs.len();
        let (mut general, mut domain) = (vec![0.0; draws * columns], vec![0.0; draws * columns]);
        let (mut knees, mut ratios, mut places) = (Vec::new(), Vec::new(), Places::default());
        for b in 0..draws {
            curves.evaluate(Of::Draw(b));
            for (k, (g, d)) in curves.g.iter().zip(&curves.d).enumerate() {
                general[k * draws + b] = *g;
                domain[k * draws + b] = *d;
            }
            knees.extend(curves.knee(Of::Draw(b)));
            if let Some((ratio, place)) = curves.weighted(Of::Draw(b), self.weight) {
                places.count(Some(place), draws);
                ratios.push(ratio);
            }
        }
        curves.evaluate(Of::Fit);
        let efficient = efficient(&curves.g, &curves.d);
        let interval = |table: &mut [f64], k: usize| {
            (draws > 1).then(|| percentile_interval(&mut table[k * draws..(k + 1) * draws], level))
        };
        let points = (0..columns)
            .map(|k| Point {
                ratio: curves.xs[k],
                general: curves.g[k],
                domain: curves.d[k],
                general_interval: interval(&mut general, k),
                domain_interval: interval(&mut domain, k),
                efficient: efficient.contains(&k),
                measured: k >= curves.measured.0 && k < curves.measured.1,
            })
            .collect();
        let knee = curves.knee(Of::Fit);
        let Some((weighted, weighted_place)) = curves.weighted(Of::Fit, self.weight) else {
            return UnderLaw::withheld(&curves.domain, vec![Reason::NoDomainLoss]);
        };
        let (general, domain) = (curves.general.fit.target.clone(), curves.domain.fit.target.clone());
        let choose = |ratio: f64, solved: Vec<f64>| {
            let at = curves.recipe(ratio);
            let (general, domain) = (study.predict(&general, at)?, study.predict(&domain, at)?);
            Some(Chosen { ratio: pair::solved(ratio, solved, level), general, domain })
        };
        let knee_in = knees.len() as f64 / draws.max(1) as f64;
        let Some(chosen) = choose(weighted, ratios) else {
            return UnderLaw::withheld(&curves.domain, vec![Reason::NoDomainLoss]);
        };
        let answer = Answer {
            points,
            knee: knee.and_then(|ratio| choose(ratio, knees)),
            knee_in,
            weighted: chosen,
            weighted_place,
            weighted_places: places,
            interval: pair::interval_name(study, &[&curves.general, &curves.domain]),
        };
        let words = self.words(&answer, measure, draws);
        let at = curves.recipe(knee.unwrap_or(weighted));
        under_law(study, [&curves.general, &curves.domain], at, Outcome::Answered(answer), words)
    }

    fn words(&self, answer: &Answer, measure: Measure, draws: usize) -> Vec<String> {
        let losses = |chosen: &Chosen| {
            let (general, domain) = (measure.loss(chosen.general.loss), measure.loss(chosen.domain.loss));
            format!("general loss {general}, domain loss {domain}")
        };
        let at = format!("At {} and {} tokens", Params(self.size), Tokens(self.tokens));
        let mut words = vec![match &answer.knee {
            Some(knee) => format!(
                "{at} the knee of the frontier is at {} domain data: {}.",
                with_interval(knee.ratio, &answer.interval, share),
                losses(knee)
            ),
            None => {
                format!("{at} the frontier has no knee: every step costs about the same, so weights have to choose.")
            }
        }];
        if draws > 0 && answer.knee_in < 1.0 && answer.knee.is_some() {
            words.push(format!("In {} of draws the frontier has no knee.", percent(1.0 - answer.knee_in)));
        }
        let corner = if answer.weighted_place.is_corner() { ", an end of the axis" } else { "" };
        words.push(format!(
            "With weights {} for the general and {} for the domain loss the best ratio is {}{corner}: {}.",
            fixed(self.weight, 2),
            fixed(1.0 - self.weight, 2),
            with_interval(answer.weighted.ratio, &answer.interval, share),
            losses(&answer.weighted)
        ));
        if !answer.weighted_place.is_corner() && answer.weighted_places.corner() > 0.0 {
            words.push(format!("In {} of draws that is an end of the axis.", percent(answer.weighted_places.corner())));
        }
        if measure == Measure::Perplexity {
            words.push("Knee and weights are of the losses in nats.".to_owned());
        }
        words
    }
}

impl<'a> Curves<'a> {
    fn new(mut general: Loss<'a>, mut domain: Loss<'a>, size: f64, tokens: f64, span: (f64, f64)) -> Self {
        let mut xs = solve::ratios_in(STEPS);
        xs.extend([span.0, span.1]);
        order::ascending(&mut xs);
        xs.dedup();
        let recipe = |&domain_share: &f64| Recipe { domain_share, size, tokens };
        let general_points = general.points(xs.iter().map(recipe));
        let domain_points = domain.points(xs.iter().map(recipe));
        let first = xs.iter().position(|x| *x >= span.0).unwrap_or(0);
        let end = xs.iter().rposition(|x| *x <= span.1).map_or(xs.len(), |last| last + 1);
        general.place(size, tokens);
        domain.place(size, tokens);
        let (g, d) = (Vec::new(), Vec::new());
        Self { general, domain, size, tokens, xs, measured: (first, end), general_points, domain_points, g, d }
    }

    fn recipe(&self, domain_share: f64) -> Recipe {
        Recipe { domain_share, size: self.size, tokens: self.tokens }
    }

    fn evaluate(&mut self, of: Of) {
        self.general.over(of, &self.general_points, &mut self.g);
        self.domain.over(of, &self.domain_points, &mut self.d);
    }

    /// The knee's ratio, of what was evaluated last.
    fn knee(&mut self, of: Of) -> Option<f64> {
        let (first, end) = self.measured;
        let front: Vec<usize> =
            efficient(self.g.get(first..end)?, self.d.get(first..end)?).into_iter().map(|k| k + first).collect();
        // The ends are the least of either loss, which may lie between grid points.
        let low = self.least(of, LossKind::General)?;
        let high = self.least(of, LossKind::Domain)?;
        let (g0, g1, d0, d1) = (low.0, high.0, low.1, high.1);
        // How far below the line between the ends, both losses scaled to 0 to 1.
        let below = |g: f64, d: f64| 1.0 - (g - g0) / (g1 - g0) - (d - d1) / (d0 - d1);
        let farthest = |a: &usize, b: &usize| below(self.g[*a], self.d[*a]).total_cmp(&below(self.g[*b], self.d[*b]));
        let k = front.into_iter().max_by(farthest)?;
        let depth = below(self.g[k], self.d[k]);
        if depth <= STRAIGHT || depth.is_nan() {
            return None;
        }
        let (from, to) = (self.xs[k.saturating_sub(1).max(first)], self.xs[(k + 1).min(end - 1)]);
        let (x, _) = solve::golden(from, to, TOLERANCE, &mut |x| {
            -below(self.general.at_share(of, x), self.domain.at_share(of, x))
        });
        Some(x)
    }

    /// Both losses at the measured ratio with the least loss of that kind, of what was evaluated last.
    fn least(&mut self, of: Of, kind: LossKind) -> Option<(f64, f64)> {
        let (first, end) = self.measured;
        let xs = self.xs.get(first..end)?.to_vec();
        let f = if kind == LossKind::General { &self.g } else { &self.d }.get(first..end)?.to_vec();
        let mut both = |x: f64| (self.general.at_share(of, x), self.domain.at_share(of, x));
        let mut at = |x: f64| if kind == LossKind::General { both(x).0 } else { both(x).1 };
        match solve::minimise(&xs, &f, &[], TOLERANCE, &mut at, &mut |_| -1.0) {
            Solution::Found(found) => Some(both(found.x)),
            Solution::Infeasible { .. } => None,
        }
    }

    /// The ratio with the least weighted loss, of what was evaluated last.
    fn weighted(&mut self, of: Of, weight: f64) -> Option<(f64, Place)> {
        let f: Vec<f64> = self.g.iter().zip(&self.d).map(|(g, d)| mix(weight, *d, *g)).collect();
        let xs = self.xs.clone();
        let mut at = |x: f64| mix(weight, self.domain.at_share(of, x), self.general.at_share(of, x));
        match solve::minimise(&xs, &f, &[], TOLERANCE, &mut at, &mut |_| -1.0) {
            Solution::Found(found) => Some((found.x, found.place)),
            Solution::Infeasible { .. } => None,
        }
    }
}

/// The points that no other beats in both, by rising general loss.
fn efficient(general: &[f64], domain: &[f64]) -> Vec<usize> {
    // The usual case needs no sorting: along the ratio one loss rises while the other falls.
    let rises = general.windows(2).all(|pair| pair[1] > pair[0]);
    let order = if rises {
        (0..general.len()).collect()
    } else {
        order::positions(general.len(), &|a, b| general[a].total_cmp(&general[b]).then(domain[a].total_cmp(&domain[b])))
    };
    let mut least = f64::INFINITY;
    order
        .into_iter()
        .filter(|&k| {
            let better = domain[k] < least;
            least = least.min(domain[k]);
            better
        })
        .collect()
}

/// The runs measured at the size nearest to `size`, each at its checkpoint nearest to `tokens`: what is drawn on the
/// frontier. Each says its own size and tokens.
pub fn measured_runs(
    observations: &Observations,
    general: &str,
    domain: &str,
    size: f64,
    tokens: f64,
) -> Vec<MeasuredRun> {
    let column = |name: &str| observations.losses.iter().find(|loss| loss.name == name).map(|loss| &loss.values);
    let (Some(general), Some(domain), Some(shares)) = (column(general), column(domain), &observations.domain_share)
    else {
        return Vec::new();
    };
    let of = |axis: &Option<Vec<f64>>, row: usize, absent: f64| axis.as_ref().map_or(absent, |values| values[row]);
    let far = |value: f64, from: f64| maths::ln(value / from).abs();
    let usable = |row: &usize| {
        let trained = of(&observations.tokens, *row, 1.0) > 0.0;
        trained && general[*row].is_finite() && domain[*row].is_finite() && of(&observations.size, *row, size) > 0.0
    };
    let nearest = (0..observations.len())
        .filter(usable)
        .map(|row| of(&observations.size, row, size))
        .min_by(|a, b| far(*a, size).total_cmp(&far(*b, size)));
    let Some(nearest) = nearest else { return Vec::new() };
    let mut best: Vec<Option<usize>> = vec![None; observations.runs.len()];
    for row in (0..observations.len()).filter(usable) {
        let Some(slot) = best.get_mut(observations.run[row] as usize) else { continue };
        if far(of(&observations.size, row, size), nearest) > 1e-9 {
            continue;
        }
        let distance = |row: usize| far(of(&observations.tokens, row, tokens), tokens);
        if slot.is_none_or(|known| distance(row) < distance(known)) {
            *slot = Some(row);
        }
    }
    let known = best.into_iter().enumerate().filter_map(|(run, row)| Some((run, row?)));
    known
        .map(|(run, row)| MeasuredRun {
            run: observations.runs[run].clone(),
            recipe: Recipe {
                domain_share: shares[row],
                size: of(&observations.size, row, size),
                tokens: of(&observations.tokens, row, tokens),
            },
            general: general[row],
            domain: domain[row],
        })
        .collect()
}
