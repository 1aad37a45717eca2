//! Usage 1, the trade-off: the domain ratio that lowers the domain loss most while the general loss stays within a
//! limit, at a given model size and token budget.
//!
//! Que et al. 2024 (arXiv 2406.01375), usage 1: minimise `L_d(N, D, r)` subject to `L_g(N, D, 1 - r) <= limit`. Solved on
//! the fit and on every paired draw. The price is the part of the general loss that the last 1 % of domain loss costs:
//! `L_g(r*) - L_g(r')` with `r'` the nearest ratio below `r*` at which the domain loss is 1 % higher.

use super::limit::{Bound, Limit};
use super::line::Line;
use super::outcome::{Decision, Headline, Infeasible, Outcome, Places, Print, Reason, Solved, UnderLaw};
use super::pair::{self, Of};
use super::solve::{self, Found, Place, Solution};
use super::under::under_law;
use super::words::{percent, share, with_interval};
use crate::fit::{Prediction, Study};
use crate::law::{Axis, Recipe};
use crate::table::Measure;
use serde::{Deserialize, Serialize};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeOff {
    /// The domain loss; `None` is the first.
    pub domain: Option<String>,
    /// Model size in parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// How much the general loss may rise.
    pub limit: Limit,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The best domain share.
    pub ratio: Solved,
    /// Outside the measured sizes: least and largest answer of the fits without one of them.
    pub ratio_without_a_size: Option<(f64, f64)>,
    /// Where it lies on the fit.
    pub place: Place,
    /// Where the draws' answers lie.
    pub places: Places,
    /// The recipe with the best share.
    pub recipe: Recipe,
    /// The limit, and what it is relative to.
    pub bound: Bound,
    /// The general loss at the recipe.
    pub general: Prediction,
    /// The domain loss at the recipe.
    pub domain: Prediction,
    /// Share of draws in which the recipe breaks the limit.
    pub breaks_limit: f64,
    /// The best share among those that keep the limit in all but the upper tail of the draws (95 % of them at a level of
    /// 90 %); `None` where none does, or without draws.
    pub safe_ratio: Option<f64>,
    /// What the last 1 % of domain loss costs in general loss; `None` where the domain loss moves by less.
    pub price: Option<Solved>,
    /// The stretches of the ratio axis that keep the limit, for shading.
    pub feasible: Vec<(f64, f64)>,
    /// The stretches that keep it in all but the upper tail of the draws.
    pub sure: Vec<(f64, f64)>,
    /// What the ends of intervals are called.
    pub interval: String,
}

impl Headline for Answer {
    fn headline(&self) -> Option<(Solved, Print)> {
        Some((self.ratio, |v| format!("{} domain data", share(v))))
    }
}

