//! What runs inside the worker: reads files and fits them, in slices short enough that a newer request or a cancel is
//! seen within 100 ms.
//!
//! The page and the worker speak in [`message`]s. The worker keeps the bytes of the file it read last, so reading it
//! again with other roles, or fitting it with another law or seed, needs no second transfer. A file that can't be read
//! leaves the earlier one in place.

pub mod fitted;
pub mod message;

mod examine;
mod job;
#[cfg(any(not(feature = "page"), feature = "workbench"))]
mod linking;
mod wire;
mod workbook;

pub use wire::{Inbox, beside, with_blob, with_bytes};

use crate::fit::Study;
#[cfg(any(not(feature = "page"), feature = "workbench"))]
use crate::link::Thinned;
use crate::reply::Question;
use examine::{Examined, Examiner};
use job::{Help, Job, Slice};
use message::{Answer, Ask, FitState, Request, Stage};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort};
use wire::Beside;

/// Longest stretch of draws between two looks at the message queue: well below the 100 ms a cancel may take, with room
/// for one slow draw.
const SLICE_MS: f64 = 16.0;
/// Draws made to help before they are handed over: each hand-over costs the page a little, and the two workers meet
/// with about one such stretch done twice.
const HELP_MS: f64 = 32.0;
/// Time between two progress messages.
const PROGRESS_MS: f64 = 50.0;

/// Starts the worker's loop and says that it is ready.
pub fn start(scope: DedicatedWorkerGlobalScope) {
    let Ok(channel) = MessageChannel::new() else { return };
    let state = Rc::new(RefCell::new(State {
        scope: scope.clone(),
        wake: channel.port2(),
        file: None,
        job: None,
        help: None,
        reading: 0,
        examiner: Examiner::default(),
        study: Study::default(),
        #[cfg(any(not(feature = "page"), feature = "workbench"))]
        thinned: Thinned::default(),
    }));

    let on_request = Rc::clone(&state);
    let request = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some((request, beside)) = wire::read_request(&event.data()) {
            take(&on_request, request, beside);
        }
    });
    scope.set_onmessage(Some(request.as_ref().unchecked_ref()));
    request.forget();

    // A message to oneself queues behind what the page has sent, without the 4 ms a timer costs.
    let tick = Closure::<dyn FnMut(MessageEvent)>::new(move |_: MessageEvent| state.borrow_mut().slice());
    channel.port1().set_onmessage(Some(tick.as_ref().unchecked_ref()));
    tick.forget();

    wire::post(&scope, &Answer::Ready);
}

struct State {
    scope: DedicatedWorkerGlobalScope,
    wake: MessagePort,
    /// The file that was read last.
    file: Option<job::File>,
    /// The fit under way, or stopped.
    job: Option<Job>,
    /// Another worker's fit that this one helps with.
    help: Option<Help>,
    /// Grows with every request that ends a reading under way.
    reading: u32,
    /// Questions about a fit.
    examiner: Examiner,
    /// What decisions and links rest on.
    study: Study,
    /// The draws of it that were chosen for a link.
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    thinned: Thinned,
}

/// Takes a request. What reads a file goes on between later messages; the rest is done at once.
fn take(state: &Rc<RefCell<State>>, request: Request, beside: Beside) {
    #[cfg(any(not(feature = "page"), feature = "workbench"))]
    if let Request::Link { id, ask } = request {
        let blob = if let Beside::Blob(blob) = beside { Some(blob) } else { None };
        spawn_local(linking::make(Rc::clone(state), id, ask, blob));
        return;
    }
    // With other roles the file is read again from the browser, if it has it.
    let again = |ask: &Ask| {
        let state = state.borrow();
        state.file.as_ref().filter(|file| file.reading != ask.reading).and_then(|file| file.blob().cloned())
    };
    let blob = match (&request, beside) {
        (Request::Open { .. }, Beside::Blob(blob)) => Ok(blob),
        (Request::Again { ask, .. }, beside) => again(ask).ok_or(beside),
        (_, beside) => Err(beside),
    };
    let blob = match blob {
        Ok(blob) => blob,
        Err(beside) => return state.borrow_mut().take(request, beside.bytes()),
    };
    let (Request::Open { id, ask } | Request::Again { id, ask }) = request else { return };
    state.borrow().post(&Answer::Accepted { id });
    spawn_local(read(Rc::clone(state), id, ask, blob));
}

