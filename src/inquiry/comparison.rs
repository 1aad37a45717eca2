//! Law against law.

use super::validation::error_of;
use super::{Bench, Part, Question, counted_in_nats};
use crate::decide::words::list;
use crate::fit::comparison::{Candidate, compare};
use crate::fit::note::Severity;
use crate::fit::validation::Score;
use crate::law;
use crate::number::three;
use crate::quantity::{Params, Share, Tokens};
use crate::reply::Grid;
use crate::reply::print::range;
use crate::table::Measure;

pub(super) fn report(bench: &Bench, question: &Question) -> Vec<Part> {
    let labs = bench.compared(&question.target);
    let scores: Vec<Vec<Score>> =
        labs.iter().map(|(_, lab)| lab.map(|opened| opened.scores()).unwrap_or_default()).collect();
    let fitted: Vec<_> =
        labs.iter().zip(&scores).filter_map(|((_, lab), scores)| Some((&lab.ok()?.session, &scores[..]))).collect();
    let found = compare(&fitted, &question.target, question.at);
    let mut parts: Vec<Part> = found.advice.iter().map(|advice| Part::Answer(advice.to_string())).collect();
    let at = question.at;
    let scores =
        labs.iter().any(|(_, lab)| lab.is_ok_and(|opened| opened.target().is_some_and(|t| t.prepared.ranges.scores)));
    let measure = if scores { Measure::Nats } else { question.measure };
    parts.push(Part::Table(Grid {
        caption: format!(
            "Least error on left-out runs first; predictions at {}, {}, {} tokens",
            Share(at.domain_share),
            Params(at.size),
            Tokens(at.tokens)
        ),
        head: ["Law", "Objective", "Error on left-out runs", "Behind the best", "Predicts here", "A new run here"]
            .map(str::to_owned)
            .to_vec(),
        rows: found.candidates.iter().map(|candidate| row(candidate, measure)).collect(),
    }));
    for candidate in &found.candidates {
        for note in &candidate.failed {
            let text = format!("{}: {}", candidate.name, note.text);
            parts.push(if note.severity == Severity::Withholds { Part::Warning(text) } else { Part::Text(text) });
        }
    }
    for (id, lab) in &labs {
        if let Err(why) = lab {
            let name = law::by_id(id).map_or("", |law| law.name());
            parts.push(Part::Text(format!("{name} is not in the table. {why}")));
        }
    }
    if bench.leaves_constraints_out() {
        let text = "A parameter you set is kept by every law that has it; the others are fitted without.";
        parts.push(Part::Text(text.to_owned()));
    }
    let text = "Each run is left out in turn and predicted by each law; ± is one standard error over runs. Behind the best: \
                the difference on the same runs, which is known better than either error. The range under a prediction is \
                the law’s, that of a single new run stands beside it.";
    parts.push(Part::Text(text.to_owned()));
    parts.extend(counted_in_nats(measure));
    parts
}

fn row(candidate: &Candidate, measure: Measure) -> Vec<String> {
    let loss = |nats: f64| measure.loss(nats);
    let error = |error: Option<(f64, Option<f64>)>, without: &str| error.map_or(without.to_owned(), error_of);
    let answer = candidate.answer.map_or("–".to_owned(), |answer| {
        let law = answer.law.map(|ends| format!("\nlaw {}", range(ends, loss))).unwrap_or_default();
        format!("{}{law}", loss(answer.loss))
    });
    let new_run = candidate.answer.and_then(|answer| answer.new_run);
    let new_run = new_run.map_or("–".to_owned(), |ends| range(ends, loss));
    let mut failed: Vec<String> = candidate
        .failed
        .iter()
        .map(|note| match &note.about {
            Some(about) => format!("{} ({about})", note.code),
            None => note.code.to_string(),
        })
        .collect();
    failed.dedup();
    let fails = if failed.is_empty() { String::new() } else { format!(", fails {}", list(&failed)) };
    vec![
        format!("{}\n{} parameters{fails}", candidate.name, candidate.parameters),
        three(candidate.objective),
        error(candidate.error, "–"),
        error(candidate.behind, "the best"),
        answer,
        new_run,
    ]
}
