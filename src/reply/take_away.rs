//! Files to take away, made from the study and the what-if.

use super::{File, Question, Reply, Standing};
use crate::decide::mixture;
use crate::export::{Taken, latex, predictions, python, recipe};
use crate::fit::Study;

pub(super) fn reply(question: &Question, study: &Study) -> Reply {
    let mixed = mixture::applies(study);
    let middle = || if mixed { mixture::middle(study) } else { Vec::new() };
    let shares = Some(question.shares.clone()).filter(|shares| mixed && shares.len() == study.corpora.len());
    let shares = shares.unwrap_or_else(middle);
    let taken =
        Taken { study, domain: question.domain.as_deref(), at: question.at, shares: &shares, source: &question.source };
    let file = |label: &str, name: &str, text: String| File { label: label.to_owned(), name: name.to_owned(), text };
    let mut files = vec![
        file("Predictions on a grid, CSV", "ratioscope-predictions.csv", predictions::csv(&taken)),
        file("The law in LaTeX", "ratioscope-law.tex", latex::latex(&taken)),
        file(
            if mixed { "This mixture, YAML" } else { "This recipe, YAML" },
            "ratioscope-recipe.yaml",
            recipe::yaml(&taken),
        ),
    ];
    if let Some(snippet) = python::snippet(&taken) {
        files.insert(2, file("The law in Python", "ratioscope-law.py", snippet));
    }
    Reply {
        asked: "Take it away".to_owned(),
        standing: Standing::Answered,
        figure: "files, charts, a report".to_owned(),
        words: vec![
            "Losses in the CSV, LaTeX, YAML and Python are in nats, as the fit has them; charts and report have them as the \
             page shows them. The table and the report give each with both of its intervals."
                .to_owned(),
        ],
        files,
        ..Reply::default()
    }
}
