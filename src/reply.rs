//! A decision as a panel of the page shows it: the question in words, the answer as an interval, sentences, notes,
//! tables, a plot, a recipe to take. Plain data, the same for every decision.
//!
//! [`Question::answer`] makes it, in the worker: the page knows neither the decisions' own types nor how their numbers
//! are printed. Sentences are the decisions' own, as the program prints them.

mod allocate;
mod design;
mod frontier;
mod limited;
mod pins;
pub mod print;
mod tasks;
mod trade_off;

use crate::chart::PlotView;
use crate::decide::choices::RatioBy;
use crate::decide::outcome::{Decision, Outcome, Reason};
use crate::decide::{Choices, Places};
use crate::fit::{Note, NoteCode, Study};
use crate::law::Recipe;
use serde::{Deserialize, Serialize};

/// What can be asked, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Topic {
    /// The best ratio within a limit on the general loss.
    TradeOff,
    /// The best ratio and total with limited domain data.
    Limited,
    /// How to spend a budget.
    Allocate,
    /// General against domain loss.
    Frontier,
    /// What changes on every evaluation set.
    Tasks,
    /// What-ifs side by side.
    Pins,
    /// What to run first.
    Design,
    /// What that can identify: seconds of work.
    Simulate,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 8] = [
        Self::TradeOff,
        Self::Limited,
        Self::Allocate,
        Self::Frontier,
        Self::Tasks,
        Self::Pins,
        Self::Design,
        Self::Simulate,
    ];
}

/// What is asked: the choices of all decisions, at a what-if.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Which decision.
    pub topic: Topic,
    /// What a person chose.
    pub choices: Choices,
    /// The what-if.
    pub at: Recipe,
    /// The domain loss shown.
    pub domain: Option<String>,
}

/// How an answer stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// There is an answer.
    Answered,
    /// No recipe keeps what was asked.
    Infeasible,
    /// No answer is given, and the words say why.
    Withheld,
    /// Something has to be typed or done first.
    #[default]
    Open,
}

/// The answer as it is shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// The question in words.
    pub asked: String,
    /// How it stands.
    pub standing: Standing,
    /// The answer in a few words: "70–76 % domain".
    pub figure: String,
    /// The answer in sentences; where it is withheld, why.
    pub words: Vec<String>,
    /// What to do where it is withheld.
    pub advice: Option<String>,
    /// What a reader must know.
    pub notes: Vec<Note>,
    /// The recipe of the answer.
    pub recipe: Option<Recipe>,
    /// The most the general loss may be.
    pub limit: Option<f64>,
    /// The stretches of the domain share that keep it.
    pub feasible: Vec<(f64, f64)>,
    /// The interval of the best domain share.
    pub best: Option<(f64, f64)>,
    /// Tables.
    pub tables: Vec<Grid>,
    /// A chart.
    pub plot: Option<PlotView>,
    /// Files to take away.
    pub files: Vec<File>,
}

/// A table: the first column names its rows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Grid {
    /// What it holds.
    pub caption: String,
    /// A name a column.
    pub head: Vec<String>,
    /// The rows; a cell's second line follows after a line break.
    pub rows: Vec<Vec<String>>,
}

/// A file to take away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct File {
    /// What the button says.
    pub label: String,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

