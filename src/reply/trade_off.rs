//! The trade-off as it is shown.

use super::{Question, Reply, corner, draws, print};
use crate::decide::Limit;
use crate::decide::words::percent;
use crate::fit::Study;
use crate::table::Measure;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let ask = question.choices.trade_off(question.at, question.domain.as_deref());
    let measure = question.measure;
    super::reply(limit(question.choices.limit, measure), ask.decide_in(measure, studies), |answer, reply| {
        reply.figure = format!("{} domain", print::solved(answer.ratio, print::share));
        corner(reply, &answer.places, draws(studies));
        reply.recipe = Some(answer.recipe);
        reply.limit = Some(answer.bound.limit);
        reply.best = answer.ratio.interval.or(Some((answer.ratio.value, answer.ratio.value)));
        reply.feasible = answer.feasible;
    })
}

/// The limit as a question.
pub(super) fn limit(limit: Limit, measure: Measure) -> String {
    // The share of a rise is one of nats.
    let counted = if measure == Measure::Perplexity { " in nats" } else { "" };
    match limit {
        Limit::OverBase { rise } => format!("General loss may rise by {}{counted}", percent(rise)),
        Limit::OverStart { rise, start } => {
            format!("General loss may rise by {}{counted} from {}", percent(rise), measure.loss(start))
        }
        Limit::Absolute { loss } => format!("General loss may be {} at most", measure.loss(loss)),
    }
}
