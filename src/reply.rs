//! A decision as a panel of the page shows it: the question in words, the answer as an interval, sentences, notes,
//! tables, a plot, a recipe to take. Plain data, the same for every decision.
//!
//! [`Question::answer`] makes it, in the worker: the page knows neither the decisions' own types nor how their numbers
//! are printed. Sentences are the decisions' own, as the program prints them.

mod allocate;
mod design;
mod frontier;
mod limited;
mod mixture;
mod pins;
pub mod print;
mod printed;
mod start;
mod take_away;
mod tasks;
mod trade_off;

use crate::chart::PlotView;
use crate::decide::choices::{RatioBy, TruthBy};
use crate::decide::mixture::applies as of_several_corpora;
use crate::decide::outcome::{Decision, Outcome, Reason};
use crate::decide::{Choices, Places};
use crate::fit::{Note, NoteCode, Severity, Study};
use crate::law::{self, Law, Recipe};
use crate::published::Printed;
use crate::table::Measure;
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
    /// Files to take away.
    TakeAway,
    /// Continued or from scratch.
    Start,
    /// The best mixture of several corpora.
    Mixture,
    /// What to run first.
    Design,
    /// What that can identify: seconds of work.
    Simulate,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 11] = [
        Self::TradeOff,
        Self::Limited,
        Self::Allocate,
        Self::Frontier,
        Self::Tasks,
        Self::Pins,
        Self::TakeAway,
        Self::Start,
        Self::Mixture,
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
    /// Where the data is from, for what is taken away; empty otherwise.
    pub source: String,
    /// The printed law that is asked in place of a fit.
    pub printed: Option<Printed>,
    /// What losses are said in.
    pub measure: Measure,
    /// The mixture of several corpora that is the what-if, for what is taken away; empty for the one in the middle of
    /// the data.
    pub shares: Vec<f64>,
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
    /// What the losses in its words, tables and plot are in.
    pub measure: Measure,
    /// The most the general loss may be, in nats.
    pub limit: Option<f64>,
    /// The stretches of the domain share that keep it.
    pub feasible: Vec<(f64, f64)>,
    /// The interval of the best domain share.
    pub best: Option<(f64, f64)>,
    /// Tables.
    pub tables: Vec<Grid>,
    /// A chart.
    pub plot: Option<PlotView>,
    /// The best mixture of several corpora.
    pub mixed: Option<Mixed>,
    /// Whether the law that is open can't be asked this: the question's choices change nothing.
    pub closed: bool,
    /// Id and name of a law that would answer where the one in use can't.
    pub law: Option<(String, String)>,
    /// Files to take away.
    pub files: Vec<File>,
    /// Where several laws were asked, what each answers: a law a row, the one shown first.
    pub laws: Option<Grid>,
    /// How far the laws agree; empty where one was asked.
    pub agreement: String,
}

/// The best mixture of several corpora.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Mixed {
    /// A share a corpus.
    pub best: Vec<f64>,
    /// The same of each draw.
    pub drawn: Vec<Vec<f64>>,
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
            Topic::TakeAway => (none, at, domain),
            Topic::Mixture => {
                let mixture =
                    Choices { mixture_weights: all.mixture_weights, mixture_limits: all.mixture_limits, ..none };
                (mixture, nowhere, None)
            }
            Topic::Start => (Choices { start_flops: all.start_flops, ..none }, at, domain),
            Topic::Design => (Choices { design: all.design, hardware: all.hardware, ..none }, nowhere, None),
            Topic::Simulate => (Choices { design: all.design, hardware: all.hardware, ..none }, nowhere, domain),
        };
        let (source, shares) = (String::new(), Vec::new());
        Self { topic, choices, at, domain, source, printed: None, measure: Measure::Nats, shares }
    }

    /// The same of a printed law.
    #[must_use]
    pub fn of(self, printed: Option<Printed>) -> Self {
        Self { printed, ..self }
    }

    /// The same with losses said in a measure. Files and a first design are in nats whatever is shown.
    #[must_use]
    pub fn shown_in(self, measure: Measure) -> Self {
        match self.topic {
            Topic::TakeAway | Topic::Design | Topic::Simulate => self,
            _ => Self { measure, ..self },
        }
    }

    /// The same about data from there.
    #[must_use]
    pub fn from(self, source: String) -> Self {
        Self { source, ..self }
    }

    /// The same at a mixture of several corpora.
    #[must_use]
    pub fn mixed(self, shares: Vec<f64>) -> Self {
        Self { shares, ..self }
    }

    /// The answer under each of these studies, one a law: the first one's in full, the others' in a table. Only a design
    /// needs no study.
    pub fn answer(&self, studies: &[&Study]) -> Reply {
        Reply { measure: self.measure, ..self.reply(studies) }
    }

    fn reply(&self, studies: &[&Study]) -> Reply {
        let Some(study) = studies.first() else {
            return if self.topic == Topic::Design { design::reply(self) } else { Reply::default() };
        };
        if let Some(law) = &self.printed {
            return printed::reply(self, law, study);
        }
        if of_several_corpora(study)
            && let Some(asked) = self.of_ratios()
        {
            return mixture::not_of_ratios(asked);
        }
        let mut reply = match self.topic {
            Topic::TradeOff => trade_off::reply(self, studies),
            Topic::Limited => limited::reply(self, studies),
            Topic::Allocate => allocate::reply(self, studies),
            Topic::Frontier => frontier::reply(self, studies),
            Topic::Tasks => tasks::reply(self, studies),
            Topic::Pins => pins::reply(self, study),
            Topic::TakeAway => take_away::reply(self, study),
            Topic::Start => start::reply(self, study),
            Topic::Mixture => mixture::reply(self, study),
            Topic::Design => design::reply(self),
            Topic::Simulate => design::simulate(self, study),
        };
        if reply.standing == Standing::Withheld && reply.law.is_none() {
            reply.law = that_follows(study).map(|law| (law.id().to_owned(), law.name().to_owned()));
        }
        reply
    }
}

