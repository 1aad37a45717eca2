//! The trade-off against brute force, the published chemistry case, and what theory says it must do.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::trade_off::{Answer, TradeOff};
use ratioscope::decide::{Decision, Limit, Outcome, Place, Reason};
use ratioscope::fit::Study;
use studies::{brute, example, grid, loss_at, study_of};

fn ask(limit: Limit) -> TradeOff {
    TradeOff { domain: None, size: 1.8e9, tokens: 10e9, limit }
}

fn answer(decision: &Decision<Answer>) -> &Answer {
    decision.laws[0].outcome.answer().unwrap_or_else(|| panic!("{:?}", decision.laws[0].words))
}

#[test]
fn the_published_chemistry_case() {
    // Que et al. 2024, usage 1: 1.8B, 10B tokens, 3 % over 2.8602. Their answer is .924, measured there: left out here.
    let text: String = example("d-cpt-chemistry.csv")
        .lines()
        .filter(|line| !line.starts_with("0.924"))
        .map(|l| format!("{l}\n"))
        .collect();
    let study = study_of(&text, "d-cpt", 100);
    let limit = Limit::OverStart { rise: 0.03, start: 2.8602 };
    let decision = ask(limit).decide(&[&study]);
    let answer = answer(&decision);
    assert!((answer.ratio.value - 0.924).abs() < 0.005, "{:?}", answer.ratio);
    assert!((answer.bound.limit - 2.9460).abs() < 1e-4);
    // Measured there, and not seen by the fit: 2.9445 and 1.7291.
    assert!((answer.general.loss - 2.9445).abs() < 0.005, "{}", answer.general.loss);
    assert!((answer.domain.loss - 1.7291).abs() < 0.005, "{}", answer.domain.loss);
    assert_eq!(answer.place, Place::AtLimit);
}

#[test]
fn every_draw_agrees_with_brute_force() {
    let study = grid();
    for limit in [
        Limit::OverBase { rise: -0.01 },
        Limit::OverBase { rise: 0.01 },
        Limit::OverBase { rise: 0.03 },
        Limit::Absolute { loss: 2.95 },
    ] {
        let decision = ask(limit).decide(&[study]);
        let answer = answer(&decision);
        let bound = answer.bound.limit;
        let by_hand = |draw| {
            brute(20_000, |r| {
                (
                    loss_at(study, "domain_loss", draw, 1.8e9, 10e9, r),
                    loss_at(study, "general_loss", draw, 1.8e9, 10e9, r) <= bound,
                )
            })
        };
        let (r, f) = by_hand(None).unwrap();
        assert!((answer.ratio.value - r).abs() <= 1.0 / 20_000.0, "{:?} {r}", answer.ratio);
        assert!(answer.domain.loss <= f + 1e-9 && answer.general.loss <= bound + 1e-9);
        // The interval is the percentile interval of the draws' own answers.
        let mut all: Vec<f64> = (0..40).filter_map(|b| by_hand(Some(b))).map(|(r, _)| r).collect();
        let (low, high) = ratioscope::fit::percentile::percentile_interval(&mut all, 0.9);
        let (a, b) = answer.ratio.interval.unwrap();
        assert!((a - low).abs() < 1e-4 && (b - high).abs() < 1e-4, "{a} {b}: {low} {high}");
        // The price: back to where the domain loss is 1 % higher.
        let price = answer.price.unwrap().value;
        let at = |r: f64, name: &str| loss_at(study, name, None, 1.8e9, 10e9, r);
        let back = (0..200_000)
            .rev()
            .map(|k| k as f64 / 200_000.0)
            .find(|&x| x < r && at(x, "domain_loss") >= 1.01 * f)
            .unwrap();
        let expected = at(r, "general_loss") - at(back, "general_loss");
        assert!((price - expected).abs() < 2e-4, "{price} {expected}");
    }
}

#[test]
fn a_looser_limit_never_lowers_the_ratio_nor_raises_the_domain_loss() {
    let study = grid();
    let mut last: Option<(f64, f64)> = None;
    for step in 0..30 {
        let decision = ask(Limit::OverBase { rise: -0.02 + 0.01 * f64::from(step) }).decide(&[study]);
        let Some(answer) = decision.laws[0].outcome.answer() else { continue };
        if let Some((ratio, domain)) = last {
            assert!(answer.ratio.value >= ratio - 1e-9 && answer.domain.loss <= domain + 1e-12);
        }
        last = Some((answer.ratio.value, answer.domain.loss));
    }
    let (ratio, _) = last.unwrap();
    assert_eq!(ratio, 1.0, "the loosest limit does not bind");
}

