//! `ratioscope decide …` end to end: it answers what the library answers, refuses wrong usage, and says why it withholds.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::{Limit, TradeOff};
use ratioscope::fit::StudyLayout;
use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;
use studies::{example, grid, study_of};

fn written(name: &str, text: &str) -> String {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path.into_os_string().into_string().unwrap()
}

/// The grid's study as a file.
fn fit() -> &'static str {
    static FILE: OnceLock<String> = OnceLock::new();
    FILE.get_or_init(|| {
        written("decide-grid.json", &serde_json::to_string(&StudyLayout::from(grid().clone())).unwrap())
    })
}

/// The same file's study under Chinchilla.
fn other_law() -> &'static str {
    static FILE: OnceLock<String> = OnceLock::new();
    FILE.get_or_init(|| {
        let study = study_of(&example("generated-grid.csv"), "chinchilla", 10);
        written("decide-chinchilla.json", &serde_json::to_string(&StudyLayout::from(study)).unwrap())
    })
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ratioscope")).arg("decide").args(arguments).output().unwrap()
}

fn printed(arguments: &[&str]) -> String {
    let output = run(arguments);
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), errors.as_str()), (Some(0), ""), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&printed(arguments)).unwrap()
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let output = run(arguments);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "", "{arguments:?}");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Equal but for the last digits of numbers, which the reader of JSON may round.
fn same(a: &Value, b: &Value) {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) => {
            let (x, y) = (x.as_f64().unwrap(), y.as_f64().unwrap());
            assert!((x - y).abs() <= 1e-12 * x.abs(), "{x} {y}");
        }
        (Value::Array(x), Value::Array(y)) if x.len() == y.len() => x.iter().zip(y).for_each(|(x, y)| same(x, y)),
        (Value::Object(x), Value::Object(y)) if x.len() == y.len() => x.iter().for_each(|(key, x)| same(x, &y[key])),
        _ => assert_eq!(a, b),
    }
}

const AT: [&str; 4] = ["--size", "1.8B", "--tokens", "10B"];

#[test]
fn json_is_the_librarys_answer() {
    let found = json(&["trade-off", fit(), AT[0], AT[1], AT[2], AT[3], "--rise", "2%", "--json"]);
    let layout: StudyLayout = serde_json::from_str(&std::fs::read_to_string(fit()).unwrap()).unwrap();
    let study = ratioscope::fit::Study::try_from(layout).unwrap();
    let ask = TradeOff { domain: None, size: 1.8e9, tokens: 10e9, limit: Limit::OverBase { rise: 0.02 } };
    let expected = serde_json::to_value(ask.decide(&[&study])).unwrap();
    same(&found["laws"], &expected["laws"]);
    assert_eq!(found["asked"]["limit"]["over_base"]["rise"], 0.02);
    assert_eq!(found["schema"], 1);
    let answer = &found["laws"][0]["outcome"]["answered"];
    assert!(
        answer["ratio"]["interval"].is_array()
            && answer["feasible"].is_array()
            && answer["places"]["at_limit"].is_number()
    );
}

