//! The worker's two pieces of work: a file it has read, and a fit it draws in slices.

use super::message::{Ask, FitState};
use crate::fit::{Draws, FitError, Optima, Session, Study};
use crate::table::{self, ReadError, Reading, Table};

/// A file that was read, with its bytes so that it can be read again with other roles.
pub struct File {
    bytes: Vec<u8>,
    /// How it was read.
    pub reading: Reading,
    /// What was read.
    pub table: Table,
}

impl File {
    /// Reads the bytes and keeps them.
    pub fn read(bytes: Vec<u8>, reading: &Reading) -> Result<Self, ReadError> {
        let table = table::read(&bytes, reading)?;
        Ok(Self { bytes, reading: reading.clone(), table })
    }

    /// Reads the same bytes again; where that fails the earlier reading stays.
    pub fn read_again(&mut self, reading: &Reading) -> Result<(), ReadError> {
        self.table = table::read(&self.bytes, reading)?;
        self.reading = reading.clone();
        Ok(())
    }
}

/// A fit under way.
pub struct Job {
    /// The request it answers.
    pub id: u32,
    /// What was asked for.
    pub ask: Ask,
    session: Session,
    state: FitState,
    done: usize,
    /// A study is sent once the first tenth of the draws is there, so that bands show early.
    pub early_sent: bool,
    last_progress: f64,
}

/// What a slice of work came to.
pub enum Slice {
    /// Nothing to do.
    Idle,
    /// Nothing to say yet.
    Quiet,
    /// Draws done and asked for.
    Progress {
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// The study so far or the whole of it.
    Study {
        /// Estimates and intervals.
        study: Box<Study>,
        /// Whether draws are still to come.
        state: FitState,
    },
}

impl Job {
    /// Finds the optima; draws come later, slice by slice.
    pub fn new(id: u32, ask: Ask, table: &Table) -> Result<Self, FitError> {
        let session = Session::new(table, ask.law.as_deref(), &[], &ask.fit)?;
        Ok(Self { id, ask, session, state: FitState::Drawing, done: 0, early_sent: false, last_progress: now() })
    }

    /// What another worker needs besides the file to help with the draws, by postcard.
    pub fn optima(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.session.optima()).unwrap_or_default()
    }

    /// Takes in draws that another worker computed.
    pub fn take_in(&mut self, draws: &[u8]) {
        if let Ok(draws) = postcard::from_bytes::<Draws>(draws) {
            self.session.take_in(draws);
        }
    }

    /// The study so far.
    pub fn study(&self) -> Study {
        self.session.study()
    }

    /// Stops drawing; a complete fit stays complete.
    pub fn stop(&mut self) -> FitState {
        if self.state == FitState::Drawing {
            self.state = FitState::Stopped { done: self.done, total: self.ask.fit.draws };
        }
        self.state
    }

    /// Goes on drawing under a new request.
    pub fn resume(&mut self, id: u32) {
        self.id = id;
        self.state = FitState::Drawing;
    }

    /// Whether draws are still to come.
    pub fn is_drawing(&self) -> bool {
        self.state == FitState::Drawing
    }

    /// Draws for `slice_ms` at most, one draw at least.
    pub fn slice(&mut self, slice_ms: f64, progress_ms: f64) -> Slice {
        if self.state != FitState::Drawing {
            return Slice::Idle;
        }
        let start = now();
        loop {
            let (done, total) = self.session.step();
            self.done = done;
            if done >= total {
                self.state = FitState::Done;
                return Slice::Study { study: Box::new(self.study()), state: self.state };
            }
            let time = now();
            if !self.early_sent && done * 10 >= total {
                self.early_sent = true;
                return Slice::Study { study: Box::new(self.study()), state: self.state };
            }
            if time - self.last_progress >= progress_ms {
                self.last_progress = time;
                return Slice::Progress { done, total };
            }
            if time - start >= slice_ms {
                return Slice::Quiet;
            }
        }
    }
}

/// Draws for another worker's fit, from the last one down: the other goes up, and they meet.
pub struct Help {
    /// The request of the fit.
    pub id: u32,
    session: Session,
    /// Draws from this index on are done.
    below: usize,
}

impl Help {
    /// Starts from the other worker's optima; `None` where they are not of this file.
    pub fn new(id: u32, ask: &Ask, table: &Table, optima: &[u8]) -> Option<Self> {
        let optima: Optima = postcard::from_bytes(optima).ok()?;
        let session = Session::resume(table, ask.law.as_deref(), &[], &ask.fit, optima).ok()?;
        Some(Self { id, session, below: ask.fit.draws })
    }

    /// Draws for `slice_ms` at most, one at least; by postcard. `None` where all are done.
    pub fn slice(&mut self, slice_ms: f64) -> Option<Vec<u8>> {
        let start = now();
        let mut drawn = Draws { from: self.below, draws: Vec::new() };
        while self.below > 0 && (drawn.draws.is_empty() || now() - start < slice_ms) {
            self.below -= 1;
            drawn.draws.extend(self.session.draw_range(self.below, self.below + 1).draws);
        }
        if drawn.draws.is_empty() {
            return None;
        }
        drawn.from = self.below;
        drawn.draws.reverse();
        postcard::to_allocvec(&drawn).ok()
    }
}

/// Milliseconds; only differences matter.
pub fn now() -> f64 {
    js_sys::Date::now()
}
