//! Fitting step by step, so that a worker can report progress and be cancelled between steps, and so that several
//! workers can share the draws.

use super::draw::{self, Drawn, Open};
use super::error::FitError;
use super::errors::Errors;
use super::polish::Polished;
use super::prepare::{self, Prepared};
use super::sample::Buffers;
use super::study::{Corpus, Fit, Options, Study};
use super::{notes, quality, search};
use crate::law::{self, Need, OfDomain, Ranges};
use crate::order;
use crate::table::{CorpusShares, LossKind, Observations, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the study's layout; raised when a reader of the old one would be wrong.
pub const SCHEMA: u32 = 1;

/// One row says nothing about how far a law is from it.
const LEAST_ROWS: usize = 2;

/// One loss and its optimum.
#[derive(Debug)]
pub struct Target {
    /// Name of the loss.
    pub name: String,
    /// Which corpus it is measured on.
    pub kind: LossKind,
    /// Its rows.
    pub prepared: Prepared,
    /// The optimum and the next basins, best first; never empty.
    pub basins: Vec<Polished>,
    /// The optimum's residuals, taken apart.
    pub errors: Errors,
    /// Exponents that the data leaves entirely open.
    open: Vec<Open>,
    /// The optimum without each of the sizes, where there are two or three.
    without_a_size: Vec<Vec<f64>>,
}

/// Draws `from..` of every target, as one worker computed them for another to take in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draws {
    /// Index of the first.
    pub from: usize,
    /// Draw by draw, each with every target in the session's order.
    pub draws: Vec<Vec<Drawn>>,
}

/// The basins of every target: what a session of the same data and options is resumed from without a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Optima {
    targets: Vec<Vec<Polished>>,
}

/// A fit under way. [`Session::new`] finds the optimum of every loss (tens of milliseconds); each [`Session::step`]
/// then adds one paired draw; [`Session::study`] is the result so far, at any time.
///
/// Several workers share the draws thus: each has a session of the same table and options (from
/// [`Session::resume`] with the first one's [`Session::optima`]), computes [`Session::draw_range`] of the indices it is
/// given, and one of them takes the others' in with [`Session::take_in`]. Who computed what changes no digit.
#[derive(Debug)]
pub struct Session {
    options: Options,
    ranges: Ranges,
    targets: Vec<Target>,
    base: Vec<super::study::BaseLoss>,
    corpora: Vec<Corpus>,
    problems: Vec<String>,
    unfitted: Vec<String>,
    buffers: Buffers,
    /// By index; `None` where it is not there yet.
    draws: Vec<Option<Vec<Drawn>>>,
}

impl Session {
    /// Finds the optima. `law` is `None` to pick it for the data; `targets` empty for every loss in the file that the law is
    /// about, else column names, `general` (the general loss) or `domain` (every domain loss).
    ///
    /// # Errors
    /// Where no loss has as many rows as the law has free parameters, a name is not known, or a constraint can't be kept.
    pub fn new(table: &Table, law: Option<&str>, targets: &[String], options: &Options) -> Result<Self, FitError> {
        Self::of_observations(&table.observations, law, targets, options, problems(table))
    }

