//! "Should we at all?" as it is shown.

use super::{Grid, Question, Reply, Standing, print};
use crate::decide::tasks::{Change, Verdict};
use crate::decide::words::loss;
use crate::fit::Study;

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    let answer = question.choices.tasks(question.at).decide(&[study]);
    let count = |verdict: Verdict| answer.sets.iter().filter(|set| set.verdict == verdict).count();
    let judged = answer.sets.iter().any(|set| set.why.is_none());
    let parts = [
        (Verdict::Gains, "gain", "gains"),
        (Verdict::Loses, "lose", "loses"),
        (Verdict::CantTell, "can’t tell", "can’t tell"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(verdict, ..)| count(*verdict) > 0)
        .map(|(verdict, many, one)| format!("{} {}", count(verdict), if count(verdict) == 1 { one } else { many }))
        .collect();
    let rows = answer.sets.iter().map(row).collect();
    let head = ["Evaluation set", "Verdict", "Base", "Predicted", "Change", "A new run"];
    Reply {
        asked: "Should we at all? Every evaluation set against the base".to_owned(),
        standing: if judged { Standing::Answered } else { Standing::Withheld },
        figure: if judged { parts.join(", ") } else { "can’t tell".to_owned() },
        words: answer.words,
        notes: answer.notes,
        tables: vec![Grid {
            caption: "Predicted change from the base model at this what-if".to_owned(),
            head: head.map(str::to_owned).to_vec(),
            rows,
        }],
        ..Reply::default()
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
