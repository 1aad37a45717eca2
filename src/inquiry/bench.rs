//! Fits to examine, and what was found of each: folds, draws, profiles. Everything is kept, so that asking again, at
//! another what-if say, costs nothing.

use super::{Question, Topic};
use crate::fit::prepare::{self, ranges};
use crate::fit::profile::{self, Profile};
use crate::fit::validation::{self, Protocol, Score};
use crate::fit::{Draws, Options, Session, Study, Target};
use crate::law;
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Paired draws behind the interval of each law's answer in a comparison: the program's number for it.
const COMPARED_DRAWS: usize = 200;
/// Draws of one unit: some milliseconds each, far below the 100 ms within which a newer request must be seen.
const DRAWS_A_UNIT: usize = 8;

/// A piece of work: any worker with the same file and options can do it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Id of the law.
    law: String,
    /// Name of the loss.
    target: String,
    work: Work,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Work {
    /// The fold at this place of [`validation::plan`].
    Fold(usize),
    /// Draws from this index on.
    Draws(usize),
    /// The profile of this parameter.
    Profile(String),
}

/// What a unit came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Found {
    /// A fold's score; `None` where it leaves too few rows.
    Fold(Option<Score>),
    /// Draws.
    Draws(Draws),
    /// A profile; `None` where the parameter is not fitted.
    Profile(Option<Box<Profile>>),
}

/// See the module's text.
#[derive(Debug)]
pub struct Bench {
    /// Id of the law that is fitted to each loss.
    fitted: BTreeMap<String, &'static str>,
    /// Ids of the laws whose needs the data meets, and of the fitted ones.
    laws: Vec<&'static str>,
    /// The losses that only a law of all corpora is about.
    others: BTreeSet<String>,
    options: Options,
    labs: Vec<Lab>,
}

/// A law on a loss.
#[derive(Debug)]
struct Lab {
    law: &'static str,
    target: String,
    opened: Result<Opened, String>,
}

/// A law's fit to one loss, and what was found of it.
#[derive(Debug)]
pub struct Opened {
    /// The fit, with `COMPARED_DRAWS` draws where those were asked for.
    pub session: Session,
    folds: Vec<validation::Job>,
    scores: BTreeMap<usize, Option<Score>>,
    profiles: BTreeMap<String, Option<Box<Profile>>>,
}

impl Opened {
    /// The one loss it is fitted to.
    pub fn target(&self) -> Option<&Target> {
        self.session.targets().first()
    }

    /// The scores there are.
    pub fn scores(&self) -> Vec<Score> {
        self.scores.values().flatten().cloned().collect()
    }
}

fn is_of_corpora(id: &str) -> bool {
    law::by_id(id).is_some_and(law::is_of_corpora)
}

impl Bench {
    /// A bench for this table and these choices.
    pub fn new(table: &Table, law: Option<&str>, options: &Options) -> Self {
        let data = ranges(&table.observations);
        let law = law.and_then(law::by_id);
        let of = |column| law.unwrap_or_else(|| prepare::pick(&table.observations, &data, column)).id();
        let losses = &table.observations.losses;
        let fitted: BTreeMap<String, &'static str> =
            losses.iter().map(|column| (column.name.clone(), of(column))).collect();
        let others = losses.iter().filter(|column| column.other).map(|column| column.name.clone()).collect();
        let suits = law::offered(&data).filter(|known| law::suits(*known, &data));
        let mut laws: Vec<&'static str> = suits.map(law::Law::id).collect();
        // A law of a person's own is compared with the rest.
        for law in fitted.values() {
            if !laws.contains(law) {
                laws.push(law);
            }
        }
        let options = Options { draws: options.draws.min(COMPARED_DRAWS), ..options.clone() };
        Self { fitted, laws, others, options, labs: Vec::new() }
    }