    /// The same from another session's optima.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn resume(
        table: &Table,
        law: Option<&str>,
        targets: &[String],
        options: &Options,
        optima: Optima,
    ) -> Result<Self, FitError> {
        Self::start(&table.observations, law, targets, options, problems(table), Some(optima))
    }

    /// A session from observations alone.
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
        Self::start(observations, law, targets, options, problems, None)
    }

    fn start(
        observations: &Observations,
        law: Option<&str>,
        targets: &[String],
        options: &Options,
        problems: Vec<String>,
        optima: Option<Optima>,
    ) -> Result<Self, FitError> {
        let ranges = prepare::ranges(observations);
        let asked = law.map(|id| law::by_id(id).ok_or_else(|| FitError::no_such_law(id))).transpose()?;
        // Picked for each loss: what one can't follow another may.
        let law_of = |column| asked.unwrap_or_else(|| prepare::pick(observations, &ranges, column));
        let mut law = asked.unwrap_or_else(|| law::pick(&ranges));
        let chosen = choose(observations, targets)?;
        let constrained: Vec<&str> =
            options.constraints.iter().filter_map(|constraint| constraint.target.as_deref()).collect();
        if let Some(asked) = constrained.iter().find(|name| !observations.losses.iter().any(|loss| loss.name == **name))
        {
            let known = observations.losses.iter().map(|loss| loss.name.clone()).collect();
            return Err(FitError::NoSuchTarget { asked: (*asked).to_owned(), known });
        }
        let mut known = optima.map(|optima| optima.targets.into_iter()).unwrap_or_default();
        let mut buffers = Buffers::default();
        let mut fitted = Vec::new();
        let mut unfitted = Vec::new();
        let mut lacking: Vec<Need> = Vec::new();
        let mut most_rows = 0;
        let mut parameters = 0;
        let mut elsewhere = None;
        for index in chosen {
            let column = &observations.losses[index];
            law = law_of(column);
            if !prepare::is_about(law, column) {
                // Where nobody asked for it nothing is missing: a law of one ratio is about the others.
                if targets.contains(&column.name) {
                    let error = FitError::OtherCorpus { law: law.name(), loss: column.name.clone() };
                    unfitted.push(error.to_string());
                    elsewhere = Some(error);
                }
                continue;
            }
            let prepared = prepare::prepare(observations, column, law, options)?;
            lacking = law::lacks(law, &prepared.ranges).into_iter().filter(|need| need.is_strict()).collect();
            if let Some(need) = lacking.first() {
                unfitted.push(format!("{} is not fitted: {} needs {need}.", column.name, law.name()));
                continue;
            }
            if law.of_domain() == OfDomain::Nothing && column.kind == LossKind::Domain {
                unfitted.push(format!(
                    "{} is not fitted: {} is about the general loss alone.",
                    column.name,
                    law.name()
                ));
                continue;
            }
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
            let fits = |basins: &Vec<Polished>| {
                basins.first().is_some_and(|basin| basin.theta.len() == prepared.sample.parameters())
            };
            let basins = known.next().filter(fits).unwrap_or_else(|| {
                search::search(&prepared.sample, &prepared.sample.weight, options.turn(), &mut buffers)
            });
            let without_a_size = notes::without_a_size(&prepared, &basins, options.turn(), &mut buffers);
            let Some(best) = basins.first() else { continue };
            fitted.push(Target {
                name: column.name.clone(),
                kind: column.kind,
                errors: Errors::of(&prepared, best),
                open: draw::open(&prepared, best, options, &mut buffers),
                prepared,
                basins,
                without_a_size,
            });
        }
        if let (true, Some(error)) = (fitted.is_empty() && most_rows == 0, elsewhere) {
            return Err(error);
        }
        if fitted.is_empty() && most_rows == 0 && !unfitted.is_empty() && law.of_domain() == OfDomain::Nothing {
            return Err(FitError::GeneralOnly { law: law.name() });
        }
        if fitted.is_empty() && (most_rows, lacking.is_empty()) == (0, false) {
            return Err(FitError::Lacks { law: law.name(), needs: lacking });
        }
        if fitted.is_empty() {
            return Err(FitError::TooFewRows { rows: most_rows, parameters });
        }
        Ok(Self {
            options: options.clone(),
            ranges,
            targets: fitted,
            base: prepare::base_losses(observations),
            corpora: corpora(observations),
            problems,
            unfitted,
            buffers,
            draws: vec![None; options.draws],
        })
    }

    /// The losses that are fitted, with their optima.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// What was asked for.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// What another session of the same data and options can be resumed from.
    pub fn optima(&self) -> Optima {
        Optima { targets: self.targets.iter().map(|target| target.basins.clone()).collect() }
    }

    /// Adds the first draw that is not there yet to every target; returns draws done and draws asked for.
    pub fn step(&mut self) -> (usize, usize) {
        if let Some(index) = self.missing() {
            let draws = self.draw_range(index, index + 1);
            self.take_in(draws);
        }
        (self.done(), self.options.draws)
    }

    /// Draws that are there.
    pub fn done(&self) -> usize {
        self.draws.iter().flatten().count()
    }

    /// Index of the first draw that is not there yet.
    pub fn missing(&self) -> Option<usize> {
        self.draws.iter().position(Option::is_none)
    }

    /// Whether draws `from..to` are all there.
    pub fn has_draws(&self, from: usize, to: usize) -> bool {
        self.draws.get(from..to).is_some_and(|draws| draws.iter().all(Option::is_some))
    }

    /// Draws `from..to`, as [`Session::take_in`] takes them; `None` where one is not there.
    pub fn draws(&self, from: usize, to: usize) -> Option<Draws> {
        Some(Draws { from, draws: self.draws.get(from..to)?.iter().cloned().collect::<Option<_>>()? })
    }

    /// Computes draws `from..to` and hands them over; the session does not keep them.
    pub fn draw_range(&mut self, from: usize, to: usize) -> Draws {
        let Self { targets, options, buffers, .. } = self;
        let one = |index: usize| {
            let of = |target: &Target| {
                let Target { prepared, basins, errors, open, .. } = target;
                draw::draw(prepared, basins, errors, open, options, index, buffers)
            };
            targets.iter().filter_map(of).collect()
        };
        Draws { from, draws: (from..to).map(one).collect() }
    }

    /// Takes draws in, from this session or another of the same data, options and optima. Draws beyond those asked
    /// for, or of other targets, are left out.
    pub fn take_in(&mut self, draws: Draws) {
        let parameters: Vec<usize> = self.targets.iter().map(|target| target.prepared.sample.parameters()).collect();
        for (offset, drawn) in draws.draws.into_iter().enumerate() {
            let fits = drawn.iter().map(|of_target| of_target.theta.len()).eq(parameters.iter().copied());
            if let (true, Some(slot)) = (fits, self.draws.get_mut(draws.from + offset)) {
                *slot = Some(drawn);
            }
        }
    }

    /// The result so far: intervals and notes rest on the draws that are there.
    pub fn study(&self) -> Study {
        let mut targets = BTreeMap::new();
        for (place, target) in self.targets.iter().enumerate() {
            let there = self.draws.iter().enumerate().filter_map(|(b, drawn)| Some((b, drawn.as_ref()?.get(place)?)));
            targets.insert(target.name.clone(), target.fit(&self.options, &there.collect::<Vec<_>>()));
        }
        let of_kind = |kind: LossKind| self.targets.iter().filter(move |target| target.kind == kind);
        Study {
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            options: self.options.clone(),
            ranges: self.ranges,
            general: of_kind(LossKind::General).next().map(|target| target.name.clone()),
            domains: of_kind(LossKind::Domain).map(|target| target.name.clone()).collect(),
            corpora: self.corpora.clone(),
            targets,
            base: self.base.clone(),
            problems: self.problems.clone(),
            unfitted: self.unfitted.clone(),
            file: None,
        }
    }
}

