//! Fitting step by step, so that a worker can report progress and be cancelled between steps.

use super::polish::{self, Polished};
use super::prepare::{self, Prepared};
use super::sample::Buffers;
use super::study::{Fit, Options, Study};
use super::{notes, quality, search, weights};
use crate::law::{self, Law, Ranges};
use crate::order;
use crate::table::{LossKind, Observations, Table};
use std::collections::BTreeMap;
use std::fmt;

/// The version of the study's layout; raised when a reader of the old one would be wrong.
pub const SCHEMA: u32 = 1;

/// Every this many draws is also searched from nothing, to see whether the basins found first are the ones that count.
const COLD_EVERY: usize = 20;
/// A cold draw that ends lower than the warm one by more than this share of the objective disagrees.
const COLD_TOLERANCE: f64 = 1e-4;
/// δ a warm draw starts with: new weights move the optimum by less than the noise.
const DRAW_DELTA: f64 = 1e-2;
/// A draw needs no more digits than its interval shows.
const DRAW: polish::Effort = polish::Effort { steps: 60, tolerance: 1e-7 };

/// One row says nothing about how far a law is from it.
const LEAST_ROWS: usize = 2;

/// Why nothing could be fitted.
#[derive(Debug, Clone, PartialEq)]
pub enum FitError {
    /// No loss column has enough rows for the law.
    TooFewRows {
        /// Usable rows of the loss that has most.
        rows: usize,
        /// Parameters of the law that this data leaves free.
        parameters: usize,
    },
    /// No loss of that name in the file.
    NoSuchTarget {
        /// What was asked for.
        asked: String,
        /// What there is.
        known: Vec<String>,
    },
    /// No law of that id.
    NoSuchLaw {
        /// What was asked for.
        asked: String,
    },
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRows { rows, parameters } => {
                let s = |count: &usize| if *count == 1 { "" } else { "s" };
                write!(
                    f,
                    "Too little to fit: {rows} usable row{} with tokens above 0 for {parameters} free parameter{} of the law; add rows, or choose a law with fewer parameters.",
                    s(rows),
                    s(parameters)
                )
            }
            Self::NoSuchTarget { asked, known } => {
                write!(f, "No loss called “{asked}” in this file; it has {}.", known.join(", "))
            }
            Self::NoSuchLaw { asked } => {
                let known: Vec<&str> = law::CATALOGUE.iter().map(|law| law.id()).collect();
                write!(f, "No law called “{asked}”; there are {}.", known.join(", "))
            }
        }
    }
}

impl std::error::Error for FitError {}

/// One target under way.
#[derive(Debug)]
struct Target {
    name: String,
    kind: LossKind,
    prepared: Prepared,
    basins: Vec<Polished>,
    /// The optimum without each of the sizes, where there are two or three.
    without_a_size: Vec<Vec<f64>>,
    draws: Vec<Vec<f64>>,
    cold: usize,
    cold_disagrees: usize,
}

/// A fit under way. [`Session::new`] finds the optimum of every loss (tens of milliseconds); each [`Session::step`]
/// then adds one paired draw; [`Session::study`] is the result so far, at any time.
#[derive(Debug)]
pub struct Session {
    options: Options,
    ranges: Ranges,
    targets: Vec<Target>,
    base: Vec<super::study::BaseLoss>,
    problems: Vec<String>,
    unfitted: Vec<String>,
    buffers: Buffers,
    done: usize,
}

impl Session {
    /// Finds the optima. `law` is `None` to pick it for the data; `targets` empty for every loss in the file, else
    /// column names, `general` (the general loss) or `domain` (every domain loss).
    ///
    /// # Errors
    /// Where no loss has as many rows as the law has free parameters, or a name is not known.
    pub fn new(table: &Table, law: Option<&str>, targets: &[String], options: &Options) -> Result<Self, FitError> {
        let problems =
            table.problems.kept.iter().map(ToString::to_string).chain(
                (table.problems.more > 0).then(|| format!("{} more problems are not listed.", table.problems.more)),
            );
        Self::of_observations(&table.observations, law, targets, options, problems.collect())
    }