/// Reads a file piece by piece and fits it, unless a newer request or a cancel comes before it is read.
async fn read(state: Rc<RefCell<State>>, id: u32, ask: Ask, blob: Blob) {
    let ticket = {
        let mut state = state.borrow_mut();
        // The page hears no more of the earlier fit under its old request; it can ask for it again.
        if let Some(job) = &mut state.job {
            job.stop();
        }
        state.reading += 1;
        state.reading
    };
    let mut said = js_sys::Date::now();
    let goes_on = |done: f64, total: f64| {
        let state = state.borrow();
        let now = js_sys::Date::now();
        if state.reading == ticket && now - said >= PROGRESS_MS {
            said = now;
            state.post(&Answer::Reading { id, done, total });
        }
        state.reading == ticket
    };
    if let Some(found) = job::saved_fit(&blob, &ask).await {
        let state = state.borrow();
        match found {
            _ if state.reading != ticket => {}
            Ok(study) => state.post(&Answer::Saved { id, study: Box::new(study) }),
            Err(sentence) => state.fail(id, Stage::Read, sentence),
        }
        return;
    }
    let result = job::read_blob(blob, &ask, goes_on).await;
    let mut state = state.borrow_mut();
    match result {
        _ if state.reading != ticket => {}
        Some(Ok(file)) => {
            wire::post_table(&state.scope, id, &file.table);
            state.take_up(file);
            state.fit(id, ask);
        }
        Some(Err(sentence)) => state.fail(id, Stage::Read, sentence),
        None => state.fail(id, Stage::Read, GONE.to_owned()),
    }
}

/// Why a file that was there a moment ago can't be read: the browser does not say more.
const GONE: &str = "It was moved, changed or deleted while it was read: choose it again.";

impl State {
    fn take(&mut self, request: Request, bytes: Option<Vec<u8>>) {
        if !matches!(request, Request::TakeIn { .. }) {
            self.reading += 1;
        }
        match request {
            Request::Open { id, ask } => {
                self.post(&Answer::Accepted { id });
                self.open(id, bytes.unwrap_or_default(), ask);
            }
            Request::Again { id, ask } => {
                self.post(&Answer::Accepted { id });
                self.again(id, ask);
            }
            Request::Keep { ask } => self.keep(bytes.unwrap_or_default(), ask),
            Request::Help { id, ask, optima } => self.help(id, &ask, &optima, bytes),
            Request::TakeIn { id } => {
                if let Some(job) = self.job.as_mut().filter(|job| job.id == id) {
                    job.take_in(&bytes.unwrap_or_default());
                }
            }
            Request::Inquire { id, ask, part } => {
                let question = bytes.and_then(|bytes| postcard::from_bytes(&bytes).ok());
                let (Some(question), Some(file)) = (question, &self.file) else { return };
                self.examiner.take(id, ask, part, question, file);
                self.wake();
            }
            Request::TakeFound => self.examiner.take_found(&bytes.unwrap_or_default()),
            Request::Leave { id } => self.examiner.leave(id),
            Request::Study => {
                self.study = postcard::from_bytes(&bytes.unwrap_or_default()).unwrap_or_default();
                #[cfg(any(not(feature = "page"), feature = "workbench"))]
                {
                    self.thinned = Thinned::default();
                }
            }
            Request::Decide { id } => {
                // A question that can't be read would be a fault of the page: it hears that nothing is known.
                let question = postcard::from_bytes::<Question>(&bytes.unwrap_or_default());
                let reply = Box::new(question.map(|question| question.answer(&[&self.study])).unwrap_or_default());
                self.post(&Answer::Decided { id, reply });
            }
            // Taken before: its file is read between messages.
            #[cfg(any(not(feature = "page"), feature = "workbench"))]
            Request::Link { .. } => {}
            Request::Cancel { id } => {
                self.help.take_if(|help| help.id <= id);
                if let Some(job) = self.job.as_mut().filter(|job| job.id == id) {
                    let state = job.stop();
                    let study = Box::new(job.study());
                    self.post(&Answer::Fitted { id, study, state });
                }
                self.post(&Answer::Stopped { id });
            }
        }
    }

    /// Puts a file in place of the one before. What was found of that one goes with it: the two may have the same losses
    /// and be fitted with the same options, so nothing else would tell their scores apart.
    fn take_up(&mut self, file: job::File) {
        self.examiner.forget();
        self.file = Some(file);
    }

    fn open(&mut self, id: u32, bytes: Vec<u8>, ask: Ask) {
        match job::File::read(bytes, &ask) {
            Ok(file) => {
                wire::post_table(&self.scope, id, &file.table);
                self.take_up(file);
                self.fit(id, ask);
            }
            Err(error) => {
                // The page hears no more of the earlier fit under its old request; it can ask for it again.
                if let Some(job) = &mut self.job {
                    job.stop();
                }
                self.fail(id, Stage::Read, error.to_string());
            }
        }
    }