/// The corpora of a file, with the shares that were measured.
fn corpora(observations: &Observations) -> Vec<Corpus> {
    let of = |corpus: &CorpusShares| {
        let known: Vec<f64> = corpus.values.iter().copied().filter(|share| share.is_finite()).collect();
        Corpus {
            name: corpus.name.clone(),
            low: known.iter().copied().fold(1.0, f64::min),
            high: known.iter().copied().fold(0.0, f64::max),
            middle: known.iter().sum::<f64>() / known.len().max(1) as f64,
        }
    };
    observations.corpora.iter().map(of).collect()
}

/// The problems of a table, a sentence each.
fn problems(table: &Table) -> Vec<String> {
    let more = table.problems.more;
    let counted = (more > 0).then(|| format!("{more} more problems are not listed."));
    table.problems.kept.iter().map(ToString::to_string).chain(counted).collect()
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
                "domain" => column.kind == LossKind::Domain && !column.other,
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
    fn fit(&self, options: &Options, drawn: &[(usize, &Drawn)]) -> Fit {
        let Some(best) = self.basins.first() else { return Fit::empty(&self.name, self.kind) };
        let sample = &self.prepared.sample;
        let draws: Vec<Vec<f64>> = drawn.iter().map(|(_, drawn)| drawn.theta.clone()).collect();
        let asked = drawn.last().map_or(0, |(index, _)| index + 1);
        let new_run = draw::new_run(&self.errors, options, asked);
        let searched: Vec<bool> = drawn.iter().filter_map(|(_, drawn)| drawn.disagrees).collect();
        let mut fit = Fit {
            target: self.name.clone(),
            kind: self.kind,
            law: sample.law.id().to_owned(),
            ranges: prepare::with_domain_share(self.prepared.ranges, self.kind),
            scale: self.prepared.scale,
            theta: best.theta.clone(),
            parameters: quality::estimates(&self.prepared, &best.theta, &draws, options, &self.name),
            draws,
            new_run: drawn.iter().map(|(index, _)| new_run[*index]).collect(),
            without_a_size: self.without_a_size.clone(),
            quality: quality::quality(&self.prepared, best),
            notes: Vec::new(),
        };
        let disagree = searched.iter().filter(|disagrees| **disagrees).count();
        fit.notes = notes::notes(&self.prepared, &self.errors, &fit, options, (disagree, searched.len()));
        fit
    }
}
