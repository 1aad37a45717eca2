//! The trade-off as it is shown.

use super::{Question, Reply, corner, draws, print};
use crate::decide::Limit;
use crate::decide::words::{loss, percent};
use crate::fit::Study;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let ask = question.choices.trade_off(question.at, question.domain.as_deref());
    super::reply(limit(question.choices.limit), ask.decide(studies), |answer, reply| {
        reply.figure = format!("{} domain", print::solved(answer.ratio, print::share));
        corner(reply, &answer.places, draws(studies));
        reply.recipe = Some(answer.recipe);
        reply.limit = Some(answer.bound.limit);
        reply.best = answer.ratio.interval.or(Some((answer.ratio.value, answer.ratio.value)));
        reply.feasible = answer.feasible;
    })
}

/// The limit as a question.
pub(super) fn limit(limit: Limit) -> String {
    match limit {
        Limit::OverBase { rise } => format!("General loss may rise by {}", percent(rise)),
        Limit::OverStart { rise, start } => format!("General loss may rise by {} from {}", percent(rise), loss(start)),
        Limit::Absolute { loss: most } => format!("General loss may be {} at most", loss(most)),
    }
}
