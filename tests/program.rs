//! The built program end to end: what it prints, what it writes as JSON, and its exit codes.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/program.rs"]
mod program;

use program::{json, numbers, printed, refused, temporary, unusable};
use serde_json::Value;
use std::path::Path;
use std::sync::OnceLock;

const GRID: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/examples/generated-grid.csv");
const D_CPT: [&str; 9] = ["E", "A", "alpha", "B", "beta", "eta", "C", "gamma", "eps"];

/// The grid's study with 20 draws of seed 1, fitted once for all tests.
fn grid() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| printed(&["fit", GRID, "--json", "--draws", "20", "--seed", "1"], ""))
}

/// The keys of an object, sorted.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Five sizes and six budgets from 1.7 + 0.4/N^0.35 + 0.3/D^0.4 in billions, with a run effect; the same loss twice.
fn same_loss_twice() -> String {
    let mut text = String::from("run,params_B,tokens_B,general_loss,domain_loss\n");
    for (i, n) in [0.1, 0.3, 1.0, 3.0, 10.0_f64].into_iter().enumerate() {
        let effect = [2e-3, -3e-3, 1e-3, -1e-3, 2e-3][i];
        for (j, d) in [1.0, 2.0, 4.0, 8.0, 16.0, 32.0_f64].into_iter().enumerate() {
            let noise = [5e-4, -7e-4, 1e-4, 8e-4, -4e-4, -2e-4][(i + j) % 6];
            let loss = (1.7 + 0.4 / n.powf(0.35) + 0.3 / d.powf(0.4)) * f64::exp(effect + noise);
            text.push_str(&format!("r{i},{n},{d},{loss:.6},{loss:.6}\n"));
        }
    }
    text
}