impl Question {
    /// A question with the choices its topic rests on and no others, so that it changes when its answer may.
    pub fn new(topic: Topic, choices: &Choices, at: Recipe, domain: Option<String>) -> Self {
        let none = Choices::default();
        let nowhere = Recipe { domain_share: 0.5, size: 1.0, tokens: 1.0 };
        let (all, domain) = (choices.clone(), domain);
        let (choices, at, domain) = match topic {
            Topic::TradeOff => (Choices { limit: all.limit, ..none }, at, domain),
            Topic::Limited => {
                let limited = Choices {
                    limit: all.limit,
                    domain_tokens: all.domain_tokens,
                    epochs: all.epochs,
                    most_tokens: all.most_tokens,
                    limited_keeps: all.limited_keeps,
                    least_gain: all.least_gain,
                    ..none
                };
                (limited, Recipe { size: at.size, ..nowhere }, domain)
            }
            Topic::Allocate => {
                // A typed budget does not depend on the what-if, but for a ratio that is to be the what-if's.
                let asks = all.budget.is_none() || all.ratio_by == RatioBy::WhatIf;
                let allocate = Choices {
                    limit: all.limit,
                    budget: all.budget,
                    hardware: all.hardware,
                    ratio_by: all.ratio_by,
                    weight: all.weight,
                    sizes: all.sizes,
                    models: all.models,
                    ..none
                };
                (allocate, if asks { at } else { nowhere }, domain)
            }
            Topic::Frontier => (Choices { weight: all.weight, ..none }, at, domain),
            Topic::Tasks => (Choices { sets: all.sets, ..none }, at, None),
            Topic::Pins => (Choices { pins: all.pins, hardware: all.hardware, ..none }, nowhere, domain),
            Topic::Design => (Choices { design: all.design, hardware: all.hardware, ..none }, nowhere, None),
            Topic::Simulate => (Choices { design: all.design, hardware: all.hardware, ..none }, nowhere, domain),
        };
        Self { topic, choices, at, domain }
    }

    /// The answer. Only a design needs no study.
    pub fn answer(&self, study: &Study) -> Reply {
        match self.topic {
            Topic::TradeOff => trade_off::reply(self, study),
            Topic::Limited => limited::reply(self, study),
            Topic::Allocate => allocate::reply(self, study),
            Topic::Frontier => frontier::reply(self, study),
            Topic::Tasks => tasks::reply(self, study),
            Topic::Pins => pins::reply(self, study),
            Topic::Design => design::reply(self),
            Topic::Simulate => design::simulate(self, study),
        }
    }
}

/// What every decision's reply begins with; `fill` adds what an answer of its own type says.
fn reply<T>(asked: String, decision: Decision<T>, fill: impl FnOnce(T, &mut Reply)) -> Reply {
    let mut reply = Reply { asked, ..Reply::default() };
    let Some(first) = decision.laws.into_iter().next() else { return reply };
    reply.words = decision.headline.into_iter().chain(first.words).collect();
    reply.notes = first.notes;
    match first.outcome {
        Outcome::Answered(answer) => {
            reply.standing = Standing::Answered;
            fill(answer, &mut reply);
        }
        Outcome::Infeasible(infeasible) => {
            reply.standing = Standing::Infeasible;
            reply.figure = "not possible".to_owned();
            reply.limit = Some(infeasible.limit);
        }
        Outcome::Withheld(reasons) => {
            reply.standing = Standing::Withheld;
            reply.figure = "withheld".to_owned();
            reply.advice = advice(&reasons);
        }
    }
    reply
}

/// What a person can do about it.
fn advice(reasons: &[Reason]) -> Option<String> {
    let text = reasons.iter().find_map(|reason| match reason {
        Reason::Note { note, .. } if note.code == NoteCode::RisesWithTokens => Some(
            "What still works: read the general loss off the measured points of the chart, and ask what rests on the \
             domain loss alone, such as limited data without a limit, or a budget decided by the domain loss.",
        ),
        Reason::Note { .. } => Some("What to do: measure more runs, or choose another law in the Fit panel."),
        Reason::NoGeneralLoss => {
            Some("What to do: add a column with the general loss, or check the columns' roles in the Data panel.")
        }
        Reason::NoDomainLoss => {
            Some("What to do: add a column with a domain loss, or check the columns' roles in the Data panel.")
        }
        _ => None,
    });
    text.map(str::to_owned)
}

/// In which share of draws the answer is an end of the axis: said also where it is none.
fn corner(reply: &mut Reply, places: &Places, draws: usize) {
    if draws > 0 && places.corner() == 0.0 {
        reply.words.push("No draw ends in a corner.".to_owned());
    }
}

/// How many draws the study's losses have.
fn draws(study: &Study) -> usize {
    study.targets.values().map(|fit| fit.draws.len()).min().unwrap_or(0)
}
