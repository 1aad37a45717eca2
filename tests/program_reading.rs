//! The program's options of reading: each changes what is fitted as it says, and a wrong one is refused in a sentence.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "common/program.rs"]
mod program;

use serde_json::Value;
use std::path::PathBuf;
use std::process::Output;

/// A fit of the input without draws, with these options of reading.
fn run(options: &[&str], input: &str) -> Output {
    program::run(&[&["fit", "-", "--json", "--draws", "0", "--law", "chinchilla"], options].concat(), input)
}

fn fitted(options: &[&str], input: &str) -> Value {
    let output = run(options, input);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{options:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The standard error of a run that must end with `code`.
fn refused(code: i32, options: &[&str], input: &str) -> String {
    let output = run(options, input);
    assert_eq!(output.status.code(), Some(code), "{options:?}");
    assert!(output.stdout.is_empty(), "{options:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// Rows fitted, and the ranges of size, tokens and ratio.
fn rows(study: &Value) -> u64 {
    study["targets"]["general_loss"]["n"].as_u64().unwrap()
}

fn high(study: &Value, axis: &str) -> f64 {
    study["ranges"][axis]["high"].as_f64().unwrap()
}

const SIZES: [f64; 4] = [1e8, 3e8, 1e9, 3e9];
const STEPS: [u32; 6] = [100, 200, 400, 800, 1600, 3200];

/// A run a size; steps for tokens; `between` the cells. 24 rows.
fn steps(between: &str) -> String {
    let mut text = ["run", "params", "step", "phase", "general_loss"].join(between) + "\n";
    for (at, size) in SIZES.iter().enumerate() {
        for step in STEPS {
            let loss = 1.7 + 400.0 / size.powf(0.34) + 3.0 / f64::from(step).powf(0.4) + 0.001 * at as f64;
            let phase = if step > 800 { "anneal" } else { "cpt" };
            let cells = [format!("r{at}"), size.to_string(), step.to_string(), phase.to_owned(), format!("{loss:.6}")];
            text += &(cells.join(between) + "\n");
        }
    }
    text
}

#[test]
fn what_the_file_does_not_say_is_set() {
    let study = fitted(&["--set", "batch-size=1024", "--set", "sequence-length=2048"], &steps(","));
    assert_eq!(rows(&study), 24);
    assert_eq!(high(&study, "tokens"), 3200.0 * 1024.0 * 2048.0);
    let study = fitted(&["--set", "tokens-per-step=4M", "--set", "ratio=30%"], &steps(","));
    assert_eq!(high(&study, "tokens"), 3200.0 * 4e6);
    assert_eq!(high(&study, "ratio"), 0.3);
    assert!(refused(1, &["--set", "batch=1024"], "").contains("batch-size"), "the names there are");
    assert!(refused(1, &["--set", "ratio=7"], "").contains("expected a number"));
}

#[test]
fn a_delimiter_is_said_where_the_file_misleads() {
    // Every header has a comma of its own, and so has every run: by the commas alone it is another table.
    let text = steps(";").replace(";phase;", ";phase, of two;").replace("r0", "r0, the first");
    let study = fitted(&["--delimiter", "semicolon", "--set", "tokens-per-step=4M"], &text);
    assert_eq!((rows(&study), high(&study, "size")), (24, 3e9));
    let error = refused(2, &["--delimiter", "tab"], &text);
    assert!(error.contains("No column"), "{error}");
    assert!(refused(1, &["--delimiter", "slash"], "").contains("semicolon"));
}

#[test]
fn rows_are_kept_by_text_and_by_range_and_left_out_by_line() {
    let set = ["--set", "tokens-per-step=4M"];
    let of = |options: &[&str]| rows(&fitted(&[&set, options].concat(), &steps(",")));
    assert_eq!(of(&["--keep", "phase=cpt"]), 16);
    assert_eq!(of(&["--keep", "phase=cpt,anneal"]), 24);
    assert_eq!(of(&["--keep", "step=200..800"]), 12);
    assert_eq!(of(&["--keep", "step=..400", "--keep", "params=3e8.."]), 9);
    assert_eq!(of(&["--drop", "2,3", "--drop", "25"]), 21);
    assert_eq!(of(&["--drop", "999"]), 24, "a line that is not there leaves nothing out");
    let error = refused(2, &[&set[..], &["--keep", "phase=warmup"]].concat(), &steps(","));
    assert!(error.contains("The filters leave out all 24 rows"), "{error}");
    assert!(refused(1, &["--keep", "step=a..b"], "").contains("no number"));
    assert!(refused(1, &["--drop", "two"], "").contains("two"));
    // A column that is not there is said among the problems, and nothing is lost.
    let study = fitted(&[&set[..], &["--keep", "stage=cpt"]].concat(), &steps(","));
    assert_eq!(rows(&study), 24);
    assert!(study["problems"].to_string().contains("“stage” was chosen by hand"), "{}", study["problems"]);
}

#[test]
fn the_corpora_of_the_domain_are_named() {
    let mut text = String::from("params,tokens,mixture,general_loss\n");
    for size in SIZES {
        for (at, tokens) in [1e9, 2e9, 4e9, 8e9].into_iter().enumerate() {
            let code = [0.1, 0.2, 0.5, 0.6][at];
            let loss = 1.7 + 400.0 / f64::powf(size, 0.34) + 30.0 / f64::powf(tokens, 0.2);
            text += &format!("{size},{tokens},\"pile:{:.1},code:{code},math:0.1\",{loss:.6}\n", 0.9 - code);
        }
    }
    let high_of = |options: &[&str]| high(&fitted(options, &text), "ratio");
    assert!((high_of(&["--domain-corpus", "code"]) - 0.6).abs() < 1e-9);
    assert!((high_of(&["--domain-corpus", "code", "--domain-corpus", "math"]) - 0.7).abs() < 1e-9);
}

#[test]
fn further_files_are_stacked_or_joined() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let file = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let text = steps(",");
    let (header, body) = text.split_once('\n').unwrap();
    let lines: Vec<&str> = body.lines().collect();
    let (first, second) = lines.split_at(12);
    let second = file("reading-second.csv", &format!("{header}\n{}\n", second.join("\n")));
    let set = ["--set", "tokens-per-step=4M"];
    let study = fitted(&[&set[..], &["--with", &second]].concat(), &format!("{header}\n{}\n", first.join("\n")));
    assert_eq!(rows(&study), 24);

    let ratios = file("reading-ratios.csv", "run,domain_ratio\nr0,0.1\nr1,0.2\nr2,0.5\nr3,0.9\n");
    let study = fitted(&[&set[..], &["--with", &ratios]].concat(), &text);
    assert_eq!(rows(&study), 24);
    assert_eq!(high(&study, "ratio"), 0.9);

    let other = file("reading-other.csv", "epoch,lr\n1,0.1\n");
    let error = refused(2, &["--with", &other], &text);
    assert!(error.contains("don’t go together"), "{error}");
    let error = refused(2, &["--with", "not-there.csv"], &text);
    assert!(error.contains("not-there.csv"), "{error}");
}