#[test]
fn the_study_has_every_field_a_notebook_reads() {
    let study = json(grid());
    assert_eq!(study["schema"], 1);
    assert_eq!(study["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(study["seed"], 1);
    assert_eq!(study["draws"], 20);
    assert_eq!(study["level"], 0.9);
    assert_eq!(study["delta"], 1e-3);
    assert_eq!(study["general"], "general_loss");
    assert_eq!(study["domains"], serde_json::json!(["domain_loss"]));
    assert_eq!(study["problems"], serde_json::json!([]));
    assert_eq!(study["ranges"]["size"]["low"], 5e8);
    assert_eq!(study["ranges"]["size"]["high"], 4e9);
    assert_eq!(study["ranges"]["tokens"]["distinct"], 20);
    assert_eq!(keys(&study["targets"]), ["domain_loss", "general_loss"]);
    for (name, kind) in [("general_loss", "general"), ("domain_loss", "domain")] {
        let fit = &study["targets"][name];
        assert_eq!(fit["kind"], kind);
        assert_eq!(fit["law"], "d-cpt");
        assert_eq!(fit["n"], 540, "the base rows are not fitted");
        assert_eq!(fit["runs"], 27);
        let objective = fit["objective"].as_f64().unwrap();
        let mean = fit["huber_mean"].as_f64().unwrap();
        assert!((mean * 540.0 / objective - 1.0).abs() < 1e-9);
        assert!(fit["r2"].as_f64().unwrap() > 0.99);
        let error = fit["mean_relative_error"].as_f64().unwrap();
        assert!((1e-4..1e-2).contains(&error), "{error}");
        for note in fit["notes"].as_array().unwrap() {
            assert!(note["code"].is_string() && note["severity"].is_string() && note["text"].is_string(), "{note}");
        }
    }
}

#[test]
fn the_optimum_in_the_file_is_the_one_of_the_reference() {
    let study = json(grid());
    let oracle = include_str!("fixtures/oracle.json");
    for (target, case) in [("general_loss", "generated-grid-general"), ("domain_loss", "generated-grid-domain")] {
        let all = json(oracle);
        let reference = all.as_array().unwrap().iter().find(|record| record["case"] == case).unwrap();
        let wanted = reference["objective"].as_f64().unwrap();
        let found = study["targets"][target]["objective"].as_f64().unwrap();
        assert!(found <= wanted * (1.0 + 1e-6), "{target}: {found} against {wanted}");
    }
}

#[test]
fn parameters_stand_by_name_in_the_order_of_the_law_with_an_interval_in_both_units() {
    let study = json(grid());
    for fit in study["targets"].as_object().unwrap().values() {
        let mut wanted = D_CPT;
        wanted.sort_unstable();
        assert_eq!(keys(&fit["parameters"]), wanted);
        for name in D_CPT {
            let p = &fit["parameters"][name];
            let of = |v: &Value| ["value", "low", "high"].map(|key| v[key].as_f64().unwrap());
            let (natural, billions) = (of(p), of(&p["billions"]));
            assert!(natural[1] <= natural[2] && billions[1] <= billions[2], "{name}: {p}");
            assert_eq!(p["held"], false);
        }
        let value = |p: &Value, name: &str| p[name]["value"].as_f64().unwrap();
        let p = &fit["parameters"];
        let a = p["A"]["billions"]["value"].as_f64().unwrap();
        let expected = value(p, "A") / 1e9_f64.powf(value(p, "alpha"));
        assert!((a / expected - 1.0).abs() < 1e-9, "A in billions is A / 1e9^alpha: {a} against {expected}");
    }
    // The order of the text, which a map read back does not keep.
    let text = &grid()[grid().find("\"parameters\"").unwrap()..];
    let places: Vec<usize> = D_CPT.iter().map(|name| text.find(&format!("\"{name}\": {{")).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn both_losses_have_as_many_draws_as_were_asked_for() {
    let study = json(grid());
    for fit in study["targets"].as_object().unwrap().values() {
        for name in D_CPT {
            assert_eq!(numbers(&fit["draws"][name]).len(), 20, "{name}");
        }
        assert_eq!(numbers(&fit["new_run"]).len(), 20);
        let e = numbers(&fit["draws"]["E"]);
        assert!(e.iter().any(|v| *v != e[0]), "draws differ from one another");
    }
}

#[test]
fn draw_b_has_the_same_weights_in_every_target() {
    let study = json(&printed(&["fit", "-", "--json", "--draws", "20"], &same_loss_twice()));
    let (general, domain) = (&study["targets"]["general_loss"], &study["targets"]["domain_loss"]);
    assert_eq!(general["law"], "chinchilla");
    // The two columns hold the same numbers: with the same weights every draw must agree.
    assert_eq!(general["draws"], domain["draws"]);
    assert_eq!(numbers(&general["draws"]["alpha"]).len(), 20);
}

#[test]
fn a_target_alone_has_the_draws_it_has_beside_the_other() {
    let alone = json(&printed(&["fit", GRID, "--json", "--draws", "3", "--target", "domain"], ""));
    assert_eq!(keys(&alone["targets"]), ["domain_loss"]);
    assert_eq!(alone["general"], Value::Null);
    let both = json(grid());
    for name in D_CPT {
        let three = numbers(&alone["targets"]["domain_loss"]["draws"][name]);
        assert_eq!(three, numbers(&both["targets"]["domain_loss"]["draws"][name])[..3], "{name}");
    }
}

#[test]
fn the_base_losses_stand_by_size() {
    let study = json(grid());
    let base = study["base"].as_array().unwrap();
    let sizes: Vec<f64> = base.iter().map(|b| b["size"].as_f64().unwrap()).collect();
    assert_eq!(sizes, [5e8, 1.8e9, 4e9]);
    // The first rows of the file: 0.5B at 0 tokens.
    assert!((base[0]["losses"]["general_loss"].as_f64().unwrap() - 2.91983).abs() < 1e-9);
    assert!((base[0]["losses"]["domain_loss"].as_f64().unwrap() - 2.2245).abs() < 1e-9);
}

#[test]
fn the_same_seed_writes_the_same_bytes_and_another_seed_other_draws() {
    let csv = same_loss_twice();
    let with = |seed: &str| printed(&["fit", "-", "--json", "--draws", "20", "--seed", seed], &csv);
    let (first, again, other) = (with("1"), with("1"), with("2"));
    assert_eq!(first, again);
    let (first, other) = (json(&first), json(&other));
    assert_eq!(other["seed"], 2);
    let of = |study: &Value, key: &str| study["targets"]["domain_loss"][key].clone();
    assert_ne!(of(&first, "draws"), of(&other, "draws"));
    assert_ne!(of(&first, "new_run"), of(&other, "new_run"));
    assert_eq!(of(&first, "objective"), of(&other, "objective"), "the seed is of the draws alone");
}

#[test]
fn standard_input_is_read_like_a_file() {
    let grid_text = std::fs::read_to_string(GRID).unwrap();
    let arguments = |file| ["fit", file, "--json", "--draws", "2"];
    let (from_input, from_file) = (printed(&arguments("-"), &grid_text), printed(&arguments(GRID), ""));
    // A fit tells the name of its file; standard input has none.
    let name = Path::new(GRID).file_name().and_then(|name| name.to_str()).unwrap();
    assert_eq!(json(&from_file)["file"], name);
    assert_eq!(from_input, from_file.replace(&format!("  \"file\": \"{name}\",\n"), ""));
}

#[test]
fn problems_of_the_file_are_written_with_their_row() {
    let csv = same_loss_twice() + "r9,1,4,lots,2.2\n";
    let study = json(&printed(&["fit", "-", "--json", "--draws", "0"], &csv));
    let problems = study["problems"].as_array().unwrap();
    // One header and 30 rows come before it.
    let found = problems.iter().filter_map(Value::as_str).any(|p| p.contains("32") && p.contains("lots"));
    assert!(found, "{problems:?}");
    assert_eq!(study["targets"]["general_loss"]["n"], 30);
    assert_eq!(study["targets"]["domain_loss"]["n"], 31);
    assert_eq!(study["targets"]["domain_loss"]["parameters"]["E"]["low"], Value::Null, "no draws, no interval");
}

#[test]
fn a_prediction_beyond_the_data_says_so() {
    let fit = temporary("beyond.json", grid());
    let asked = ["predict", &fit, "--ratio", "0.3", "--size", "7B", "--tokens", "20B"];
    let text = printed(&asked, "");
    let warning = "Model size 7B is 1.8 times the largest measured (4B).";
    assert!(text.lines().any(|line| line == warning), "{text}");
    assert_eq!(text.matches("the largest measured").count(), 1, "{text}");
    assert!(text.contains("general_loss: ") && text.contains("domain_loss: "), "{text}");

    let answer = json(&printed(&[&asked[..], &["--json"]].concat(), ""));
    assert_eq!(answer["recipe"]["size"], 7e9);
    let notes = answer["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 1, "{notes:?}");
    assert_eq!(notes[0]["code"], "extrapolates");
    for name in ["general_loss", "domain_loss"] {
        let p = &answer["targets"][name];
        let (loss, law) = (p["loss"].as_f64().unwrap(), numbers(&p["law"]));
        assert!(law[0] < law[1] && (law[0] - 0.05..law[1] + 0.05).contains(&loss), "{p}");
        assert_eq!(p["base"], Value::Null, "no base model of 7B was measured");
    }
}

#[test]
fn a_prediction_inside_the_data_has_the_loss_of_its_formula_and_the_change_from_the_base() {
    let asked = ["predict", "-", "--ratio", "3:7", "--size", "1.8B", "--tokens", "10B", "--json"];
    let answer = json(&printed(&asked, grid()));
    assert_eq!(answer["notes"], serde_json::json!([]));
    let study = json(grid());
    for (name, own) in [("general_loss", 0.7_f64), ("domain_loss", 0.3)] {
        let p = |key: &str| study["targets"][name]["parameters"][key]["billions"]["value"].as_f64().unwrap();
        let by_hand = p("E")
            + p("A") / 1.8_f64.powf(p("alpha"))
            + p("B") * own.powf(p("eta")) / 10_f64.powf(p("beta"))
            + p("C") / (own + p("eps")).powf(p("gamma"));
        let predicted = &answer["targets"][name];
        let number = |key: &str| predicted[key].as_f64().unwrap();
        assert!((number("loss") - by_hand).abs() < 1e-9, "{name}: {predicted} against {by_hand}");
        assert!((number("change") - (number("loss") - number("base"))).abs() < 1e-12);
        let (law, new_run) = (numbers(&predicted["law"]), numbers(&predicted["new_run"]));
        assert!(new_run[1] - new_run[0] > law[1] - law[0], "a new run is less sure than the law: {predicted}");
    }
}

#[test]
fn a_prediction_is_said_in_bits_and_as_perplexity_and_written_in_nats() {
    let asked = ["predict", "-", "--ratio", "3:7", "--size", "1.8B", "--tokens", "10B"];
    let told = |more: &[&str]| printed(&[&asked[..], more].concat(), grid());
    let nats = json(&told(&["--json"]))["targets"]["domain_loss"]["loss"].as_f64().unwrap();
    for (unit, value) in [("nats", nats), ("bits", nats / std::f64::consts::LN_2), ("perplexity", nats.exp())] {
        let text = told(&["--unit", unit]);
        assert!(text.contains(&format!("domain_loss: {value:.4}")), "{unit}: {text}");
        assert_eq!(json(&told(&["--unit", unit, "--json"]))["targets"]["domain_loss"]["loss"], nats, "{unit}");
    }
    assert!(refused(1, &[&asked[..], &["--unit", "hartleys"]].concat(), grid()).contains("nats, bits or perplexity"));
}

#[test]
fn the_report_for_people_names_each_loss_and_its_quality() {
    let text = printed(&["fit", "-", "--draws", "2"], &same_loss_twice());
    for wanted in ["general_loss: ", "domain_loss: ", "L = E + A/N^α + B/D^β", "R² ", "of 2 draws", "30 rows, 5 runs"]
    {
        assert!(text.contains(wanted), "{wanted} in {text}");
    }
}

#[test]
fn wrong_usage_ends_with_1() {
    let fit = |rest: &[&'static str]| [&["fit", GRID, "--draws", "0"], rest].concat();
    for (rest, named) in [
        (&["--no-such-flag"][..], "--no-such-flag"),
        (&["--law", "no-such-law"], "no-such-law"),
        (&["--size", "no-such-size"], "no-such-size"),
        (&["--tokens", "no-such-tokens"], "no-such-tokens"),
        (&["--ratio", "no-such-ratio"], "no-such-ratio"),
        (&["--loss", "no-such-loss"], "no-such-loss"),
        (&["--target", "no-such-target"], "no-such-target"),
        (&["--domain", "no-such-domain"], "no-such-domain"),
        (&["--seed", "one"], "one"),
    ] {
        let errors = refused(1, &fit(rest), "");
        assert!(errors.contains(named), "{rest:?}: {errors}");
    }
    refused(1, &[], "");
    refused(1, &["fit"], "");
    refused(1, &["no-such-command"], "");
    let errors = refused(1, &["predict", "-", "--ratio", "0.3", "--tokens", "20B"], grid());
    assert!(errors.contains("--size is needed"), "{errors}");
    let errors = refused(1, &["predict", "-", "--ratio", "0.3", "--size", "huge"], grid());
    assert!(errors.contains("huge"), "{errors}");
}

#[test]
fn help_and_version_are_no_errors() {
    assert_eq!(printed(&["--version"], ""), format!("ratioscope {}\n", env!("CARGO_PKG_VERSION")));
    let help = printed(&["fit", "--help"], "");
    assert!(help.contains("--draws") && help.contains("--seed"), "{help}");
}

#[test]
fn unusable_data_ends_with_2_and_one_line() {
    let fit = ["fit", "-", "--json"];
    assert!(unusable(&fit, "").contains("empty"));
    assert!(unusable(&fit, "params,tokens,domain_loss\n").contains("no rows"));
    assert!(unusable(&fit, "params,tokens,colour\n1B,2B,red\n").contains("colour"));
    assert!(
        unusable(&fit, "params,tokens,domain_loss\n1B,2B,2.5\n3B,4B,2.3\n").contains("Too little to fit: 2 usable")
    );
    assert!(unusable(&fit, "params,tokens,domain_loss\n1B,2B,2.5\n").contains("1 usable row with"));
    assert!(unusable(&fit, "1,2,3\n4,5,6\n").contains("first row is numbers"));
    assert!(unusable(&fit, "params,tokens,domain_loss\n1B,2B,red\n1B,2B,-1\n").contains("“red”"));
    assert!(unusable(&fit, "text,domain_loss\na,2.5\n").contains("tokens"));
    assert!(unusable(&fit, "{\"loss\": 2.5}").contains("“loss”"));
    let missing = format!("{}/no-such-file.csv", env!("CARGO_TARGET_TMPDIR"));
    assert!(unusable(&["fit", &missing], "").contains("no-such-file.csv"));
    assert!(unusable(&["fit", env!("CARGO_TARGET_TMPDIR")], "").contains("could not be read"));
    let predict = ["predict", "-", "--ratio", "0.3", "--size", "7B", "--tokens", "20B"];
    assert!(unusable(&predict, "not a study").contains("is no fit of ratioscope"));
    assert!(unusable(&predict, &grid().replacen("\"schema\": 1", "\"schema\": 999", 1)).contains("its schema is 999"));
    assert!(unusable(&predict, &grid().replacen("\"alpha\"", "\"omega\"", 1)).contains("are not those of its law"));
}

#[test]
fn a_line_break_inside_a_cell_does_not_break_the_line_of_the_error() {
    let csv = "params,tokens,domain_loss\n1B,2B,\"not\na number\"\n";
    unusable(&["fit", "-"], csv);
    unusable(&["fit", "-"], "params,tokens,\"col\nour\"\n1B,2B,red\n");
}

/// A loss with too few rows is left out with a sentence, and one measured on less of an axis says where it ends.
#[test]
fn no_loss_is_left_out_or_stretched_silently() {
    let mut text = "params,tokens,domain_ratio,general_loss,domain_loss\n".to_owned();
    for (at, size) in [1e8, 3e8, 1e9, 3e9].into_iter().enumerate() {
        for tokens in [1e9, 3e9, 1e10, 3e10] {
            for ratio in [0.1, 0.4, 0.7, 1.0] {
                let general = 2.0 + 300.0 / f64::powf(size, 0.33) + 0.3 / f64::powf(tokens / 1e9, 0.3) + 0.1 * ratio;
                let domain = if at < 2 { format!("{:.4}", general - 0.5 * ratio) } else { String::new() };
                text += &format!("{size},{tokens},{ratio},{general:.4},{domain}\n");
            }
        }
    }
    let fit = printed(&["fit", "-", "--json", "--draws", "5"], &text);
    let beyond = |size: &str| -> Vec<String> {
        let answer =
            json(&printed(&["predict", "-", "--json", "--ratio", "0.4", "--size", size, "--tokens", "3B"], &fit));
        answer["notes"].as_array().unwrap().iter().map(|note| note["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(beyond("300M"), [""; 0]);
    assert_eq!(beyond("3B"), ["For domain_loss: Model size 3B is 10 times the largest measured (300M)."]);

    let few: String = text
        .lines()
        .enumerate()
        .map(|(at, line)| {
            let keep = at < 3;
            let cut = line.rfind(',').unwrap();
            if keep { format!("{line}\n") } else { format!("{},\n", &line[..cut]) }
        })
        .collect();
    let study = json(&printed(&["fit", "-", "--json", "--draws", "5"], &few));
    let said = study["problems"]
        .as_array()
        .unwrap()
        .iter()
        .any(|p| p.as_str().unwrap().contains("domain_loss is not fitted: 2 usable rows"));
    assert!(said, "{}", study["problems"]);
}

#[test]
fn a_fit_has_a_thousand_draws_unless_told_otherwise() {
    let study = json(&printed(&["fit", "-", "--json", "--target", "domain"], &same_loss_twice()));
    assert_eq!(study["draws"], 1000);
    assert_eq!(numbers(&study["targets"]["domain_loss"]["draws"]["E"]).len(), 1000);
}

/// A workbook is read like the CSV it holds.
#[test]
fn a_workbook_is_read() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/shapes/workbook.xlsx");
    let study = json(&printed(&["fit", file, "--law", "chinchilla", "--json", "--draws", "0"], ""));
    assert!(study["targets"].as_object().is_some_and(|targets| !targets.is_empty()), "{study}");
}
