//! The starter design: its budget, its CSV, and whether the simulation tells a good design from a bad one.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/studies.rs"]
mod studies;

use ratioscope::decide::design::{CHECKPOINTS, Design};
use ratioscope::decide::simulate::{Simulation, Truth};
use ratioscope::decide::{Budget, Hardware};
use ratioscope::fit::NoteCode;
use ratioscope::law::Recipe;
use ratioscope::table::{self, Reading};
use studies::{grid, study_of};

fn ask(flops: f64) -> Design {
    Design {
        budget: Budget::Flops(flops),
        hardware: Hardware::default(),
        sizes: Vec::new(),
        ratios: Vec::new(),
        tokens: None,
        checkpoints: CHECKPOINTS,
    }
}

fn simulation() -> Simulation {
    let target = Recipe { domain_share: 0.6, size: 4e9, tokens: 20e9 };
    Simulation { truth: Truth::default(), target, repeats: 3, draws: 20, seed: 5 }
}

#[test]
fn designs_keep_their_budget_and_grow_with_it() {
    let mut last = 0.0;
    for flops in [1e17, 1e19, 1e21, 1e23] {
        let plans = ask(flops).plans().unwrap();
        assert_eq!(plans.len(), 3);
        for plan in &plans {
            assert!(plan.cost.flops <= flops * (1.0 + 1e-9) && plan.cost.flops > 0.85 * flops, "{plan:?}");
            let length = plan.tokens.last().unwrap();
            let sum: f64 = plan.recipes().iter().map(|(_, r)| 6.0 * r.size * r.tokens).sum();
            assert!((sum / plan.cost.flops - 1.0).abs() < 1e-9 && plan.runs == plan.recipes().len());
            assert!(plan.tokens.len() == CHECKPOINTS && plan.tokens.windows(2).all(|pair| pair[0] < pair[1]));
            assert!(plan.tokens[0] / length > 0.05 && plan.ratios[0] == 0.0 && *plan.ratios.last().unwrap() == 1.0);
        }
        let largest = *plans[1].sizes.last().unwrap();
        assert!(largest >= last);
        last = largest;
    }
    assert!(last > 1e9);
    let dear = Design { tokens: Some(1e12), ..ask(1e19) }.plans().unwrap_err();
    assert!(dear.contains("times the budget"), "{dear}");
    assert!(ask(0.0).plans().is_err());
}

#[test]
fn the_csv_is_read_back_once_it_is_filled_in() {
    let plan = &ask(1e20).plans().unwrap()[1];
    let text = plan.csv();
    // As it is there is nothing to fit, and that is said; with losses every row is used.
    assert!(table::read(text.as_bytes(), &Reading::default()).is_err());
    let filled: String = text
        .lines()
        .map(|line| match line.strip_suffix(",,") {
            Some(cells) => {
                let cell: Vec<f64> = cells.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect();
                let (n, d, r) = (cell[0] / 1e9, cell[1].max(0.01), cell[2]);
                let general = 2.0 + 0.4 / n.powf(0.3) + 0.1 / d.powf(0.4) + 0.2 * r;
                format!("{cells},{general:.4},{:.4}\n", 3.5 - 0.3 * r - 0.1 * d.powf(0.1))
            }
            None => format!("{line}\n"),
        })
        .collect();
    let study = study_of(&filled, "d-cpt", 0);
    for fit in study.targets.values() {
        assert_eq!(fit.quality.n, plan.runs * CHECKPOINTS);
        assert_eq!(fit.quality.runs, plan.runs);
    }
    assert_eq!(study.base.len(), plan.sizes.len());
    for (base, size) in study.base.iter().zip(&plan.sizes) {
        assert_eq!(base.size, Some(*size));
    }
}

#[test]
fn the_simulation_tells_what_a_design_cannot_identify() {
    let one_size = Design { sizes: vec![4e8], ratios: vec![0.0, 0.5, 1.0], ..ask(1e20) };
    let plan = &one_size.plans().unwrap()[0];
    let poor = simulation().run(plan).unwrap();
    let open = |name: &str| poor.parameters.iter().filter(|p| p.name == name).all(|p| p.not_identified == 1.0);
    assert!(open("A") && open("alpha"), "{:?}", poor.parameters);
    assert!(poor.notes.contains(&(NoteCode::TooFewSizes, 1.0)) && poor.notes.contains(&(NoteCode::TooFewRatios, 1.0)));

    let wide = Design {
        sizes: vec![1e8, 4e8, 1e9, 4e9],
        ratios: vec![0.0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0],
        checkpoints: 10,
        ..ask(1e22)
    };
    let rich = simulation().run(&wide.plans().unwrap()[0]).unwrap();
    let told = |name: &str| rich.parameters.iter().filter(|p| p.name == name).all(|p| p.not_identified < 0.5);
    assert!(told("alpha") && told("beta"), "{:?}", rich.parameters);
    assert!(rich.answered == 1.0 && rich.ratio_error.unwrap() < 0.03, "{rich:?}");
    assert!(rich.general_error < poor.general_error && rich.domain_error < poor.domain_error);
    assert!(rich.words.iter().any(|words| words.contains("best ratio, truly 60 %")), "{:?}", rich.words);
    // The same seed, the same findings.
    assert_eq!(simulation().run(&wide.plans().unwrap()[0]).unwrap(), rich);
}

#[test]
fn a_study_can_be_the_truth() {
    let truth = Truth::of(grid(), None).unwrap();
    assert_eq!((truth.general.law.as_str(), truth.domain.law.as_str()), ("d-cpt", "d-cpt"));
    let fit = &grid().targets["general_loss"];
    assert_eq!(truth.general.parameters, fit.parameters.iter().map(|p| p.value_billions).collect::<Vec<_>>());
    let plan = &ask(3e20).plans().unwrap()[1];
    let findings = Simulation { truth, repeats: 1, ..simulation() }.run(plan).unwrap();
    assert!(findings.general_error < 0.05 && findings.domain_error < 0.05, "{findings:?}");
    let mut wrong = Truth::default();
    wrong.general.parameters = vec![1.0];
    assert!(Simulation { truth: wrong, ..simulation() }.run(plan).is_err());
}
