//! How a study is laid out in a file: flat, by name, in natural units.
//!
//! A notebook reads `study["targets"]["general_loss"]["parameters"]["alpha"]["value"]` without knowing the order of a
//! law's parameters or the scale it was fitted on. `N` is in parameters and `D` in tokens everywhere but under
//! `billions`; draws are columns by parameter, and index `b` is the same draw in every target.

use super::constraint::Constraint;
use super::note::Note;
use super::session::SCHEMA;
use super::study::{BaseLoss, Chosen, Corpus, Estimate, Fit, Objective, Options, Quality, Scheme, Study};
use crate::law::{self, Law, Ranges, Scale};
use crate::table::LossKind;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// Why a file is no study.
#[derive(Debug, Clone, PartialEq)]
pub enum LayoutError {
    /// Cut off or changed: what stands in the way of reading it, and where.
    Damaged(String),
    /// Another version of the layout.
    Schema(u32),
    /// A law this version does not know.
    UnknownLaw(String),
    /// A parameter of the law is missing or another one stands in its place.
    Parameter(String),
    /// The draws of a target do not have the same number of values for every parameter.
    Draws(String),
}

impl fmt::Display for LayoutError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(why) => write!(f, "it is cut off or changed ({why})"),
            Self::Schema(found) => write!(f, "its schema is {found}, this version reads {SCHEMA}"),
            Self::UnknownLaw(id) => write!(f, "the law “{id}” is not known here"),
            Self::Parameter(target) => write!(f, "the parameters of “{target}” are not those of its law"),
            Self::Draws(target) => write!(f, "the draws of “{target}” are not of one length"),
        }
    }
}

impl std::error::Error for LayoutError {}

impl LayoutError {
    /// Why it can't be opened and what to do, in sentences for the page.
    pub fn sentences(&self) -> String {
        match self {
            Self::Schema(_) => {
                format!("It holds a fit of another version of Ratioscope: {self}. Open the runs, and fit them anew.")
            }
            _ => format!("It holds a fit, but {self}. Save it once more, or open the runs."),
        }
    }
}

/// Whether a file that begins so holds a fit, of whatever version: an object whose first name is `schema`.
pub fn holds_a_fit(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    head.strip_prefix(b"{").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\"schema\""))
}

/// The fit in a file that somebody opens.
///
/// # Errors
/// Where it is of another version, damaged, or of a law that is not known here.
pub fn from_json(bytes: &[u8]) -> Result<Study, LayoutError> {
    /// What every version has.
    #[derive(Deserialize)]
    struct Head {
        schema: u32,
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let damaged = |error: serde_json::Error| LayoutError::Damaged(error.to_string());
    let Head { schema } = serde_json::from_slice(bytes).map_err(damaged)?;
    if schema != SCHEMA {
        return Err(LayoutError::Schema(schema));
    }
    let study = Study::try_from(serde_json::from_slice::<StudyLayout>(bytes).map_err(damaged)?)?;
    let unit = |unit: f64| unit.is_finite() && unit > 0.0;
    let sound = |fit: &Fit| unit(fit.scale.size) && unit(fit.scale.tokens) && fit.theta.iter().all(|v| v.is_finite());
    if study.targets.is_empty() || !study.targets.values().all(sound) {
        return Err(LayoutError::Damaged("a number in it is none of a fit’s".to_owned()));
    }
    Ok(study)
}

/// A [`Study`] as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StudyLayout {
    schema: u32,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    seed: u64,
    draws: usize,
    level: f64,
    delta: f64,
    #[serde(default)]
    objective: Objective,
    #[serde(default)]
    scheme: Scheme,
    #[serde(default)]
    constraints: Vec<Constraint>,
    ranges: Ranges,
    general: Option<String>,
    domains: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    corpora: Vec<Corpus>,
    targets: BTreeMap<String, FitLayout>,
    base: Vec<BaseLoss>,
    problems: Vec<String>,
}

