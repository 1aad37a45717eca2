//! What a printed law answers: the best size of a budget, and for cross-lingual pre-training whether to continue, both
//! without an interval; and why the other questions need a file.

use super::{Grid, Question, Reply, Standing, allocate, design, pins, print, take_away};
use crate::decide::choices::{RatioBy, TruthBy};
use crate::decide::compute::FLOPS_A_TOKEN;
use crate::fit::Study;
use crate::law::Input;
use crate::number;
use crate::published::printed::{TARGET, Which};
use crate::published::{CROSS_LINGUAL_FRONTIERS, Printed};
use crate::reply::Topic;

/// Why the coefficients are left alone.
const TRAP: &str = "These numbers come from the printed exponents and frontiers. The printed coefficients can’t be used for them: with two decimals they put a continued run of 1.4B parameters and 28B tokens above one from scratch, 2.296 nats against 2.170, by rounding alone.";
/// Said with every answer.
const NO_INTERVAL: &str = "No interval: printed parameters have none.";

pub(super) fn reply(question: &Question, printed: &Printed, study: &Study) -> Reply {
    let share = matches!(printed.which(), Some(Which::Share(_)));
    match question.topic {
        Topic::Design => design::reply(question),
        Topic::Simulate if question.choices.design.truth == TruthBy::Example => design::simulate(question, study),
        Topic::Simulate => withheld(
            "What a design identifies",
            "A design is tried on a law of mixtures, which this one is not: try it on the law of the generated example.",
        ),
        Topic::Allocate if !share => allocation(question, printed, study),
        Topic::Start if printed.knows(Input::Start) => start(question),
        Topic::Pins if !share => match pins::reply(question, study) {
            reply if reply.standing == Standing::Answered => Reply { words: vec![NO_INTERVAL.to_owned()], ..reply },
            open => open,
        },
        Topic::TakeAway if !share && printed.unique().is_none() => {
            Reply { words: vec![NO_INTERVAL.to_owned()], ..take_away::reply(question, study) }
        }
        Topic::TradeOff | Topic::Frontier => withheld(
            if question.topic == Topic::TradeOff {
                "General loss against domain ratio"
            } else {
                "General against domain loss"
            },
            "That weighs a general loss against a domain loss over mixtures, and this law knows neither: open a file with both.",
        ),
        Topic::Limited => withheld(
            "Only so many domain tokens exist",
            if printed.unique().is_some() {
                "That looks for a mixture, which this law does not know. What it says of repetition: the unique tokens stand beside the sliders, and the curve along the tokens shows what more passes over them bring."
            } else {
                "That looks for a mixture, which this law does not know: open a file with ratios. What repeated tokens are worth is said by the printed law “Repeated data”."
            },
        ),
        Topic::Tasks => withheld(
            "Should we at all?",
            "That compares with the base model’s measured losses, and there are none without a file.",
        ),
        Topic::Mixture => withheld(
            "Best mixture of several corpora",
            "This law knows no mixture: open a file with a column a corpus.",
        ),
        Topic::Start => withheld(
            "Continued or from scratch?",
            "That needs a law of both kinds of runs: the printed law “Cross-lingual CPT, English to Chinese” is one, or a file with both.",
        ),
        Topic::Allocate => withheld("How to spend a budget", "This law gives a share of the mixture and no loss."),
        Topic::Pins => withheld("Pinned what-ifs", "This law gives a share of the mixture and no loss to compare."),
        Topic::TakeAway => withheld(
            "Take it away",
            "The constants stand in the panel beside the chart, as printed; “Share” makes a link that opens them.",
        ),
    }
}

fn withheld(asked: &str, why: &str) -> Reply {
    Reply {
        asked: asked.to_owned(),
        standing: Standing::Open,
        figure: "not from this law".to_owned(),
        words: vec![why.to_owned()],
        closed: true,
        ..Reply::default()
    }
}

/// The best size of a budget. There is no mixture to choose.
fn allocation(question: &Question, printed: &Printed, study: &Study) -> Reply {
    let mut question = question.clone();
    question.choices.ratio_by = RatioBy::WhatIf;
    question.domain = Some(TARGET.to_owned());
    let mut reply = allocate::reply(&question, &[study]);
    let Some(recipe) = reply.recipe else { return reply };
    let loss = printed.at(recipe).map_or_else(String::new, |loss| printed.figure(loss, question.measure));
    reply.words = vec![
        format!(
            "The budget is best spent on {} parameters and {} tokens: loss {loss}.",
            print::size(recipe.size),
            print::tokens(recipe.tokens)
        ),
        NO_INTERVAL.to_owned(),
    ];
    reply.words.extend(printed.notes(recipe));
    (reply.notes, reply.laws) = (Vec::new(), None);
    if let Some(plot) = &mut reply.plot {
        plot.caption = "Loss of the whole budget against model size".to_owned();
        plot.y.name = "Loss".to_owned();
        plot.data = printed.fitted(crate::law::Axis::Size);
        for point in &mut plot.points {
            point.said = format!("{} parameters: loss {}", print::size(point.x), number::precise(point.y));
        }
    }
    reply
}

/// Both kinds of runs at the same compute, from the printed frontiers: the printed coefficients can't be used for it.
fn start(question: &Question) -> Reply {
    let own = FLOPS_A_TOKEN * question.at.size * question.at.tokens;
    let flops = question.choices.start_flops.unwrap_or(own);
    let measure = question.measure;
    let [scratch, continued] = CROSS_LINGUAL_FRONTIERS;
    let (from, of) = (scratch.loss_at(flops), continued.loss_at(flops));
    // The compute at which the frontier from scratch reaches the continued one's loss.
    let needed = scratch.flops_for(of);
    let rows = [("from scratch", scratch, from), ("continued", continued, of)].map(|(name, frontier, loss)| {
        let (size, tokens) = (frontier.size_at(flops), frontier.tokens_at(flops));
        vec![name.to_owned(), print::size(size), print::tokens(tokens), measure.precise(loss)]
    });
    let saved = if needed > flops {
        format!(
            "From scratch that loss takes {} FLOPs: continuing saves {} of them.",
            print::number(needed),
            print::share(1.0 - flops / needed)
        )
    } else {
        "From scratch the same loss takes less: the printed frontiers have crossed.".to_owned()
    };
    Reply {
        asked: format!("Continued or from scratch, for {} FLOPs", print::number(flops)),
        standing: Standing::Answered,
        figure: if of < from { "continued" } else { "from scratch" }.to_owned(),
        words: vec![
            format!(
                "On the printed frontiers {} FLOPs reach a loss of {} continued and {} from scratch.",
                print::number(flops),
                measure.precise(of),
                measure.precise(from)
            ),
            saved,
            NO_INTERVAL.to_owned(),
            TRAP.to_owned(),
        ],
        tables: vec![Grid {
            caption: "The best size for that compute, from the printed exponents".to_owned(),
            head: ["Run", "Model size", "Tokens", "Loss"].map(str::to_owned).to_vec(),
            rows: rows.to_vec(),
        }],
        ..Reply::default()
    }
}
