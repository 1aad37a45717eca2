//! "Should we at all?" as it is shown.

use super::{Grid, Question, Reply, Standing, print};
use crate::decide::tasks::{Change, Verdict};
use crate::fit::Study;
use crate::law;
use crate::number::loss;

pub(super) fn reply(question: &Question, studies: &[&Study]) -> Reply {
    let ask = question.choices.tasks(question.at);
    let Some((study, others)) = studies.split_first() else { return Reply::default() };
    let answer = ask.decide_in(question.measure, &[study]);
    let judged = answer.sets.iter().any(|set| set.why.is_none());
    let head = ["Evaluation set", "Verdict", "Base", "Predicted", "Change", "A new run"];
    let mut reply = Reply {
        asked: "Should we at all? Every evaluation set against the base".to_owned(),
        standing: if judged { Standing::Answered } else { Standing::Withheld },
        figure: figure(&answer.sets),
        tables: vec![Grid {
            caption: "Predicted change from the base model at this what-if".to_owned(),
            head: head.map(str::to_owned).to_vec(),
            rows: answer.sets.iter().map(|set| row(&set.shown_in(study, question.measure))).collect(),
        }],
        ..Reply::default()
    };
    if !others.is_empty() {
        let under: Vec<_> = others.iter().map(|study| (name_of_law(study), ask.decide(&[study]).sets)).collect();
        reply.agreement = agreement(&answer.sets, &under);
        let first = (name_of_law(study), answer.sets);
        let rows = std::iter::once(&first).chain(&under);
        reply.laws = Some(Grid {
            caption: "Verdicts under each law that suits the data".to_owned(),
            head: ["Law", "Verdicts"].map(str::to_owned).to_vec(),
            rows: rows.map(|(name, sets)| vec![name.clone(), figure(sets)]).collect(),
        });
    }
    (reply.words, reply.notes) = (answer.words, answer.notes);
    reply
}

fn name_of_law(study: &Study) -> String {
    let id = study.targets.values().next().map(|fit| fit.law.as_str());
    id.and_then(law::by_id).map_or_else(String::new, |law| law.name().to_owned())
}

/// The verdicts counted.
fn figure(sets: &[Change]) -> String {
    let count = |verdict: Verdict| sets.iter().filter(|set| set.verdict == verdict).count();
    if sets.iter().all(|set| set.why.is_some()) {
        return "can’t tell".to_owned();
    }
    let parts = [
        (Verdict::Gains, "gain", "gains"),
        (Verdict::Loses, "lose", "loses"),
        (Verdict::CantTell, "can’t tell", "can’t tell"),
    ];
    let said = parts.into_iter().filter(|(verdict, ..)| count(*verdict) > 0);
    let said =
        said.map(|(verdict, many, one)| format!("{} {}", count(verdict), if count(verdict) == 1 { one } else { many }));
    said.collect::<Vec<_>>().join(", ")
}

/// Which sets another law judges otherwise.
fn agreement(own: &[Change], others: &[(String, Vec<Change>)]) -> String {
    let mut apart: Vec<&str> = Vec::new();
    for set in own {
        let same = |(_, sets): &&(String, Vec<Change>)| {
            sets.iter().find(|other| other.name == set.name).is_none_or(|other| other.verdict == set.verdict)
        };
        if !others.iter().all(|other| same(&other)) {
            apart.push(&set.name);
        }
    }
    match apart.len() {
        0 => "Every law gives each set the same verdict.".to_owned(),
        _ => format!("The verdict depends on the law for {}.", apart.join(", ")),
    }
}

fn row(set: &Change) -> Vec<String> {
    let verdict = match set.verdict {
        Verdict::Gains => "gains",
        Verdict::Loses => "loses",
        Verdict::CantTell => "can’t tell",
    };
    let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
    vec![
        set.name.clone(),
        verdict.to_owned(),
        or_none(set.base.map(loss)),
        or_none(set.loss.map(loss)),
        or_none(set.change.map(print::change)),
        or_none(set.run_interval.map(|(low, high)| format!("{} to {}", print::change(low), print::change(high)))),
    ]
}
