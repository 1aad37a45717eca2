//! Every law on data made by itself: the fit predicts the law's losses at places it was not shown, and finds the
//! parameters that the data tells.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use ratioscope::fit::{Options, Session};
use ratioscope::law::{self, Input, Law, Need, Place, Points, ResidualScale, Scale};
use ratioscope::table::{CorpusShares, Direction, LossColumn, LossKind, Observations};

/// Natural parameters of each law: `N` in billions, `D` in billions, as a paper would find them.
const TRUTHS: [(&str, &[f64]); 13] = [
    ("d-cpt", &[1.95, 0.45, 0.32, 0.14, 0.45, 0.40, 0.22, 0.70, 0.12]),
    ("chinchilla", &[1.8, 0.36, 0.35, 1.07, 0.37]),
    ("additive-ratio", &[1.9, 0.4, 0.3, 0.3, 0.4, 0.2, 0.7, 0.12]),
    ("exponential-ratio", &[1.9, 0.4, 0.3, 0.3, 0.4, 0.6, 0.35, 0.05]),
    ("effective-tokens", &[1.9, 0.4, 0.3, 0.6, 0.4, 0.08]),
    ("critical-mixture", &[2.2, 0.3, 0.35, 0.5, -0.2, 0.4, -0.25, -0.3, -0.4]),
    ("cross-lingual", &[1.55, 0.42, 0.40, 0.9, 0.30, 0.5, 0.20, 0.08]),
    ("data-mixing", &[1.9, 0.6, -3.0]),
    ("bimix", &[0.6, 0.35, 1.7, 0.08]),
    ("repeated", &[1.87, 0.35, 0.36, 1.0, 0.33, 12.0, 6.0]),
    ("forgetting", &[2.0, 0.3, 0.3, 0.09, 0.5, 12.0, 0.45]),
    ("saturating-score", &[0.85, 0.09, 0.4, 0.2, 0.3]),
    ("quadratic-merge", &[2.6, -0.9, 0.5]),
];

const BILLIONS: Scale = Scale { size: 1e9, tokens: 1e9 };

/// A design with everything a law may ask for: sizes, ratios above 0, budgets, both kinds of runs, up to eight passes.
fn places(law: &dyn Law) -> Vec<Place<'static>> {
    let needs = |need: Need| law.needs().contains(&need);
    let sizes: &[f64] = if needs(Need::Single(Input::Size)) { &[1e9] } else { &[1e8, 3e8, 1e9, 4e9] };
    let budgets: &[f64] = if needs(Need::Single(Input::Tokens)) { &[1e10] } else { &[5e8, 1e9, 2e9, 4e9, 8e9, 2e10] };
    let starts: &[f64] = if needs(Need::Varies(Input::Start)) { &[0.0, 1.0] } else { &[1.0] };
    let passes: &[f64] = if needs(Need::Varies(Input::Epochs)) { &[1.0, 4.0, 16.0] } else { &[1.0] };
    let mut places = Vec::new();
    for &size in sizes {
        for ratio in [0.1, 0.25, 0.5, 0.75, 0.9, 1.0] {
            for &tokens in budgets {
                for &start in starts {
                    for &epochs in passes {
                        places.push(Place { size, tokens, ratio, start, epochs, corpora: &[] });
                    }
                }
            }
        }
    }
    places
}