/// A [`Fit`] as it is written.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct FitLayout {
    kind: LossKind,
    law: String,
    parameters: Named<ParameterLayout>,
    objective: f64,
    n: usize,
    runs: usize,
    r2: Option<f64>,
    huber_mean: f64,
    mean_relative_error: f64,
    gradient_norm: Option<f64>,
    notes: Vec<Note>,
    ranges: Option<Ranges>,
    scale: Scale,
    draws: Named<Vec<f64>>,
    new_run: Vec<f64>,
    without_a_size: Named<Vec<f64>>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ParameterLayout {
    symbol: String,
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
    billions: Interval,
    held: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<Chosen>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Interval {
    value: f64,
    low: Option<f64>,
    high: Option<f64>,
}

/// A map that keeps the order it is written in: the law's order of parameters.
#[derive(Debug, Clone)]
struct Named<T>(Vec<(String, T)>);

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Entries<T> {
            type Value = Named<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object by parameter name")
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if entries.iter().any(|(known, _)| *known == name) {
                        return Err(M::Error::custom(format_args!("“{name}” stands there twice")));
                    }
                    entries.push((name, value));
                }
                Ok(Named(entries))
            }
        }
        deserializer.deserialize_map(Entries(PhantomData))
    }
}

impl<T> Named<T> {
    /// The values in the law's order, whatever the order of the file; `None` where the names differ.
    fn in_order(self, law: &dyn Law) -> Option<Vec<T>> {
        let mut entries: BTreeMap<String, T> = self.0.into_iter().collect();
        let values: Vec<T> = law.parameters().iter().map(|p| entries.remove(p.name)).collect::<Option<_>>()?;
        entries.is_empty().then_some(values)
    }
}

/// Rows of parameters on scaled axes as columns by name, in natural units.
fn columns(fit: &Fit, rows: &[Vec<f64>]) -> Named<Vec<f64>> {
    let Some(law) = law::by_id(&fit.law) else { return Named(Vec::new()) };
    let column = |j: usize| rows.iter().map(|theta| law::natural(law, j, theta, &fit.scale)).collect();
    Named(law.parameters().iter().enumerate().map(|(j, p)| (p.name.to_owned(), column(j))).collect())
}

impl From<Study> for StudyLayout {
    fn from(study: Study) -> Self {
        let Study {
            schema,
            version,
            options,
            ranges,
            general,
            domains,
            corpora,
            targets,
            base,
            mut problems,
            unfitted,
            file,
        } = study;
        problems.extend(unfitted);
        let targets = targets.into_iter().map(|(name, fit)| (name, FitLayout::from(fit))).collect();
        let Options { objective, delta, draws, seed, scheme, level, constraints } = options;
        Self {
            schema,
            version,
            file,
            seed,
            draws,
            level,
            delta,
            objective,
            scheme,
            constraints,
            ranges,
            general,
            domains,
            corpora,
            targets,
            base,
            problems,
        }
    }
}

impl TryFrom<StudyLayout> for Study {
    type Error = LayoutError;

    fn try_from(layout: StudyLayout) -> Result<Self, LayoutError> {
        let StudyLayout {
            schema,
            version,
            file,
            seed,
            draws,
            level,
            delta,
            objective,
            scheme,
            constraints,
            ranges,
            general,
            domains,
            corpora,
            targets,
            base,
            problems,
        } = layout;
        if schema != SCHEMA {
            return Err(LayoutError::Schema(schema));
        }
        let options = Options { objective, delta, draws, seed, scheme, level, constraints };
        let targets = targets
            .into_iter()
            .map(|(name, fit)| fit.study_fit(&name, ranges).map(|fit| (name, fit)))
            .collect::<Result<_, LayoutError>>()?;
        let unfitted = Vec::new();
        Ok(Self {
            schema,
            version,
            options,
            ranges,
            general,
            domains,
            corpora,
            targets,
            base,
            problems,
            unfitted,
            file,
        })
    }
}

