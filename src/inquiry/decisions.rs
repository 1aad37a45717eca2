//! The decisions under every law: what the answer would be had another law been chosen.

use super::{Bench, Question, Under};
use crate::fit::Study;

/// The decisions asked about, the fitted law first; empty where the laws' fits are not there.
pub(super) fn under_every_law(bench: &Bench, question: &Question) -> Vec<Under> {
    let studies = bench.studies(question);
    let studies: Vec<&Study> = studies.iter().collect();
    let under = question.decisions.iter().filter_map(|decision| {
        let reply = decision.answer(&studies);
        Some(Under { topic: decision.topic, words: reply.agreement, answers: reply.laws? })
    });
    under.collect()
}
