//! The frontier, the evaluation sets and the pins against brute force and plain sums.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::choices::{Choices, RatioBy};
use ratioscope::decide::frontier::{Answer, Frontier, measured_runs};
use ratioscope::decide::tasks::{Tasks, Verdict};
use ratioscope::decide::{Decision, Hardware, Outcome, Pins, Reason, pins};
use ratioscope::fit::Study;
use ratioscope::fit::percentile::percentile_interval;
use ratioscope::law::Recipe;
use ratioscope::table::{self, Reading};
use studies::{brute, example, grid, loss_at, steep, study_of};

fn ask(weight: f64) -> Frontier {
    Frontier { domain: None, size: 1.8e9, tokens: 10e9, weight }
}

fn answer(decision: &Decision<Answer>) -> &Answer {
    decision.laws[0].outcome.answer().unwrap_or_else(|| panic!("{:?}", decision.laws[0].words))
}

fn both(study: &Study, draw: Option<usize>, r: f64) -> (f64, f64) {
    let at = |name| loss_at(study, name, draw, 1.8e9, 10e9, r);
    (at("general_loss"), at("domain_loss"))
}

/// The knee by its definition on a fine grid: the efficient points, farthest below the line between the ends.
fn knee_by_hand(study: &Study, draw: Option<usize>, low: f64, high: f64) -> f64 {
    let steps = 4000;
    let mut all: Vec<(f64, f64, f64)> = (0..=steps)
        .map(|k| low + (high - low) * f64::from(k) / f64::from(steps))
        .map(|r| (r, both(study, draw, r).0, both(study, draw, r).1))
        .collect();
    all.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut front: Vec<(f64, f64, f64)> = Vec::new();
    for point in all {
        if front.last().is_none_or(|last| point.2 < last.2) {
            front.push(point);
        }
    }
    let (a, b) = (front[0], front[front.len() - 1]);
    let below = |p: &(f64, f64, f64)| 1.0 - (p.1 - a.1) / (b.1 - a.1) - (p.2 - b.2) / (a.2 - b.2);
    front.iter().max_by(|p, q| below(p).total_cmp(&below(q))).unwrap().0
}

#[test]
fn knee_and_weights_agree_with_brute_force_on_every_draw() {
    for (study, low, high) in [(grid(), 0.0, 1.0), (steep(), 0.1, 0.9)] {
        for weight in [0.2, 0.5, 0.8] {
            let decision = ask(weight).decide(&[study]);
            let answer = answer(&decision);
            let draws = study.options.draws;
            let knee = answer.knee.unwrap();
            let by_hand = knee_by_hand(study, None, low, high);
            assert!((knee.ratio.value - by_hand).abs() < 5e-4, "{:?} {by_hand}", knee.ratio);
            let mut all: Vec<f64> = (0..draws).map(|b| knee_by_hand(study, Some(b), low, high)).collect();
            let (a, b) = percentile_interval(&mut all, 0.9);
            let (c, d) = knee.ratio.interval.unwrap();
            assert!((a - c).abs() < 1e-3 && (b - d).abs() < 1e-3, "{a} {b}; {c} {d}");

            let mixed = |draw, r: f64| weight * both(study, draw, r).0 + (1.0 - weight) * both(study, draw, r).1;
            let by_hand = |draw| brute(10_000, |r| (mixed(draw, r), true)).unwrap();
            let (r, _) = by_hand(None);
            assert!((answer.weighted.ratio.value - r).abs() <= 2e-4, "{weight}: {:?} {r}", answer.weighted.ratio);
            let mut all: Vec<f64> = (0..draws).map(|b| by_hand(Some(b)).0).collect();
            let (a, b) = percentile_interval(&mut all, 0.9);
            let (c, d) = answer.weighted.ratio.interval.unwrap();
            assert!((a - c).abs() < 1e-3 && (b - d).abs() < 1e-3, "{a} {b}; {c} {d}");
        }
    }
}

