//! Usage 3, allocation: the model size, tokens and domain ratio that a budget is best spent on.
//!
//! `C = 6 N D` is fixed. With a given ratio the best size is the one of Chinchilla at that ratio (Que et al. 2024,
//! usage 3): `N = G (C/6)^(β/(α+β))`, `G = (αA/(βB r^η))^(1/(α+β))`; it is found numerically here, for any law, and checked
//! against that. With the ratio free the domain loss alone asks for nothing but domain data, the corner; a limit or a
//! weight on the general loss makes it a question.

use super::compute::{Budget, Cost, Hardware};
use super::limit::Limit;
use super::outcome::{Decision, Headline, Infeasible, Outcome, Places, Print, Reason, Solved, UnderLaw};
use super::pair::{self, Loss, Of};
use super::plane::{self, Plane, Terms};
use super::solve::{self, Place};
use super::under::under_law;
use super::words::{list, percent, share, there, with_interval};
use crate::fit::percentile::percentile_interval;
use crate::fit::{Prediction, Study};
use crate::law::{Axis, Recipe};
use crate::quantity::{Params, Tokens};
use crate::table::Measure;
use serde::{Deserialize, Serialize};

/// Sizes searched where none are given: this many times below and above the measured ones, as far as the sliders.
const BELOW: f64 = 8.0;
const ABOVE: f64 = 20.0;
/// Steps of the size grid and of the ratio grid for the fit, whose sizes are also the iso-compute curve.
const FIT_STEPS: (usize, usize) = (48, 64);
/// The same for a draw: coarse, as the refinement finds the digits.
const DRAW_STEPS: (usize, usize) = (10, 8);
/// The size is refined to this in its logarithm: for the fit, and for a draw, whose interval is tens of per cent wide.
const FIT_TOLERANCE: f64 = 1e-4;
const DRAW_TOLERANCE: f64 = 0.03;
/// Steps of the ratio grid for every size listed.
const LISTED_STEPS: usize = 16;

/// What decides the ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The domain loss alone.
    DomainAlone,
    /// The domain loss, within a limit on the general loss.
    Limited(Limit),
    /// `(1 - w) L_d + w L_g`.
    Weighted {
        /// The weight of the general loss, 0 to 1.
        general: f64,
    },
    /// This domain share.
    Fixed {
        /// The share.
        share: f64,
    },
}

/// A size to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed {
    /// Its name: "Qwen2.5 7B".
    pub name: String,
    /// Parameters.
    pub size: f64,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Allocate {
    /// The domain loss; `None` is the first.
    pub domain: Option<String>,
    /// What may be spent.
    pub budget: Budget,
    /// On which device.
    pub hardware: Hardware,
    /// What decides the ratio.
    pub rule: Rule,
    /// The sizes searched, least and largest; `None` is an eighth of the least to twenty times the largest measured.
    pub sizes: Option<(f64, f64)>,
    /// Sizes to choose the best among.
    pub models: Vec<Listed>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What the budget is in FLOPs, hours and money.
    pub cost: Cost,
    /// The best size.
    pub size: Solved,
    /// Outside the measured sizes: least and largest size of the fits without one of them.
    pub size_without_a_size: Option<(f64, f64)>,
    /// Its tokens.
    pub tokens: Solved,
    /// Its domain share.
    pub ratio: Solved,
    /// Where the size lies among those searched, on the fit.
    pub size_place: Place,
    /// Where the draws' sizes lie.
    pub size_places: Places,
    /// Where the share lies, on the fit.
    pub ratio_place: Place,
    /// Where the draws' shares lie.
    pub ratio_places: Places,
    /// Least and largest size searched.
    pub searched: (f64, f64),
    /// The recipe.
    pub recipe: Recipe,
    /// The domain loss there.
    pub domain: Prediction,
    /// The general loss there, where it may be predicted.
    pub general: Option<Prediction>,
    /// The budget spent at other sizes, each with its best share.
    pub curve: Vec<IsoCompute>,
    /// The sizes listed, in the order given.
    pub models: Vec<ListedAnswer>,
    /// What the ends of intervals are called.
    pub interval: String,
}

