//! What is taken away says what the page says: the snippet is run, the table is read back, hostile names stay text.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::compute::Hardware;
use ratioscope::decide::{Pins, mixture, pins};
use ratioscope::export::{Taken, latex, predictions, python, recipe, report};
use ratioscope::fit::percentile::percentile_interval;
use ratioscope::fit::{Options, Session, Study};
use ratioscope::law::{CATALOGUE, Recipe};
use ratioscope::shown::Shown;
use ratioscope::table::{self, Reading};
use std::process::Command;
use studies::grid;

const AT: Recipe = Recipe { domain_share: 0.3, size: 1.8e9, tokens: 1e10 };

fn taken(study: &Study) -> Taken<'_> {
    Taken { study, domain: study.domains.first().map(String::as_str), at: AT, shares: &[], source: "grid.csv" }
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

/// Three corpora, a loss of each by the data mixing law with a little unevenness, and names no file should have.
fn mixtures(corpora: &[&str]) -> Study {
    let losses: Vec<String> = corpora.iter().map(|name| format!("{name}_loss")).collect();
    let shares: Vec<String> = corpora.iter().map(|name| format!("weight_{name}")).collect();
    let mut text = format!("{},{}\n", shares.join(","), losses.join(","));
    let k = corpora.len();
    let mut row = 0u32;
    for i in 0..k {
        for j in 0..k {
            for part in [2u32, 5, 8] {
                let mut shares = vec![1.0 / (3.0 * k as f64); k];
                shares[i] += 2.0 / 3.0 * f64::from(part) / 12.0;
                shares[j] += 2.0 / 3.0 * (1.0 - f64::from(part) / 12.0);
                row += 1;
                let noise = 1.0 + 1e-3 * (f64::from(row) * 1.7).sin();
                let loss = |own: usize| (1.8 + 0.2 * own as f64 + 0.9 * (-2.5 * shares[own]).exp()) * noise;
                let cells: Vec<String> =
                    shares.iter().copied().chain((0..k).map(loss)).map(|v| v.to_string()).collect();
                text.push_str(&(cells.join(",") + "\n"));
            }
        }
    }
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws: 40, ..Options::default() };
    let mut session = Session::new(&table, Some(&format!("data-mixing-{k}")), &[], &options).unwrap();
    while session.step().0 < 40 {}
    session.study()
}

const MIXTURE: [f64; 3] = [0.5, 0.2, 0.3];

fn mixed(study: &Study) -> Taken<'_> {
    Taken { shares: &MIXTURE, ..taken(study) }
}

/// What is taken away of a mixture: every loss there, in all four files.
#[test]
fn a_mixture_is_taken_away_as_a_ratio_is() {
    let study = mixtures(&["web", "books", "code"]);
    let taken = mixed(&study);
    assert_eq!(taken.losses().count(), 3, "every loss, not two");
    let said = run(&python::snippet(&taken).unwrap());
    for fit in taken.losses() {
        let predicted = mixture::predict(fit, &MIXTURE, 0.9, usize::MAX).unwrap();
        let line = said.lines().find(|line| line.starts_with(&fit.target)).unwrap();
        let theirs: f64 = line.split_whitespace().last().unwrap().parse().unwrap();
        assert!((theirs - predicted.loss).abs() < 1e-9, "{}: {theirs} and {}", fit.target, predicted.loss);
        assert!(predicted.law.is_some() && predicted.new_run.is_some());
    }

    let text = predictions::csv(&taken);
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap().len(), 3 + 3 * 5);
    let rows: Vec<Vec<f64>> =
        rows.records().map(|row| row.unwrap().iter().map(|cell| cell.parse().unwrap()).collect()).collect();
    // The mixture shown, then every mixture in steps of a twentieth.
    assert_eq!(rows.len(), 1 + 231);
    assert_eq!(rows[0][..3], MIXTURE);
    let losses: Vec<_> = taken.losses().collect();
    for row in rows {
        assert!((row[..3].iter().sum::<f64>() - 1.0).abs() < 1e-8);
        let predicted = mixture::predict(losses[1], &row[..3], 0.9, usize::MAX).unwrap();
        // Shares are written with nine digits.
        assert!((row[8] - predicted.loss).abs() < 1e-7 && (row[9] - predicted.law.unwrap().0).abs() < 1e-7);
    }

    let yaml = recipe::yaml(&taken);
    for part in [
        "  mixture:\n    \"web\": 0.5\n    \"books\": 0.2\n    \"code\": 0.3\n",
        "\"data-mixing-3\"",
        "  \"code_loss\":\n",
    ] {
        assert!(yaml.contains(part), "{part:?} in\n{yaml}");
    }
    assert!(!yaml.contains("tokens") && !yaml.contains("domain_ratio"), "the law knows neither:\n{yaml}");
    let tex = latex::latex(&taken);
    for part in [
        "L(r_{1}, \\dots, r_{3}) = E + k e^{t_{2} r_{2}} e^{t_{3} r_{3}}",
        "$r_{1}$ web, $r_{2}$ books, $r_{3}$ code",
        "code\\_loss",
    ] {
        assert!(tex.contains(part), "{part:?} in\n{tex}");
    }
    assert_eq!(tex.matches('{').count(), tex.matches('}').count());
    let html = report::html(&taken, Shown::default(), None, &[]);
    assert!(html.contains("50 % web, 20 % books and 30 % code") && html.contains("code_loss"), "{html}");
}

