//! From observations to samples: which rows a target is fitted to, in which order, on which scale.

use super::constraint::{self, ConstraintError};
use super::rise;
use super::sample::Sample;
use super::study::{BaseLoss, Objective, Options};
use super::weights::run_key;
use crate::law::{self, Axis, Law, OfDomain, Place, Points, Ranges, Scale, Span};
use crate::maths;
use crate::order;
use crate::table::{Decay, Direction, LossColumn, LossKind, Observations};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The usable rows of one target in canonical order, with the file's rows they came from.
#[derive(Debug)]
pub struct Prepared {
    /// Ready to be fitted.
    pub sample: Sample,
    /// Scale of its axes.
    pub scale: Scale,
    /// The data's ranges; `ratio` is the share of this target's own corpus.
    pub ranges: Ranges,
    /// Size, tokens and own share of each row, in the data's own units.
    pub rows: Vec<Row>,
    /// Names of the runs, in the sample's order.
    pub run_names: Vec<String>,
    /// Shares of several corpora, corpus by corpus, by the observations' row; empty where the file has none.
    corpora: Arc<Vec<Vec<f64>>>,
}

/// One row of a target, in the data's own units; 1 stands for an axis the file does not have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row {
    /// Model size in parameters.
    pub size: f64,
    /// Tokens.
    pub tokens: f64,
    /// Share of the target's own corpus.
    pub ratio: f64,
    /// Measured loss.
    pub loss: f64,
    /// Weight of the row; 1 where the file has none.
    pub weight: f64,
    /// Index into the observations' runs.
    pub run: u32,
    /// Line of the file it came from.
    pub line: u32,
    /// 0 from scratch, 1 continued.
    pub start: f64,
    /// Passes over the unique tokens.
    pub epochs: f64,
    /// Its place among the observations.
    pub place: u32,
    /// Where in its schedule it was measured.
    pub decay: Decay,
    /// The recipe its run repeats, where the file names seeds.
    pub recipe: Option<u32>,
}

/// Whether a row is the base model, before any continual pre-training.
fn is_base(observations: &Observations, row: usize) -> bool {
    observations.tokens.as_ref().is_some_and(|tokens| tokens[row] == 0.0)
}

/// The share of a loss's own corpus in the mixture.
pub fn own_share(kind: LossKind, domain_share: f64) -> f64 {
    match kind {
        LossKind::General => 1.0 - domain_share,
        LossKind::Domain => domain_share,
    }
}

/// Ranges of the rows that are fitted, over all targets; `ratio` is the domain share.
pub fn ranges(observations: &Observations) -> Ranges {
    let fitted = |column: &Option<Vec<f64>>| {
        let column = column.as_ref()?;
        let rows = (0..observations.len()).filter(|&row| !is_base(observations, row));
        span(rows.map(|row| column[row]))
    };
    Ranges {
        size: fitted(&observations.size),
        tokens: fitted(&observations.tokens),
        ratio: fitted(&observations.domain_share),
        start: fitted(&observations.start),
        epochs: fitted(&observations.epochs),
        corpora: corpora(observations),
        mixtures: mixtures(observations, (0..observations.len()).filter(|&row| !is_base(observations, row))),
        domain_chosen: observations.domain_chosen,
        rises: observations.losses.iter().any(|loss| loss.kind == LossKind::General && rises(observations, loss)),
        scores: !observations.losses.is_empty()
            && observations.losses.iter().all(|loss| loss.direction == Direction::Higher),
    }
}

/// The law picked for a loss; `data` are the ranges of all rows.
pub fn pick(observations: &Observations, data: &Ranges, column: &LossColumn) -> &'static dyn Law {
    law::pick(&Ranges { rises: rises(observations, column), ..*data })
}

/// Whether a loss rises with tokens within the runs.
fn rises(observations: &Observations, column: &LossColumn) -> bool {
    let Some(tokens) = &observations.tokens else { return false };
    let rows = (0..observations.len()).filter(|&row| tokens[row] > 0.0 && column.values[row] > 0.0);
    let points = rows.map(|row| (observations.run[row], tokens[row], column.values[row]));
    rise::find(&points.collect::<Vec<_>>()).is_some()
}

/// Whether a law is fitted to a loss: of one that is measured on another corpus of the mixture a law of one ratio knows
/// nothing, as it has another corpus' share.
pub fn is_about(law: &dyn Law, column: &LossColumn) -> bool {
    !column.other || law::is_of_corpora(law)
}

