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

/// The study of a file under a law.
pub fn study_of(text: &str, law: &str, draws: usize) -> Study {
    study_with(text, Some(law), &Options { draws, ..Options::default() })
}

/// The study of a file under a law, or the laws that are picked for it.
pub fn study_with(text: &str, law: Option<&str>, options: &Options) -> Study {
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let mut session = Session::new(&table, law, &[], options).unwrap();
    while { session.step() }.0 < options.draws {}
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

/// A small grid whose domain loss has its best ratio inside the axis when domain data is limited: fitted once.
pub fn steep() -> &'static Study {
    static STUDY: OnceLock<Study> = OnceLock::new();
    STUDY.get_or_init(|| {
        let mut text = String::from("run,model_size,tokens_B,domain_ratio,general_loss,domain_loss\n");
        let mut state = 7u64;
        let mut noise = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as f64 / (1u64 << 31) as f64 - 0.5) * 4e-3
        };
        for n in [0.2, 0.8, 3.2f64] {
            for r in [0.1, 0.3, 0.5, 0.7, 0.9f64] {
                for d in [0.5, 1.0, 2.0, 4.0, 8.0, 16.0f64] {
                    let domain = 0.9 + 0.3 / n.powf(0.35) + 0.9 * r.powf(0.9) / d.powf(0.3) + 0.5 / (r + 0.3).powf(1.2);
                    let general =
                        1.9 + 0.4 / n.powf(0.3) + 0.14 * (1.0 - r).powf(0.4) / d.powf(0.4) + 0.25 / (1.1 - r).powf(0.6);
                    let (a, b) = (domain * f64::exp(noise()), general * f64::exp(noise()));
                    text.push_str(&format!("{n}-{r},{n}B,{d},{r},{b:.5},{a:.5}\n"));
                }
            }
        }
        study_of(&text, "d-cpt", 30)
    })
}

/// A study of the D-CPT Law, without draws, whose domain loss along `D = domain_tokens / r` is lowest at `lowest` (a ratio
/// and its loss) and passes the measured losses as closely as such a law can.
pub fn lowest_at(lowest: (f64, f64), measured: &[(f64, f64)], domain_tokens: f64) -> Study {
    let mut study = grid().clone();
    study.targets.retain(|name, _| name == "domain_loss");
    study.general = None;
    study.base.clear();
    let fit = study.targets.get_mut("domain_loss").unwrap();
    fit.draws.clear();
    fit.new_run.clear();
    fit.notes.clear();
    let unit = domain_tokens / fit.scale.tokens;
    let mut best = (f64::INFINITY, fit.theta.clone());
    for beta in [0.05, 0.2, 0.5, 1.0, 2.0, 3.0] {
        for eta in [1.0, 1.5, 2.0, 3.0] {
            for gamma in [0.01, 0.1, 0.3, 1.0, 2.0, 3.0] {
                for eps in [0.001, 0.03, 0.1, 0.3, 1.0f64] {
                    // L = E + B' r^p + C (r + eps)^-gamma with p = eta + beta, B = B' unit^beta. The slope is 0 at the
                    // lowest point: C = k B'. The loss there gives E, the measured losses the last constant.
                    let p: f64 = eta + beta;
                    let (r0, l0) = lowest;
                    let k = p * r0.powf(p - 1.0) / (gamma * (r0 + eps).powf(-gamma - 1.0));
                    let shape = |r: f64| r.powf(p) + k * (r + eps).powf(-gamma);
                    let above = |r: f64| shape(r) - shape(r0);
                    let weight = measured.iter().map(|&(r, l)| above(r) * (l - l0)).sum::<f64>()
                        / measured.iter().map(|&(r, _)| above(r).powi(2)).sum::<f64>();
                    let error: f64 = measured.iter().map(|&(r, l)| (l0 + weight * above(r) - l).powi(2)).sum();
                    let e = l0 - weight * shape(r0);
                    if weight > 0.0 && e >= 0.0 && error < best.0 {
                        best = (error, vec![e, 0.0, 1.0, weight * unit.powf(beta), beta, eta, k * weight, gamma, eps]);
                    }
                }
            }
        }
    }
    assert!(best.0.is_finite(), "no law of this form");
    fit.theta = best.1;
    study
}
