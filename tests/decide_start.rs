//! Continued or from scratch: on data made by the cross-lingual law, against its closed forms.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::decide::start::{Ask, ROUNDING, applies, closed_form};
use ratioscope::fit::{Options, Session, Study};
use ratioscope::table::{self, Reading};
use std::sync::OnceLock;

/// E, A, alpha, B, beta, B', beta', gamma for N and D in billions; continued runs are ahead up to some 300B tokens.
const TRUTH: [f64; 8] = [1.55, 0.42, 0.40, 0.95, 0.30, 0.55, 0.22, 0.05];

fn loss(continued: bool, n: f64, d: f64) -> f64 {
    let [e, a, alpha, b, beta, b2, beta2, gamma] = TRUTH;
    let of_tokens = if continued { b2 / (d.powf(beta2) * n.powf(gamma)) } else { b / d.powf(beta) };
    e + a / n.powf(alpha) + of_tokens
}

/// A file as a person would write it, with a little noise that differs from run to run.
fn study() -> &'static Study {
    static STUDY: OnceLock<Study> = OnceLock::new();
    STUDY.get_or_init(|| {
        let mut text = String::from("run,start,model_size,tokens,domain_loss\n");
        let mut state = 3u64;
        let mut noise = || {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5) * 1e-3
        };
        for n in [0.05, 0.2, 0.6, 1.8, 5.5] {
            for start in ["scratch", "continued"] {
                let level = noise();
                for d in [2.0, 5.0, 10.0, 20.0, 50.0, 100.0] {
                    let value = loss(start == "continued", n, d) * (level + 0.3 * noise()).exp();
                    text.push_str(&format!("{start}-{n},{start},{n}B,{d}B,{value:.6}\n"));
                }
            }
        }
        let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
        assert!(table.observations.start.is_some(), "the column is recognised");
        let options = Options { draws: 60, ..Options::default() };
        let mut session = Session::new(&table, None, &[], &options).unwrap();
        while session.step().0 < options.draws {}
        session.study()
    })
}

fn ask(size: f64, tokens: f64) -> Ask {
    Ask { loss: None, size, tokens, domain_share: 1.0, flops: None }
}

#[test]
fn both_kinds_of_runs_pick_the_law_that_knows_them() {
    let fit = study().targets.values().next().unwrap();
    assert_eq!(fit.law, "cross-lingual");
    assert!(applies(study()));
    for (estimate, truth) in fit.parameters.iter().zip(TRUTH) {
        // Noise of a twentieth of a per cent; gamma rests on five sizes.
        let near = (estimate.value_billions - truth).abs() < 0.15 * truth.abs() + 0.02;
        assert!(near, "{}: {} not {truth}", estimate.name, estimate.value_billions);
    }
}

#[test]
fn tokens_saved_break_even_and_allocation() {
    let (n, d) = (1.0, 20.0);
    let answer = ask(n * 1e9, d * 1e9).answer(study()).unwrap();
    let [e, a, alpha, b, beta, b2, beta2, gamma] = TRUTH;
    // From scratch B/D^beta must come down to the continued run's own term.
    let needed = (b / (loss(true, n, d) - e - a / n.powf(alpha))).powf(1.0 / beta);
    let saved = answer.tokens_saved.unwrap();
    assert!((saved.value / ((needed - d) * 1e9) - 1.0).abs() < 0.1, "{} not {}", saved.value, (needed - d) * 1e9);
    let (low, high) = saved.interval.unwrap();
    assert!(low < saved.value && saved.value < high);
    let compute = answer.compute_saved.unwrap();
    assert!((compute.value / (6.0 * n * 1e9 * saved.value) - 1.0).abs() < 1e-12);
    // B/D^beta = B'/(D^beta' N^gamma).
    let even = (b * n.powf(gamma) / b2).powf(1.0 / (beta - beta2)) * 1e9;
    let found = answer.break_even.unwrap();
    assert!((found.value / even - 1.0).abs() < 0.5, "{:e} not {even:e}", found.value);
    assert!(answer.overtakes > 0.9 && answer.never_reached < 0.1);
    // The allocation of 1e21 FLOPs, against the closed form of the fitted parameters.
    let fit = study().targets.values().next().unwrap();
    let value: Vec<f64> = fit.parameters.iter().map(|p| p.value).collect();
    let flops = 1e21;
    let answer = Ask { flops: Some(flops), ..ask(1e9, 2e10) }.answer(study()).unwrap();
    for (found, closed) in answer.allocation.iter().zip([
        closed_form(value[1], value[2], value[3], value[4], 0.0, flops),
        closed_form(value[1], value[2], value[5], value[6], value[7], flops),
    ]) {
        assert!((found.size.value / closed - 1.0).abs() < 1e-4, "{:e} not {closed:e}", found.size.value);
        assert!((6.0 * found.size.value * found.tokens.value / flops - 1.0).abs() < 1e-9);
        assert!(found.corner == 0.0 && found.size.interval.is_some());
    }
    assert!(answer.allocation[1].continued && !answer.allocation[0].continued);
    assert!(answer.allocation[1].loss.value < answer.allocation[0].loss.value);
    assert!(answer.notes.iter().any(|note| note == ROUNDING), "the trap of printed figures is said");
}

#[test]
fn it_is_asked_of_a_file_with_both_kinds_only() {
    let grid = std::fs::read("assets/examples/generated-grid.csv").unwrap();
    let table = table::read(&grid, &Reading::default()).unwrap();
    let options = Options { draws: 0, ..Options::default() };
    let study = Session::new(&table, None, &[], &options).unwrap().study();
    assert!(!applies(&study));
    let refused = ask(1e9, 1e10).answer(&study).unwrap_err();
    assert!(refused.to_string().contains("runs from scratch and continued ones"), "{refused}");
    let asked = Session::new(&table, Some("cross-lingual"), &[], &options).unwrap_err();
    assert!(asked.to_string().contains("Cross-lingual CPT needs runs from scratch and continued ones"), "{asked}");
    assert!(ask(0.0, 1e10).answer(self::study()).is_err());
}