impl From<Fit> for FitLayout {
    fn from(fit: Fit) -> Self {
        let draws = columns(&fit, &fit.draws);
        let without_a_size = columns(&fit, &fit.without_a_size);
        let parameters = fit
            .parameters
            .into_iter()
            .map(|p| {
                let (low, high) = p.interval.unzip();
                let (low_billions, high_billions) = p.interval_billions.unzip();
                let billions = Interval { value: p.value_billions, low: low_billions, high: high_billions };
                (
                    p.name,
                    ParameterLayout {
                        symbol: p.symbol,
                        value: p.value,
                        low,
                        high,
                        billions,
                        held: p.held,
                        chosen: p.chosen,
                    },
                )
            })
            .collect();
        let q = fit.quality;
        // JSON has no NaN: a loss without variance has no R2.
        let finite = |v: f64| v.is_finite().then_some(v);
        Self {
            kind: fit.kind,
            law: fit.law,
            parameters: Named(parameters),
            objective: q.objective,
            n: q.n,
            runs: q.runs,
            r2: finite(q.r2),
            huber_mean: q.huber_mean,
            mean_relative_error: q.mean_relative_error,
            gradient_norm: finite(q.gradient_norm),
            notes: fit.notes,
            ranges: Some(fit.ranges),
            scale: fit.scale,
            draws,
            new_run: fit.new_run,
            without_a_size,
        }
    }
}

impl FitLayout {
    fn study_fit(self, target: &str, all: Ranges) -> Result<Fit, LayoutError> {
        let wrong = || LayoutError::Parameter(target.to_owned());
        let law = law::by_id(&self.law).ok_or_else(|| LayoutError::UnknownLaw(self.law.clone()))?;
        let parameters = self.parameters.in_order(law).ok_or_else(wrong)?;
        let columns = |named: Named<Vec<f64>>| -> Result<Vec<Vec<f64>>, LayoutError> {
            let columns = named.in_order(law).ok_or_else(wrong)?;
            let count = columns.first().map_or(0, Vec::len);
            if columns.iter().any(|column| column.len() != count) {
                return Err(LayoutError::Draws(target.to_owned()));
            }
            let row = |b: usize| -> Vec<f64> { columns.iter().map(|column| column[b]).collect() };
            Ok((0..count).map(|b| law::scaled(law, &row(b), &self.scale)).collect())
        };
        let draws = columns(self.draws)?;
        let without_a_size = columns(self.without_a_size)?;
        if draws.len() != self.new_run.len() {
            return Err(LayoutError::Draws(target.to_owned()));
        }
        let natural: Vec<f64> = parameters.iter().map(|p| p.value).collect();
        Ok(Fit {
            target: target.to_owned(),
            kind: self.kind,
            theta: law::scaled(law, &natural, &self.scale),
            law: self.law,
            ranges: self.ranges.unwrap_or(all),
            scale: self.scale,
            parameters: parameters
                .into_iter()
                .zip(law.parameters())
                .map(|(p, known)| Estimate {
                    name: known.name.to_owned(),
                    symbol: p.symbol,
                    value: p.value,
                    value_billions: p.billions.value,
                    interval: p.low.zip(p.high),
                    interval_billions: p.billions.low.zip(p.billions.high),
                    held: p.held,
                    chosen: p.chosen,
                })
                .collect(),
            draws,
            new_run: self.new_run,
            without_a_size,
            quality: Quality {
                objective: self.objective,
                huber_mean: self.huber_mean,
                n: self.n,
                runs: self.runs,
                r2: self.r2.unwrap_or(f64::NAN),
                mean_relative_error: self.mean_relative_error,
                gradient_norm: self.gradient_norm.unwrap_or(f64::NAN),
            },
            notes: self.notes,
        })
    }
}
