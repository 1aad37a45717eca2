//! `ratioscope predict --published NAME`: a printed law at a recipe, with its source and setting, and no interval.

use crate::program::{self, Failure};
use ratioscope::law::{Axis, Input, Recipe};
use ratioscope::published::printed::{Which, offered};
use ratioscope::published::{Printed, Run};
use ratioscope::table::Measure;
use serde::Serialize;
use std::fmt::Write;

/// Where a printed law is asked.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// Parameters.
    pub size: Option<f64>,
    /// Tokens.
    pub tokens: Option<f64>,
    /// Unique tokens; `None` where none repeat.
    pub unique: Option<f64>,
    /// Whether the run starts from scratch.
    pub from_scratch: bool,
}

/// The answer as JSON.
#[derive(Debug, Serialize)]
struct Answer {
    published: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_ratio: Option<f64>,
    parameters: Vec<(&'static str, f64)>,
    source: &'static str,
    setting: String,
    range: String,
    notes: Vec<String>,
}

/// Predicts with a printed law.
pub fn run(name: &str, at: At, measure: Measure, as_json: bool) -> Result<String, Failure> {
    let Some(printed) = Printed::open(name) else {
        let known: Vec<&str> = offered().map(|(id, _)| id).collect();
        return Err(Failure::Usage(format!("No printed law called “{name}”; there are {}.", known.join(", "))));
    };
    let needed = |value: Option<f64>, option: &str| {
        value.ok_or_else(|| Failure::Usage(format!("{option} is needed: a printed law has no data of its own.")))
    };
    // A critical ratio is printed for one size.
    let only = printed.fitted(Axis::Size).filter(|(low, high)| low == high).map(|(size, _)| size);
    let size = needed(only.or(at.size), "--size")?;
    let tokens = needed(at.tokens, "--tokens")?;
    if at.unique.is_some() && !printed.knows(Input::Epochs) {
        return Err(Failure::Usage(format!("{} knows no repeated tokens: leave --unique out.", printed.name())));
    }
    if at.from_scratch && !printed.knows(Input::Start) {
        return Err(Failure::Usage(format!("{} knows one kind of run: leave --from-scratch out.", printed.name())));
    }
    let run = if at.from_scratch { Run::Scratch } else { Run::Continued };
    // Without unique tokens none repeat.
    let printed = Printed { unique: Some(at.unique.unwrap_or(tokens)), run, ..printed };
    let recipe = Recipe { domain_share: 1.0, size, tokens };
    let value = printed.at(recipe);
    let shares = matches!(printed.which(), Some(Which::Share(_)));
    if value.is_none() && !shares {
        return Err(Failure::Data("The printed law has no value there.".to_owned()));
    }
    let answer = Answer {
        published: printed.id.clone(),
        loss: value.filter(|_| !shares),
        critical_ratio: value.filter(|_| shares),
        parameters: printed.constants().into_iter().map(|constant| (constant.name, constant.value)).collect(),
        source: printed.source(),
        setting: printed.setting(),
        range: printed.range(),
        notes: printed.notes(recipe),
    };
    if as_json { program::json(&answer) } else { Ok(words(&printed, value, measure, &answer)) }
}

fn words(printed: &Printed, value: Option<f64>, measure: Measure, answer: &Answer) -> String {
    let mut out = String::new();
    // Writing to a String can't fail.
    if let Some(value) = value {
        let said = if answer.loss.is_some() {
            format!("{} {}", printed.figure(value, measure), printed.unit(measure))
        } else {
            format!("{} {}", printed.gives().to_lowercase(), printed.figure(value, measure))
        };
        let _ = writeln!(out, "{}: {said}, no interval: printed parameters have none", printed.id);
    }
    let _ = writeln!(out, "  {}", answer.source);
    let _ = writeln!(out, "  {}", answer.setting);
    let _ = writeln!(out, "  {}", answer.range);
    let parameters: Vec<String> = answer.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let _ = writeln!(out, "  {}", parameters.join(", "));
    for note in &answer.notes {
        let _ = writeln!(out, "  {note}");
    }
    out
}