/// How many different mixtures these rows have; 0 of a file without several corpora.
fn mixtures(observations: &Observations, rows: impl Iterator<Item = usize>) -> usize {
    if observations.corpora.is_empty() {
        return 0;
    }
    // A run's checkpoints mostly stand together.
    let (mut known, mut before) = (BTreeSet::new(), Vec::new());
    for row in rows {
        let shares = observations.corpora.iter().map(|corpus| corpus.values.get(row).copied().unwrap_or(f64::NAN));
        let mixture: Vec<i64> = shares.map(|share| (share / SAME_SHARE).round() as i64).collect();
        if mixture != before {
            known.insert(mixture.clone());
            before = mixture;
        }
    }
    known.len()
}

/// Shares nearer than this differ by rounding.
const SAME_SHARE: f64 = 1e-6;

/// How many corpora the file has the shares of.
fn corpora(observations: &Observations) -> u8 {
    u8::try_from(observations.corpora.len()).unwrap_or(0)
}

/// Least, largest and number of distinct values (apart by more than rounding); `None` of no values.
fn span(values: impl Iterator<Item = f64>) -> Option<Span> {
    // Of a million rows few values are distinct: they are told apart without sorting all.
    let mut distinct: Vec<f64> = Vec::new();
    let mut rest: Vec<f64> = Vec::new();
    for value in values {
        match distinct.binary_search_by(|known| known.total_cmp(&value)) {
            Ok(_) => {}
            Err(at) if distinct.len() < FEW => distinct.insert(at, value),
            Err(_) => rest.push(value),
        }
    }
    if !rest.is_empty() {
        distinct.append(&mut rest);
        order::ascending(&mut distinct);
    }
    distinct.dedup_by(|b, a| (*b - *a).abs() <= 1e-9 * a.abs());
    Some(Span { low: *distinct.first()?, high: *distinct.last()?, distinct: distinct.len() })
}

/// Distinct values kept in order one by one: more than any grid has, few enough to be moved along.
const FEW: usize = 4096;

/// The base model's losses by size.
pub fn base_losses(observations: &Observations) -> Vec<BaseLoss> {
    let size = |row: usize| observations.size.as_ref().map_or(f64::NAN, |size| size[row]);
    let base: Vec<usize> = (0..observations.len()).filter(|&row| is_base(observations, row)).collect();
    let sorted = order::positions(base.len(), &|a, b| size(base[a]).total_cmp(&size(base[b])));
    let rows: Vec<usize> = sorted.into_iter().map(|at| base[at]).collect();
    // Sizes are exact copies of one another in a file.
    rows.chunk_by(|&a, &b| size(a).to_bits() == size(b).to_bits())
        .filter_map(|rows| {
            let mut losses = BTreeMap::new();
            for column in &observations.losses {
                let measured = || rows.iter().map(|&row| column.values[row]).filter(|loss| loss.is_finite());
                let n = measured().count();
                if n > 0 {
                    losses.insert(column.name.clone(), measured().sum::<f64>() / n as f64);
                }
            }
            let size = observations.size.as_ref().map(|_| size(rows[0]));
            (!losses.is_empty()).then_some(BaseLoss { size, losses })
        })
        .collect()
}

/// Ranges in which `ratio` is the law's own share, with the domain's share in its place.
pub fn with_domain_share(mut ranges: Ranges, kind: LossKind) -> Ranges {
    if let (LossKind::General, Some(span)) = (kind, &mut ranges.ratio) {
        (span.low, span.high) = (1.0 - span.high, 1.0 - span.low);
    }
    ranges
}