fn losses(law: &dyn Law, theta: &[f64], places: &[Place<'_>]) -> Vec<f64> {
    let mut points = Points::default();
    places.iter().for_each(|place| points.push_place(&BILLIONS, place));
    let mut loss = vec![0.0; places.len()];
    law.predict(theta, &points, &mut loss);
    loss
}

fn observations(law: &dyn Law, places: &[Place<'_>], values: Vec<f64>) -> Observations {
    let column = |of: fn(&Place<'_>) -> f64| Some(places.iter().map(of).collect::<Vec<f64>>());
    let n = places.len() as u32;
    // A run is a size, a ratio, a kind and a number of passes.
    let key = |place: &Place<'_>| format!("{} {} {} {}", place.size, place.ratio, place.start, place.epochs);
    let mut runs: Vec<String> = places.iter().map(key).collect();
    runs.sort();
    runs.dedup();
    let direction = match law.residual_scale() {
        ResidualScale::Score => Direction::Higher,
        ResidualScale::LogLoss => Direction::Lower,
    };
    Observations {
        size: column(|place| place.size),
        tokens: column(|place| place.tokens),
        domain_share: column(|place| 1.0 - place.ratio),
        start: column(|place| place.start),
        epochs: column(|place| place.epochs),
        run: places.iter().map(|place| runs.binary_search(&key(place)).unwrap() as u32).collect(),
        runs,
        line: (2..n + 2).collect(),
        losses: vec![LossColumn {
            name: "loss".to_owned(),
            kind: LossKind::General,
            values,
            direction,
            ..LossColumn::default()
        }],
        ..Observations::default()
    }
}

/// Without noise the fit's losses are the truth's, at the measured places and between them, but for rounding (measured: 5e-16
/// at worst); parameters to what rounding of the losses leaves of them.
#[test]
fn every_law_finds_its_own_losses() {
    let checked: Vec<&str> = TRUTHS.iter().map(|(id, _)| *id).collect();
    assert_eq!(law::CATALOGUE.iter().map(|law| law.id()).collect::<Vec<_>>(), checked, "every law of the catalogue");
    for (id, truth) in TRUTHS {
        let law = law::by_id(id).unwrap();
        assert_eq!(truth.len(), law.parameters().len(), "{id}");
        let places = places(law);
        let observations = observations(law, &places, losses(law, truth, &places));
        let options = Options { draws: 0, ..Options::default() };
        let session = Session::of_observations(&observations, Some(id), &[], &options, Vec::new());
        let study = session.unwrap_or_else(|error| panic!("{id}: {error}")).study();
        let fit = &study.targets["loss"];
        let between: Vec<Place<'_>> = places
            .iter()
            .map(|place| Place {
                size: if places.iter().any(|p| p.size != place.size) { 0.8 * place.size } else { place.size },
                tokens: if places.iter().any(|p| p.tokens != place.tokens) { 0.9 * place.tokens } else { place.tokens },
                ratio: (0.95 * place.ratio).max(0.1),
                ..*place
            })
            .collect();
        let mut points = Points::default();
        between.iter().for_each(|place| points.push_place(&fit.scale, place));
        let mut found = vec![0.0; between.len()];
        law.predict(&fit.theta, &points, &mut found);
        let worst = found
            .iter()
            .zip(losses(law, truth, &between))
            .map(|(found, truth)| (found / truth - 1.0).abs())
            .fold(0.0, f64::max);
        println!(
            "{id}: worst relative error between the measured places {worst:.1e}, objective {:.1e}",
            fit.quality.objective
        );
        assert!(worst < 1e-9, "{id}: {worst}, {:?}", fit.parameters);
        // What the data tells: exponents don't depend on the units.
        let parameter = |index: usize| law::natural(law, index, &fit.theta, &fit.scale);
        for (index, &value) in truth.iter().enumerate() {
            if law.carries(index).is_empty() {
                let near = (parameter(index) / value - 1.0).abs();
                assert!(near < 1e-5, "{id}: {} is {}, not {value}", law.parameters()[index].name, parameter(index));
            }
        }
    }
}

/// Three corpora: the law over their shares finds its own losses, and the first corpus is what the others are relative to.
#[test]
fn data_mixing_over_three_corpora() {
    let law = law::by_id("data-mixing-3").unwrap();
    let truth = [1.8, 0.7, -1.5, 0.8];
    assert_eq!(law.parameters().len(), truth.len());
    let mut mixtures = Vec::new();
    for a in 0..=5 {
        for b in 0..=5 - a {
            mixtures.push([f64::from(a) / 5.0, f64::from(b) / 5.0, f64::from(5 - a - b) / 5.0]);
        }
    }
    let place = |shares: &'static [f64]| Place {
        size: 1e9,
        tokens: 1e10,
        ratio: 1.0,
        start: 1.0,
        epochs: 1.0,
        corpora: shares,
    };
    let places: Vec<Place<'_>> = mixtures.iter().map(|shares| place(Vec::leak(shares.to_vec()))).collect();
    let values = losses(law, &truth, &places);
    let mut all = observations(law, &places, values);
    all.run = (0..places.len() as u32).collect();
    all.runs = (0..places.len()).map(|run| run.to_string()).collect();
    all.corpora = (0..3)
        .map(|corpus| CorpusShares {
            name: format!("corpus {corpus}"),
            domain: corpus == 0,
            values: mixtures.iter().map(|shares| shares[corpus]).collect(),
        })
        .collect();
    let options = Options { draws: 0, ..Options::default() };
    let study = Session::of_observations(&all, Some("data-mixing-3"), &[], &options, Vec::new()).unwrap().study();
    for (found, truth) in study.targets["loss"].theta.iter().zip(truth) {
        assert!((found / truth - 1.0).abs() < 1e-3, "{found}, not {truth}");
    }
    // Asked for without the shares it says what is missing.
    all.corpora.clear();
    let refused = Session::of_observations(&all, Some("data-mixing-3"), &[], &options, Vec::new()).unwrap_err();
    assert!(refused.to_string().contains("the shares of 3 corpora"), "{refused}");
}