#[test]
fn every_decision_prints_words_and_json() {
    let at = |rest: &[&'static str]| [&AT[..], rest].concat();
    let cases: [(&str, Vec<&str>, &str); 6] = [
        ("trade-off", at(&["--limit", "2.8"]), "Best domain ratio"),
        ("limited", vec!["--size", "1.8B", "--domain-tokens", "2B", "--epochs", "4"], "With 2B domain tokens"),
        (
            "allocate",
            vec!["--gpu-hours", "500", "--device", "a100", "--weight", "0.4", "--models", "Qwen2.5,8B"],
            "Of the 8 sizes listed",
        ),
        ("allocate", vec!["--flops", "1e21", "--ratio", "30%", "--sizes", "100M,10B"], "the given 30 %"),
        ("frontier", at(&["--weight", "0.3"]), "knee of the frontier"),
        ("tasks", at(&["--ratio", "0.4"]), "Gains: domain_loss"),
    ];
    for (decision, arguments, expected) in cases {
        let arguments = [&[decision, fit()][..], &arguments].concat();
        let words = printed(&arguments);
        assert!(words.contains(expected), "{arguments:?}: {words}");
        let value = json(&[&arguments[..], &["--json"]].concat());
        assert!(
            value["laws"][0]["outcome"]["answered"].is_object() || value["sets"].is_array(),
            "{arguments:?}: {value}"
        );
        let own = value["laws"][0]["words"].as_array().or(value["words"].as_array()).unwrap();
        assert!(own.iter().all(|sentence| words.contains(sentence.as_str().unwrap())), "{words}");
    }
}

#[test]
fn several_laws_stand_side_by_side_and_one_that_knows_no_ratio_is_withheld() {
    let value = json(&["limited", fit(), other_law(), "--size", "1.8B", "--domain-tokens", "5B", "--json"]);
    assert_eq!(value["laws"].as_array().unwrap().len(), 2);
    assert_eq!((&value["laws"][0]["law"], &value["laws"][1]["law"]), (&"d-cpt".into(), &"chinchilla".into()));
    let words = printed(&["allocate", fit(), other_law(), "--flops", "1e21", "--ratio", "0.5"]);
    assert!(words.contains("D-CPT Law\n") && words.contains("Chinchilla\n"), "{words}");
}

#[test]
fn measured_runs_compare_and_design() {
    let csv = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/generated-grid.csv");
    let value = json(&["frontier", fit(), AT[0], AT[1], AT[2], AT[3], "--runs", csv, "--json"]);
    assert_eq!(value["measured"].as_array().unwrap().len(), 9);
    let table = printed(&["compare", fit(), "--pin", "now=20%,1.8B,10B", "--pin", "more=1:1,1.8B,20B"]);
    assert!(
        table.lines().count() == 3
            && table.starts_with("name,domain_ratio")
            && table.contains("\nmore,0.5,1800000000,"),
        "{table}"
    );
    let design = printed(&["design", "--gpu-hours", "40", "--repeats", "1", "--csv"]);
    assert!(design.lines().nth(1).unwrap().starts_with("run,model_size,tokens_B"), "{design}");
    let value = json(&[
        "design",
        "--flops",
        "1e20",
        "--sizes",
        "70M,160M,410M",
        "--ratios",
        "0,50%,1",
        "--repeats",
        "1",
        "--json",
    ]);
    assert_eq!(value[0]["plan"]["runs"], 9);
    assert!(value[0]["findings"]["parameters"].as_array().unwrap().len() == 18);
}

#[test]
fn infeasible_and_withheld_are_answers_and_wrong_usage_is_refused() {
    let words = printed(&["trade-off", fit(), AT[0], AT[1], AT[2], AT[3], "--limit", "1.5"]);
    assert!(words.starts_with("No domain ratio keeps the general loss within 1.500"), "{words}");
    let words = printed(&["trade-off", fit(), "--size", "70B", AT[2], AT[3]]);
    assert!(words.contains("The base model's general loss at 70B is not known"), "{words}");
    let cases: [(&[&str], i32, &str); 6] = [
        (&["trade-off", fit()], 1, "--size is needed"),
        (&["trade-off", fit(), AT[0], AT[1], AT[2], AT[3], "--domain", "law"], 1, "There is no domain loss “law”"),
        (&["allocate", fit()], 1, "A budget is needed"),
        (&["allocate", fit(), "--flops", "1e20", "--device", "abacus"], 1, "No device called “abacus”"),
        (&["limited", "/no/such/file", "--domain-tokens", "1B"], 2, "could not be read"),
        (&["compare", fit(), "--pin", "a=2"], 1, "NAME=RATIO,SIZE,TOKENS"),
    ];
    for (arguments, code, expected) in cases {
        let (found, errors) = refused(arguments);
        assert!(found == Some(code) && errors.contains(expected), "{arguments:?}: {found:?} {errors}");
    }
}