/// Corpora and losses called what no function can be called.
#[test]
fn names_of_corpora_stay_text() {
    let mut study = mixtures(&["web", "books", "code"]);
    let evil = "a\nimport os";
    study.corpora[1].name = evil.to_owned();
    for (old, new) in [("web_loss", "1 loss"), ("books_loss", "1-loss"), ("code_loss", "=lambda\n")] {
        let mut fit = study.targets.remove(old).unwrap();
        fit.target = new.to_owned();
        study.targets.insert(new.to_owned(), fit);
    }
    (study.general, study.domains) = (None, Vec::new());
    let taken = Taken { domain: None, ..mixed(&study) };
    let snippet = python::snippet(&taken).unwrap();
    assert!(!snippet.contains("\nimport os"), "{snippet}");
    assert_eq!(run(&snippet).lines().count(), 4, "three losses, one of them called by two lines");
    assert!(recipe::yaml(&taken).contains("\"a import os\": 0.2"));
    assert!(!latex::latex(&taken).contains("\nimport os"));
    let header = predictions::csv(&taken);
    assert!(csv::Reader::from_reader(header.as_bytes()).headers().unwrap().iter().all(|cell| !cell.starts_with('=')));
}

/// Pins of mixtures beside each other: differences draw by draw, and pins of another kind left aside.
#[test]
fn pinned_mixtures_are_compared_draw_by_draw() {
    let study = mixtures(&["web", "books", "code"]);
    let mut pins = Pins::default();
    pins.add("a ratio", AT);
    pins.add_mixture("even", AT, vec![1.0 / 3.0; 3]);
    pins.add_mixture("more code", AT, vec![0.2, 0.2, 0.6]);
    pins.add_mixture("of two", AT, vec![0.5, 0.5]);
    let compared = pins::compare(&study, None, &pins, &Hardware::default());
    assert_eq!((compared.rows.len(), compared.aside), (2, 2));
    assert_eq!(compared.losses.len(), 3);
    let code = compared.losses.iter().position(|loss| loss.name == "code_loss").unwrap();
    let fit = &study.targets["code_loss"];
    let ((a, a_drawn), (b, b_drawn)) = (mixture::drawn(fit, &[1.0 / 3.0; 3]), mixture::drawn(fit, &[0.2, 0.2, 0.6]));
    let cell = compared.rows[1].cells[code];
    assert!((cell.predicted.loss - b).abs() < 1e-12 && (cell.difference.value - (b - a)).abs() < 1e-12);
    let mut drawn: Vec<f64> = b_drawn.iter().zip(&a_drawn).map(|(b, a)| b - a).collect();
    assert!(cell.lower_in > 0.99 && cell.difference.interval == Some(percentile_interval(&mut drawn, 0.9)));
    // Narrower than the two intervals beside each other.
    let (low, high) = cell.difference.interval.unwrap();
    let wide = |cell: &pins::Cell| cell.predicted.law.map(|(low, high)| high - low).unwrap();
    assert!(high - low < wide(&cell) + wide(&compared.rows[0].cells[code]));
    let text = compared.csv();
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(rows.headers().unwrap().len(), 1 + 3 + 3 * 8);
    assert!(rows.headers().unwrap().iter().any(|cell| cell == "share of books"));
    // And under a law of ratios the mixtures are left aside.
    let compared = pins::compare(grid(), None, &pins, &Hardware::default());
    assert_eq!((compared.rows.len(), compared.aside), (1, 3));
    assert!(compared.csv().starts_with("name,domain_ratio,model_size"));
}
