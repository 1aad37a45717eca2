//! Usage 2, limited domain data: only so many domain tokens exist; which ratio and how many tokens in all?
//!
//! Que et al. 2024 (arXiv 2406.01375), usage 2: with `U` domain tokens, each seen once, `D = U/r`; minimise
//! `L_d(N, U/r, r)`. Here the total may have a cap `D_max` (compute is never without one): `D(r) = min(D_max, U/r)`, and
//! domain tokens may be seen up to `k` times: `D(r) = min(D_max, k U/r)`.
//!
//! **How repetition enters the law is our choice, not the paper's.** Of the `r D` domain tokens seen, `U` differ; they are
//! worth `d` tokens without repetition ([`repeated::effective_tokens`], Muennighoff et al. 2023). The domain loss is
//! then that of a run at the same ratio in which those `d` tokens were the domain's part: `L_d(N, d/r, r)`. The ratio
//! stays, as it is what the model sees; general tokens are never repeated, so the general loss keeps `D`. The other
//! choice, `D' = (1 - r) D + d`, would let fresh general tokens make up for repeated domain ones; at `r = 1` both are
//! the same.

use super::limit::{Bound, Limit};
use super::line::Line;
use super::outcome::{Decision, Headline, Infeasible, Outcome, Places, Print, Reason, Solved, UnderLaw};
use super::pair::{self, Of};
use super::solve::{self, Place, Solution};
use super::under::under_law;
use super::words::{list, percent, share, there, with_interval};
use crate::fit::{Prediction, Study};
use crate::law::{Axis, Recipe, repeated};
use crate::quantity::Tokens;
use crate::table::Measure;
use serde::{Deserialize, Serialize};

/// Passes over the data that are looked at, at most: after 64 a token is worth e^(-63/15.4), 2 % of a fresh one.
pub const MOST_EPOCHS: u32 = 64;
/// Total tokens go up to this many times the largest measured budget where no cap is given: as far as the sliders.
const BEYOND: f64 = 20.0;
/// A pass pays while it lowers the domain loss by more than this, relative. Chosen: half of what two seeds of one run
/// differ by (0.2 %).
pub const LEAST_GAIN: f64 = 1e-3;
/// Width, as a factor, of the stretch in which the next pass's best ratio is looked for around this one's.
const NEXT_PASS: f64 = 1.6;
/// An answer is at the cap within this, relative.
const AT_CAP: f64 = 1e-4;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Limited {
    /// The domain loss; `None` is the first.
    pub domain: Option<String>,
    /// Model size in parameters.
    pub size: f64,
    /// Domain tokens that exist.
    pub domain_tokens: f64,
    /// How often each may be seen; 1 is without repetition.
    pub epochs: u32,
    /// The most tokens in all; `None` is twenty times the largest measured budget.
    pub most_tokens: Option<f64>,
    /// How much the general loss may rise; `None` leaves it free.
    pub limit: Option<Limit>,
    /// A pass pays while it lowers the domain loss by more than this, relative.
    pub least_gain: f64,
}

/// The answer, with domain tokens seen up to `epochs` times.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The best domain share.
    pub ratio: Solved,
    /// Tokens in all.
    pub tokens: Solved,
    /// Where the share lies on the fit.
    pub place: Place,
    /// Where the draws' answers lie.
    pub places: Places,
    /// The cap on the total.
    pub most_tokens: f64,
    /// Share of draws in which the answer is at the cap.
    pub at_cap: f64,
    /// The recipe.
    pub recipe: Recipe,
    /// How often each domain token is seen; below 1 where not all of them are.
    pub seen: f64,
    /// What the domain tokens seen are worth, in tokens without repetition.
    pub worth: f64,
    /// The domain loss at the recipe (at its worth in tokens).
    pub domain: Prediction,
    /// The general loss at the recipe, where it may be predicted.
    pub general: Option<Prediction>,
    /// The limit on the general loss, if one was asked for.
    pub bound: Option<Bound>,
    /// Pass by pass, from 1 to `epochs`.
    pub passes: Vec<Pass>,
    /// Passes after which one more doesn't pay; at most `epochs`.
    pub stops_paying: Solved,
    /// Share of draws in which even the last pass allowed pays.
    pub still_pays: f64,
    /// What the ends of intervals are called.
    pub interval: String,
}

/// The best with domain tokens seen up to that many times.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Times each domain token may be seen.
    pub epochs: u32,
    /// The best domain share.
    pub ratio: f64,
    /// Tokens in all.
    pub tokens: f64,
    /// The domain loss there.
    pub domain_loss: f64,
    /// What one more token is worth then, against a fresh one.
    pub token_worth: f64,
}

impl Headline for Answer {
    fn headline(&self) -> Option<(Solved, Print)> {
        Some((self.ratio, |v| format!("{} domain data", share(v))))
    }
}

