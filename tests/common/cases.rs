//! Data of the reference checks as observations, built without the table reader: what is compared with scipy here is
//! the fit alone. `tools/oracle.py` reads the same files the same way.

use ratioscope::fit::{Fit, Options, Session, Study};
use ratioscope::quantity::Params;
use ratioscope::table::{LossColumn, LossKind, Observations, Table};
use std::collections::HashMap;
use std::path::Path;

/// One measured loss: size and tokens as counts, the domain's share, the loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    pub size: f64,
    pub tokens: f64,
    pub domain_share: Option<f64>,
    pub loss: f64,
}

/// The records of a CSV file by header; comment lines are skipped.
pub fn records(path: &Path) -> Vec<HashMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|record| headers.iter().map(str::to_owned).zip(record.unwrap().iter().map(str::to_owned)).collect())
        .collect()
}

/// A number in a record; NaN for a blank.
pub fn number(record: &HashMap<String, String>, column: &str) -> f64 {
    record[column].parse().unwrap_or(f64::NAN)
}

/// The rows of a grid written by `tools/generate_grid.py`, base rows included.
pub fn generated(path: &Path, target: &str) -> Vec<Row> {
    records(path)
        .iter()
        .map(|x| Row {
            size: Params::parse(&x["model_size"]).unwrap().0,
            tokens: number(x, "tokens_B") * 1e9,
            domain_share: Some(number(x, "domain_ratio")),
            loss: number(x, target),
        })
        .collect()
}

/// A table with these rows; a run is a size and a share.
pub fn table(rows: &[Row], kind: LossKind) -> Table {
    let mut names: Vec<String> = Vec::new();
    let run = rows
        .iter()
        .map(|row| {
            let name = format!("{}-{:?}", row.size, row.domain_share);
            let known = names.iter().position(|n| *n == name);
            known.unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            }) as u32
        })
        .collect();
    let share: Vec<f64> = rows.iter().filter_map(|row| row.domain_share).collect();
    let values: Vec<f64> = rows.iter().map(|row| row.loss).collect();
    let observations = Observations {
        size: Some(rows.iter().map(|row| row.size).collect()),
        tokens: Some(rows.iter().map(|row| row.tokens).collect()),
        domain_share: (share.len() == rows.len()).then_some(share),
        weight: None,
        run,
        runs: names,
        runs_inferred: true,
        line: (1..=rows.len() as u32).collect(),
        losses: vec![LossColumn { name: "loss".to_owned(), kind, values, ..LossColumn::default() }],
        ..Observations::default()
    };
    Table { rows: rows.len(), observations, ..Table::default() }
}

/// The study of a table with this many draws.
pub fn study(table: &Table, law: &str, draws: usize, seed: u64) -> Study {
    let options = Options { draws, seed, ..Options::default() };
    let mut session = Session::new(table, Some(law), &[], &options).unwrap();
    while { session.step() }.0 < draws {}
    session.study()
}

/// The only fit of rows, without draws.
pub fn optimum(rows: &[Row], kind: LossKind, law: &str) -> Fit {
    study(&table(rows, kind), law, 0, 1).targets.remove("loss").unwrap()
}

/// A parameter of a fit by name.
pub fn parameter<'a>(fit: &'a Fit, name: &str) -> &'a ratioscope::fit::Estimate {
    fit.parameters.iter().find(|p| p.name == name).unwrap()
}
