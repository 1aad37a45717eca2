//! Every note is raised by the file made for it and not by its sibling.
//!
//! The files of `tests/notes` are one sound grid and copies that differ in the one thing a note is about; the script
//! `tools/make_notes.py` makes them. A note that never fails to appear says nothing, so each is checked both ways.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use ratioscope::fit::{NoteCode, Options, Session, Severity, Study};
use ratioscope::table::{self, Reading};
use std::path::Path;

/// Fits every loss of a file with 100 draws: enough for the notes that rest on draws.
fn fit(path: &Path) -> Study {
    let bytes = std::fs::read(path).unwrap();
    let table = table::read(&bytes, &Reading::default()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let options = Options { draws: 100, ..Options::default() };
    let mut session = Session::new(&table, Some("d-cpt"), &[], &options).unwrap();
    while { session.step() }.0 < options.draws {}
    session.study()
}

fn note_file(name: &str) -> Study {
    fit(&Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/notes/{name}.csv")))
}

/// Codes of the only target's notes, with what they are about.
fn notes(study: &Study) -> Vec<(NoteCode, Option<String>)> {
    assert_eq!(study.targets.len(), 1);
    study.targets.values().flat_map(|fit| &fit.notes).map(|note| (note.code, note.about.clone())).collect()
}

fn has(study: &Study, code: NoteCode) -> bool {
    notes(study).iter().any(|(found, _)| *found == code)
}

fn has_about(study: &Study, code: NoteCode, about: &str) -> bool {
    notes(study).iter().any(|(found, what)| *found == code && what.as_deref() == Some(about))
}

fn assert_raised(name: &str, code: NoteCode) {
    let study = note_file(name);
    assert!(has(&study, code), "{name}.csv raises no {code}: {:?}", notes(&study));
}

fn assert_absent(name: &str, code: NoteCode) {
    let study = note_file(name);
    assert!(!has(&study, code), "{name}.csv raises {code}: {:?}", notes(&study));
}

#[test]
fn a_sound_file_says_only_that_no_recipe_was_repeated() {
    assert_eq!(notes(&note_file("sound")), [(NoteCode::NoReplicates, None)]);
}

#[test]
fn at_bound() {
    let study = note_file("at_bound");
    assert!(has_about(&study, NoteCode::AtBound, "eta"), "{:?}", notes(&study));
    assert_absent("sound", NoteCode::AtBound);
}

#[test]
fn unidentified() {
    let study = note_file("unidentified");
    // The ratio term is gone: whatever its weight, the exponent and the offset must be called open.
    for name in ["gamma", "eps"] {
        assert!(has_about(&study, NoteCode::Unidentified, name), "{name}: {:?}", notes(&study));
    }
    assert_absent("sound", NoteCode::Unidentified);
}

#[test]
fn too_few_sizes() {
    assert_raised("too_few_sizes", NoteCode::TooFewSizes);
    assert_raised("two_sizes", NoteCode::TooFewSizes);
    assert_absent("size_term_saturated", NoteCode::TooFewSizes);
}

#[test]
fn size_term_saturated() {
    assert_raised("size_term_saturated", NoteCode::SizeTermSaturated);
    assert_absent("sound", NoteCode::SizeTermSaturated);
}

#[test]
fn too_few_ratios() {
    assert_raised("too_few_ratios", NoteCode::TooFewRatios);
    assert_raised("one_ratio", NoteCode::TooFewRatios);
    assert_absent("sound", NoteCode::TooFewRatios);
}

#[test]
fn too_few_tokens() {
    assert_raised("too_few_tokens", NoteCode::TooFewTokens);
    assert_absent("sound", NoteCode::TooFewTokens);
}

#[test]
fn few_runs() {
    assert_raised("few_runs", NoteCode::FewRuns);
    assert_absent("sound", NoteCode::FewRuns);
}

#[test]
fn no_replicates() {
    assert_raised("sound", NoteCode::NoReplicates);
    assert_absent("replicates", NoteCode::NoReplicates);
}

#[test]
fn few_spare_runs() {
    assert_raised("few_spare_runs", NoteCode::FewSpareRuns);
    assert_absent("sound", NoteCode::FewSpareRuns);
}

#[test]
fn not_monotone() {
    assert_raised("not_monotone", NoteCode::NotMonotone);
    assert_absent("sound", NoteCode::NotMonotone);
}

#[test]
fn rises_with_tokens() {
    let study = note_file("rises_with_tokens");
    let fit = study.targets.values().next().unwrap();
    let note = fit.notes.iter().find(|note| note.code == NoteCode::RisesWithTokens).unwrap();
    assert_eq!(note.severity, Severity::Withholds, "a recommendation must not rest on this loss");
    assert_absent("sound", NoteCode::RisesWithTokens);
}

#[test]
fn the_real_continual_runs_rise_with_tokens() {
    let Some(path) =
        common::real_data("the_real_continual_runs_rise_with_tokens", "mixing-laws/ct_70M_pile_python.csv")
    else {
        return;
    };
    let study = fit(&path);
    let general = study.general.as_deref().unwrap();
    let raised = |name: &str| study.targets[name].notes.iter().any(|note| note.code == NoteCode::RisesWithTokens);
    assert!(raised(general), "{:?}", study.targets[general].notes);
    // The domain loss of the same runs falls.
    assert!(!raised(&study.domains[0]), "{:?}", study.targets[&study.domains[0]].notes);
}

#[test]
fn every_note_is_a_sentence() {
    for name in ["at_bound", "unidentified", "too_few_sizes", "too_few_ratios", "too_few_tokens", "few_runs"] {
        for fit in note_file(name).targets.values() {
            for note in &fit.notes {
                assert!(note.text.ends_with('.') && note.text.len() > 20, "{}: {:?}", note.code, note.text);
                assert!(!note.text.contains('!'), "{:?}", note.text);
            }
        }
    }
}

/// With a handful of runs the ends of the draws are their spread, in every place that names them.
#[test]
fn few_runs_have_no_interval() {
    let few = note_file("few_runs");
    let fit = few.targets.values().next().unwrap();
    assert!(!fit.has_intervals());
    assert!(fit.interval_name(0.9).starts_with("spread of"), "{}", fit.interval_name(0.9));
    let sound = note_file("sound");
    assert_eq!(sound.targets.values().next().unwrap().interval_name(0.9), "90 % interval");
}
