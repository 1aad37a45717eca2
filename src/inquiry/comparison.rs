//! Law against law.

use super::residuals::Reach;
use super::validation::error_of;
use super::{Bench, Part, Question, counted_in_nats};
use crate::chart::scale::Spacing;
use crate::chart::small::{Ruler, SmallView, Stroke};
use crate::decide::words::list;
use crate::fit::comparison::{Advice, Candidate, compare};
use crate::fit::note::Severity;
use crate::fit::validation::{Protocol, Score};
use crate::law;
use crate::number::{self, three};
use crate::published::quality;
use crate::quantity::{Params, Share, Tokens};
use crate::reply::Grid;
use crate::reply::print::range;
use crate::table::{LossKind, Measure};

/// From this factor between the largest and the smallest on, an axis is logarithmic.
const FACTORS: f64 = 8.0;
/// Columns of the table that rest on no what-if.
const OUT_OF_SAMPLE: usize = 4;

pub(super) fn report(bench: &Bench, question: &Question) -> Vec<Part> {
    let labs = bench.compared(&question.target);
    let scores: Vec<Vec<Score>> =
        labs.iter().map(|(_, lab)| lab.map(|opened| opened.scores()).unwrap_or_default()).collect();
    let fitted: Vec<_> =
        labs.iter().zip(&scores).filter_map(|((_, lab), scores)| Some((&lab.ok()?.session, &scores[..]))).collect();
    let mut found = compare(&fitted, &question.target, question.at);
    // Where the what-if is a mixture no recipe stands for it.
    let mixed = bench.is_of_corpora(&question.target);
    if mixed {
        found.candidates.iter_mut().for_each(|candidate| candidate.answer = None);
        found.advice.retain(|advice| !matches!(advice, Advice::AnswersDiffer { .. }));
    }
    let mut parts: Vec<Part> = found.advice.iter().map(|advice| Part::Answer(advice.to_string())).collect();
    let at = question.at;
    let scores =
        labs.iter().any(|(_, lab)| lab.is_ok_and(|opened| opened.target().is_some_and(|t| t.prepared.ranges.scores)));
    let measure = if scores { Measure::Nats } else { question.measure };
    let mut head =
        vec!["Law", "Objective", "Error on left-out runs", "Behind the best", "Predicts here", "A new run here"];
    let mut rows: Vec<Vec<String>> = found.candidates.iter().map(|candidate| row(candidate, measure)).collect();
    let mut caption = "Least error on left-out runs first".to_owned();
    match mixed {
        true => {
            head.truncate(OUT_OF_SAMPLE);
            rows.iter_mut().for_each(|row| row.truncate(OUT_OF_SAMPLE));
        }
        false => {
            let (share, size, tokens) = (Share(at.domain_share), Params(at.size), Tokens(at.tokens));
            caption.push_str(&format!("; predictions at {share}, {size}, {tokens} tokens"));
        }
    }
    parts.push(Part::Table(Grid { caption, head: head.into_iter().map(str::to_owned).collect(), rows }));
    let kind = labs.iter().find_map(|(_, lab)| Some(lab.ok()?.target()?.kind)).unwrap_or(LossKind::Domain);
    parts.push(Part::Charts(charts(&found.candidates, kind, measure)));
    let printed = printed(&found.candidates, kind);
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
    let mut text =
        "Each run is left out in turn and predicted by each law; ± is one standard error over runs. Behind the \
                    best: the difference on the same runs, which is known better than either error."
            .to_owned();
    if !mixed {
        text.push_str(" The range under a prediction is the law’s, that of a single new run stands beside it.");
    }
    if !mixed && found.candidates.iter().any(|candidate| law::by_id(&candidate.law).is_some_and(law::is_of_corpora)) {
        text.push_str(" A law of all corpora predicts nothing here: a ratio is no mixture.");
    }
    parts.push(Part::Text(text));
    parts.extend(counted_in_nats(measure));
    parts.extend(printed);
    parts
}

