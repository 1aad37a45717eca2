//! The worker's third piece of work: questions about the fit, unit by unit, between draws and behind them.

use super::job::{File, now};
use super::message::{Ask, Part};
use crate::fit::Study;
use crate::inquiry::{Bench, Found, Inquiry, Question, Report, Step, Unit};

/// Units missing from which on another worker is asked for help: fewer are done before it has begun.
const WORTH_SHARING: usize = 6;
/// Time after which units found to help are handed over: each hand-over costs the page a little.
const HAND_OVER_MS: f64 = 32.0;

/// What is asked and what was found.
#[derive(Default)]
pub struct Examiner {
    /// What fits are examined, for the last way of asking.
    bench: Option<(Ask, Bench)>,
    asked: Vec<Asked>,
}

struct Asked {
    id: u32,
    part: Part,
    inquiry: Inquiry,
    /// Help was asked for, or is not needed.
    shared: bool,
    told: f64,
}

/// What a slice came to.
pub enum Examined {
    /// Nothing to do.
    Idle,
    /// Nothing to say yet.
    Quiet,
    /// The question takes some work.
    Share {
        /// Of the question.
        id: u32,
    },
    /// Units found to help, by postcard.
    Found {
        /// Of the question.
        id: u32,
        /// The units with what they came to.
        found: Vec<u8>,
    },
    /// Units done and needed.
    Progress {
        /// Of the question.
        id: u32,
        /// Units done.
        done: usize,
        /// Units needed.
        total: usize,
    },
    /// The answer.
    Answered {
        /// Of the question.
        id: u32,
        /// What it is.
        report: Box<Report>,
    },
}

impl Examiner {
    /// Takes a question up; one on the same topic is left.
    pub fn take(&mut self, id: u32, ask: Ask, part: Part, question: Question, file: &File) {
        if file.reading != ask.reading {
            // Another reading of the file than the one asked about: the answer would be about other numbers.
            return;
        }
        if self.bench.as_ref().is_none_or(|(known, _)| *known != ask) {
            let bench = Bench::new(&file.table, ask.law.as_deref(), &ask.fit);
            self.bench = Some((ask, bench));
            self.asked.clear();
        }
        self.asked.retain(|asked| asked.inquiry.question.topic != question.topic);
        self.asked.push(Asked { id, part, inquiry: Inquiry::new(question), shared: false, told: now() });
    }

    /// Takes in what another worker found.
    pub fn take_found(&mut self, found: &[u8]) {
        let (Some((_, bench)), Ok(found)) = (&mut self.bench, postcard::from_bytes::<Vec<(Unit, Found)>>(found)) else {
            return;
        };
        for (unit, found) in found {
            bench.take_in(&unit, found);
        }
    }

    /// Leaves a question; what was found is kept.
    pub fn leave(&mut self, id: u32) {
        self.asked.retain(|asked| asked.id != id);
    }

    /// Leaves every question and what was found: another file, or another reading of it.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// Works for `slice_ms` at most, one unit at least. `study` is the fit the page shows.
    pub fn slice(&mut self, slice_ms: f64, tell_ms: f64, file: &File, study: &dyn Fn() -> Option<Study>) -> Examined {
        let first = (0..self.asked.len()).max_by_key(|at| self.asked[*at].inquiry.question.topic);
        let (Some(first), Some((_, bench))) = (first, &mut self.bench) else { return Examined::Idle };
        let asked = &mut self.asked[first];
        let (id, start) = (asked.id, now());
        if asked.part == Part::Help {
            let mut found = Vec::new();
            while let Some(one) = asked.inquiry.help(bench, &file.table) {
                found.extend(one);
                if now() - start >= HAND_OVER_MS {
                    return Examined::Found { id, found: postcard::to_allocvec(&found).unwrap_or_default() };
                }
            }
            self.asked.remove(first);
            return Examined::Found { id, found: postcard::to_allocvec(&found).unwrap_or_default() };
        }
        loop {
            let step = asked.inquiry.step(bench, &file.table);
            let time = now();
            match step {
                Step::Complete => {
                    let asked = self.asked.remove(first);
                    let report = bench.report(&asked.inquiry.question, &study().unwrap_or_default());
                    return Examined::Answered { id, report: Box::new(report) };
                }
                // Asked for at the first step, so that the other makes its fits meanwhile.
                Step::Going(..) if !asked.shared => {
                    asked.shared = true;
                    if asked.inquiry.missing(bench).is_none_or(|missing| missing >= WORTH_SHARING) {
                        return Examined::Share { id };
                    }
                }
                Step::Going(done, total) if time - asked.told >= tell_ms => {
                    asked.told = time;
                    return Examined::Progress { id, done, total };
                }
                Step::Going(..) if time - start >= slice_ms => return Examined::Quiet,
                Step::Going(..) => {}
            }
        }
    }
}