#[test]
fn shading_is_where_the_limit_is_kept() {
    let study = grid();
    let decision = ask(Limit::OverBase { rise: 0.02 }).decide(&[study]);
    let answer = answer(&decision);
    let inside = |x: f64, stretches: &[(f64, f64)]| stretches.iter().any(|(a, b)| x >= *a && x <= *b);
    for k in 0..=1000 {
        let r = f64::from(k) / 1000.0;
        let keeps = |draw| loss_at(study, "general_loss", draw, 1.8e9, 10e9, r) <= answer.bound.limit;
        assert_eq!(inside(r, &answer.feasible), keeps(None), "{r}");
        let kept = (0..40).filter(|&b| keeps(Some(b))).count();
        assert_eq!(inside(r, &answer.sure), kept >= 38, "{r}: kept by {kept} of 40");
    }
    assert!(answer.safe_ratio.unwrap() <= answer.ratio.value);
    // On the fit's own limit about half of the draws are on either side of it.
    assert!((0.2..0.8).contains(&answer.breaks_limit), "{}", answer.breaks_limit);
}

#[test]
fn a_limit_no_ratio_keeps_is_said_with_by_how_much() {
    let study = grid();
    let decision = ask(Limit::Absolute { loss: 2.0 }).decide(&[study]);
    let Outcome::Infeasible(why) = &decision.laws[0].outcome else { panic!("{decision:?}") };
    let least = (0..=1000)
        .map(|k| loss_at(study, "general_loss", None, 1.8e9, 10e9, f64::from(k) / 1000.0))
        .fold(f64::MAX, f64::min);
    assert!((why.least - least).abs() < 1e-6 && why.draws_feasible == 0.0);
    let words = &decision.laws[0].words[0];
    assert!(words.contains("within 2.000") && words.contains("above the limit"), "{words}");
}

#[test]
fn an_answer_is_withheld_with_its_reason() {
    let reasons = |study: &Study, limit| match &ask(limit).decide(&[study]).laws[0].outcome {
        Outcome::Withheld(reasons) => reasons.clone(),
        other => panic!("{other:?}"),
    };
    // A general loss that rises with tokens, which the law can't follow.
    let mut rising = grid().clone();
    let tiny = study_of(&example("tiny-cpt.csv"), "d-cpt", 10);
    let note = tiny
        .targets
        .values()
        .flat_map(|fit| fit.notes.clone())
        .find(|n| n.severity == ratioscope::fit::Severity::Withholds);
    let note = note.unwrap_or_else(|| panic!("tiny-cpt.csv no longer rises with tokens"));
    rising.targets.get_mut("general_loss").unwrap().notes.push(note.clone());
    let found = reasons(&rising, Limit::default());
    assert_eq!(found, [Reason::Note { loss: "general_loss".to_owned(), note }]);

    // Outside the measured sizes there is no base to rise from.
    let far = TradeOff { size: 70e9, ..ask(Limit::default()) };
    assert!(
        matches!(&far.decide(&[grid()]).laws[0].outcome, Outcome::Withheld(r) if r == &[Reason::NoBaseLoss { size: 70e9 }])
    );

    let one_ratio: String = grid_csv_where(|r| r == "0.5");
    let found = reasons(&study_of(&one_ratio, "d-cpt", 10), Limit::default());
    assert!(found.iter().all(|reason| matches!(reason, Reason::AxisNotMeasured { .. })), "{found:?}");
}

fn grid_csv_where(keep: impl Fn(&str) -> bool) -> String {
    let text = example("generated-grid.csv");
    text.lines()
        .enumerate()
        .filter(|(k, line)| *k < 2 || line.split(',').nth(3).is_some_and(&keep))
        .map(|(_, line)| format!("{line}\n"))
        .collect()
}

/// Draws are paired: what the last per cent of domain loss costs in general loss is solved with both losses of one draw.
/// With the domain loss's draws in another order its interval is another one; with both in that order nothing changes.
#[test]
fn swapped_pairs_of_draws_change_the_interval_of_the_trade_off() {
    let turned = |losses: &[&str]| {
        let mut study = grid().clone();
        for loss in losses {
            let fit = study.targets.get_mut(*loss).unwrap();
            fit.draws.reverse();
            fit.new_run.reverse();
        }
        let decision = ask(Limit::OverBase { rise: 0.01 }).decide(&[&study]);
        let answer = answer(&decision);
        (answer.ratio.interval.unwrap(), answer.price.unwrap().interval.unwrap())
    };
    let (paired, both) = (turned(&[]), turned(&["general_loss", "domain_loss"]));
    let same = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).abs() + (a.1 - b.1).abs() < 1e-9 * a.1.abs();
    assert!(same(paired.0, both.0) && same(paired.1, both.1), "{paired:?} {both:?}");
    let swapped = turned(&["domain_loss"]);
    // A hundredth of its width is far beyond rounding.
    let apart = (swapped.1.0 - paired.1.0).abs() + (swapped.1.1 - paired.1.1).abs();
    assert!(apart > 0.01 * (paired.1.1 - paired.1.0), "{:?} {:?}", paired.1, swapped.1);
}