    /// Each law a question is about, with a loss.
    fn fits_of(&self, question: &Question) -> Vec<(&'static str, String)> {
        let with = |law: &'static str| question.targets().map(move |target| (law, target.clone()));
        let mut fits: Vec<(&'static str, String)> = match question.topic {
            Topic::Comparison => self.laws.iter().flat_map(|law| with(law)).collect(),
            Topic::File => Vec::new(),
            _ => question.targets().filter_map(|target| Some((self.law_of(target)?, target.clone()))).collect(),
        };
        fits.retain(|(law, target)| !self.others.contains(target) || is_of_corpora(law));
        fits
    }

    /// Whether the law that is fitted to a loss is one of all corpora: its what-if is a mixture and no recipe.
    pub fn is_of_corpora(&self, target: &str) -> bool {
        self.law_of(target).is_some_and(is_of_corpora)
    }

    /// The law that is fitted to a loss.
    fn law_of(&self, target: &str) -> Option<&'static str> {
        self.fitted.get(target).copied()
    }

    fn lab(&self, law: &str, target: &str) -> Option<&Lab> {
        self.labs.iter().find(|lab| lab.law == law && lab.target == target)
    }

    fn opened(&self, unit: &Unit) -> Option<&Opened> {
        self.lab(&unit.law, &unit.target)?.opened.as_ref().ok()
    }

    /// Makes one fit that the question needs and that is not there; false where all are.
    pub fn open_one(&mut self, question: &Question, table: &Table) -> bool {
        let mut wanted = self.fits_of(question).into_iter();
        let Some((law, target)) = wanted.find(|(law, target)| self.lab(law, target).is_none()) else { return false };
        let mut options = self.options.clone();
        if self.law_of(&target) != Some(law) {
            // A law without that parameter can't keep it at a value.
            let knows = |name: &str| {
                law::by_id(law).is_some_and(|law| law.parameters().iter().any(|parameter| parameter.name == name))
            };
            options.constraints.retain(|constraint| knows(&constraint.parameter));
        }
        let session = Session::new(table, Some(law), std::slice::from_ref(&target), &options);
        let opened = session.map_err(|error| error.to_string()).map(|session| Opened {
            folds: session.targets().first().map(validation::plan).unwrap_or_default(),
            session,
            scores: BTreeMap::new(),
            profiles: BTreeMap::new(),
        });
        self.labs.push(Lab { law, target, opened });
        true
    }

    /// What a question takes, in the order a single worker does it.
    pub fn units(&self, question: &Question) -> Vec<Unit> {
        let mut units = Vec::new();
        for (law, target) in self.fits_of(question) {
            let Some(Ok(opened)) = self.lab(law, &target).map(|lab| lab.opened.as_ref()) else { continue };
            let mut add = |work| units.push(Unit { law: law.to_owned(), target: target.clone(), work });
            let every = question.topic == Topic::Validation;
            if question.topic == Topic::Profile {
                add(Work::Profile(question.parameter.clone()));
                continue;
            }
            // Only the loss that is asked about is scored.
            let folds = opened.folds.iter().enumerate().filter(|_| target == question.target);
            folds.filter(|(_, fold)| every || fold.protocol == Protocol::Run).for_each(|(at, _)| add(Work::Fold(at)));
            if question.topic == Topic::Comparison {
                (0..self.options.draws).step_by(DRAWS_A_UNIT).for_each(|from| add(Work::Draws(from)));
            }
        }
        units
    }

    /// Whether that unit is done.
    pub fn has(&self, unit: &Unit) -> bool {
        let Some(opened) = self.opened(unit) else { return true };
        match &unit.work {
            Work::Fold(at) => opened.scores.contains_key(at),
            Work::Draws(from) => opened.session.has_draws(*from, self.end(*from)),
            Work::Profile(parameter) => opened.profiles.contains_key(parameter),
        }
    }

    fn end(&self, from: usize) -> usize {
        (from + DRAWS_A_UNIT).min(self.options.draws)
    }

    /// Does a unit; nothing is kept of it.
    pub fn work(&mut self, unit: &Unit) -> Found {
        let end = if let Work::Draws(from) = unit.work { self.end(from) } else { 0 };
        let lab = self.labs.iter_mut().find(|lab| lab.law == unit.law && lab.target == unit.target);
        let Some(Ok(opened)) = lab.map(|lab| lab.opened.as_mut()) else { return Found::Fold(None) };
        match &unit.work {
            Work::Fold(at) => {
                let score = opened.folds.get(*at).zip(opened.session.targets().first());
                Found::Fold(score.and_then(|(fold, target)| validation::run(target, fold, &self.options)))
            }
            Work::Draws(from) => Found::Draws(opened.session.draw_range(*from, end)),
            Work::Profile(parameter) => {
                let target = opened.session.targets().first();
                let found = target.and_then(|target| profile::profile(target, parameter, &self.options));
                Found::Profile(found.map(Box::new))
            }
        }
    }

    /// Keeps what a unit came to, whoever did it.
    pub fn take_in(&mut self, unit: &Unit, found: Found) {
        let lab = self.labs.iter_mut().find(|lab| lab.law == unit.law && lab.target == unit.target);
        let Some(Ok(opened)) = lab.map(|lab| lab.opened.as_mut()) else { return };
        match (&unit.work, found) {
            (Work::Fold(at), Found::Fold(score)) => drop(opened.scores.insert(*at, score)),
            (Work::Draws(_), Found::Draws(draws)) => opened.session.take_in(draws),
            (Work::Profile(parameter), Found::Profile(found)) => {
                opened.profiles.insert(parameter.clone(), found);
            }
            _ => {}
        }
    }

    /// What is kept of a unit.
    pub fn found(&self, unit: &Unit) -> Option<Found> {
        let end = if let Work::Draws(from) = unit.work { self.end(from) } else { 0 };
        let opened = self.opened(unit)?;
        match &unit.work {
            Work::Fold(at) => opened.scores.get(at).cloned().map(Found::Fold),
            Work::Draws(from) => opened.session.draws(*from, end).map(Found::Draws),
            Work::Profile(parameter) => opened.profiles.get(parameter).cloned().map(Found::Profile),
        }
    }

    /// The fitted law on a loss.
    pub fn fitted(&self, target: &str) -> Option<&Opened> {
        self.lab(self.law_of(target)?, target)?.opened.as_ref().ok()
    }

    /// Every law of a comparison: its fit, or why there is none.
    pub fn compared(&self, target: &str) -> Vec<(&'static str, Result<&Opened, &str>)> {
        let of = |lab: &'_ Lab| lab.target == target;
        let labs = self.labs.iter().filter(|lab| of(lab));
        labs.map(|lab| (lab.law, lab.opened.as_ref().map_err(String::as_str))).collect()
    }

    /// The fitted laws on every loss a question needs as one study, then each other law; one that can't be fitted to each of
    /// them is left out.
    pub fn studies(&self, question: &Question) -> Vec<Study> {
        let study = |law_of: &dyn Fn(&str) -> Option<&'static str>| {
            let mut studies = question.targets().map(|target| {
                let opened = self.lab(law_of(target)?, target)?.opened.as_ref().ok()?;
                Some(opened.session.study())
            });
            let first = studies.next()??;
            studies.try_fold(first, |all, study| Some(all.beside(study?)))
        };
        let others = self.laws.iter().filter(|law| question.targets().any(|target| self.law_of(target) != Some(law)));
        // At a recipe a law of all corpora has no answer.
        let others = others.filter(|law| !is_of_corpora(law)).filter_map(|law| study(&|_| Some(law)));
        study(&|target| self.law_of(target)).into_iter().chain(others).collect()
    }

    /// The profile of a loss's parameter; `None` where it is not done or the parameter is not fitted.
    pub fn profile(&self, target: &str, parameter: &str) -> Option<&Profile> {
        self.fitted(target)?.profiles.get(parameter)?.as_deref()
    }

    /// What was chosen about the fits.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Whether a constraint is left out for some law of the comparison.
    pub fn leaves_constraints_out(&self) -> bool {
        self.laws.iter().filter_map(|id| law::by_id(id)).any(|law| {
            let unknown = |name: &str| !law.parameters().iter().any(|parameter| parameter.name == name);
            self.options.constraints.iter().any(|constraint| unknown(&constraint.parameter))
        })
    }
}
