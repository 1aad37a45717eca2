//! What a person asks of a fit beyond its numbers: how it does on what it has not seen, against other laws, on each row,
//! along one parameter; and the answer as the page shows it.
//!
//! An answer takes from milliseconds to seconds of small units of work (a fold, a few draws), a function of the data, the
//! options and the unit alone. A [`Bench`] does and keeps them; an [`Inquiry`] walks through those a question needs, from
//! the first up or, to help, from the last down, so that two workers meet without a word between them. Who did what
//! changes no digit. A [`Report`] is plain data: the page knows neither the units nor how their numbers are printed.

pub mod bench;

mod comparison;
mod decisions;
mod draws;
mod profile;
mod residuals;
mod validation;

pub use bench::{Bench, Found, Unit};

use crate::chart::small::SmallView;
use crate::fit::Study;
use crate::law::Recipe;
use crate::reply::{self, File, Grid};
use crate::table::{Measure, Table};
use serde::{Deserialize, Serialize};

/// What can be asked. Where several wait, a later one of this list is worked on first: the last is over soonest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Topic {
    /// Scores on what the law was not fitted to.
    Validation,
    /// Residuals, outliers, trade-offs of parameters, influence of runs.
    Residuals,
    /// Law against law.
    Comparison,
    /// One parameter held away from its optimum.
    Profile,
    /// The fit as a file.
    File,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] = [Self::Validation, Self::Residuals, Self::Comparison, Self::Profile, Self::File];
}

/// What is asked of one loss's fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// About what.
    pub topic: Topic,
    /// Name of the loss.
    pub target: String,
    /// Name of the parameter, for its profile.
    pub parameter: String,
    /// Name of the file of runs, for a fit that is saved.
    pub file: String,
    /// The what-if that answers are for.
    pub at: Recipe,
    /// What losses are said in. Residuals and scores are shares of the loss in nats whatever it is.
    pub measure: Measure,
    /// Decisions to answer under each law that is compared.
    pub decisions: Vec<reply::Question>,
    /// The other losses those rest on.
    pub beside: Vec<String>,
}

impl Question {
    /// The losses whose fits it needs, the one it is about first.
    fn targets(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.target).chain(self.beside.iter().filter(|name| **name != self.target))
    }
}

/// The answer as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// About what.
    pub topic: Topic,
    /// Name of the loss.
    pub target: String,
    /// Name of the parameter, of a profile.
    pub parameter: String,
    /// In a few rows for where there is little room: what is left out, R², error.
    pub short: Option<Grid>,
    /// In the order they are read.
    pub parts: Vec<Part>,
    /// What each law answers to the decisions asked about.
    pub decisions: Vec<Under>,
}

/// A decision under every law.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Under {
    /// Which decision.
    pub topic: reply::Topic,
    /// How far the laws agree.
    pub words: String,
    /// A law a row.
    pub answers: Grid,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Part {
    /// A heading.
    Title(String),
    /// The answer in a sentence or two.
    Answer(String),
    /// What explains it.
    Text(String),
    /// What a reader must know.
    Warning(String),
    /// A table.
    Table(Grid),
    /// Charts beside each other, each with its numbers.
    Charts(Vec<(SmallView, Grid)>),
    /// Values from -1 to 1 of each pair of names.
    Matrix {
        /// What it holds.
        caption: String,
        /// A name a row, and a column.
        names: Vec<String>,
        /// Row by row.
        values: Vec<Vec<f64>>,
    },
    /// A file to take away.
    Take(File),
}

/// A question under way on one worker.
#[derive(Debug)]
pub struct Inquiry {
    /// What is asked.
    pub question: Question,
    /// What it takes; `None` until every law's fit stands.
    units: Option<Vec<Unit>>,
    /// Units before this one are done, by anyone.
    next: usize,
    /// Units from this one on were done to help.
    below: usize,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Units done and needed; none needed yet while fits are being made.
    Going(usize, usize),
    /// All is there for the report.
    Complete,
}

impl Inquiry {
    /// Starts.
    pub fn new(question: Question) -> Self {
        Self { question, units: None, next: 0, below: 0 }
    }

    /// How many units still have to be done; `None` before that is known.
    pub fn missing(&self, bench: &Bench) -> Option<usize> {
        let units = self.units.as_ref()?;
        Some(units.iter().filter(|unit| !bench.has(unit)).count())
    }

    /// Does one unit or makes one fit.
    pub fn step(&mut self, bench: &mut Bench, table: &Table) -> Step {
        if !self.prepare(bench, table) {
            return Step::Going(0, 0);
        }
        let units = self.units.as_deref().unwrap_or_default();
        while units.get(self.next).is_some_and(|unit| bench.has(unit)) {
            self.next += 1;
        }
        let Some(unit) = units.get(self.next) else { return Step::Complete };
        let found = bench.work(unit);
        bench.take_in(unit, found);
        let done = units.iter().filter(|unit| bench.has(unit)).count();
        if done == units.len() { Step::Complete } else { Step::Going(done, units.len()) }
    }

    /// Does one unit for another worker, from the last down; `None` where there is none left, or a fit had to be made
    /// first.
    pub fn help(&mut self, bench: &mut Bench, table: &Table) -> Option<Option<(Unit, Found)>> {
        if !self.prepare(bench, table) {
            return Some(None);
        }
        self.below = self.below.checked_sub(1)?;
        let unit = self.units.as_ref()?.get(self.below)?.clone();
        if !bench.has(&unit) {
            let found = bench.work(&unit);
            bench.take_in(&unit, found);
        }
        let found = bench.found(&unit)?;
        Some(Some((unit, found)))
    }

    /// Makes one fit that is missing; true where all stand and the units are known.
    fn prepare(&mut self, bench: &mut Bench, table: &Table) -> bool {
        if self.units.is_none() {
            if bench.open_one(&self.question, table) {
                return false;
            }
            let units = bench.units(&self.question);
            self.below = units.len();
            self.units = Some(units);
        }
        true
    }
}

/// Beside shares of a loss where losses are shown as perplexities: of those they would be other ones.
fn counted_in_nats(measure: Measure) -> Option<Part> {
    let text = "Per cent here are of the loss in nats, which the law is fitted to.";
    (measure == Measure::Perplexity).then(|| Part::Text(text.to_owned()))
}

impl Bench {
    /// The answer from what is there; `study` is the fit the page shows, with its draws.
    pub fn report(&self, question: &Question, study: &Study) -> Report {
        let (short, parts) = match question.topic {
            Topic::Validation => validation::report(self, question, study),
            Topic::Residuals => (None, residuals::report(self, question, study)),
            Topic::Comparison => (None, comparison::report(self, question)),
            Topic::Profile => (None, profile::report(self, question, study)),
            Topic::File => (None, file(question, study)),
        };
        let (topic, target) = (question.topic, question.target.clone());
        let decisions = decisions::under_every_law(self, question);
        Report { topic, target, parameter: question.parameter.clone(), short, parts, decisions }
    }
}

/// The fit as the program `ratioscope fit --json` writes it.
fn file(question: &Question, study: &Study) -> Vec<Part> {
    let study = Study { file: Some(question.file.clone()).filter(|name| !name.is_empty()), ..study.clone() };
    match serde_json::to_string_pretty(&crate::fit::StudyLayout::from(study)) {
        Ok(text) => {
            let name = "ratioscope-fit.json".to_owned();
            vec![Part::Take(File { label: "Save the fit as JSON".to_owned(), name, text })]
        }
        Err(error) => vec![Part::Warning(format!("The fit could not be written as JSON: {error}."))],
    }
}