#[test]
fn more_weight_on_the_general_loss_never_raises_the_ratio() {
    let ratios: Vec<f64> =
        (0..=20).map(|k| answer(&ask(f64::from(k) / 20.0).decide(&[grid()])).weighted.ratio.value).collect();
    assert!(ratios.windows(2).all(|pair| pair[1] <= pair[0] + 1e-6), "{ratios:?}");
    assert!(ratios[0] == 1.0 && ratios[20] == 0.0, "{ratios:?}");
}

#[test]
fn points_are_the_law_and_efficient_points_are_beaten_by_none() {
    let study = grid();
    let decision = ask(0.5).decide(&[study]);
    let answer = answer(&decision);
    for point in &answer.points {
        let (g, d) = both(study, None, point.ratio);
        assert!((point.general - g).abs() < 1e-12 && (point.domain - d).abs() < 1e-12);
        let beaten = answer.points.iter().any(|other| {
            other.general <= point.general
                && other.domain <= point.domain
                && (other.general < point.general || other.domain < point.domain)
        });
        assert_eq!(point.efficient, !beaten, "{point:?}");
        let (low, high) = point.domain_interval.unwrap();
        assert!(low <= point.domain + 0.02 && high >= point.domain - 0.02);
    }
}

#[test]
fn measured_runs_are_the_nearest_checkpoints_of_the_nearest_size() {
    let text = example("generated-grid.csv");
    let table = table::read(text.as_bytes(), &Reading::default()).unwrap();
    let runs = measured_runs(&table.observations, "general_loss", "domain_loss", 2e9, 9.6e9);
    assert_eq!(runs.len(), 9);
    assert!(runs.iter().all(|run| run.recipe.size == 1.8e9 && run.recipe.tokens == 10e9), "{runs:?}");
    let line = text.lines().find(|line| line.starts_with("1.8B-r0.5,1.8B,10,")).unwrap();
    let run = runs.iter().find(|run| run.run == "1.8B-r0.5").unwrap();
    assert!(line.ends_with(&format!("{:.5},{:.5}", run.general, run.domain)), "{line} {run:?}");
}

fn tasks(recipe: Recipe) -> Tasks {
    Tasks { recipe, sets: Vec::new() }
}

#[test]
fn sets_are_sorted_by_what_a_new_run_can_tell() {
    let study = grid();
    let recipe = Recipe { domain_share: 0.5, size: 1.8e9, tokens: 15e9 };
    let told = tasks(recipe).decide(&[study]);
    for set in &told.sets {
        let base = study.base_loss(&set.name, 1.8e9).unwrap();
        let (low, high) = study.predict(&set.name, recipe).unwrap().new_run.unwrap();
        assert_eq!(set.run_interval, Some((low / base - 1.0, high / base - 1.0)));
        let expected = if high < base {
            Verdict::Gains
        } else if low > base {
            Verdict::Loses
        } else {
            Verdict::CantTell
        };
        assert_eq!(set.verdict, expected);
    }
    let domain = told.sets.iter().find(|set| set.name == "domain_loss").unwrap();
    assert_eq!(domain.verdict, Verdict::Gains);
    assert!(told.words[0].contains("domain_loss"), "{:?}", told.words);
    // A base that equals the prediction: nothing can be told, and that is the sentence.
    let mut level = study.clone();
    for base in &mut level.base {
        for (name, loss) in &mut base.losses {
            *loss = study.predict(name, Recipe { size: base.size.unwrap(), ..recipe }).unwrap().loss;
        }
    }
    let told = tasks(recipe).decide(&[&level]);
    assert!(told.sets.iter().all(|set| set.verdict == Verdict::CantTell));
    assert_eq!(
        told.words[0],
        "The intervals of all 2 changes hold zero: this data can't tell whether the run changes anything."
    );
    // No base at that size: said, set by set.
    let far = tasks(Recipe { size: 70e9, ..recipe }).decide(&[study]);
    assert!(far.sets.iter().all(|set| set.why.as_deref().is_some_and(|why| why.contains("70B"))), "{far:?}");
}