impl TradeOff {
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
        let bound = self.limit.at(study, &general.fit.target, self.size);
        match bound {
            Ok(bound) if reasons.is_empty() => {
                let mut line = Line::new(Some(general), domain, solve::ratios(), |share| {
                    let recipe = Recipe { domain_share: share, size: self.size, tokens: self.tokens };
                    (recipe, recipe)
                });
                line.limit = bound.limit;
                self.answer(study, measure, bound, &mut line)
            }
            Ok(_) => UnderLaw::withheld(&domain, reasons),
            Err(reason) => {
                reasons.push(reason);
                UnderLaw::withheld(&domain, reasons)
            }
        }
    }

    fn answer(&self, study: &Study, measure: Measure, bound: Bound, line: &mut Line<'_>) -> UnderLaw<Answer> {
        let recipe = |share: f64| Recipe { domain_share: share, size: self.size, tokens: self.tokens };
        let level = study.options.level;
        let solution = line.solve(Of::Fit);
        let feasible = line.segments();
        let price = |line: &mut Line<'_>, of: Of, found: Found| line.price(of, found);
        let found = match solution {
            Solution::Found(found) => Some(found),
            Solution::Infeasible { .. } => None,
        };
        let own_price = found.and_then(|found| price(line, Of::Fit, found));
        // Every draw: its answer, its price, and where it keeps the limit.
        let draws = line.draws();
        let (mut places, mut ratios, mut prices) = (Places::default(), Vec::new(), Vec::new());
        let mut keeps = vec![0usize; line.xs.len()];
        for b in 0..draws {
            let solution = line.solve(Of::Draw(b));
            for (count, excess) in keeps.iter_mut().zip(&line.g) {
                *count += usize::from(*excess <= 0.0);
            }
            match solution {
                Solution::Found(found) => {
                    places.count(Some(found.place), draws);
                    ratios.push(found.x);
                    prices.extend(price(line, Of::Draw(b), found));
                }
                Solution::Infeasible { .. } => places.count(None, draws),
            }
        }
        let (found, least) = match solution {
            Solution::Found(found) => (found, None),
            Solution::Infeasible { x, excess } => {
                let none = Found { x, value: f64::NAN, place: Place::Inside };
                (none, Some(excess))
            }
        };
        if let Some(excess) = least {
            let infeasible = Infeasible {
                limit: bound.limit,
                least: bound.limit + excess,
                at: found.x,
                size: self.size,
                draws_feasible: places.feasible(),
            };
            return under_law(
                study,
                line.losses(),
                recipe(found.x),
                Outcome::Infeasible(infeasible),
                infeasible.words(measure),
            );
        }
        let needed = ((1.0 + level) / 2.0 * draws as f64).ceil() as usize;
        let sure = line.kept_by(needed, &keeps);
        let safe_ratio = line.best_within(&sure);
        let at = recipe(found.x);
        let predict = |name: &str| study.predict(name, at);
        let (Some(general), Some(domain)) =
            (line.general.as_ref().and_then(|general| predict(&general.fit.target)), predict(&line.domain.fit.target))
        else {
            return UnderLaw::withheld(&line.domain, vec![Reason::NoDomainLoss]);
        };
        let others = pair::without_a_size(&line.losses(), self.size);
        let others: Vec<f64> = others
            .filter_map(|left_out| match line.solve(Of::WithoutASize(left_out)) {
                Solution::Found(found) => Some(found.x),
                Solution::Infeasible { .. } => None,
            })
            .collect();
        let broken = (0..draws).filter(|&b| line.excess(Of::Draw(b), found.x) > 0.0).count();
        let answer = Answer {
            ratio: pair::solved(found.x, ratios, level),
            ratio_without_a_size: pair::range(others),
            place: found.place,
            places,
            recipe: at,
            bound,
            general,
            domain,
            breaks_limit: broken as f64 / draws.max(1) as f64,
            safe_ratio,
            price: own_price.map(|value| pair::solved(value, prices, level)),
            feasible,
            sure,
            interval: pair::interval_name(study, &line.losses()),
        };
        let words = self.words(&answer, measure, draws, level);
        under_law(study, line.losses(), at, Outcome::Answered(answer), words)
    }

    fn words(&self, answer: &Answer, measure: Measure, draws: usize, level: f64) -> Vec<String> {
        let limit = self.limit.words(answer.bound, measure);
        // The last 1 % is one of the loss in nats, which a perplexity does not show.
        let counted = if measure == Measure::Perplexity { ", counted in nats," } else { "" };
        let why = match answer.place {
            Place::AtLimit => format!("more domain data would push the general loss above {limit}"),
            Place::Inside => format!("the domain loss is lowest there; the general loss stays within {limit}"),
            Place::HighEnd => {
                format!("the limit does not bind, as even no general data keeps the general loss within {limit}")
            }
            Place::LowEnd => format!(
                "the domain loss is lowest without domain data, which no law should say: don't use this; the limit is {limit}"
            ),
        };
        let mut words = vec![
            format!("Best domain ratio {}: {why}.", with_interval(answer.ratio, &answer.interval, share)),
            format!(
                "There the general loss is predicted at {} and the domain loss at {}.",
                measure.loss(answer.general.loss),
                measure.loss(answer.domain.loss)
            ),
        ];
        if let Some((low, high)) = answer.ratio_without_a_size {
            words.push(format!(
                "Fitted without one of the sizes in turn the answer is {} to {}.",
                share(low),
                share(high)
            ));
        }
        if let Some(price) = answer.price {
            words.push(format!(
                "The last 1 % of domain loss{counted} costs {} of general loss.",
                with_interval(price, &answer.interval, |nats| measure.amount(nats))
            ));
        } else {
            let counted = counted.trim_end_matches(',');
            words.push(format!(
                "Below that ratio the domain loss changes by less than 1 %{counted}: less domain data is nearly as good."
            ));
        }
        if draws > 0 && answer.breaks_limit > 0.0 {
            let safe = match answer.safe_ratio {
                Some(ratio) => {
                    format!("to keep it in {} of draws, take {}", percent((1.0 + level) / 2.0), share(ratio))
                }
                None => format!("no ratio keeps it in {} of draws", percent((1.0 + level) / 2.0)),
            };
            words.push(format!("In {} of draws this ratio breaks the limit; {safe}.", percent(answer.breaks_limit)));
        }
        if answer.places.corner() > 0.0 && !answer.place.is_corner() {
            words.push(format!("In {} of draws the answer is an end of the axis.", percent(answer.places.corner())));
        }
        if answer.places.infeasible > 0.0 {
            words.push(format!("In {} of draws no ratio keeps the limit.", percent(answer.places.infeasible)));
        }
        words
    }
}
