//! Measures how often the engine's 90 % intervals cover: simulates an experiment many times, fits it, and looks whether
//! the truth lies inside.
//!
//!     cargo run --profile measure --example coverage -- [--scheme errors|weights] [--repetitions 400] [--draws 199]
//!                                                       [--only 3x9x20,low] [--out target/coverage] [--report]
//!
//! The simulated experiment is the D-CPT Law with the parameters of `tests/fixtures/generated-grid.truth.json` for a
//! general and a domain loss, times `exp(base effect + run effect + checkpoint noise)`: one base effect a size, one run
//! effect a run, AR(1) noise from checkpoint to checkpoint. The two losses of a run have correlated effects.
//!
//! One line a repetition is written to `OUT/SCHEME-CELL.jsonl` as soon as it is done, so a run that was stopped goes on
//! where it was; `--report` prints the tables of what is there, with the Monte Carlo error of each rate.

#![cfg_attr(target_arch = "wasm32", allow(unused, reason = "a native tool; empty in a browser"))]

#[cfg(not(target_arch = "wasm32"))]
#[path = "coverage/simulate.rs"]
mod simulate;
#[cfg(not(target_arch = "wasm32"))]
#[path = "coverage/table.rs"]
mod table;

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    native::main()
}

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::simulate::{CELLS, Cell, Experiment};
    use super::table;
    use ratioscope::fit::{Fit, NoteCode, Options, Scheme, Session, Study, percentile::percentile_interval};
    use ratioscope::law::{self, Points, Recipe};
    use ratioscope::table::LossKind;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;
    use std::error::Error;
    use std::fs::{self, File, OpenOptions};
    use std::io::{BufRead, BufReader, Write};
    use std::path::{Path, PathBuf};

    /// What one repetition found, by the name of the quantity.
    #[derive(Debug, Serialize, Deserialize)]
    pub struct Repetition {
        /// Its number, which is also the seed.
        pub number: u64,
        /// Interval, estimate and truth of each quantity.
        pub found: BTreeMap<String, Found>,
    }

    /// One quantity: estimate, interval, truth, and whether the fit calls it identified.
    #[derive(Debug, Clone, Copy, Serialize, Deserialize)]
    pub struct Found {
        pub estimate: f64,
        pub low: f64,
        pub high: f64,
        pub truth: f64,
        pub identified: bool,
    }

    struct Ask {
        scheme: Scheme,
        repetitions: u64,
        draws: usize,
        only: String,
        out: PathBuf,
        report: bool,
    }

    fn ask() -> Result<Ask, Box<dyn Error>> {
        let mut ask = Ask {
            scheme: Scheme::Errors,
            repetitions: 400,
            draws: 199,
            only: String::new(),
            out: PathBuf::from("target/coverage"),
            report: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--report" {
                ask.report = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} wants a value"))?;
            match name.as_str() {
                "--scheme" if value == "errors" => ask.scheme = Scheme::Errors,
                "--scheme" if value == "weights" => ask.scheme = Scheme::Weights,
                "--repetitions" => ask.repetitions = value.parse()?,
                "--draws" => ask.draws = value.parse()?,
                "--only" => ask.only = value,
                "--out" => ask.out = PathBuf::from(value),
                _ => return Err(format!("unknown option {name} {value}").into()),
            }
        }
        Ok(ask)
    }

    pub fn main() -> Result<(), Box<dyn Error>> {
        let ask = ask()?;
        fs::create_dir_all(&ask.out)?;
        let name = match ask.scheme {
            Scheme::Errors => "errors",
            Scheme::Weights => "weights",
        };
        for cell in CELLS.iter().filter(|cell| cell.name().contains(&ask.only)) {
            let path = ask.out.join(format!("{name}-{}.jsonl", cell.name()));
            if !ask.report {
                let done = read(&path).len() as u64;
                let mut file = OpenOptions::new().create(true).append(true).open(&path)?;
                for number in done..ask.repetitions {
                    let line = serde_json::to_string(&repeat(cell, number, &ask)?)?;
                    writeln!(file, "{line}")?;
                }
            }
            let all = read(&path);
            if !all.is_empty() {
                println!("{}", table::of_cell(cell, &all));
            }
        }
        Ok(())
    }

    /// Whole lines of an earlier run; a line cut off by a stop is left out (and done again).
    fn read(path: &Path) -> Vec<Repetition> {
        let Ok(file) = File::open(path) else { return Vec::new() };
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        lines.filter_map(|line| serde_json::from_str(&line).ok()).collect()
    }

    fn repeat(cell: &'static Cell, number: u64, ask: &Ask) -> Result<Repetition, Box<dyn Error>> {
        let experiment = Experiment::new(cell, number);
        let options = Options { draws: ask.draws, seed: number, scheme: ask.scheme, ..Options::default() };
        let mut session = Session::of_observations(&experiment.observations, Some("d-cpt"), &[], &options, Vec::new())?;
        let draws = session.draw_range(0, ask.draws);
        session.take_in(draws);
        let study = session.study();
        let mut found = BTreeMap::new();
        for (name, fit) in &study.targets {
            parameters(&experiment, name, fit, &mut found);
            for (what, at) in cell.inside() {
                let Some(p) = study.predict(name, at) else { continue };
                let (law, new_run) = (p.law.unwrap_or_default(), p.new_run.unwrap_or_default());
                let truth = experiment.expected(fit.kind, at);
                let law = Found { estimate: p.loss, low: law.0, high: law.1, truth, identified: true };
                found.insert(format!("{name} law {what}"), law);
                let truth = experiment.new_run(fit.kind, at);
                let run = Found { estimate: p.loss, low: new_run.0, high: new_run.1, truth, identified: true };
                found.insert(format!("{name} run {what}"), run);
            }
        }
        ratios(cell, &experiment, &study, &mut found);
        Ok(Repetition { number, found })
    }

    fn parameters(experiment: &Experiment, name: &str, fit: &Fit, found: &mut BTreeMap<String, Found>) {
        for estimate in &fit.parameters {
            let about = |code: NoteCode| {
                let note = |note: &&ratioscope::fit::Note| {
                    note.code == code && note.about.as_deref().is_none_or(|about| about == estimate.name)
                };
                fit.notes.iter().find(note).is_some()
            };
            // The size term with three sizes or fewer is saturated: the note says that its interval can't see its error.
            let size_term = matches!(estimate.name.as_str(), "E" | "A" | "alpha");
            let saturated = size_term && fit.notes.iter().any(|note| note.code == NoteCode::SizeTermSaturated);
            let open = about(NoteCode::AtBound) || about(NoteCode::Unidentified) || saturated;
            let Some((low, high)) = estimate.interval_billions else { continue };
            let truth = experiment.parameter(fit.kind, &estimate.name);
            let value = estimate.value_billions;
            let one = Found { estimate: value, low, high, truth, identified: !open };
            found.insert(format!("{name} {}", estimate.name), one);
        }
    }

    /// Solves for a ratio, given the loss at a recipe.
    type Solve<'a> = dyn Fn(&dyn Fn(Recipe) -> f64) -> f64 + 'a;

    /// The two best ratios of the D-CPT paper: the largest domain share whose general loss stays under a limit, and the
    /// share at which a fixed number of domain tokens does most. Solved for the fit and for every draw.
    fn ratios(cell: &Cell, experiment: &Experiment, study: &Study, found: &mut BTreeMap<String, Found>) {
        let (Some(general), Some(domain)) = (study.targets.get("general_loss"), study.targets.get("domain_loss"))
        else {
            return;
        };
        let (size, tokens) = cell.middle();
        let at = |domain_share: f64| Recipe { domain_share, size, tokens };
        let limit = experiment.expected(LossKind::General, at(0.5));
        let limited = |loss: &dyn Fn(Recipe) -> f64| {
            // The general loss rises with the domain share in all but a corner: the last share that is under the limit.
            let under = |share: f64| loss(at(share)) <= limit;
            let (mut low, mut high) = (0.0, 1.0);
            for _ in 0..40 {
                let middle = 0.5 * (low + high);
                if under(middle) { low = middle } else { high = middle }
            }
            low
        };
        let domain_tokens = 0.3 * tokens;
        let scarce = |loss: &dyn Fn(Recipe) -> f64| {
            let (mut best, mut least) = (1.0, f64::INFINITY);
            for step in 1..=400 {
                let share = f64::from(step) / 400.0;
                let value = loss(Recipe { domain_share: share, size, tokens: domain_tokens / share });
                if value < least {
                    (best, least) = (share, value);
                }
            }
            best
        };
        let of = |fit: &Fit, theta: &[f64], recipe: Recipe| {
            let own = match fit.kind {
                LossKind::General => 1.0 - recipe.domain_share,
                LossKind::Domain => recipe.domain_share,
            };
            let mut points = Points::default();
            points.push(&fit.scale, recipe.size, recipe.tokens, own);
            let mut loss = [f64::NAN];
            if let Some(law) = law::by_id(&fit.law) {
                law.predict(theta, &points, &mut loss);
            }
            loss[0]
        };
        let mut note = |name: &str, fit: &Fit, kind: LossKind, solve: &Solve<'_>| {
            let mut values: Vec<f64> = fit.draws.iter().map(|theta| solve(&|at| of(fit, theta, at))).collect();
            let (low, high) = percentile_interval(&mut values, study.options.level);
            let truth = solve(&|at| experiment.expected(kind, at));
            let estimate = solve(&|at| of(fit, &fit.theta, at));
            found.insert(name.to_owned(), Found { estimate, low, high, truth, identified: true });
        };
        note("best ratio under a limit", general, LossKind::General, &limited);
        note("best ratio of scarce data", domain, LossKind::Domain, &scarce);
    }
}