/// The budget spent at one size.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IsoCompute {
    /// Parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// The best share on the fit; `None` where no share keeps the limit.
    pub ratio: Option<f64>,
    /// The domain loss there.
    pub domain: Option<f64>,
    /// Its interval over the draws at this recipe.
    pub domain_interval: Option<(f64, f64)>,
    /// The general loss there, where it may be predicted.
    pub general: Option<f64>,
}

/// The budget spent on a listed size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListedAnswer {
    /// Its name.
    pub name: String,
    /// Parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// The best share; `None` where no share keeps the limit.
    pub ratio: Option<Solved>,
    /// The domain loss there.
    pub domain: Option<Prediction>,
    /// The general loss there.
    pub general: Option<Prediction>,
    /// Share of draws in which this one is the best listed.
    pub best_in: f64,
    /// Whether it is the best listed on the fit.
    pub best: bool,
}

impl Headline for Answer {
    fn headline(&self) -> Option<(Solved, Print)> {
        Some((self.size, |v| format!("a model of {}", Params(v))))
    }
}

impl Allocate {
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
        let every: &[Axis] = match self.rule {
            Rule::Fixed { .. } => &[Axis::Size, Axis::Tokens],
            _ => &[Axis::Size, Axis::Tokens, Axis::Ratio],
        };
        let mut reasons = domain.withheld(every);
        if let Rule::Limited(_) | Rule::Weighted { .. } = self.rule {
            match pair::general_of(study) {
                Ok(general) => reasons.extend(general.withheld(every)),
                Err(reason) => reasons.push(reason),
            }
        }
        let flops = self.budget.flops(&self.hardware);
        if let Err(what) = &flops {
            reasons.push(Reason::Unusable { what: what.clone() });
        }
        let unusable = match self.rule {
            Rule::Weighted { general } if !(0.0..=1.0).contains(&general) => Some("A weight is 0 to 1."),
            Rule::Fixed { share } if !(0.0..=1.0).contains(&share) => Some("A domain share is 0 to 1."),
            _ if self.sizes.is_some_and(|(low, high)| !(low > 0.0 && high > low && high.is_finite())) => {
                Some("The sizes searched go from one above 0 to a larger one.")
            }
            _ if self.models.iter().any(|model| !(model.size > 0.0 && model.size.is_finite())) => {
                Some("The sizes listed have to be above 0.")
            }
            _ => None,
        };
        reasons.extend(unusable.map(|what| Reason::Unusable { what: what.to_owned() }));
        match flops {
            Ok(flops) if reasons.is_empty() => self.answer(study, measure, flops, &domain),
            _ => UnderLaw::withheld(&domain, reasons),
        }
    }

    /// The general loss, where the rule needs it.
    fn general<'a>(&self, study: &'a Study) -> Option<Loss<'a>> {
        match self.rule {
            Rule::Limited(_) | Rule::Weighted { .. } => pair::general_of(study).ok(),
            Rule::DomainAlone | Rule::Fixed { .. } => None,
        }
    }

    fn shares(&self, steps: usize) -> Vec<f64> {
        match self.rule {
            Rule::Fixed { share } => vec![share],
            _ => solve::ratios_in(steps),
        }
    }

    fn plane<'a>(&self, study: &'a Study, flops: f64, sizes: Vec<f64>, steps: usize) -> Option<Plane<'a>> {
        let weight = if let Rule::Weighted { general } = self.rule { general } else { 0.0 };
        let general = self.general(study);
        let limit = match (self.rule, study.general.clone()) {
            (Rule::Limited(limit), Some(name)) => {
                let at = move |size: f64| limit.at(study, &name, size).ok().map(|bound| bound.limit);
                Some(Box::new(at) as Box<dyn Fn(f64) -> Option<f64> + 'a>)
            }
            _ => None,
        };
        let domain = pair::domain_of(study, self.domain.as_deref()).ok()?;
        Some(Plane::new(general, domain, flops, sizes, self.shares(steps), Terms { weight, limit }))
    }

    fn searched(&self, domain: &Loss<'_>) -> (f64, f64) {
        self.sizes
            .unwrap_or_else(|| domain.fit.ranges.size.map_or((1e6, 1e12), |span| (span.low / BELOW, span.high * ABOVE)))
    }

    fn answer(&self, study: &Study, measure: Measure, flops: f64, domain: &Loss<'_>) -> UnderLaw<Answer> {
        let level = study.options.level;
        let searched = self.searched(domain);
        let grid = |steps: usize| solve::log_grid(searched.0, searched.1, steps);
        let planes = self.plane(study, flops, grid(FIT_STEPS.0), FIT_STEPS.1);
        let draw_plane = self.plane(study, flops, grid(DRAW_STEPS.0), DRAW_STEPS.1);
        let (Some(mut fit_plane), Some(mut draw_plane)) = (planes, draw_plane) else {
            return UnderLaw::withheld(domain, vec![Reason::NoDomainLoss]);
        };
        let general = self.general(study);
        let used: Vec<&Loss<'_>> = general.iter().chain([domain]).collect();
        let (draws, interval) = (pair::draws(&used), pair::interval_name(study, &used));
        let solution = fit_plane.solve(Of::Fit, FIT_TOLERANCE);
        let (mut size_places, mut ratio_places) = (Places::default(), Places::default());
        let (mut sizes, mut totals, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for b in 0..draws {
            let best = draw_plane.solve(Of::Draw(b), DRAW_TOLERANCE).ok();
            size_places.count(best.map(|best| best.size_place), draws);
            ratio_places.count(best.map(|best| best.ratio_place), draws);
            if let Some(best) = best {
                sizes.push(best.recipe.size);
                totals.push(best.recipe.tokens);
                ratios.push(best.recipe.domain_share);
            }
        }
        let best = match solution {
            Ok(best) => best,
            Err((at, excess)) => {
                let known = |limit: Limit| limit.at(study, study.general.as_deref().unwrap_or_default(), at.size);
                let bound =
                    if let Rule::Limited(limit) = self.rule { known(limit) } else { Err(Reason::NoGeneralLoss) };
                let limit = match bound {
                    Ok(bound) => bound.limit,
                    Err(reason) => return UnderLaw::withheld(domain, vec![reason]),
                };
                let infeasible = Infeasible {
                    limit,
                    least: limit + excess,
                    at: at.domain_share,
                    size: at.size,
                    draws_feasible: size_places.feasible(),
                };
                let mut words = infeasible.words(measure);
                words.push(format!("That is at {} parameters, where it is missed by least.", Params(at.size)));
                return under_law(study, used, at, Outcome::Infeasible(infeasible), words);
            }
        };
        let others = pair::without_a_size(&used, best.recipe.size);
        let others: Vec<f64> = others
            .filter_map(|left_out| draw_plane.solve(Of::WithoutASize(left_out), DRAW_TOLERANCE).ok())
            .map(|best| best.recipe.size)
            .collect();
        // The general loss is shown beside the answer wherever it may be, also where nothing rests on it.
        let shown = pair::general_of(study).ok().filter(|general| general.withheld(&[]).is_empty());
        let shown = shown.map(|general| general.fit.target.clone());
        let predict = |name: &str, at: Recipe| study.predict(name, at);
        let Some(predicted) = predict(&domain.fit.target, best.recipe) else {
            return UnderLaw::withheld(domain, vec![Reason::NoDomainLoss]);
        };
        let answer = Answer {
            cost: self.hardware.cost(flops),
            size: pair::solved(best.recipe.size, sizes, level),
            size_without_a_size: pair::range(others),
            tokens: pair::solved(best.recipe.tokens, totals, level),
            ratio: pair::solved(best.recipe.domain_share, ratios, level),
            size_place: best.size_place,
            size_places,
            ratio_place: best.ratio_place,
            ratio_places,
            searched,
            recipe: best.recipe,
            domain: predicted,
            general: shown.as_deref().and_then(|name| predict(name, best.recipe)),
            curve: self.curve(study, flops, fit_plane.by_size(), domain, shown.as_deref()),
            models: self.listed(study, flops, draws, shown.as_deref()),
            interval,
        };
        let mut words = self.words(&answer, measure, draws);
        words.extend(self.bounded_by_base(study, searched));
        under_law(study, used, best.recipe, Outcome::Answered(answer), words)
    }

    /// The iso-compute curve: the domain loss at every size with its best share, and its band at that recipe.
    fn curve(
        &self,
        study: &Study,
        flops: f64,
        by_size: Vec<(f64, Option<f64>)>,
        domain: &Loss<'_>,
        general: Option<&str>,
    ) -> Vec<IsoCompute> {
        let at = |(size, ratio): &(f64, Option<f64>)| plane::recipe(flops, *size, ratio.unwrap_or(0.0));
        let points = domain.points(by_size.iter().map(at));
        let (mut values, mut row, draws) = (Vec::new(), Vec::new(), domain.fit.draws.len());
        domain.over(Of::Fit, &points, &mut values);
        let mut table = vec![0.0; draws * by_size.len()];
        for b in 0..draws {
            domain.over(Of::Draw(b), &points, &mut row);
            for (i, value) in row.iter().enumerate() {
                table[i * draws + b] = *value;
            }
        }
        let mut general = general.and_then(|name| Loss::of(study, name));
        by_size
            .iter()
            .enumerate()
            .map(|(i, point)| {
                let recipe = at(point);
                let known = point.1.is_some();
                let column = &mut table[i * draws..(i + 1) * draws];
                IsoCompute {
                    size: recipe.size,
                    tokens: recipe.tokens,
                    ratio: point.1,
                    domain: known.then_some(values[i]),
                    domain_interval: (known && draws > 1).then(|| percentile_interval(column, study.options.level)),
                    general: general.as_mut().filter(|_| known).map(|loss| loss.at(Of::Fit, recipe)),
                }
            })
            .collect()
    }

    /// The sizes listed, each with its best share, and how often each is the best.
    fn listed(&self, study: &Study, flops: f64, draws: usize, general: Option<&str>) -> Vec<ListedAnswer> {
        let mut best_of: Vec<Option<(usize, f64)>> = vec![None; draws + 1];
        let mut rows = Vec::new();
        for (index, model) in self.models.iter().enumerate() {
            let mut solved = Vec::new();
            let mut own = None;
            if let Some(mut plane) = self.plane(study, flops, vec![model.size], LISTED_STEPS) {
                // One slot a draw, and the last one for the fit.
                for (b, best_so_far) in best_of.iter_mut().enumerate() {
                    let of = if b == draws { Of::Fit } else { Of::Draw(b) };
                    let Ok(best) = plane.solve(of, FIT_TOLERANCE) else { continue };
                    if best_so_far.is_none_or(|(_, value)| best.value < value) {
                        *best_so_far = Some((index, best.value));
                    }
                    if of == Of::Fit {
                        own = Some(best);
                    } else {
                        solved.push(best.recipe.domain_share);
                    }
                }
            }
            let predict = |name: &str| own.and_then(|best| study.predict(name, best.recipe));
            rows.push(ListedAnswer {
                name: model.name.clone(),
                size: model.size,
                tokens: plane::recipe(flops, model.size, 0.0).tokens,
                ratio: own.map(|best| pair::solved(best.recipe.domain_share, solved, study.options.level)),
                domain: self.domain.as_deref().or(study.domains.first().map(String::as_str)).and_then(predict),
                general: general.and_then(predict),
                best_in: 0.0,
                best: false,
            });
        }
        for (b, best) in best_of.into_iter().enumerate() {
            let Some(row) = best.and_then(|(index, _)| rows.get_mut(index)) else { continue };
            if b == draws {
                row.best = true;
            } else {
                row.best_in = ((row.best_in * draws as f64).round() + 1.0) / draws as f64;
            }
        }
        rows
    }

    /// Where a limit is measured from the base model's loss, only sizes at which that is known can keep it.
    fn bounded_by_base(&self, study: &Study, (low, high): (f64, f64)) -> Option<String> {
        let Rule::Limited(Limit::OverBase { .. }) = self.rule else { return None };
        let general = study.general.as_deref()?;
        let known = study.base.iter().filter(|base| base.losses.contains_key(general)).map(|base| base.size);
        // A base loss without a size holds at every size.
        let known: Vec<f64> = known.collect::<Option<_>>()?;
        let (least, most) = (known.first()?, known.last()?);
        (*least > low || *most < high).then(|| {
            format!(
                "Only sizes from {} to {} were looked at: the limit is measured from the base model’s general loss, and that is known there alone.",
                Params(*least),
                Params(*most)
            )
        })
    }

    fn words(&self, answer: &Answer, measure: Measure, draws: usize) -> Vec<String> {
        let name = &answer.interval;
        let mut words = vec![format!(
            "{} are best spent on a model of {} and {} tokens, at {} domain data.",
            answer.cost.words(),
            with_interval(answer.size, name, |v| Params(v).to_string()),
            with_interval(answer.tokens, name, |v| Tokens(v).to_string()),
            if let Rule::Fixed { share: fixed } = self.rule {
                format!("the given {}", share(fixed))
            } else {
                with_interval(answer.ratio, name, share)
            }
        )];
        words.push(there(measure, &answer.domain, answer.general.as_ref()));
        if let Some((low, high)) = answer.size_without_a_size {
            words.push(format!(
                "Fitted without one of the measured sizes in turn the best size is {} to {}.",
                Params(low),
                Params(high)
            ));
        }
        if answer.ratio_place.is_corner() {
            words.push(match self.rule {
                Rule::DomainAlone => format!(
                    "The ratio is a corner, {} domain data: without a limit or a weight on the general loss nothing speaks for general data.",
                    share(answer.recipe.domain_share)
                ),
                _ => format!("The ratio is a corner, {} domain data: the general loss does not bind.", share(answer.recipe.domain_share)),
            });
        }
        let (low, high) = answer.searched;
        if answer.size_place.is_corner() {
            words.push(format!(
                "The size is the end of what was searched ({} to {}): the best one lies beyond it.",
                Params(low),
                Params(high)
            ));
        } else if answer.size_places.corner() > 0.0 {
            words.push(format!(
                "In {} of draws the size is an end of what was searched ({} to {}).",
                percent(answer.size_places.corner()),
                Params(low),
                Params(high)
            ));
        }
        if draws > 0 && answer.size_places.infeasible > 0.0 {
            words.push(format!("In {} of draws no recipe keeps the limit.", percent(answer.size_places.infeasible)));
        }
        if let Some(best) = answer.models.iter().find(|model| model.best) {
            let mut rivals: Vec<&ListedAnswer> =
                answer.models.iter().filter(|model| !model.best && model.best_in > 0.0).collect();
            crate::order::sort_by(&mut rivals, |a, b| b.best_in.total_cmp(&a.best_in));
            let rivals: Vec<String> =
                rivals.iter().take(3).map(|model| format!("{} in {}", model.name, percent(model.best_in))).collect();
            words.push(format!(
                "Of the {} sizes listed the best is {}, with {} tokens.",
                answer.models.len(),
                best.name,
                Tokens(best.tokens)
            ));
            if draws > 0 {
                let others = if rivals.is_empty() { String::new() } else { format!("; {}", list(&rivals)) };
                words.push(format!("It is the best in {} of draws{others}.", percent(best.best_in)));
            }
        }
        words
    }
}