/// What the D-CPT paper prints of the laws that are compared, beside the same laws here.
fn printed(candidates: &[Candidate], kind: LossKind) -> Vec<Part> {
    let known: Vec<_> = candidates.iter().filter_map(|law| Some((law, quality::of(&law.law, kind)?))).collect();
    if known.is_empty() {
        return Vec::new();
    }
    // As the paper prints them: good laws differ in the third digit.
    let four = |value: f64| if value.is_finite() { format!("{value:.4}") } else { "–".to_owned() };
    let rows = known.iter().map(|(law, figures)| {
        let left_out = law.validation.iter().find(|p| p.protocol == Protocol::Run);
        vec![
            law.name.clone(),
            four(figures.huber),
            four(figures.r2),
            four(law.r2),
            left_out.map_or("–".to_owned(), |p| four(p.r2)),
        ]
    });
    let head = ["Law", "Printed: Huber", "Printed: R²", "Here: R², fitted rows", "Here: R², left-out runs"];
    vec![
        Part::Table(Grid {
            caption: format!("{} in the D-CPT paper, and here", quality::of_what(kind)),
            head: head.map(str::to_owned).to_vec(),
            rows: rows.collect(),
        }),
        Part::Text(format!(
            "{} The forms after L4 and L5 of that table are from memory. Other models and other data: the order of the \
             laws can be compared, not the figures.",
            quality::SOURCE
        )),
    ]
}

/// The laws beside each other: how far off each is on what it has not seen, and what it predicts, both with their errors.
fn charts(candidates: &[Candidate], kind: LossKind, measure: Measure) -> Vec<(SmallView, Grid)> {
    let errors = candidates.iter().filter_map(|law| {
        let (mean, error) = law.error?;
        Some((law.name.as_str(), 100.0 * mean, error.map(|error| (100.0 * (mean - error), 100.0 * (mean + error)))))
    });
    // Ends of an interval follow any measure, as it rises with the nats.
    let answers = candidates.iter().filter_map(|law| {
        let answer = law.answer?;
        let ends = answer.law.map(|ends| measure.ends(ends));
        Some((law.name.as_str(), measure.from_nats(answer.loss), ends))
    });
    let errors =
        beside("Error on left-out runs, one standard error", "Error, %", three, &errors.collect::<Vec<_>>(), kind);
    let answers = beside(
        "What each law predicts here, its own interval",
        "Loss",
        number::loss,
        &answers.collect::<Vec<_>>(),
        kind,
    );
    errors.into_iter().chain(answers).collect()
}

/// A law's name, its value and the ends of that.
type Answer<'a> = (&'a str, f64, Option<(f64, f64)>);

/// A value with its ends a law, the first on top; nothing of fewer than two.
fn beside(
    title: &str,
    name: &str,
    print: fn(f64) -> String,
    laws: &[Answer<'_>],
    kind: LossKind,
) -> Option<(SmallView, Grid)> {
    let all = laws.iter().flat_map(|(_, value, ends)| {
        let (low, high) = ends.unwrap_or((*value, *value));
        [low, *value, high]
    });
    let (low, high) =
        all.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    if laws.len() < 2 || low.total_cmp(&high).is_ge() {
        return None;
    }
    // Errors of laws that suit and of those that don't lie factors apart.
    let spacing = if low > 0.0 && high / low > FACTORS { Spacing::Log } else { Spacing::Linear };
    let margin = 0.05 * (high - low);
    let x = match spacing {
        Spacing::Log => Reach::new(spacing, low / 1.1, high * 1.1),
        Spacing::Linear => Reach::new(spacing, low - margin, high + margin),
    };
    let y = |at: usize| 1.0 - (at as f64 + 0.5) / laws.len() as f64;
    let bars = laws.iter().enumerate().filter_map(|(at, (_, _, ends))| {
        let (low, high) = (*ends)?;
        Some(((x.at(low), y(at)), (x.at(high), y(at))))
    });
    let view = SmallView {
        title: title.to_owned(),
        x: x.ruler(name.to_owned(), print),
        y: Ruler {
            name: String::new(),
            ticks: laws.iter().enumerate().map(|(at, law)| (y(at), law.0.to_owned())).collect(),
            ..Ruler::default()
        },
        kind,
        strokes: vec![
            Stroke::Bars(bars.collect()),
            Stroke::Marks(laws.iter().enumerate().map(|(at, law)| (x.at(law.1), y(at))).collect()),
        ],
        said: laws
            .iter()
            .enumerate()
            .map(|(at, (law, value, ends))| {
                let ends = ends.map(|(low, high)| format!(" ({} to {})", print(low), print(high)));
                ((x.at(*value), y(at)), format!("{law}: {}{}", print(*value), ends.unwrap_or_default()))
            })
            .collect(),
    };
    let rows = laws.iter().map(|(law, value, ends)| {
        vec![(*law).to_owned(), print(*value), ends.map_or_else(|| "–".to_owned(), |ends| range(ends, print))]
    });
    let head = ["Law", name, "From to"].map(str::to_owned).to_vec();
    Some((view, Grid { caption: title.to_owned(), head, rows: rows.collect() }))
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
