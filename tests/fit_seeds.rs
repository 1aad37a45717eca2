//! What the table knows of seeds and schedules reaches the fit: on generated files whose noise from seed to seed is known,
//! the note measures it and a new run's interval is as wide; losses in the middle of a decay are spoken of.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use ratioscope::fit::{Note, NoteCode, Options, Session, Severity, Study};
use ratioscope::table::{self, Reading};
use std::fmt::Write;

/// Standard deviations in ln L: of a run's level, and of a checkpoint about it.
const SEED_NOISE: f64 = 0.004;
const CHECKPOINT_NOISE: f64 = 0.0005;

/// Numbers from a standard normal: Park and Miller's generator and Box and Muller's transform.
struct Normal(u64);

impl Normal {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0 * 48_271 % 2_147_483_647;
        self.0 as f64 / 2_147_483_647.0
    }

    fn next(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// Five sizes, six ratios, `seeds` runs of each, six checkpoints; `miss` is what the law can't follow, in ln L; `rate` the
/// learning rate at a share of the run.
fn file(seeds: usize, miss: impl Fn(f64, f64) -> f64, rate: Option<fn(f64) -> f64>) -> String {
    let mut normal = Normal(7);
    let mut text = String::from("model_size,tokens_B,domain_ratio,seed,domain_loss");
    text.push_str(if rate.is_some() { ",learning_rate\n" } else { "\n" });
    for n in [0.1f64, 0.3, 1.0, 3.0, 10.0] {
        for r in [0.02f64, 0.1, 0.25, 0.5, 0.75, 1.0] {
            for seed in 0..seeds {
                let level = SEED_NOISE * normal.next() + miss(n, r);
                for d in [1.0f64, 2.0, 4.0, 8.0, 16.0, 32.0] {
                    let law = 0.95 + 0.3 / n.powf(0.36) + 0.2 * r.sqrt() / d.powf(0.4) + 0.26 / (r + 0.14).powf(0.6);
                    let loss = law * (level + CHECKPOINT_NOISE * normal.next()).exp();
                    write!(text, "{n}B,{d},{r},{seed},{loss:.6}").unwrap();
                    if let Some(rate) = rate {
                        write!(text, ",{:.3e}", rate(d / 32.0)).unwrap();
                    }
                    text.push('\n');
                }
            }
        }
    }
    text
}

fn fit(text: &str) -> Study {
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws: 400, ..Options::default() };
    let mut session = Session::new(&table, Some("d-cpt"), &[], &options).unwrap();
    while { session.step() }.0 < options.draws {}
    session.study()
}

fn note(study: &Study, code: NoteCode) -> Option<Note> {
    study.targets.values().next().unwrap().notes.iter().find(|note| note.code == code).cloned()
}

/// "0.42 %" after the words: as a share.
fn percent_after(text: &str, words: &str) -> f64 {
    let rest = text.split_once(words).unwrap().1;
    rest.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 100.0
}

/// Half of what the middle 68.27 % of a new run's errors span: of a normal its standard deviation. The tails are a size's,
/// of which five tell little.
fn spread(study: &Study) -> f64 {
    let mut errors: Vec<f64> = study.targets.values().next().unwrap().new_run.iter().map(|error| error.abs()).collect();
    errors.sort_unstable_by(f64::total_cmp);
    errors[(errors.len() as f64 * 0.6827) as usize]
}

#[test]
fn the_noise_of_a_new_run_is_that_from_seed_to_seed() {
    let study = fit(&file(3, |_, _| 0.0, None));
    let note = note(&study, NoteCode::Seeds).unwrap();
    assert_eq!(note.severity, Severity::Info, "{}", note.text);
    assert!(note.text.starts_with("30 recipes were run more than once"), "{}", note.text);
    assert!(note.text.contains("60 degrees of freedom"), "{}", note.text);
    // Known to one part in eleven (60 degrees of freedom): three standard errors.
    let measured = percent_after(&note.text, "differ by ");
    assert!((measured / SEED_NOISE - 1.0).abs() < 0.27, "{}", note.text);
    let (spread, truth) = (spread(&study), SEED_NOISE.hypot(CHECKPOINT_NOISE));
    assert!((spread / truth - 1.0).abs() < 0.27, "a new run's error spreads by {spread}, the truth is {truth}");
    assert!(note_of_one_seed().is_none());
}

/// With a single seed there is nothing to measure, and that is said.
fn note_of_one_seed() -> Option<Note> {
    let study = fit(&file(1, |_, _| 0.0, None));
    assert!(note(&study, NoteCode::NoReplicates).is_some());
    note(&study, NoteCode::Seeds)
}

#[test]
fn what_the_law_misses_is_told_from_the_noise_of_seeds() {
    // Up and down from one recipe to the next by 2 %: no smooth law follows.
    let study = fit(&file(3, |n, r| if ((10.0 * n).ln() * 3.0 + r * 40.0).sin() > 0.0 { 0.02 } else { -0.02 }, None));
    let note = note(&study, NoteCode::Seeds).unwrap();
    assert_eq!(note.severity, Severity::Warning, "{}", note.text);
    let (noise, about) = (percent_after(&note.text, "differ by "), percent_after(&note.text, "The runs lie "));
    assert!((noise / SEED_NOISE - 1.0).abs() < 0.27, "the misfit must not enter the noise: {}", note.text);
    assert!((0.015..0.03).contains(&about), "{}", note.text);
    assert!(spread(&study) > 0.015, "a new run misses the law as the others do");
}

#[test]
fn losses_in_the_middle_of_a_decay_are_spoken_of() {
    let cosine = |share: f64| 3e-5 * (0.5 + 0.5 * (std::f64::consts::PI * share).cos());
    let said = note(&fit(&file(1, |_, _| 0.0, Some(cosine))), NoteCode::MidSchedule).unwrap();
    assert_eq!(said.severity, Severity::Warning);
    // Of six checkpoints a run the first two are still within 2 % of the peak, the last is annealed.
    assert!(said.text.contains("90 of 180 losses") && said.text.contains("30 at its end"), "{}", said.text);
    assert!(note(&fit(&file(1, |_, _| 0.0, Some(|_| 3e-5))), NoteCode::MidSchedule).is_none());
    assert!(note(&fit(&file(1, |_, _| 0.0, None)), NoteCode::MidSchedule).is_none());
}