    /// The same from observations alone.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn of_observations(
        observations: &Observations,
        law: Option<&str>,
        targets: &[String],
        options: &Options,
        problems: Vec<String>,
    ) -> Result<Self, FitError> {
        let ranges = prepare::ranges(observations);
        let law: &'static dyn Law = match law {
            Some(id) => law::by_id(id).ok_or_else(|| FitError::NoSuchLaw { asked: id.to_owned() })?,
            None => law::pick(&ranges.varying()),
        };
        let chosen = choose(observations, targets)?;
        let mut buffers = Buffers::default();
        let mut fitted = Vec::new();
        let mut unfitted = Vec::new();
        let mut most_rows = 0;
        let mut parameters = law.parameters().len();
        for index in chosen {
            let column = &observations.losses[index];
            let prepared = prepare::prepare(observations, column, law);
            let rows = prepared.sample.len();
            if rows < prepared.sample.free().max(LEAST_ROWS) {
                unfitted.push(format!(
                    "{} is not fitted: {rows} usable rows for {} free parameters of the law.",
                    column.name,
                    prepared.sample.free()
                ));
                if rows >= most_rows {
                    (most_rows, parameters) = (rows, prepared.sample.free());
                }
                continue;
            }
            let weight = vec![1.0; rows];
            let basins = search::search(&prepared.sample, &weight, options.delta, &mut buffers);
            let without_a_size = notes::without_a_size(&prepared, &basins, options.delta, &mut buffers);
            fitted.push(Target {
                name: column.name.clone(),
                kind: column.kind,
                prepared,
                basins,
                without_a_size,
                draws: Vec::new(),
                cold: 0,
                cold_disagrees: 0,
            });
        }
        if fitted.is_empty() {
            return Err(FitError::TooFewRows { rows: most_rows, parameters });
        }
        Ok(Self {
            options: options.clone(),
            ranges,
            targets: fitted,
            base: prepare::base_losses(observations),
            problems,
            unfitted,
            buffers,
            done: 0,
        })
    }

    /// Adds one draw to every target; returns draws done and draws asked for.
    pub fn step(&mut self) -> (usize, usize) {
        if self.done < self.options.draws {
            for target in &mut self.targets {
                target.draw(&self.options, self.done, &mut self.buffers);
            }
            self.done += 1;
        }
        (self.done, self.options.draws)
    }

    /// The result so far: intervals and notes rest on the draws done.
    pub fn study(&self) -> Study {
        let mut targets = BTreeMap::new();
        for target in &self.targets {
            targets.insert(target.name.clone(), target.fit(&self.options));
        }
        let of_kind = |kind: LossKind| self.targets.iter().filter(move |target| target.kind == kind);
        Study {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: self.options.clone(),
            ranges: self.ranges,
            general: of_kind(LossKind::General).next().map(|target| target.name.clone()),
            domains: of_kind(LossKind::Domain).map(|target| target.name.clone()).collect(),
            targets,
            base: self.base.clone(),
            problems: self.problems.clone(),
            unfitted: self.unfitted.clone(),
        }
    }
}

/// Indices of the loss columns asked for, in the order of the file.
fn choose(observations: &Observations, asked: &[String]) -> Result<Vec<usize>, FitError> {
    let losses = &observations.losses;
    if asked.is_empty() {
        return Ok((0..losses.len()).collect());
    }
    let mut chosen = Vec::new();
    for name in asked {
        let before = chosen.len();
        for (index, column) in losses.iter().enumerate() {
            let by_kind = match name.as_str() {
                "general" => column.kind == LossKind::General,
                "domain" => column.kind == LossKind::Domain,
                _ => false,
            };
            if (by_kind || column.name == *name) && !chosen.contains(&index) {
                chosen.push(index);
            }
        }
        if chosen.len() == before && !losses.iter().any(|column| column.name == *name) {
            let known = losses.iter().map(|column| column.name.clone()).collect();
            return Err(FitError::NoSuchTarget { asked: name.clone(), known });
        }
    }
    order::sort_by(&mut chosen, usize::cmp);
    Ok(chosen)
}

impl Target {
    /// One draw: Exp(1) weights by run, polished from the basins and, now and then, searched cold.
    fn draw(&mut self, options: &Options, index: usize, buffers: &mut Buffers) {
        let sample = &self.prepared.sample;
        let by_run: Vec<f64> =
            sample.run_keys.iter().map(|&key| weights::exponential(options.seed, index as u64, key)).collect();
        let mean = sample.run.iter().map(|&run| by_run[run]).sum::<f64>() / sample.len() as f64;
        let weight: Vec<f64> = sample.run.iter().map(|&run| by_run[run] / mean).collect();
        let warm = self
            .basins
            .iter()
            .map(|basin| {
                polish::polish(
                    sample,
                    &weight,
                    &basin.theta,
                    DRAW_DELTA.max(options.delta),
                    options.delta,
                    DRAW,
                    buffers,
                )
            })
            .min_by(|a, b| a.value.total_cmp(&b.value));
        let cold = if index % COLD_EVERY == COLD_EVERY - 1 {
            self.cold += 1;
            search::search(sample, &weight, options.delta, buffers).into_iter().next()
        } else {
            None
        };
        let theta = match (warm, cold) {
            (Some(warm), Some(cold)) if cold.value < warm.value => {
                if cold.value < warm.value * (1.0 - COLD_TOLERANCE) {
                    self.cold_disagrees += 1;
                }
                cold.theta
            }
            (Some(warm), _) => warm.theta,
            (None, Some(cold)) => cold.theta,
            (None, None) => return,
        };
        self.draws.push(theta);
    }

    fn fit(&self, options: &Options) -> Fit {
        let Some(best) = self.basins.first() else { return Fit::empty(&self.name, self.kind) };
        let sample = &self.prepared.sample;
        let mut fit = Fit {
            target: self.name.clone(),
            kind: self.kind,
            law: sample.law.id().to_owned(),
            ranges: prepare::with_domain_share(self.prepared.ranges, self.kind),
            scale: self.prepared.scale,
            theta: best.theta.clone(),
            parameters: quality::estimates(&self.prepared, &best.theta, &self.draws, options.level),
            draws: self.draws.clone(),
            new_run: quality::new_run_residuals(sample, &best.theta, options.seed, self.draws.len()),
            without_a_size: self.without_a_size.clone(),
            quality: quality::quality(&self.prepared, best),
            notes: Vec::new(),
        };
        fit.notes = notes::notes(&self.prepared, &fit, options, (self.cold_disagrees, self.cold));
        fit
    }
}
