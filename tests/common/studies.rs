//! Fitted studies the tests of the decisions ask, and the losses they are checked against.

#![allow(dead_code, reason = "each test uses its part")]

use ratioscope::fit::{Options, Session, Study};
use ratioscope::law::{self, Points};
use ratioscope::table::{self, LossKind, Reading};
use std::path::Path;
use std::sync::OnceLock;

/// The text of an example file.
pub fn example(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/examples").join(name)).unwrap()
}

/// The study of a file.
pub fn study_of(text: &str, law: &str, draws: usize) -> Study {
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let options = Options { draws, ..Options::default() };
    let mut session = Session::new(&table, Some(law), &[], &options).unwrap();
    while { session.step() }.0 < draws {}
    session.study()
}

/// The generated grid with 40 draws, fitted once.
pub fn grid() -> &'static Study {
    static STUDY: OnceLock<Study> = OnceLock::new();
    STUDY.get_or_init(|| study_of(&example("generated-grid.csv"), "d-cpt", 40))
}

/// A loss by the law alone, without the code under test.
pub fn loss_at(study: &Study, name: &str, draw: Option<usize>, size: f64, tokens: f64, share: f64) -> f64 {
    let fit = &study.targets[name];
    let theta = draw.map_or(&fit.theta, |b| &fit.draws[b]);
    let mut points = Points::default();
    let own = if fit.kind == LossKind::General { 1.0 - share } else { share };
    points.push(&fit.scale, size, tokens, own);
    let mut out = [0.0];
    law::by_id(&fit.law).unwrap().predict(theta, &points, &mut out);
    out[0]
}

/// The least value over `steps + 1` even positions in 0 to 1 of those that count, with its position.
pub fn brute(steps: usize, f: impl Fn(f64) -> (f64, bool)) -> Option<(f64, f64)> {
    (0..=steps)
        .map(|k| k as f64 / steps as f64)
        .filter_map(|x| {
            let (value, counts) = f(x);
            counts.then_some((x, value))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
}
