//! A study as a link carries it: the general loss and one domain loss, with chosen draws in few bits each.
//!
//! Names, estimates, intervals of the parameters and notes are text, the draws a stream of bits beside it. What is
//! rounded: parameters to nine digits, intervals to the three that are shown, draws to a step of their own range. Everything else the page
//! shows of a fit is computed from these as it was from the whole.

use super::corners::{Corners, loss_bits};
use super::pack::{Ends, Reader, Writer};
use super::places::Places;
use super::round::Rows;
use super::thin::{COARSE, Few};
use crate::fit::{BaseLoss, Chosen, Corpus, Estimate, Fit, Note, NoteCode, Options, Quality, Severity, Study};
use crate::law::{self, Ranges, Scale};
use crate::quantity::significant;
use crate::table::LossKind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How much of a study goes along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detail {
    /// Draws.
    pub draws: usize,
    /// Bits of a parameter in a draw.
    pub bits: u32,
    /// The least severity of a note whose sentences go along. Of a warning below it what it says in short does, as a link
    /// without it would look more certain than the fit; of what only explains, nothing.
    pub notes: Severity,
}

/// Bits of a new run's residual: a twentieth of its spread adds a thousandth to an interval's width.
const RESIDUAL_BITS: u32 = 7;
const BILLION: f64 = 1e9;
/// Draws, bits and parameters of a link that are read: more is none of ours.
const MOST_DRAWS: usize = 4096;
const MOST_BITS: u32 = 24;
const MOST_ROWS: usize = 16;

/// The text's part; single letters, as each is paid for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Told {
    /// Ranges of the data.
    #[serde(rename = "r", default)]
    ranges: Ranges,
    /// The losses.
    #[serde(rename = "t")]
    targets: Vec<Target>,
    /// Corpora: name, least, largest and mean share.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    corpora: Vec<(String, f64, f64, f64)>,
    /// The base model's losses: size, and a loss a target.
    #[serde(rename = "b", default)]
    base: Vec<(Option<f64>, Vec<Option<f64>>)>,
    /// Draws, and bits of a parameter.
    #[serde(rename = "d")]
    draws: (usize, u32),
    /// Notes that had no room.
    #[serde(rename = "o", default)]
    left_out: usize,
}

