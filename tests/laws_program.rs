//! The program's laws: listed, typed, printed; continued or from scratch; mixtures.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::io::Write;
use std::process::{Command, Stdio};

const GRID: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/generated-grid.csv");

/// Output, error output and exit code.
fn run(arguments: &[&str], input: &str) -> (String, String, i32) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ratioscope"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that doesn't read its input closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

fn printed(arguments: &[&str], input: &str) -> String {
    let (out, err, code) = run(arguments, input);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn laws_are_listed_with_what_a_file_lacks() {
    let all = printed(&["laws"], "");
    for what in [
        "d-cpt: D-CPT Law",
        "L = E + A/N^α + B r^η/D^β + C/(r + ε)^γ",
        "--law 'E + A/N^alpha",
        "chinchilla-replication",
    ] {
        assert!(all.contains(what), "{what}: {all}");
    }
    let here = printed(&["laws", GRID], "");
    assert!(here.contains("d-cpt: D-CPT Law (picked for general_loss and domain_loss)"), "{here}");
    assert!(here.contains("lacks runs from scratch and continued ones"), "{here}");
    let laws = json(&printed(&["laws", GRID, "--json"], ""));
    for law in laws.as_array().unwrap() {
        assert!(law["citation"].as_str().is_some_and(|text| text.len() > 20), "{law}");
        for parameter in law["parameters"].as_array().unwrap() {
            assert!(parameter["why"].as_str().is_some_and(|text| text.len() > 10), "{law}");
        }
    }
}

#[test]
fn a_typed_law_is_fitted_saved_and_asked() {
    const TYPED: &str = "E + A/N^alpha + B*r^eta/D^beta + C/(r + eps)^gamma";
    let fit = |law: &str| printed(&["fit", GRID, "--law", law, "--json", "--draws", "20"], "");
    let (typed, built_in) = (fit(TYPED), fit("d-cpt"));
    let objective = |study: &str| json(study)["targets"]["general_loss"]["objective"].as_f64().unwrap();
    assert!((objective(&typed) / objective(&built_in) - 1.0).abs() < 1e-6);
    let ask = ["predict", "-", "--ratio", "0.3", "--size", "1B", "--tokens", "5B", "--json"];
    let loss = |study: &str| json(&printed(&ask, study))["targets"]["domain_loss"]["loss"].as_f64().unwrap();
    assert!((loss(&typed) / loss(&built_in) - 1.0).abs() < 1e-6, "the saved study knows its law");
    let (_, err, code) = run(&["fit", GRID, "--law", "E + A N^alpha"], "");
    assert_eq!(code, 1);
    assert!(err.contains("E + A N^alpha\n      ^ An operator is missing here"), "{err}");
    let (_, err, code) = run(&["fit", GRID, "--law", "d-cpd"], "");
    assert_eq!(code, 1);
    assert!(err.contains("No law called “d-cpd”"), "{err}");
    let text = printed(&["compare", GRID, "--law", "E + K*exp(-t*r)", "--draws", "5"], "");
    assert!(text.contains("Your own law"), "a law of one's own is compared with the rest: {text}");
}

#[test]
fn printed_laws_answer_with_their_source_and_no_interval() {
    let text =
        printed(&["predict", "--published", "repeated", "--size", "6.34B", "--tokens", "242B", "--unique", "25B"], "");
    for what in ["2.2256 nats per token, no interval", "arXiv 2305.16264", "C4"] {
        assert!(text.contains(what), "{what}: {text}");
    }
    let text = printed(&["predict", "--published", "cross-lingual", "--size", "1.4B", "--tokens", "28B"], "");
    assert!(text.contains("2.2963") && text.contains("rounding alone"), "{text}");
    let text = printed(&["predict", "--published", "cmr-460m", "--tokens", "20B"], "");
    assert!(text.contains("critical domain share 29.8 %"), "{text}");
    let text = printed(&["predict", "--published", "chinchilla", "--size", "160B", "--tokens", "1T"], "");
    assert!(text.contains("by a factor of 10.0") && text.contains("by a factor of 2.0"), "{text}");
    let answer =
        json(&printed(&["predict", "--published", "chinchilla", "--size", "1B", "--tokens", "20B", "--json"], ""));
    assert!(answer["loss"].as_f64().is_some_and(|loss| (2.0..3.0).contains(&loss)), "{answer}");
    for (arguments, what) in [
        (vec!["predict", "--published", "none", "--size", "1B", "--tokens", "1B"], "No printed law called “none”"),
        (vec!["predict", "--published", "chinchilla", "--size", "1B"], "--tokens is needed"),
        (
            vec!["predict", "--published", "chinchilla", "--size", "1B", "--tokens", "1B", "--from-scratch"],
            "one kind of run",
        ),
        (
            vec!["predict", "--published", "chinchilla", "--size", "1B", "--tokens", "1B", "--unique", "1B"],
            "no repeated tokens",
        ),
    ] {
        let (_, err, code) = run(&arguments, "");
        assert!(code == 1 && err.contains(what), "{what}: {err}");
    }
}

#[test]
fn continued_or_from_scratch() {
    let mut text = String::from("run,start,model_size,tokens,domain_loss\n");
    for n in [0.05f64, 0.2, 0.6, 1.8] {
        for (start, b, beta) in [("scratch", 0.95, 0.30), ("continued", 0.55, 0.22)] {
            for d in [2.0f64, 5.0, 10.0, 20.0, 50.0] {
                // A thousandth of noise that differs from row to row.
                let noise = 1.0 + 1e-3 * (37.0 * n + 11.0 * d + beta).sin();
                let loss = (1.55 + 0.42 / n.powf(0.4) + b / d.powf(beta)) * noise;
                text.push_str(&format!("{start}-{n},{start},{n}B,{d}B,{loss:.6}\n"));
            }
        }
    }
    let study = printed(&["fit", "-", "--json", "--draws", "30"], &text);
    assert_eq!(json(&study)["targets"]["domain_loss"]["law"], "cross-lingual");
    let ask = ["decide", "start", "-", "--size", "1B", "--tokens", "20B", "--flops", "1e21"];
    let answer = printed(&ask, &study);
    for what in ["Tokens saved at equal loss", "Training from scratch is", "Best size continued", "by rounding alone"] {
        assert!(answer.contains(what), "{what}: {answer}");
    }
    let found = json(&printed(&[&ask[..], &["--json"]].concat(), &study));
    assert!(found[0]["tokens_saved"]["value"].as_f64().is_some_and(|tokens| tokens > 0.0), "{found}");
    let study = printed(&["fit", GRID, "--json", "--draws", "0"], "");
    let (_, err, code) = run(&["decide", "start", "-", "--size", "1B", "--tokens", "20B"], &study);
    assert!(code == 1 && err.contains("from scratch and continued"), "{err}");
}

#[test]
fn scores_are_fitted_on_their_own_scale() {
    let mut text = String::from("model_size,tokens,accuracy\n");
    for n in [0.1f64, 0.4, 1.0, 4.0] {
        for d in [1.0f64, 3.0, 10.0, 30.0] {
            text.push_str(&format!("{n}B,{d}B,{:.4}\n", 100.0 * (0.8 - 0.09 / n.powf(0.4) - 0.2 / d.powf(0.3))));
        }
    }
    let fitted = printed(&["fit", "-", "--score", "accuracy", "--draws", "0"], &text);
    assert!(fitted.contains("Saturating score"), "{fitted}");
    let study = json(&printed(&["fit", "-", "--score", "accuracy", "--draws", "0", "--json"], &text));
    let most = study["targets"]["accuracy"]["parameters"]["S"]["value"].as_f64().unwrap();
    // Scores rounded to a millionth: the ceiling to a thousandth.
    assert!((most - 0.8).abs() < 1e-3, "{most}");
    let (_, err, code) = run(&["fit", "-", "--score", "accuracy", "--law", "chinchilla"], &text);
    assert!(code == 1 && err.contains("needs losses: these are scores"), "{err}");
}

#[test]
fn the_best_mixture_of_a_file() {
    let path = "slimpajama-mixtures/dmsl_llm_slimpajama.csv";
    let Some(path) = common::real_data("the_best_mixture_of_a_file", path) else { return };
    let file = path.to_str().unwrap();
    let arguments = ["mix", file, "--limit", "arxiv=0.05:0.2", "--draws", "10", "--json"];
    let answer = json(&printed(&arguments, ""));
    let shares = answer["shares"].as_array().unwrap();
    assert_eq!(shares.len(), 7);
    let sum: f64 = shares.iter().map(|share| share["value"].as_f64().unwrap()).sum();
    assert!((sum - 1.0).abs() < 1e-6, "{sum}");
    let arxiv = shares.iter().find(|share| share["name"] == "arxiv").unwrap()["value"].as_f64().unwrap();
    assert!((0.05 - 1e-9..=0.2 + 1e-9).contains(&arxiv), "{arxiv}");
    let (_, err, code) = run(&["mix", file, "--limit", "none=0:1"], "");
    assert!(code == 1 && err.contains("There is no corpus “none”"), "{err}");
    let (_, err, code) = run(&["mix", GRID], "");
    assert!(code == 2 && err.contains("no shares of several corpora"), "{err}");
}
