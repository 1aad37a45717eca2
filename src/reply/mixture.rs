//! The best mixture of several corpora, as it is shown.

use super::{Grid, Mixed, Question, Reply, Standing, print};
use crate::decide::mixture::{self, Answer, Ask};
use crate::decide::words::{list, percent, with_interval};
use crate::fit::Study;
use crate::law::data_mixing::SEVERAL;
use crate::law::{self, Need};
use crate::table::Measure;

const ASKED: &str = "Best mixture of several corpora";

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    if !mixture::applies(study) {
        return missing(study);
    }
    let ask = question.choices.mixture(study);
    match ask.answer(study) {
        Ok(answer) => answered(&ask, answer, study, question.measure),
        Err(reason) => Reply {
            asked: ASKED.to_owned(),
            standing: Standing::Infeasible,
            figure: "not possible".to_owned(),
            words: vec![reason.to_string()],
            ..Reply::default()
        },
    }
}

/// What a file or a law lacks for this question, and the law that would answer it.
fn missing(study: &Study) -> Reply {
    let count = study.ranges.corpora;
    let law = law::over_corpora(&study.ranges);
    let words = match law {
        Some(law) => {
            let knows = format!(
                "The file has the shares of {count} corpora, and the law in use knows one ratio. “{}” knows them all.",
                law.name()
            );
            let lacks = law::lacks(law, &study.ranges).into_iter().map(|need| format!("It needs {need}.")).collect();
            [vec![knows], lacks].concat()
        }
        None => vec![format!(
            "This question needs {} or more: a column a corpus, adding up to one in every row.",
            Need::Corpora(SEVERAL)
        )],
    };
    Reply {
        asked: ASKED.to_owned(),
        figure: if law.is_some() { "needs another law" } else { "needs three corpora" }.to_owned(),
        words,
        closed: true,
        law: law.map(|law| (law.id().to_owned(), law.name().to_owned())),
        ..Reply::default()
    }
}

/// Why the other questions are not answered under a law of several corpora.
pub(super) fn not_of_ratios(asked: &str) -> Reply {
    Reply {
        asked: asked.to_owned(),
        figure: "not from this law".to_owned(),
        words: vec![
            "The law in use is about mixtures of several corpora at one size and one budget: the row “Mixture of several \
             corpora” asks it. For this question pick the domain’s corpora in “Columns and rows…”, or a law of one ratio in \
             the Fit panel."
                .to_owned(),
        ],
        closed: true,
        ..Reply::default()
    }
}

fn answered(ask: &Ask, answer: Answer, study: &Study, measure: Measure) -> Reply {
    let loss = |nats: f64| measure.precise(nats);
    let names: Vec<&str> = study.corpora.iter().map(|corpus| corpus.name.as_str()).collect();
    let name = |j: usize| names.get(j).copied().unwrap_or("?");
    let most = (0..answer.shares.len()).max_by(|&a, &b| answer.shares[a].value.total_cmp(&answer.shares[b].value));
    let figure =
        most.map_or_else(String::new, |j| format!("{} {}", print::solved(answer.shares[j], print::share), name(j)));
    let all: Vec<String> = answer
        .shares
        .iter()
        .enumerate()
        .map(|(j, share)| format!("{} {}", name(j), print::share(share.value)))
        .collect();
    let even = ask.weights.iter().all(|(_, weight)| *weight == ask.weights[0].1);
    let total: f64 = ask.weights.iter().map(|(_, weight)| weight).sum();
    let mean = |value: f64| loss(value / total.max(f64::MIN_POSITIVE));
    // The mean of nats: of their perplexities it is the geometric one.
    let called = match (measure, even) {
        (Measure::Perplexity, true) => "geometric mean of the perplexities",
        (Measure::Perplexity, false) => "weighted geometric mean of the perplexities",
        (_, true) => "mean loss",
        (_, false) => "weighted mean of the losses",
    };
    let mut words = vec![
        format!("The least {called}, {}, is at {}.", with_interval(answer.value, &answer.interval, mean), list(&all)),
        "The law knows neither size nor budget: this holds for runs like those measured.".to_owned(),
    ];
    let best: Vec<f64> = answer.shares.iter().map(|share| share.value).collect();
    let beyond: Vec<String> = mixture::outside(study, &best)
        .into_iter()
        .map(|j| {
            format!("{} ({} to {})", name(j), print::share(study.corpora[j].low), print::share(study.corpora[j].high))
        })
        .collect();
    if !beyond.is_empty() {
        words.push(format!("Outside the shares that were measured: {}.", list(&beyond)));
    }
    let two = |solved, print: &dyn Fn(f64) -> String| match print::solved(solved, print) {
        interval if solved.interval.is_some() => format!("{}\n{interval}", print(solved.value)),
        value => value,
    };
    let corpora = answer.shares.iter().enumerate().map(|(j, share)| {
        let (low, high) = ask.limits[j];
        let measured = study.corpora.get(j).map(|corpus| print::range((corpus.low, corpus.high), print::share));
        vec![
            name(j).to_owned(),
            two(*share, &print::share),
            print::range((low, high), print::share),
            percent(answer.at_limit[j]),
            measured.unwrap_or_default(),
        ]
    });
    let losses = answer
        .losses
        .iter()
        .zip(&ask.weights)
        .map(|((name, solved), (_, weight))| vec![name.clone(), two(*solved, &loss), weight.to_string()]);
    let head = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Reply {
        asked: format!("Best mixture of {} corpora", answer.shares.len()),
        standing: Standing::Answered,
        figure,
        words,
        tables: vec![
            Grid {
                caption: format!("Share of each corpus, {}", answer.interval),
                head: head(&["Corpus", "Best share", "Limits", "Draws at a limit", "Measured"]),
                rows: corpora.collect(),
            },
            Grid {
                caption: format!("Losses there, {}", answer.interval),
                head: head(&["Loss", "Predicted", "Weight"]),
                rows: losses.collect(),
            },
        ],
        mixed: Some(Mixed { best: answer.shares.iter().map(|share| share.value).collect(), drawn: answer.drawn }),
        ..Reply::default()
    }
}
