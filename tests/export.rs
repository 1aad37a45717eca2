//! What is taken away says what the page says: the snippet is run, the table is read back, hostile names stay text.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::export::{Taken, latex, predictions, python, recipe, report};
use ratioscope::fit::{Options, Session, Study};
use ratioscope::law::{CATALOGUE, Recipe};
use ratioscope::shown::Shown;
use ratioscope::table::{self, Reading};
use std::process::Command;
use studies::grid;

const AT: Recipe = Recipe { domain_share: 0.3, size: 1.8e9, tokens: 1e10 };

fn taken(study: &Study) -> Taken<'_> {
    Taken { study, domain: study.domains.first().map(String::as_str), at: AT, source: "grid.csv" }
}

/// Runs a snippet, which asserts its own numbers; what it prints.
fn run(snippet: &str) -> String {
    let out = Command::new("python3").arg("-c").arg(snippet).output().unwrap();
    assert!(out.status.success(), "{}\n{snippet}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

#[test]
fn the_python_snippet_gives_the_pages_numbers_under_every_law_that_suits_the_grid() {
    let bytes = std::fs::read("assets/examples/generated-grid.csv").unwrap();
    let table = table::read(&bytes, &Reading::default()).unwrap();
    let options = Options { draws: 0, ..Options::default() };
    let mut ran = 0;
    let own =
        ["E + A/N^alpha + B*r^eta/D^beta + C/(r+eps)^gamma", "exp(a) + A/N^alpha + ln(1 + b*r) + min(r, c)/D^beta"];
    for law in CATALOGUE.iter().map(|law| law.id()).chain(own) {
        let Ok(session) = Session::new(&table, Some(law), &[], &options) else { continue };
        let study = session.study();
        let Some(snippet) = python::snippet(&taken(&study)) else {
            assert_eq!(law, "repeated", "every formula has a snippet");
            continue;
        };
        let said = run(&snippet);
        for fit in taken(&study).losses() {
            let loss = study.predict(&fit.target, AT).unwrap().loss;
            let line = said.lines().find(|line| line.starts_with(&fit.target)).unwrap();
            let theirs: f64 = line.split_whitespace().last().unwrap().parse().unwrap();
            assert!((theirs - loss).abs() < 1e-9, "{law}, {}: {theirs} and {loss}", fit.target);
            ran += 1;
        }
    }
    assert!(ran >= 12, "{ran} losses");
}

#[test]
fn predictions_are_read_back_with_both_intervals() {
    let study = grid();
    let text = predictions::csv(&taken(study));
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let head = rows.headers().unwrap().clone();
    assert_eq!(head.len(), 3 + 2 * 5);
    let mut known = 0;
    for row in rows.records() {
        let row: Vec<f64> = row.unwrap().iter().map(|cell| cell.parse().unwrap()).collect();
        let at = Recipe { size: row[0], tokens: row[1], domain_share: row[2] };
        let predicted = study.predict(study.general.as_deref().unwrap(), at).unwrap();
        assert_eq!(row[3], predicted.loss);
        assert_eq!((row[4], row[5]), predicted.law.unwrap());
        assert_eq!((row[6], row[7]), predicted.new_run.unwrap());
        known += 1;
    }
    // 21 shares at the what-if's and the data's sizes and budgets.
    assert!(known >= 21 * 9, "{known} rows");
}

#[test]
fn names_that_a_spreadsheet_would_run_stay_text() {
    for (name, cell) in [
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        ("+a,b", "\"'+a,b\""),
        ("-x", "'-x"),
        ("a\"b", "\"a\"\"b\""),
        ("plain", "plain"),
    ] {
        assert_eq!(predictions::cell(name), cell);
    }
    let mut study = grid().clone();
    let evil = "=cmd|' /C calc'!A0\n<script>";
    let mut fit = study.targets.remove("domain_loss").unwrap();
    fit.target = evil.to_owned();
    study.targets.insert(evil.to_owned(), fit);
    study.domains = vec![evil.to_owned()];
    let taken = taken(&study);
    let header = predictions::csv(&taken);
    assert!(csv::Reader::from_reader(header.as_bytes()).headers().unwrap().iter().all(|cell| !cell.starts_with('=')));
    assert!(!report::html(&taken, Shown::default(), None, &[]).contains("<script>"));
    run(&python::snippet(&taken).unwrap());
    let yaml = recipe::yaml(&taken);
    assert!(yaml.contains("\\n<script>\":"), "{yaml}");
}

#[test]
fn the_law_in_latex_is_whole_and_balanced() {
    let text = latex::latex(&taken(grid()));
    assert!(text.contains(
        "L(N, D, r) = E + \\frac{A}{N^{\\alpha}} + \\frac{B r^{\\eta}}{D^{\\beta}} + \\frac{C}{(r + \\varepsilon)^{\\gamma}}"
    ), "{text}");
    assert_eq!(text.matches('{').count(), text.matches('}').count());
    assert!(text.contains("general\\_loss & domain\\_loss"), "{text}");
    // A line a parameter, each loss with its interval.
    assert_eq!(
        text.lines().filter(|line| line.trim_start().starts_with('$') && line.matches('&').count() == 2).count(),
        10
    );
}

#[test]
fn the_recipe_is_yaml_with_its_losses() {
    let study = grid();
    let yaml = recipe::yaml(&taken(study));
    let loss = study.predict("domain_loss", AT).unwrap().loss;
    for part in [
        "  model_size: 1800000000\n",
        "  domain_ratio: 0.3\n",
        "  general_ratio: 0.7\n",
        "  flops: 1.08e20\n",
        "  \"domain_loss\":\n",
    ] {
        assert!(yaml.contains(part), "{part:?} in\n{yaml}");
    }
    assert!(yaml.contains(&format!("    loss: {loss}\n")));
}

#[test]
fn the_report_holds_data_law_parameters_notes_and_how_to_cite() {
    let study = grid();
    let html = report::html(&taken(study), Shown::default(), None, &[]);
    for part in [
        "grid.csv",
        "30 % domain data, 1.8B parameters, 10B tokens",
        "D-CPT Law",
        "Que et al.",
        "How to cite",
        "new run",
    ] {
        assert!(html.contains(part), "{part}");
    }
    for fit in study.targets.values() {
        for note in &fit.notes {
            assert!(html.contains(&note.text.replace('"', "&quot;")), "{}", note.text);
        }
    }
    assert!(!html.contains("http"), "nothing is asked of anyone");
}