/// The rows of one target, sorted, scaled, with what the data cannot identify held and what a person chose kept.
///
/// # Errors
/// Where a constraint can't be kept.
pub fn prepare(
    observations: &Observations,
    column: &LossColumn,
    law: &'static dyn Law,
    options: &Options,
) -> Result<Prepared, ConstraintError> {
    let resolved = constraint::resolve(&options.constraints, &column.name, law)?;
    let weight = |row: usize| observations.weight.as_ref().map_or(1.0, |weight| weight[row]);
    let at = |axis: &Option<Vec<f64>>, row: usize| axis.as_ref().map_or(1.0, |values| values[row]);
    let mut rows: Vec<Row> = (0..observations.len())
        .filter(|&row| !is_base(observations, row) && column.values[row].is_finite() && column.values[row] > 0.0)
        // A row of weight 0 is a row left out.
        .filter(|&row| weight(row).is_finite() && weight(row) > 0.0)
        .map(|row| Row {
            size: at(&observations.size, row),
            tokens: at(&observations.tokens, row),
            ratio: observations.domain_share.as_ref().map_or(1.0, |share| own_share(column.kind, share[row])),
            loss: column.values[row],
            weight: weight(row),
            run: observations.run[row],
            line: observations.line.get(row).copied().unwrap_or(0),
            start: at(&observations.start, row),
            epochs: at(&observations.epochs, row),
            place: row as u32,
            decay: observations.decay.get(row).copied().unwrap_or_default(),
            recipe: observations.recipe.get(observations.run[row] as usize).copied(),
        })
        .collect();
    let name = |row: &Row| observations.runs.get(row.run as usize).map_or("", String::as_str);
    order::sort_by(&mut rows, |a, b| {
        [
            a.size.total_cmp(&b.size),
            a.ratio.total_cmp(&b.ratio),
            a.tokens.total_cmp(&b.tokens),
            a.loss.total_cmp(&b.loss),
        ]
        .into_iter()
        .fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
        .then_with(|| name(a).cmp(name(b)))
    });
    let known = |axis: &Option<Vec<f64>>, span: Option<Span>| axis.as_ref().and(span);
    let ranges = Ranges {
        size: known(&observations.size, span(rows.iter().map(|row| row.size))),
        tokens: known(&observations.tokens, span(rows.iter().map(|row| row.tokens))),
        ratio: known(&observations.domain_share, span(rows.iter().map(|row| row.ratio))),
        start: known(&observations.start, span(rows.iter().map(|row| row.start))),
        epochs: known(&observations.epochs, span(rows.iter().map(|row| row.epochs))),
        corpora: corpora(observations),
        mixtures: mixtures(observations, rows.iter().map(|row| row.place as usize)),
        domain_chosen: observations.domain_chosen,
        rises: rises(observations, column),
        scores: column.direction == Direction::Higher,
    };
    let mut scale = Scale {
        size: geometric_mean(rows.iter().map(|row| row.size)),
        tokens: geometric_mean(rows.iter().map(|row| row.tokens)),
    };
    if resolved.natural.contains(&Axis::Size) {
        scale.size = 1.0;
    }
    if resolved.natural.contains(&Axis::Tokens) {
        scale.tokens = 1.0;
    }
    if let Some(fixed) = law.fixed_scale() {
        scale = fixed;
    }
    let shares = Arc::new(observations.corpora.iter().map(|corpus| corpus.values.clone()).collect::<Vec<_>>());
    let key = |run: u32| run_key(name_of(observations, run));
    let mut sample = sample_of(&rows, &shares, &scale, &ranges, law, key);
    if let (OfDomain::Holding(holds), LossKind::Domain) = (law.of_domain(), column.kind) {
        for &(index, value) in holds {
            sample.held[index] = Some(value);
        }
    }
    sample.objective = options.objective;
    sample.bounds = resolved.bounds;
    sample.tied = resolved.tied;
    for (j, fixed) in resolved.fixed.iter().enumerate() {
        sample.held[j] = fixed.or(sample.held[j]);
    }
    // Where the data holds one of a tied pair, it holds both.
    for j in 0..sample.held.len() {
        if let Some(k) = sample.tied[j]
            && let Some(value) = sample.held[k].or(sample.held[j])
        {
            (sample.held[j], sample.held[k], sample.tied[j]) = (Some(value), Some(value), None);
        }
    }
    let run_names = names_of(&rows, &sample, |run| name_of(observations, run).to_owned());
    Ok(Prepared { sample, scale, ranges, rows, run_names, corpora: shares })
}

/// Names of the sample's runs.
fn names_of(rows: &[Row], sample: &Sample, name: impl Fn(u32) -> String) -> Vec<String> {
    let mut names = vec![String::new(); sample.run_keys.len()];
    for (row, &run) in rows.iter().zip(&sample.run) {
        if names[run].is_empty() {
            names[run] = name(row.run);
        }
    }
    names
}

impl Prepared {
    /// The same target over some of its rows: to fit again without a run, a size, a ratio.
    ///
    /// What a person chose stays; what these rows can't identify is held as in a file of their own. Axes keep their
    /// scale, so that parameters compare.
    pub fn subset(&self, keep: impl Fn(&Row) -> bool) -> Self {
        let mut rows = Vec::new();
        // By the observations' run: its place among this target's runs.
        let mut places: BTreeMap<u32, usize> = BTreeMap::new();
        for (row, &run) in self.rows.iter().zip(&self.sample.run) {
            if keep(row) {
                rows.push(*row);
                places.insert(row.run, run);
            }
        }
        let over = |value: fn(&Row) -> f64, known: Option<Span>| known.and_then(|_| span(rows.iter().map(value)));
        let ranges = Ranges {
            size: over(|row| row.size, self.ranges.size),
            tokens: over(|row| row.tokens, self.ranges.tokens),
            ratio: over(|row| row.ratio, self.ranges.ratio),
            start: over(|row| row.start, self.ranges.start),
            epochs: over(|row| row.epochs, self.ranges.epochs),
            ..self.ranges
        };
        let mut sample = self
            .like(&rows, self.scale, &ranges, |run| places.get(&run).map_or(0, |&place| self.sample.run_keys[place]));
        for (held, all) in sample.held.iter_mut().zip(&self.sample.held) {
            *held = all.or(*held);
        }
        for (j, tied) in self.sample.tied.iter().enumerate() {
            if let Some(k) = *tied {
                sample.tied[j] = if sample.held[k].is_none() { *tied } else { None };
                sample.held[j] = sample.held[k];
            }
        }
        let name = |run: u32| places.get(&run).map_or(String::new(), |&place| self.run_names[place].clone());
        let run_names = names_of(&rows, &sample, name);
        Self { sample, scale: self.scale, ranges, rows, run_names, corpora: self.corpora.clone() }
    }

