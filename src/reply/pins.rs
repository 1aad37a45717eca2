//! Pinned what-ifs side by side, as they are shown: recipes a row, mixtures of several corpora a column.

use super::{File, Grid, Question, Reply, Standing, print};
use crate::decide::pins::{self, Cell, Comparison};
use crate::fit::Study;
use crate::table::Measure;

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    let (choices, measure) = (&question.choices, question.measure);
    let asked = "Pinned what-ifs side by side".to_owned();
    let compared = pins::compare(study, question.domain.as_deref(), &choices.pins, &choices.hardware);
    let aside = aside(compared.aside, !compared.rows.is_empty());
    if compared.rows.is_empty() {
        let how = "Pin a what-if with the button below the sliders to keep it and compare it with others.".to_owned();
        return Reply {
            asked,
            figure: "none yet".to_owned(),
            words: std::iter::once(how).chain(aside).collect(),
            ..Reply::default()
        };
    }
    let withheld = compared.losses.iter().filter(|loss| loss.withheld);
    let mut words: Vec<String> = withheld
        .map(|loss| {
            format!(
                "A note of its fit withholds answers that rest on {}: read its numbers with that in mind.",
                loss.name
            )
        })
        .collect();
    if compared.rows.len() > 1 {
        words.push("Differences are taken draw by draw, so their intervals are narrower than the two beside each other suggest.".to_owned());
    }
    words.extend(aside);
    if measure != Measure::Nats {
        words.push("The CSV has losses in nats.".to_owned());
    }
    // A score is no loss: it stays as it is.
    let of = |loss: &pins::ComparedLoss| study.targets.get(&loss.name).map_or(measure, |fit| fit.measure(measure));
    let measures: Vec<Measure> = compared.losses.iter().map(of).collect();
    Reply {
        asked,
        standing: Standing::Answered,
        figure: format!("{} pinned", compared.rows.len()),
        words,
        files: vec![File {
            label: "Download as CSV".to_owned(),
            name: "ratioscope-pins.csv".to_owned(),
            text: compared.csv(),
        }],
        tables: if compared.corpora.is_empty() {
            vec![recipes(&compared, &measures)]
        } else {
            mixtures(&compared, &measures)
        },
        ..Reply::default()
    }
}

/// What is said of the pins that the law in use can't be asked about.
fn aside(count: usize, others: bool) -> Option<String> {
    let of = "of another kind: a ratio or a mixture of other corpora than those of the law in use";
    match (count, others) {
        (0, _) => None,
        (1, true) => Some(format!("One more pin is {of}.")),
        (1, false) => Some(format!("The pin that is kept is {of}.")),
        (many, true) => Some(format!("{many} more pins are {of}.")),
        (many, false) => Some(format!("The {many} pins that are kept are {of}.")),
    }
}

/// A row a pin.
fn recipes(compared: &Comparison, measures: &[Measure]) -> Grid {
    let mut head = ["Pin", "Ratio", "Size", "Tokens", "GPU-hours"].map(str::to_owned).to_vec();
    for loss in &compared.losses {
        head.push(loss.name.clone());
        head.push("less the first".to_owned());
    }
    let rows = compared.rows.iter().map(|row| {
        let recipe = row.pin.recipe;
        let mut cells = vec![
            row.pin.name.clone(),
            print::share(recipe.domain_share),
            print::size(recipe.size),
            print::tokens(recipe.tokens),
            row.cost.as_ref().map_or_else(String::new, |cost| print::number(cost.gpu_hours)),
        ];
        for (cell, measure) in row.cells.iter().zip(measures) {
            cells.push(print::predicted(&cell.predicted, *measure));
            cells.push(difference(cell, *measure));
        }
        cells
    });
    Grid { caption: "Pinned what-ifs".to_owned(), head, rows: rows.collect() }
}

/// A column a pin: its shares, the losses there, and how these differ from the first pin's.
fn mixtures(compared: &Comparison, measures: &[Measure]) -> Vec<Grid> {
    let head = |first: &str, from: usize| {
        let pins = compared.rows.iter().skip(from).map(|row| row.pin.name.clone());
        std::iter::once(first.to_owned()).chain(pins).collect::<Vec<_>>()
    };
    let shares = compared.corpora.iter().enumerate().map(|(j, corpus)| {
        let share = |row: &pins::Row| row.pin.shares.get(j).map_or_else(String::new, |share| print::share(*share));
        std::iter::once(corpus.clone()).chain(compared.rows.iter().map(share)).collect()
    });
    let losses = |from: usize, print: fn(&Cell, Measure) -> String| {
        let row = move |(i, loss): (usize, &pins::ComparedLoss)| {
            let measure = measures.get(i).copied().unwrap_or_default();
            let said = |cell: &Cell| print(cell, measure);
            let cells = compared.rows.iter().skip(from).map(|row| row.cells.get(i).map_or_else(String::new, said));
            std::iter::once(loss.name.clone()).chain(cells).collect::<Vec<_>>()
        };
        compared.losses.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let mut tables = vec![
        Grid { caption: "Shares of the pinned mixtures".to_owned(), head: head("Corpus", 0), rows: shares.collect() },
        Grid {
            caption: "Losses there".to_owned(),
            head: head("Loss", 0),
            rows: losses(0, |cell, measure| print::predicted(&cell.predicted, measure)),
        },
    ];
    if let [first, _, ..] = &compared.rows[..] {
        tables.push(Grid {
            caption: format!("Losses less those of {}", first.pin.name),
            head: head("Loss", 1),
            rows: losses(1, difference),
        });
    }
    tables
}

/// Less the first pin's, with the interval of the differences where there is one.
fn difference(cell: &Cell, measure: Measure) -> String {
    let ends = cell.difference.interval.filter(|(low, high)| *low != 0.0 || *high != 0.0);
    let ends = ends.map(|(low, high)| format!("\n{} to {}", measure.difference(low), measure.difference(high)));
    format!("{}{}", measure.difference(cell.difference.value), ends.unwrap_or_default())
}
