//! `ratioscope predict --published NAME`: a printed law at a recipe, with its source and setting, and no interval.

use crate::program::{self, Failure};
use ratioscope::law::{Input, Law, Place};
use ratioscope::published::{self, CRITICAL_RATIOS, CRITICAL_SOURCE, CriticalRatio, PUBLISHED, Published};
use ratioscope::quantity::{Params, Share, Tokens};
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
    published: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    loss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    critical_ratio: Option<f64>,
    parameters: Vec<(String, f64)>,
    source: &'static str,
    setting: String,
    notes: Vec<String>,
}

/// Predicts with a printed law.
pub fn run(name: &str, at: At, as_json: bool) -> Result<String, Failure> {
    let needed = |value: Option<f64>, option: &str| {
        value.ok_or_else(|| Failure::Usage(format!("{option} is needed: a printed law has no data of its own.")))
    };
    if let Some(model) = CRITICAL_RATIOS.iter().find(|model| model.id == name) {
        return printed(&critical(model, needed(at.tokens, "--tokens")?), as_json);
    }
    let Some(published) = published::by_id(name) else {
        let known = PUBLISHED.iter().map(|law| law.id).chain(CRITICAL_RATIOS.iter().map(|model| model.id));
        let known: Vec<&str> = known.collect();
        return Err(Failure::Usage(format!("No printed law called “{name}”; there are {}.", known.join(", "))));
    };
    let Some(law) = published.law() else {
        return Err(Failure::Data(format!("The law of “{name}” is not known.")));
    };
    let (size, tokens) = (needed(at.size, "--size")?, needed(at.tokens, "--tokens")?);
    let epochs = at.unique.map_or(1.0, |unique| tokens / unique);
    let start = if at.from_scratch { 0.0 } else { 1.0 };
    let place = Place { size, tokens, ratio: 1.0, start, epochs, corpora: &[] };
    let answer = answer(published, law, &place, at)?;
    printed(&answer, as_json)
}

fn answer(published: &Published, law: &dyn Law, place: &Place<'_>, at: At) -> Result<Answer, Failure> {
    let knows = |input: Input| law.inputs().contains(&input);
    if at.unique.is_some() && !knows(Input::Epochs) {
        return Err(Failure::Usage(format!("{} knows no repeated tokens: leave --unique out.", published.name)));
    }
    if at.from_scratch && !knows(Input::Start) {
        return Err(Failure::Usage(format!("{} knows one kind of run: leave --from-scratch out.", published.name)));
    }
    let mut notes = Vec::new();
    let beyond = |what: &str, factor: f64| {
        format!("The {what} lies outside those it was fitted to, by a factor of {factor:.1}.")
    };
    notes.extend(published.beyond_sizes(place.size).map(|factor| beyond("model size", factor)));
    notes.extend(published.beyond_tokens(place.tokens).map(|factor| beyond("token budget", factor)));
    if !published.caution.is_empty() {
        notes.push(published.caution.to_owned());
    }
    let loss = published.loss(place).ok_or_else(|| Failure::Data("The printed law has no value there.".to_owned()))?;
    let range = published.sizes.map(|(low, high)| format!("; sizes {} to {}", Params(low), Params(high)));
    let parameters = law.parameters().iter().zip(published.parameters);
    Ok(Answer {
        published: published.id,
        loss: Some(loss),
        critical_ratio: None,
        parameters: parameters.map(|(parameter, value)| (parameter.name.to_owned(), *value)).collect(),
        source: published.source,
        setting: format!("{}{}", published.setting, range.unwrap_or_default()),
        notes,
    })
}

fn critical(model: &CriticalRatio, tokens: f64) -> Answer {
    let ratio = model.at(tokens);
    let mut notes = vec!["Beyond about 20B tokens, the longest run of the paper as noted, it is a guess.".to_owned()];
    if ratio.is_none() {
        notes.insert(0, format!("At {} the printed power leaves the range of a share.", Tokens(tokens)));
    }
    Answer {
        published: model.id,
        loss: None,
        critical_ratio: ratio,
        parameters: ["a", "s", "b"].map(str::to_owned).into_iter().zip(model.parameters).collect(),
        source: CRITICAL_SOURCE,
        setting: format!("finance, a model of {}", Params(model.size)),
        notes,
    }
}

fn printed(answer: &Answer, as_json: bool) -> Result<String, Failure> {
    if as_json {
        return program::json(answer);
    }
    let mut out = String::new();
    // Writing to a String can't fail.
    if let Some(loss) = answer.loss {
        let _ =
            writeln!(out, "{}: {loss:.4} nats per token, no interval: printed parameters have none", answer.published);
    }
    if let Some(ratio) = answer.critical_ratio {
        let _ = writeln!(out, "{}: critical domain share {}, no interval", answer.published, Share(ratio));
    }
    let _ = writeln!(out, "  {}", answer.source);
    let _ = writeln!(out, "  {}", answer.setting);
    let parameters: Vec<String> = answer.parameters.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let _ = writeln!(out, "  {}", parameters.join(", "));
    for note in &answer.notes {
        let _ = writeln!(out, "  {note}");
    }
    Ok(out)
}