impl Limited {
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
        let mut reasons = domain.withheld(&[Axis::Ratio, Axis::Tokens]);
        let usable = self.domain_tokens > 0.0 && self.domain_tokens.is_finite() && self.epochs >= 1;
        if !usable || self.epochs > MOST_EPOCHS || !self.most_tokens.is_none_or(|most| most > 0.0) {
            let what = format!("Domain tokens and the cap have to be above 0, and passes 1 to {MOST_EPOCHS}.");
            reasons.push(Reason::Unusable { what });
        }
        // Without a limit the general loss is only shown: not having it withholds nothing.
        let general = pair::general_of(study);
        let mut bound = None;
        if let Some(limit) = self.limit {
            match &general {
                Ok(general) => {
                    reasons.extend(general.withheld(&[Axis::Ratio]));
                    match limit.at(study, &general.fit.target, self.size) {
                        Ok(known) => bound = Some(known),
                        Err(reason) => reasons.push(reason),
                    }
                }
                Err(reason) => reasons.push(reason.clone()),
            }
        }
        if !reasons.is_empty() {
            return UnderLaw::withheld(&domain, reasons);
        }
        let most = self
            .most_tokens
            .unwrap_or_else(|| BEYOND * domain.fit.ranges.tokens.map_or(self.domain_tokens, |span| span.high));
        let shown = general.ok().filter(|general| general.withheld(&[]).is_empty());
        let name = shown.as_ref().map(|general| general.fit.target.clone());
        let general = shown.filter(|_| bound.is_some());
        let epochs = f64::from(self.epochs);
        let kink = epochs * self.domain_tokens / most;
        let mut line = Line::new(general, domain, solve::ratios_with(kink), |share| {
            let general = self.recipe(share, epochs, most);
            (general, self.worth(general))
        });
        line.limit = bound.map_or(f64::INFINITY, |bound| bound.limit);
        self.answer(study, measure, &mut line, most, bound, name.as_deref())
    }

    /// The recipe at a share with domain tokens seen up to `epochs` times.
    fn recipe(&self, domain_share: f64, epochs: f64, most: f64) -> Recipe {
        let tokens = (epochs * self.domain_tokens / domain_share).min(most);
        Recipe { domain_share, size: self.size, tokens }
    }

    /// The recipe the domain loss sees: without repetition, worth the same.
    fn worth(&self, recipe: Recipe) -> Recipe {
        let seen = recipe.domain_share * recipe.tokens;
        if seen <= self.domain_tokens {
            return recipe;
        }
        let worth = repeated::effective_tokens(seen, self.domain_tokens);
        Recipe { tokens: worth / recipe.domain_share, ..recipe }
    }

    fn answer(
        &self,
        study: &Study,
        measure: Measure,
        line: &mut Line<'_>,
        most: f64,
        bound: Option<Bound>,
        general: Option<&str>,
    ) -> UnderLaw<Answer> {
        let level = study.options.level;
        let epochs = f64::from(self.epochs);
        let solution = line.solve(Of::Fit);
        let draws = line.draws();
        let (mut places, mut ratios, mut totals, mut stops) = (Places::default(), Vec::new(), Vec::new(), Vec::new());
        let (mut capped, mut pays) = (0usize, 0usize);
        for b in 0..draws {
            let of = Of::Draw(b);
            let Solution::Found(found) = line.solve(of) else {
                places.count(None, draws);
                continue;
            };
            let total = self.recipe(found.x, epochs, most).tokens;
            places.count(Some(found.place), draws);
            ratios.push(found.x);
            totals.push(total);
            capped += usize::from(total >= most * (1.0 - AT_CAP));
            let stop = self.stop(&self.passes(line, of, found.x, most));
            pays += usize::from(stop.is_none());
            stops.push(f64::from(stop.unwrap_or(self.epochs)));
        }
        let found = match solution {
            Solution::Found(found) => found,
            Solution::Infeasible { x, excess } => {
                let limit = bound.map_or(f64::NAN, |bound| bound.limit);
                let infeasible = Infeasible {
                    limit,
                    least: limit + excess,
                    at: x,
                    size: self.size,
                    draws_feasible: places.feasible(),
                };
                let at = self.recipe(x, epochs, most);
                return under_law(study, line.losses(), at, Outcome::Infeasible(infeasible), infeasible.words(measure));
            }
        };
        let recipe = self.recipe(found.x, epochs, most);
        let worth = self.worth(recipe);
        let Some(domain) = study.predict(&line.domain.fit.target, worth) else {
            return UnderLaw::withheld(&line.domain, vec![Reason::NoDomainLoss]);
        };
        let passes = self.passes(line, Of::Fit, found.x, most);
        let stop = f64::from(self.stop(&passes).unwrap_or(self.epochs));
        let answer = Answer {
            ratio: pair::solved(found.x, ratios, level),
            tokens: pair::solved(recipe.tokens, totals, level),
            place: found.place,
            places,
            most_tokens: most,
            at_cap: capped as f64 / draws.max(1) as f64,
            recipe,
            seen: recipe.tokens * recipe.domain_share / self.domain_tokens,
            worth: worth.tokens * worth.domain_share,
            domain,
            general: general.and_then(|name| study.predict(name, recipe)),
            bound,
            passes,
            stops_paying: pair::solved(stop, stops, level),
            still_pays: pays as f64 / draws.max(1) as f64,
            interval: pair::interval_name(study, &line.losses()),
        };
        let words = self.words(&answer, measure, draws);
        under_law(study, line.losses(), recipe, Outcome::Answered(answer), words)
    }

    /// The best with 1, 2, … up to `epochs` passes. `last` is the best ratio with all of them; the others are found from
    /// it downwards, each near the one before: the loss at a lowest point hardly depends on where exactly it is.
    fn passes(&self, line: &mut Line<'_>, of: Of, last: f64, most: f64) -> Vec<Pass> {
        let mut passes = Vec::new();
        let mut near = last;
        for epochs in (1..=self.epochs).rev() {
            let passes_seen = f64::from(epochs);
            let mut value = |share: f64| {
                let recipe = self.recipe(share, passes_seen, most);
                // Where the limit is broken with fewer passes too, the share is no answer.
                let broken = line.general.is_some() && line.excess_at(of, recipe) > 0.0;
                if broken { f64::INFINITY } else { line.domain_loss_at(of, self.worth(recipe)) }
            };
            let mut best = (near, value(near));
            if epochs != self.epochs {
                let (low, high) = (near / NEXT_PASS, (near * NEXT_PASS).min(1.0));
                let kink = (passes_seen * self.domain_tokens / most).clamp(low, high);
                let found = solve::golden(low, high, 1e-3, &mut value);
                for (x, f) in [found, (kink, value(kink)), (high, value(high))] {
                    if f < best.1 {
                        best = (x, f);
                    }
                }
            }
            near = best.0;
            passes.push(Pass {
                epochs,
                ratio: near,
                tokens: self.recipe(near, passes_seen, most).tokens,
                domain_loss: best.1,
                token_worth: repeated::marginal_worth(passes_seen),
            });
        }
        passes.reverse();
        passes
    }

    /// The number of passes after which one more doesn't pay; `None` where all that are allowed do.
    fn stop(&self, passes: &[Pass]) -> Option<u32> {
        let next = passes.windows(2).find(|pair| pair[1].domain_loss > pair[0].domain_loss * (1.0 - self.least_gain));
        next.map(|pair| pair[0].epochs)
    }

    fn words(&self, answer: &Answer, measure: Measure, draws: usize) -> Vec<String> {
        let have = Tokens(self.domain_tokens);
        let times = if self.epochs == 1 { "once".to_owned() } else { format!("up to {} times", self.epochs) };
        let mut words = vec![
            format!(
                "With {have} domain tokens, each seen {times}, the best domain ratio is {}: {} tokens in all.",
                with_interval(answer.ratio, &answer.interval, share),
                with_interval(answer.tokens, &answer.interval, |v| Tokens(v).to_string())
            ),
            there(measure, &answer.domain, answer.general.as_ref()),
        ];
        if answer.recipe.tokens >= answer.most_tokens * (1.0 - AT_CAP) {
            let used = answer.recipe.tokens * answer.recipe.domain_share;
            words.push(format!(
                "That is a corner: the total is at its cap of {}, and {} of domain tokens are seen.",
                Tokens(answer.most_tokens),
                Tokens(used)
            ));
        } else if answer.place == Place::HighEnd {
            words.push(
                "That is a corner: nothing but domain data. General data doesn't help this domain under this law."
                    .to_owned(),
            );
        }
        let mut doubts = Vec::new();
        if answer.places.high_end > 0.0 && answer.place != Place::HighEnd {
            doubts
                .push(format!("in {} of draws the answer is nothing but domain data", percent(answer.places.high_end)));
        }
        if answer.at_cap > 0.0 {
            doubts.push(format!(
                "in {} of draws it is at the cap of {}",
                percent(answer.at_cap),
                Tokens(answer.most_tokens)
            ));
        }
        if answer.places.infeasible > 0.0 {
            doubts.push(format!("in {} of draws no ratio keeps the limit", percent(answer.places.infeasible)));
        }
        if draws > 0 && !doubts.is_empty() {
            let mut text = list(&doubts);
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            words.push(format!("{text}."));
        }
        if self.epochs > 1 {
            let counted = if measure == Measure::Perplexity { " of it in nats" } else { "" };
            let gain = format!("{}{counted}", percent(self.least_gain));
            words.push(match answer.stops_paying.value {
                stop if stop >= f64::from(self.epochs) => {
                    format!("Every pass up to {} lowers the domain loss by more than {gain}.", self.epochs)
                }
                stop => format!(
                    "Repeating stops paying after {stop} {}: the next pass lowers the domain loss by less than {gain}.",
                    if stop == 1.0 { "pass" } else { "passes" }
                ),
            });
            words.push("What a repeated token is worth is taken from Muennighoff et al. 2023 (training from scratch), not from your data.".to_owned());
        }
        words
    }
}