#[test]
fn a_set_that_the_law_cannot_follow_is_not_judged() {
    let study = study_of(&example("tiny-cpt.csv"), "d-cpt", 20);
    let withheld: Vec<&String> = study
        .targets
        .iter()
        .filter(|(_, fit)| fit.notes.iter().any(|n| n.severity == ratioscope::fit::Severity::Withholds))
        .map(|(name, _)| name)
        .collect();
    assert!(!withheld.is_empty());
    let size = study.ranges.size.unwrap().low;
    let told = tasks(Recipe { domain_share: 0.5, size, tokens: 1e6 }).decide(&[&study]);
    for name in withheld {
        let set = told.sets.iter().find(|set| &set.name == name).unwrap();
        assert!(set.verdict == Verdict::CantTell && set.why.is_some() && set.change.is_none());
        let decision = Frontier { size, tokens: 1e6, ..ask(0.5) }.decide(&[&study]);
        assert!(matches!(&decision.laws[0].outcome, Outcome::Withheld(r) if matches!(r[0], Reason::Note { .. })));
    }
}

#[test]
fn pins_are_compared_by_paired_differences() {
    let study = grid();
    let at = |domain_share| Recipe { domain_share, size: 1.8e9, tokens: 10e9 };
    let mut kept = Pins::default();
    kept.add("now", at(0.2));
    kept.add("now", at(0.5));
    kept.add("", at(0.8));
    let names = |pins: &Pins| pins.0.iter().map(|pin| pin.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&kept), ["now", "now (2)", "Pin 3"]);
    kept.rename(1, "half, and \"half\"");
    kept.shift(2, 1);
    assert_eq!(names(&kept), ["now", "Pin 3", "half, and \"half\""]);
    let compared = pins::compare(study, None, &kept, &Hardware::default());
    for row in &compared.rows {
        for (cell, loss) in row.cells.iter().zip(&compared.losses) {
            let r = row.pin.recipe.domain_share;
            let difference = |draw| {
                loss_at(study, &loss.name, draw, 1.8e9, 10e9, r) - loss_at(study, &loss.name, draw, 1.8e9, 10e9, 0.2)
            };
            assert!((cell.difference.value - difference(None)).abs() < 1e-12);
            let mut drawn: Vec<f64> = (0..40).map(|b| difference(Some(b))).collect();
            let lower = drawn.iter().filter(|d| **d < 0.0).count();
            assert!((cell.lower_in - lower as f64 / 40.0).abs() < 1e-12);
            assert_eq!(cell.difference.interval, Some(percentile_interval(&mut drawn, 0.9)));
        }
    }
    let text = compared.csv();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let width = reader.headers().unwrap().len();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert!(records.len() == 3 && records.iter().all(|record| record.len() == width));
    assert_eq!(&records[2][0], "half, and \"half\"");
    let loss: f64 = records[1][8].parse().unwrap();
    assert!((loss / compared.rows[1].cells[0].predicted.loss - 1.0).abs() < 1e-8);
}

#[test]
fn settings_keep_the_choices_and_a_new_file_keeps_the_device() {
    let mut settings = ratioscope::settings::Settings::default();
    settings.decide.hardware.price = 7.0;
    settings.decide.domain_tokens = Some(5e9);
    settings.decide.pins.add("one", Recipe { domain_share: 0.5, size: 1e9, tokens: 1e9 });
    let text = serde_json::to_string(&settings).unwrap();
    assert_eq!(serde_json::from_str::<ratioscope::settings::Settings>(&text).unwrap(), settings);
    let other = settings.for_file(None);
    assert_eq!(other.decide, Choices { hardware: settings.decide.hardware.clone(), ..Choices::default() });
    // Settings of an older version have no such field.
    let old: ratioscope::settings::Settings = serde_json::from_str("{}").unwrap();
    assert_eq!(old.decide, Choices::default());
    assert_eq!(old.decide.ratio_by, RatioBy::Limit);
}