    /// The same target with other units of its axes, and these parameters in them.
    pub fn rescaled(&self, scale: Scale, theta: &[f64]) -> (Self, Vec<f64>) {
        let law = self.sample.law;
        let relative = Scale { size: self.scale.size / scale.size, tokens: self.scale.tokens / scale.tokens };
        let theta: Vec<f64> = (0..theta.len()).map(|j| law::natural(law, j, theta, &relative)).collect();
        let mut keys = BTreeMap::new();
        for (row, &run) in self.rows.iter().zip(&self.sample.run) {
            keys.insert(row.run, self.sample.run_keys[run]);
        }
        let mut sample = self.like(&self.rows, scale, &self.ranges, |run| keys.get(&run).copied().unwrap_or_default());
        sample.held.clone_from(&self.sample.held);
        sample.tied.clone_from(&self.sample.tied);
        let (ranges, rows, run_names) = (self.ranges, self.rows.clone(), self.run_names.clone());
        (Self { sample, scale, ranges, rows, run_names, corpora: self.corpora.clone() }, theta)
    }

    /// A sample of these rows with this target's objective and bounds.
    fn like(&self, rows: &[Row], scale: Scale, ranges: &Ranges, key: impl Fn(u32) -> u64) -> Sample {
        let mut sample = sample_of(rows, &self.corpora, &scale, ranges, self.sample.law, key);
        sample.objective = self.sample.objective;
        sample.bounds.clone_from(&self.sample.bounds);
        sample
    }
}

fn name_of(observations: &Observations, run: u32) -> &str {
    observations.runs.get(run as usize).map_or("", String::as_str)
}

/// A sample of these rows, in their order, with nothing chosen by a person.
fn sample_of(
    rows: &[Row],
    corpora: &[Vec<f64>],
    scale: &Scale,
    ranges: &Ranges,
    law: &'static dyn Law,
    key: impl Fn(u32) -> u64,
) -> Sample {
    let mut shares = vec![0.0; corpora.len()];
    let mut points = Points::default();
    let mut runs: Vec<u32> = Vec::new();
    let mut run = Vec::with_capacity(rows.len());
    // Runs by first row in the canonical order; found again by their index, as a file may have thousands.
    let mut index: Vec<Option<usize>> = vec![None; rows.iter().map(|row| row.run as usize + 1).max().unwrap_or(0)];
    for row in rows {
        for (share, values) in shares.iter_mut().zip(corpora) {
            *share = values.get(row.place as usize).copied().unwrap_or(f64::NAN);
        }
        let &Row { size, tokens, ratio, start, epochs, .. } = row;
        points.push_place(scale, &Place { size, tokens, ratio, start, epochs, corpora: &shares });
        run.push(*index[row.run as usize].get_or_insert_with(|| {
            runs.push(row.run);
            runs.len() - 1
        }));
    }
    let mut held = vec![None; law.parameters().len()];
    for hold in law.collapse(&ranges.single()) {
        held[hold.index] = Some(hold.value);
    }
    Sample {
        law,
        objective: Objective::default(),
        points: Arc::new(points.gathered()),
        measured: rows.iter().map(|row| row.loss).collect(),
        weight: rows.iter().map(|row| row.weight).collect(),
        run,
        run_keys: runs.into_iter().map(key).collect(),
        bounds: law.parameters().iter().map(|parameter| parameter.bounds).collect(),
        tied: vec![None; held.len()],
        held,
    }
}

/// The geometric mean of the distinct values; 1 of none.
fn geometric_mean(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    order::ascending(&mut values);
    values.dedup();
    let n = values.len().max(1) as f64;
    maths::exp(values.iter().map(|value| maths::ln(*value)).sum::<f64>() / n)
}
