//! A fit saved as JSON is opened again, by the page and the program alike: the same losses and intervals; what is damaged
//! or of another version is refused in a sentence, and nothing anybody puts there panics.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::fit::layout::{self, LayoutError};
use ratioscope::fit::{Study, StudyLayout};
use ratioscope::law::Recipe;

fn saved() -> (&'static Study, String) {
    let study = studies::grid();
    (study, serde_json::to_string_pretty(&StudyLayout::from(study.clone())).unwrap())
}

#[test]
fn a_saved_fit_predicts_the_same_losses_and_intervals() {
    let (study, text) = saved();
    for text in [
        text.clone(),
        format!("\u{feff}{text}"),
        serde_json::to_string(&serde_json::from_str::<StudyLayout>(&text).unwrap()).unwrap(),
    ] {
        assert!(layout::holds_a_fit(text.as_bytes()));
        let read = layout::from_json(text.as_bytes()).unwrap();
        assert_eq!((&read.options, &read.ranges, &read.base), (&study.options, &study.ranges, &study.base));
        for name in study.targets.keys() {
            assert_eq!(read.targets[name].notes, study.targets[name].notes);
            for at in [0.0, 0.4, 1.0].map(|domain_share| Recipe { domain_share, size: 2e9, tokens: 3e10 }) {
                let (a, b) = (read.predict(name, at).unwrap(), study.predict(name, at).unwrap());
                // In natural units and back: the last digit may differ.
                let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12 * b.abs(), "{a} {b}");
                near(a.loss, b.loss);
                for (a, b) in [(a.law, b.law), (a.new_run, b.new_run)] {
                    let (a, b) = (a.unwrap(), b.unwrap());
                    near(a.0, b.0);
                    near(a.1, b.1);
                }
            }
        }
    }
}

#[test]
fn runs_are_no_fit_and_other_versions_and_damage_are_said() {
    let (_, text) = saved();
    for runs in ["", "schema,size\n1,2", "[{\"schema\": 1}]", "{\"size\": 1, \"schema\": 1}", "{", "{}"] {
        assert!(!layout::holds_a_fit(runs.as_bytes()), "{runs}");
    }
    let newer = text.replacen("\"schema\": 1", "\"schema\": 7", 1);
    let error = layout::from_json(newer.as_bytes()).unwrap_err();
    assert_eq!(error, LayoutError::Schema(7));
    assert_eq!(
        error.sentences(),
        "It holds a fit of another version of Ratioscope: its schema is 7, this version reads 1. Open the runs, and fit them anew."
    );
    let cut = layout::from_json(&text.as_bytes()[..text.len() / 2]).unwrap_err();
    assert!(cut.sentences().starts_with("It holds a fit, but it is cut off or changed ("), "{}", cut.sentences());
    let law = text.replace("\"d-cpt\"", "\"no-such-law\"");
    assert_eq!(layout::from_json(law.as_bytes()).unwrap_err(), LayoutError::UnknownLaw("no-such-law".to_owned()));
    assert!(matches!(layout::from_json(b"{\"schema\": 1}"), Err(LayoutError::Damaged(_))));
}

#[test]
fn no_bytes_panic() {
    let (_, text) = saved();
    let mut state = 0x5eed_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let mut read = 0;
    for _ in 0..500 {
        let mut bytes = text.clone().into_bytes();
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            bytes[at] = b"0123456789-.e,[]{}\":nulx"[next(24)];
        }
        if let Ok(study) = layout::from_json(&bytes) {
            read += 1;
            for name in study.targets.keys() {
                study.predict(name, Recipe { domain_share: 0.3, size: 1e9, tokens: 1e10 });
            }
        }
    }
    println!("{read} of 500 changed files were still read");
    assert!(read > 0);
}
