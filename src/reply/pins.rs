//! Pinned what-ifs side by side, as they are shown.

use super::{File, Grid, Question, Reply, Standing, print};
use crate::decide::pins;
use crate::fit::Study;
use crate::table::Measure;

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    let (choices, measure) = (&question.choices, question.measure);
    let asked = "Pinned what-ifs side by side".to_owned();
    if choices.pins.0.is_empty() {
        return Reply {
            asked,
            figure: "none yet".to_owned(),
            words: vec![
                "Pin a what-if with the button below the sliders to keep it and compare it with others.".to_owned(),
            ],
            ..Reply::default()
        };
    }
    let compared = pins::compare(study, question.domain.as_deref(), &choices.pins, &choices.hardware);
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
            print::number(row.cost.gpu_hours),
        ];
        for (cell, loss) in row.cells.iter().zip(&compared.losses) {
            let measure = study.targets.get(&loss.name).map_or(measure, |fit| fit.measure(measure));
            cells.push(print::predicted(&cell.predicted, measure));
            let ends = cell.difference.interval.filter(|(low, high)| *low != 0.0 || *high != 0.0);
            let ends = ends.map(|(low, high)| format!("\n{} to {}", measure.difference(low), measure.difference(high)));
            cells.push(format!("{}{}", measure.difference(cell.difference.value), ends.unwrap_or_default()));
        }
        cells
    });
    let withheld = compared.losses.iter().filter(|loss| loss.withheld);
    let mut words: Vec<String> = withheld
        .map(|loss| {
            format!(
                "A note of its fit withholds answers that rest on {}: read its column with that in mind.",
                loss.name
            )
        })
        .collect();
    if compared.rows.len() > 1 {
        words.push("Differences are taken draw by draw, so their intervals are narrower than the two beside each other suggest.".to_owned());
    }
    if measure != Measure::Nats {
        words.push("The CSV has losses in nats.".to_owned());
    }
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
        tables: vec![Grid { caption: "Pinned what-ifs".to_owned(), head, rows: rows.collect() }],
        ..Reply::default()
    }
}
