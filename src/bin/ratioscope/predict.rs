//! `ratioscope predict FIT.json`: the losses of one recipe with both intervals, the change from the base model, and
//! how far the recipe lies outside the data.

use crate::ask::unit;
use crate::program::{self, Failure};
use crate::published;
use crate::report;
use clap::Args;
use ratioscope::fit::{Note, Severity, Study, StudyLayout};
use ratioscope::law::{Recipe, Span};
use ratioscope::quantity::{Params, Share, Tokens};
use ratioscope::table::Measure;
use serde::Serialize;
use std::collections::BTreeMap;

/// What `ratioscope predict` is asked.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A study written by `ratioscope fit --json`; `-` reads standard input.
    #[arg(required_unless_present = "published", conflicts_with = "published")]
    fit: Option<String>,
    /// A law with the parameters a paper prints, in place of a fit: `ratioscope laws` lists them.
    #[arg(long, value_name = "NAME", conflicts_with = "ratio")]
    published: Option<String>,
    /// With a printed law of repeated data: the tokens that differ.
    #[arg(long, value_parser = tokens, requires = "published")]
    unique: Option<Tokens>,
    /// With a printed law of both kinds of runs: a run from scratch.
    #[arg(long, requires = "published")]
    from_scratch: bool,
    /// The domain's share of the mixture: 0.3, "30 %", "3:7".
    #[arg(long, value_parser = share)]
    ratio: Option<Share>,
    /// The model size: 7B, 350M.
    #[arg(long, value_parser = size)]
    size: Option<Params>,
    /// The tokens of continual pre-training: 20B.
    #[arg(long, value_parser = tokens)]
    tokens: Option<Tokens>,
    /// What losses are said in: nats, bits or perplexity. JSON is in nats.
    #[arg(long, default_value = "nats", value_parser = unit)]
    unit: Measure,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// The answer to one recipe, as it is written in JSON.
#[derive(Debug, Serialize)]
pub struct Answer {
    /// Version of this layout.
    pub schema: u32,
    /// The recipe asked about.
    pub recipe: Recipe,
    /// Level of the intervals.
    pub level: f64,
    /// The predicted losses, by target.
    pub targets: BTreeMap<String, Predicted>,
    /// One for each axis on which the recipe lies outside the data.
    pub notes: Vec<Note>,
}

/// One predicted loss.
#[derive(Debug, Serialize)]
pub struct Predicted {
    /// Id of the law.
    pub law_id: String,
    /// The fitted law's loss.
    pub loss: f64,
    /// What the ends of `law` and `new_run` are: "90 % interval", or "spread of 200 draws" where runs or draws are few.
    pub interval: String,
    /// Interval of the law.
    pub law: Option<(f64, f64)>,
    /// Interval of a new run.
    pub new_run: Option<(f64, f64)>,
    /// Least and largest loss with one of the measured sizes left out of the fit, where there are two or three.
    pub without_a_size: Option<(f64, f64)>,
    /// The base model's loss at this size.
    pub base: Option<f64>,
    /// The predicted loss minus the base model's.
    pub change: Option<f64>,
    /// That change over the base model's loss.
    pub relative_change: Option<f64>,
    /// Whether it is a score: no loss, so never converted.
    #[serde(skip)]
    pub score: bool,
    /// Why no recommendation may rest on this loss, if so.
    pub withheld: Vec<Note>,
}

/// A share as it is typed.
pub fn share(text: &str) -> Result<Share, String> {
    Share::parse(text).ok_or_else(|| "expected a share such as 0.3, 30 % or 3:7".to_owned())
}

/// A model size as it is typed.
pub fn size(text: &str) -> Result<Params, String> {
    Params::parse(text).ok_or_else(|| "expected a number of parameters above 0, such as 7B".to_owned())
}

/// A token budget as it is typed.
pub fn tokens(text: &str) -> Result<Tokens, String> {
    Tokens::parse(text)
        .filter(|d| d.0 > 0.0)
        .ok_or_else(|| "expected a number of tokens above 0, such as 20B".to_owned())
}

/// Predicts, and returns what is printed.
pub fn run(arguments: &Arguments) -> Result<String, Failure> {
    let (size, tokens) = (arguments.size.map(|v| v.0), arguments.tokens.map(|v| v.0));
    if let Some(name) = &arguments.published {
        let unique = arguments.unique.map(|v| v.0);
        let at = published::At { size, tokens, unique, from_scratch: arguments.from_scratch };
        return published::run(name, at, arguments.unit, arguments.json);
    }
    let file = arguments.fit.as_deref().unwrap_or("-");
    let bytes = program::read(file)?;
    let no_fit = |error: &dyn std::fmt::Display| Failure::Data(format!("“{file}” is no fit of ratioscope: {error}."));
    let layout: StudyLayout = serde_json::from_slice(&bytes).map_err(|error| no_fit(&error))?;
    let study = Study::try_from(layout).map_err(|error| no_fit(&error))?;
    let at = Recipe {
        domain_share: value(arguments.ratio.map(|v| v.0), study.ranges.ratio, "--ratio")?,
        size: value(size, study.ranges.size, "--size")?,
        tokens: value(tokens, study.ranges.tokens, "--tokens")?,
    };
    let answer = answer(&study, at);
    if arguments.json { program::json(&answer) } else { Ok(report::answer(&answer, arguments.unit)) }
}

/// The value asked for, or the only one in the data.
fn value(asked: Option<f64>, span: Option<Span>, option: &str) -> Result<f64, Failure> {
    match (asked, span) {
        (Some(value), _) => Ok(value),
        (None, Some(span)) if span.distinct == 1 => Ok(span.low),
        (None, Some(_)) => Err(Failure::Usage(format!("{option} is needed: the data has several values of it."))),
        // No such column: nothing fitted depends on it. Any positive value will do.
        (None, None) => Ok(1.0),
    }
}

fn answer(study: &Study, at: Recipe) -> Answer {
    let targets = study
        .targets
        .iter()
        .filter_map(|(name, fit)| {
            let p = study.predict(name, at)?;
            let change = p.base.map(|base| p.loss - base);
            let relative_change = p.base.map(|base| p.loss / base - 1.0);
            let (law, new_run) = (p.law, p.new_run);
            let withheld = fit.notes.iter().filter(|note| note.severity == Severity::Withholds).cloned().collect();
            let predicted = Predicted {
                law_id: fit.law.clone(),
                loss: p.loss,
                interval: fit.interval_name(study.options.level),
                law,
                new_run,
                without_a_size: p.without_a_size,
                base: p.base,
                change,
                relative_change,
                score: fit.ranges.scores,
                withheld,
            };
            Some((name.clone(), predicted))
        })
        .collect();
    Answer { schema: study.schema, recipe: at, level: study.options.level, targets, notes: study.extrapolation(at) }
}
