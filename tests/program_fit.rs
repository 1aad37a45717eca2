//! What the program is asked of a fit: constraints, objectives, weights, profiles, scores, laws compared, units.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/program.rs"]
mod program;

use program::{json, printed, refused, temporary, unusable};
use serde_json::Value;

/// The small grid of 5 sizes, 5 ratios and 10 budgets.
const SMALL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/generated-5x5x10.csv");

#[test]
fn parameters_are_fixed_tied_and_bounded_from_the_command_line() {
    let ask = |more: &[&str]| {
        let all = [&["fit", SMALL, "--json", "--draws", "5", "--target", "domain"], more].concat();
        json(&printed(&all, ""))["targets"]["domain_loss"]["parameters"].clone()
    };
    let found = ask(&["--fix", "E=0.9", "--tie", "alpha=beta", "--bound", "domain_loss:eps=0.01:0.1"]);
    assert_eq!(found["E"]["value"], 0.9);
    assert_eq!(found["E"]["chosen"], "fixed");
    assert_eq!(found["alpha"]["value"], found["beta"]["value"]);
    assert_eq!(found["alpha"]["chosen"]["tied"], "beta");
    let eps = found["eps"]["value"].as_f64().unwrap();
    assert!((0.01..=0.1).contains(&eps), "{eps}");
    // A constraint on the other loss is none here.
    assert_eq!(ask(&["--fix", "general_loss:E=0.9"]), ask(&[]));

    for wrong in [["--fix", "E"], ["--fix", "E=x"], ["--bound", "eps=1"], ["--tie", "alpha="], ["--delta", "0"]] {
        let errors = refused(1, &["fit", SMALL, wrong[0], wrong[1]], "");
        assert!(errors.contains("expected"), "{wrong:?}: {errors}");
    }
    let errors = refused(1, &["fit", SMALL, "--fix", "zeta=1"], "");
    assert!(errors.contains("no parameter “zeta”"), "{errors}");
}

#[test]
fn objectives_differ_and_are_kept_in_the_file() {
    let ask = |objective: &str| {
        json(&printed(&["fit", SMALL, "--json", "--draws", "0", "--target", "domain", "--objective", objective], ""))
    };
    let (huber, log, plain) = (ask("huber"), ask("ls-log"), ask("ls"));
    assert_eq!(huber["objective"], "huber");
    assert_eq!(
        (&log["objective"], &plain["objective"]),
        (&Value::from("least-squares-log"), &Value::from("least-squares"))
    );
    let e = |study: &Value| study["targets"]["domain_loss"]["parameters"]["E"]["value"].as_f64().unwrap();
    assert!(e(&huber) != e(&log) && e(&log) != e(&plain));
    // A study of another objective is read back.
    let file = temporary("least-squares.json", &log.to_string());
    printed(&["predict", &file, "--ratio", "0.3", "--size", "1B", "--tokens", "5B"], "");
}

#[test]
fn a_column_of_weights_is_used_and_a_bad_one_is_named() {
    let text = std::fs::read_to_string(SMALL).unwrap();
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut weighted = format!("# a comment\n{},weight\n", lines.next().unwrap());
    for (row, line) in lines.enumerate() {
        // Every third row twice as heavy.
        weighted.push_str(&format!("{line},{}\n", 1 + u8::from(row % 3 == 0)));
    }
    let ask = |input: &str| {
        let all = ["fit", "-", "--json", "--draws", "0", "--target", "domain", "--weight", "weight"];
        json(&printed(&all, input))["targets"]["domain_loss"]["objective"].as_f64().unwrap()
    };
    let plain = json(&printed(&["fit", SMALL, "--json", "--draws", "0", "--target", "domain"], ""));
    let plain = plain["targets"]["domain_loss"]["objective"].as_f64().unwrap();
    let heavier = ask(&weighted) / plain;
    assert!(heavier > 1.1 && heavier < 1.6, "a third of the rows counts twice: {heavier}");

    let broken = weighted.replacen(",2\n", ",heavy\n", 1);
    let errors = unusable(&["fit", "-", "--weight", "weight"], &broken);
    assert!(errors.contains("Line 3, column “weight”: “heavy”"), "{errors}");
    assert!(refused(1, &["fit", SMALL, "--weight", "w"], "").contains("no column “w”"));
}

#[test]
fn profiles_name_their_sides() {
    let found = json(&printed(&["fit", SMALL, "--target", "domain", "--profile", "beta", "--json"], ""));
    let profile = &found["domain_loss"][0];
    assert_eq!(profile["parameter"], "beta");
    let (low, high) = (profile["low"]["at"].as_f64().unwrap(), profile["high"]["at"].as_f64().unwrap());
    assert!(low < 0.4 && high > 0.38 && low < high, "{low} to {high}");
    let text = printed(&["fit", SMALL, "--target", "domain", "--profile", "beta"], "");
    assert!(text.contains("profiles at 90 %") && text.contains("beta"), "{text}");
    assert!(refused(1, &["fit", SMALL, "--profile", "zeta"], "").contains("“zeta” is no parameter"));
}

#[test]
fn validation_has_every_protocol_with_its_error() {
    let found = json(&printed(&["validate", SMALL, "--target", "domain", "--draws", "10", "--json"], ""));
    let protocols: Vec<&str> =
        found[0]["protocols"].as_array().unwrap().iter().map(|p| p["protocol"].as_str().unwrap()).collect();
    assert_eq!(protocols, ["size", "tokens", "ratio", "run", "largest_size", "longest_budget"]);
    for protocol in found[0]["protocols"].as_array().unwrap() {
        let (error, spread) = (&protocol["relative_error"][0], &protocol["relative_error"][1]);
        assert!(error.as_f64().unwrap() > 0.0 && spread.as_f64().unwrap() > 0.0, "{protocol}");
    }
    assert_eq!(found[0]["diagnostics"]["rows"].as_array().unwrap().len(), 250);
    let text = printed(&["validate", SMALL, "--target", "domain", "--draws", "10"], "");
    for what in
        ["each size", "thirds of tokens", "pairs of ratios", "each run", "the largest size", "the longest budget"]
    {
        assert!(text.contains(what), "{what}: {text}");
    }
}

#[test]
fn a_comparison_ranks_the_laws_and_says_what_follows() {
    let ask = [
        "compare",
        SMALL,
        "--target",
        "domain",
        "--draws",
        "20",
        "--at-ratio",
        "0.3",
        "--at-size",
        "1B",
        "--at-tokens",
        "5B",
    ];
    let text = printed(&ask, "");
    for what in ["D-CPT Law", "Chinchilla", "Ratio in exponents", "Effective tokens", "Ratio as a term of its own"] {
        assert!(text.contains(what), "{what}: {text}");
    }
    let found = json(&printed(&[&ask[..], &["--json"]].concat(), ""));
    let laws: Vec<&str> =
        found[0]["candidates"].as_array().unwrap().iter().map(|c| c["law"].as_str().unwrap()).collect();
    assert_eq!((laws.len(), laws[0]), (5, "d-cpt"));
    assert_eq!(found[0]["recipe"]["domain_share"], 0.3);
    assert!(!found[0]["advice"].as_array().unwrap().is_empty());
}