/// The law to offer where the one in use is withheld because a loss rises with tokens: the first that can follow a rise.
fn that_follows(study: &Study) -> Option<&'static dyn Law> {
    let notes = study.targets.values().flat_map(|fit| &fit.notes);
    let mut rises = notes.filter(|note| note.code == NoteCode::RisesWithTokens && note.severity == Severity::Withholds);
    rises.next().and_then(|_| law::that_may_rise(&study.ranges).next())
}

impl Question {
    /// What is asked, where the answer rests on a law of the domain ratio.
    fn of_ratios(&self) -> Option<&'static str> {
        match self.topic {
            Topic::TradeOff => Some("Trade-off"),
            Topic::Limited => Some("Limited domain data"),
            Topic::Allocate => Some("Allocation"),
            Topic::Frontier => Some("Frontier"),
            Topic::Tasks => Some("Should we at all?"),
            Topic::Start => Some("Continued or from scratch?"),
            Topic::Simulate if self.choices.design.truth == TruthBy::Fit => Some("What a design identifies"),
            Topic::Mixture | Topic::Pins | Topic::TakeAway | Topic::Design | Topic::Simulate => None,
        }
    }
}

/// The figure of an answer that is withheld.
const WITHHELD: &str = "withheld";

/// What every decision's reply begins with; `fill` adds what an answer of its own type says.
fn reply<T>(asked: String, decision: Decision<T>, mut fill: impl FnMut(T, &mut Reply)) -> Reply {
    let disagree = decision.headline;
    let mut laws: Vec<(String, Reply)> = decision
        .laws
        .into_iter()
        .map(|law| (law.name, under_law(law.outcome, law.words, law.notes, &mut fill)))
        .collect();
    if laws.is_empty() {
        return Reply { asked, ..Reply::default() };
    }
    let rows: Vec<Vec<String>> = laws.iter().map(|(name, reply)| row_of_law(name, reply)).collect();
    let (_, mut first) = laws.swap_remove(0);
    first.asked = asked;
    if rows.len() > 1 {
        first.agreement = agreement(&rows, first.standing, disagree.as_deref());
        first.laws = Some(Grid {
            caption: "The answer under each law that suits the data".to_owned(),
            head: ["Law", "Answer", "In words"].map(str::to_owned).to_vec(),
            rows,
        });
    }
    first
}

fn under_law<T>(
    outcome: Outcome<T>,
    words: Vec<String>,
    notes: Vec<Note>,
    fill: &mut impl FnMut(T, &mut Reply),
) -> Reply {
    let mut reply = Reply { words, notes, ..Reply::default() };
    match outcome {
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
            reply.figure = WITHHELD.to_owned();
            reply.advice = advice(&reasons);
        }
    }
    reply
}

/// A law's answer as a row of the table. A withheld one says why, which its second sentence does.
fn row_of_law(name: &str, reply: &Reply) -> Vec<String> {
    let said = match reply.standing {
        Standing::Withheld => reply.words.last(),
        _ => reply.words.first(),
    };
    vec![name.to_owned(), reply.figure.clone(), said.cloned().unwrap_or_default()]
}

/// How far the laws agree, in a sentence that claims no more than their intervals do.
fn agreement(rows: &[Vec<String>], first: Standing, disagree: Option<&str>) -> String {
    let answered = rows.iter().filter(|row| row[1] != WITHHELD).count();
    match (disagree, first) {
        (Some(disagree), _) => disagree.to_owned(),
        (None, Standing::Answered) if answered > 1 => {
            "Every other law that answers lands inside the interval of the law shown.".to_owned()
        }
        (None, Standing::Answered) => "No second law passes its checks: nothing stands beside this answer.".to_owned(),
        (None, Standing::Withheld) if answered > 0 => {
            "The law shown is withheld, so nothing says how far another one can be trusted here.".to_owned()
        }
        (None, Standing::Withheld) => "No law passes its checks.".to_owned(),
        (None, _) => String::new(),
    }
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

/// How many draws the losses of the study shown have.
fn draws(studies: &[&Study]) -> usize {
    let losses = studies.first().into_iter().flat_map(|study| study.targets.values());
    losses.map(|fit| fit.draws.len()).min().unwrap_or(0)
}