impl Told {
    /// Notes that had no room.
    pub fn notes_left_out(&self) -> usize {
        self.left_out
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Target {
    #[serde(rename = "n")]
    name: String,
    #[serde(rename = "k")]
    kind: LossKind,
    #[serde(rename = "l")]
    law: String,
    /// Its own ranges where they are not the study's.
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    ranges: Option<Ranges>,
    /// Units of the scaled axes.
    #[serde(rename = "s")]
    scale: (f64, f64),
    #[serde(rename = "p")]
    theta: Vec<f64>,
    /// Interval of each parameter, then the same in billions; nothing where there is none.
    #[serde(rename = "i", default)]
    intervals: Vec<Option<[f64; 4]>>,
    /// Indices of the parameters that are held.
    #[serde(rename = "h", default, skip_serializing_if = "Vec::is_empty")]
    held: Vec<usize>,
    /// What was asked of parameters.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<(usize, Chosen)>,
    /// Coefficients that are solved for, the corners whose losses they are solved from, and the ends of these. None in a
    /// link of version 1, which has every coefficient in a column of its own.
    #[serde(rename = "j", default, skip_serializing_if = "Vec::is_empty")]
    solved: Vec<usize>,
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    corners: Vec<Vec<f64>>,
    #[serde(rename = "y", default, skip_serializing_if = "none")]
    heights: [Vec<Ends>; 2],
    /// Ends of the parameters' columns, and of a new run's residual.
    #[serde(rename = "e", default)]
    ends: Vec<Ends>,
    #[serde(rename = "x", default)]
    residual: Option<Ends>,
    /// Rows of parameters after the draws: fitted without a size each.
    #[serde(rename = "w", default)]
    without: usize,
    #[serde(rename = "q")]
    quality: [f64; 7],
    #[serde(rename = "m", default, skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
    /// Warnings whose sentences had no room: what each is, and what it is about.
    #[serde(rename = "v", default, skip_serializing_if = "Vec::is_empty")]
    short: Vec<(NoteCode, Option<String>)>,
}

/// The losses that go along: the general one, and the domain loss shown.
pub fn targets<'a>(study: &'a Study, domain: Option<&'a str>) -> Vec<&'a str> {
    let domain = domain.filter(|name| study.targets.contains_key(*name));
    let domain = domain.or_else(|| study.domains.first().map(String::as_str));
    study.general.as_deref().into_iter().chain(domain).collect()
}

/// A study in words and bits; `None` where a number in it is none.
pub fn tell(study: &Study, domain: Option<&str>, few: &[Few], detail: Detail) -> Option<(Told, Vec<u8>)> {
    let names = targets(study, domain);
    let mut bits = Writer::default();
    let mut told = Vec::new();
    for (name, few) in names.iter().zip(few) {
        told.push(tell_target(study, study.targets.get(*name)?, few, detail, &mut bits)?);
    }
    let draws = few.iter().map(|few| few.draws.len()).min().unwrap_or(0);
    let base = study.base.iter().map(|base| {
        let loss = |name: &&str| base.losses.get(*name).map(|loss| significant(*loss, 7));
        (base.size, names.iter().map(loss).collect())
    });
    let all: usize = names.iter().filter_map(|name| study.targets.get(*name)).map(|fit| fit.notes.len()).sum();
    let kept: usize = told.iter().map(|target| target.notes.len() + target.short.len()).sum();
    let left_out = all - kept;
    let corpora = study.corpora.iter().map(|corpus| {
        let [low, high, middle] = [corpus.low, corpus.high, corpus.middle].map(|share| significant(share, 5));
        (corpus.name.clone(), low, high, middle)
    });
    let told = Told {
        ranges: study.ranges,
        targets: told,
        corpora: corpora.collect(),
        base: base.collect(),
        draws: (draws, detail.bits),
        left_out,
    };
    Some((told, bits.finish()))
}

fn tell_target(study: &Study, fit: &Fit, few: &Few, detail: Detail, bits: &mut Writer) -> Option<Target> {
    let rows: Vec<&Vec<f64>> = few.draws.iter().chain(&fit.without_a_size).collect();
    let residuals = &few.new_run;
    if residuals.len() != few.draws.len() {
        return None;
    }
    let probes = Places::scattered(study, fit, COARSE.0, COARSE.1);
    let residual = Ends::of(residuals.iter().copied());
    let rows = Rows::of(fit, &rows, few.draws.len(), &probes, detail.bits, study.options.level)?;
    rows.put(bits, detail.bits);
    for value in residuals {
        bits.put(*value, residual?, RESIDUAL_BITS);
    }
    let interval = |p: &Estimate| {
        let ((a, b), (c, d)) = p.interval.zip(p.interval_billions)?;
        Some([a, b, c, d].map(|value| significant(value, 3)))
    };
    let with = |(index, p): (usize, &Estimate)| Some((index, p.chosen.clone()?));
    let q = fit.quality;
    let quality = [q.objective, q.huber_mean, q.n as f64, q.runs as f64, q.r2, q.mean_relative_error, q.gradient_norm];
    let is_short = |note: &Note| note.severity == Severity::Warning && note.severity < detail.notes;
    Some(Target {
        name: fit.target.clone(),
        kind: fit.kind,
        law: fit.law.clone(),
        ranges: (fit.ranges != study.ranges).then_some(fit.ranges),
        scale: (significant(fit.scale.size, 12), significant(fit.scale.tokens, 12)),
        theta: fit.theta.iter().map(|value| significant(*value, 9)).collect(),
        intervals: fit.parameters.iter().map(interval).collect(),
        held: fit.parameters.iter().enumerate().filter(|(_, p)| p.held).map(|(index, _)| index).collect(),
        chosen: fit.parameters.iter().enumerate().filter_map(with).collect(),
        solved: rows.solved,
        corners: rows.corners,
        heights: rows.heights,
        ends: rows.ends,
        residual,
        without: fit.without_a_size.len(),
        quality: quality.map(|value| significant(value, 5)),
        notes: fit.notes.iter().filter(|note| note.severity >= detail.notes).cloned().collect(),
        short: fit.notes.iter().filter(|note| is_short(note)).map(|note| (note.code, note.about.clone())).collect(),
    })
}

fn none(heights: &[Vec<Ends>; 2]) -> bool {
    heights.iter().all(Vec::is_empty)
}

/// A warning whose sentences had no room.
fn in_short((code, about): (NoteCode, Option<String>)) -> Note {
    let of = about.as_ref().map_or(String::new(), |about| format!(" ({about})"));
    let text = format!("{}{of}. The file tells more.", code.in_short());
    Note { code, severity: Severity::Warning, about, text }
}

/// The study that was told; `None` where it doesn't hold together or names a law unknown here.
pub fn rebuild(told: Told, bits: &[u8], options: Options) -> Option<Study> {
    let (draws, wide) = told.draws;
    if draws > MOST_DRAWS || wide > MOST_BITS || told.targets.is_empty() {
        return None;
    }
    let mut reader = Reader::new(bits);
    let names: Vec<String> = told.targets.iter().map(|target| target.name.clone()).collect();
    let of_kind = |kind| told.targets.iter().filter(move |target| target.kind == kind).map(|t| t.name.clone());
    let (general, domains) = (of_kind(LossKind::General).next(), of_kind(LossKind::Domain).collect());
    let mut targets = BTreeMap::new();
    for target in told.targets {
        let name = target.name.clone();
        targets.insert(name, rebuild_target(target, told.ranges, draws, wide, &mut reader)?);
    }
    let base = told.base.into_iter().map(|(size, losses)| BaseLoss {
        size,
        losses: names.iter().cloned().zip(losses).filter_map(|(name, loss)| Some((name, loss?))).collect(),
    });
    Some(Study {
        schema: crate::fit::session::SCHEMA,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        options,
        ranges: told.ranges,
        general,
        domains,
        corpora: told.corpora.into_iter().map(|(name, low, high, middle)| Corpus { name, low, high, middle }).collect(),
        targets,
        base: base.collect(),
        problems: Vec::new(),
        unfitted: said_of(told.left_out).into_iter().collect(),
        file: None,
    })
}

/// A link without its notes must not look like a fit without any.
fn said_of(left_out: usize) -> Option<String> {
    match left_out {
        0 => None,
        1 => Some("One note on this fit had no room in the link: the file tells it.".to_owned()),
        count => Some(format!("{count} notes on this fit had no room in the link: the file tells them.")),
    }
}

fn rebuild_target(told: Target, ranges: Ranges, draws: usize, bits: u32, reader: &mut Reader) -> Option<Fit> {
    let law = law::by_id(&told.law)?;
    let count = law.parameters().len();
    let rows = draws + told.without.min(MOST_ROWS);
    let scale = Scale { size: told.scale.0, tokens: told.scale.1 };
    let sound = told.theta.len() == count
        && told.theta.iter().all(|value| value.is_finite())
        && [scale.size, scale.tokens].iter().all(|unit| unit.is_finite() && *unit > 0.0)
        && (rows == 0 || told.ends.len() == count)
        && told.ends.iter().chain(&told.residual).chain(told.heights.iter().flatten()).all(|ends| ends.is_sound());
    if !sound {
        return None;
    }
    let corners = Corners::new(law, &told.corners, &told.solved, law::is_of_corpora(law))?;
    let mut read = Vec::with_capacity(rows);
    for at in 0..rows {
        let heights = &told.heights[usize::from(at >= draws)];
        if heights.len() != told.corners.len() {
            return None;
        }
        let wide = |j| if told.solved.contains(&j) { 1 } else { bits };
        let mut row = Vec::with_capacity(count);
        for (j, ends) in told.ends.iter().enumerate() {
            row.push(reader.take(*ends, wide(j))?);
        }
        let losses = heights.iter().map(|ends| reader.take(*ends, loss_bits(bits))).collect::<Option<Vec<f64>>>()?;
        corners.solve(&mut row, &losses);
        read.push(row);
    }
    let residual = |_| reader.take(told.residual?, RESIDUAL_BITS);
    let new_run = (0..draws).map(residual).collect::<Option<Vec<f64>>>()?;
    let without_a_size = read.split_off(draws);
    let billions = Scale { size: scale.size / BILLION, tokens: scale.tokens / BILLION };
    let parameters = law.parameters().iter().enumerate().map(|(j, parameter)| {
        let interval = told.intervals.get(j).copied().flatten();
        Estimate {
            name: parameter.name.to_owned(),
            symbol: parameter.symbol.to_owned(),
            value: law::natural(law, j, &told.theta, &scale),
            value_billions: law::natural(law, j, &told.theta, &billions),
            interval: interval.map(|[low, high, ..]| (low, high)),
            interval_billions: interval.map(|[.., low, high]| (low, high)),
            held: told.held.contains(&j),
            chosen: told.chosen.iter().find(|(index, _)| *index == j).map(|(_, chosen)| chosen.clone()),
        }
    });
    let [objective, huber_mean, n, runs, r2, mean_relative_error, gradient_norm] = told.quality;
    Some(Fit {
        target: told.name,
        kind: told.kind,
        parameters: parameters.collect(),
        law: told.law,
        ranges: told.ranges.unwrap_or(ranges),
        scale,
        theta: told.theta,
        draws: read,
        new_run,
        without_a_size,
        quality: Quality {
            objective,
            huber_mean,
            n: n as usize,
            runs: runs as usize,
            r2,
            mean_relative_error,
            gradient_norm,
        },
        notes: told.notes.into_iter().chain(told.short.into_iter().map(in_short)).collect(),
    })
}