    fn keep(&mut self, bytes: Vec<u8>, ask: Ask) {
        let Ok(file) = job::File::read(bytes, &ask) else { return };
        self.job = Job::new(0, ask, &file.table).ok();
        self.take_up(file);
        if let Some(job) = &mut self.job {
            // The page has more draws of its own than an early study would bring.
            job.early_sent = true;
            job.stop();
        }
    }

    /// What goes wrong here is no one's loss: the worker that asked draws all by itself.
    fn help(&mut self, id: u32, ask: &Ask, optima: &[u8], bytes: Option<Vec<u8>>) {
        self.examiner.forget();
        if let Some(bytes) = bytes {
            self.file = job::File::read(bytes, ask).ok();
        }
        let Some(file) = &mut self.file else { return };
        if file.reading != ask.reading && file.read_again(&ask.reading).is_err() {
            return;
        }
        self.help = Help::new(id, ask, &file.table, optima);
        self.wake();
    }

    /// The same file with other roles, another law, other options, or simply once more.
    fn again(&mut self, id: u32, ask: Ask) {
        self.examiner.forget();
        let Some(file) = &mut self.file else {
            return self.fail(id, Stage::Lost, String::new());
        };
        if file.reading != ask.reading {
            if let Err(error) = file.read_again(&ask.reading) {
                return self.fail(id, Stage::Read, error.to_string());
            }
            wire::post_table(&self.scope, id, &file.table);
            self.job = None;
        }
        match &mut self.job {
            // Stopped before: the draws are a function of the seed and their index, so going on is fitting again.
            Some(job) if job.ask == ask => {
                job.resume(id);
                let optima = job.optima();
                self.post(&Answer::Optima { id, optima });
                self.wake();
            }
            _ => self.fit(id, ask),
        }
    }

    fn fit(&mut self, id: u32, ask: Ask) {
        self.job = None;
        let Some(file) = &self.file else { return };
        match Job::new(id, ask, &file.table) {
            Ok(job) => {
                self.post(&Answer::Fitted { id, study: Box::new(job.study()), state: FitState::Drawing });
                self.post(&Answer::Optima { id, optima: job.optima() });
                self.job = Some(job);
                self.wake();
            }
            Err(error) => self.fail(id, Stage::Fit, error.to_string()),
        }
    }

    fn slice(&mut self) {
        if let Some(help) = &mut self.help {
            match help.slice(HELP_MS) {
                Some(draws) => {
                    wire::post_draws(&self.scope, help.id, &draws);
                    self.wake();
                }
                None => self.help = None,
            }
            return;
        }
        match self.job.as_mut() {
            Some(job) if job.is_drawing() => self.draw(),
            _ => self.examine(),
        }
    }

    fn examine(&mut self) {
        let Some(file) = &self.file else { return };
        let study = || self.job.as_ref().map(Job::study);
        let (id, done, total, report) = match self.examiner.slice(SLICE_MS, PROGRESS_MS, file, &study) {
            Examined::Idle => return,
            Examined::Quiet => return self.wake(),
            Examined::Found { id, found } => {
                wire::post_found(&self.scope, id, &found);
                return self.wake();
            }
            Examined::Share { id } => {
                self.post(&Answer::Share { id });
                return self.wake();
            }
            Examined::Progress { id, done, total } => (id, done, total, None),
            Examined::Answered { id, report } => (id, 1, 1, Some(report)),
        };
        self.post(&Answer::Inquired { id, done, total, report });
        self.wake();
    }

    fn draw(&mut self) {
        let Some(job) = self.job.as_mut() else { return };
        let id = job.id;
        match job.slice(SLICE_MS, PROGRESS_MS) {
            Slice::Idle => {}
            Slice::Quiet => self.wake(),
            Slice::Progress { done, total } => {
                self.post(&Answer::Progress { id, done, total });
                self.wake();
            }
            Slice::Study { study, state } => {
                self.post(&Answer::Fitted { id, study, state });
                self.wake();
            }
        }
    }

    fn wake(&self) {
        // Fails only on a value that can't be cloned; null can.
        let _ = self.wake.post_message(&JsValue::NULL);
    }

    fn fail(&self, id: u32, stage: Stage, text: String) {
        self.post(&Answer::Failed { id, stage, text });
    }

    fn post(&self, answer: &Answer) {
        wire::post(&self.scope, answer);
    }
}
