//! Continued or from scratch, as it is shown.

use super::{Grid, Question, Reply, Standing, print};
use crate::chart::PlotView;
use crate::chart::plot::{PlotAxis, PlotMark, PlotPoint, Quantity, Shape};
use crate::decide::outcome::{Reason, Solved};
use crate::decide::start::{Allocation, Answer, Ask, applies};
use crate::decide::words::{percent, with_interval};
use crate::fit::Study;
use crate::law::{Input, Need};
use crate::table::Measure;

const ASKED: &str = "Continued or from scratch?";

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    if !applies(study) {
        return Reply {
            asked: ASKED.to_owned(),
            figure: "needs both kinds of runs".to_owned(),
            words: vec![format!("This question needs {}.", Need::Varies(Input::Start))],
            ..Reply::default()
        };
    }
    let ask = question.choices.start(question.at, question.domain.as_deref());
    match ask.answer(study) {
        Ok(answer) => answered(&ask, &answer, study, question.measure),
        Err(reason) => Reply {
            asked: ASKED.to_owned(),
            standing: Standing::Withheld,
            figure: super::WITHHELD.to_owned(),
            words: vec![reason.to_string()],
            advice: if let Reason::Note { .. } = reason { super::advice(&[reason]) } else { None },
            ..Reply::default()
        },
    }
}

/// Tokens with their sign.
fn tokens(value: f64) -> String {
    if value < 0.0 { format!("−{}", print::tokens(-value)) } else { print::tokens(value) }
}

fn answered(ask: &Ask, answer: &Answer, study: &Study, measure: Measure) -> Reply {
    let figure = match answer.tokens_saved {
        Some(saved) if saved.value >= 0.0 => format!("saves {} tokens", print::solved(saved, tokens)),
        Some(saved) => {
            let more = Solved { value: -saved.value, interval: saved.interval.map(|(low, high)| (-high, -low)) };
            format!("takes {} tokens more", print::solved(more, tokens))
        }
        None => "out of reach from scratch".to_owned(),
    };
    Reply {
        asked: format!("Continued or from scratch, {} and {} tokens", print::size(ask.size), print::tokens(ask.tokens)),
        standing: Standing::Answered,
        figure,
        words: words(ask, answer, measure),
        tables: vec![allocations(answer, measure)],
        plot: Some(plot(ask, answer, study, measure)),
        ..Reply::default()
    }
}

fn words(ask: &Ask, answer: &Answer, measure: Measure) -> Vec<String> {
    let loss = |nats: f64| measure.precise(nats);
    let ends = |solved: Solved, print: &dyn Fn(f64) -> String| with_interval(solved, &answer.interval, print);
    let flops = |value: f64| print::number(value);
    let mut words = vec![format!(
        "The continued run reaches {}; the same tokens from scratch reach {}.",
        ends(answer.continued, &loss),
        ends(answer.scratch, &loss)
    )];
    match (answer.tokens_saved, answer.compute_saved) {
        (Some(saved), Some(compute)) => words.push(format!(
            "Tokens saved at equal loss: {}; compute saved: {} FLOPs.",
            ends(saved, &tokens),
            ends(compute, &flops)
        )),
        _ => words.push(format!(
            "Training from scratch does not reach that loss with {} tokens.",
            print::tokens(answer.reach.1)
        )),
    }
    if answer.never_reached > 0.0 && answer.tokens_saved.is_some() {
        let share = percent(answer.never_reached);
        words.push(format!("In {share} of draws it is out of reach; these are not in the interval."));
    }
    words.push(match answer.break_even {
        Some(even) => format!("Training from scratch is better from {} tokens on.", ends(even, &tokens)),
        None => format!("Training from scratch is never better up to {} tokens.", print::tokens(answer.reach.1)),
    });
    if answer.overtakes > 0.0 && answer.overtakes < 1.0 {
        words.push(format!("It overtakes in {} of draws.", percent(answer.overtakes)));
    }
    words.push(format!("Loss: {}, at {} parameters.", answer.loss, print::size(ask.size)));
    words.extend(answer.notes.iter().cloned());
    words
}

fn allocations(answer: &Answer, measure: Measure) -> Grid {
    let loss = |nats: f64| measure.precise(nats);
    let two = |solved: Solved, print: &dyn Fn(f64) -> String| match solved.interval {
        Some(interval) => format!("{}\n{}", print(solved.value), print::range(interval, print)),
        None => print(solved.value),
    };
    let row = |allocation: &Allocation| {
        vec![
            if allocation.continued { "continued" } else { "from scratch" }.to_owned(),
            two(allocation.size, &print::size),
            two(allocation.tokens, &print::tokens),
            two(allocation.loss, &loss),
            percent(allocation.corner),
        ]
    };
    Grid {
        caption: format!("Best size for {} FLOPs", print::number(answer.allocation[0].flops)),
        head: ["Run", "Model size", "Tokens", "Loss", "Draws at an end of the sizes"].map(str::to_owned).to_vec(),
        rows: answer.allocation.iter().map(row).collect(),
    }
}

/// Both kinds of runs against tokens at the what-if's size.
fn plot(ask: &Ask, answer: &Answer, study: &Study, measure: Measure) -> PlotView {
    let loss = |nats: f64| measure.precise(nats);
    let curves = ask.curves(study, answer);
    let said = |tokens: f64, of: Solved, from: Solved| {
        format!("{} tokens: continued {}, from scratch {}", print::tokens(tokens), loss(of.value), loss(from.value))
    };
    let point = |tokens: f64, solved: Solved, said: String| PlotPoint {
        x: tokens,
        y: measure.from_nats(solved.value),
        band: solved.interval.map(|ends| measure.ends(ends)),
        beaten: false,
        said,
    };
    let now = PlotMark {
        at: (ask.tokens, measure.from_nats(answer.continued.value)),
        shape: Shape::Answer,
        label: String::new(),
    };
    let same = PlotMark {
        at: (ask.tokens, measure.from_nats(answer.scratch.value)),
        shape: Shape::Second,
        label: String::new(),
    };
    PlotView {
        caption: format!("Loss against tokens at {} parameters, continued and from scratch", print::size(ask.size)),
        x: PlotAxis { name: "Tokens".to_owned(), quantity: Quantity::Tokens },
        y: PlotAxis { name: "Loss".to_owned(), quantity: Quantity::Domain },
        points: curves.iter().map(|(d, of, from)| point(*d, *of, said(*d, *of, *from))).collect(),
        second: curves.iter().map(|(d, of, from)| point(*d, *from, said(*d, *of, *from))).collect(),
        marks: vec![same, now],
        best: answer.break_even.and_then(|even| even.interval),
        data: study.ranges.tokens.map(|span| (span.low, span.high)),
    }
}
