//! The worker's client: starts it, sends requests, and replaces it where it doesn't answer in time.
//!
//! A second worker helps with the draws, where the machine has a core for it: draws are a function of the data, the seed
//! and their index, so who computes which changes no digit. Losing it costs time and nothing else.
//!
//! There is one request at a time: a newer one takes the older one's place. The worker looks at its messages between
//! draws; where it is inside one long step (a big file, the search for the optimum) and does not answer within
//! [`PATIENCE`], it is terminated and started anew, and the file is sent again when it is needed next. The file is
//! kept as a `Blob`: the browser holds its bytes, not the page.
//!
//! The worker's module is not part of the first screen: it is fetched once the page stands ([`Engine::warm`]), or at the
//! first request.

pub mod decider;
#[cfg(feature = "workbench")]
pub mod linker;

mod link;

use crate::inquiry::Report;
use crate::worker::message::{Answer, Ask, FitState, Part, Request};
use crate::worker::{beside, with_blob};
use js_sys::{ArrayBuffer, Uint8Array};
use link::{Link, post};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::Blob;

/// How long the worker may leave a newer request or a cancel unanswered (design: 100 ms).
const PATIENCE: Duration = Duration::from_millis(100);

/// A file larger than this is not read a second time by the worker that helps: its copy would cost more memory than the
/// draws cost time.
const HELP_BYTES: f64 = 32e6;

/// What the client tells the page.
pub enum Event {
    /// The bytes of the study whose answer comes next, as another worker reads them.
    Packed(ArrayBuffer),
    /// The worker's answer to the request under way.
    Answer(Answer),
    /// How far a question about the fit is, of that id: units done and needed, and the answer where it is there.
    Inquired(u32, (usize, usize), Option<Box<Report>>),
    /// No question about the fit is worked on any more.
    InquiriesLeft,
    /// The request was cut short with the worker; nothing more comes of it.
    Interrupted,
    /// The worker ended on an error, or could not be started.
    Crashed,
}

/// A handle on the worker. Cloning gives another handle on the same worker.
#[derive(Clone)]
pub struct Engine(Rc<RefCell<Client>>);

struct Client {
    tell: Rc<dyn Fn(Event)>,
    worker: Option<Link>,
    /// The second worker, that helps with draws.
    helper: Option<Link>,
    /// Id of the newest request.
    id: u32,
    /// The request under way, until its last answer.
    request: Option<Pending>,
    /// The file whose table and fit are shown.
    file: Option<Blob>,
    /// Counts the files opened, so that the helper's can be told from the one shown.
    file_number: u32,
    /// How that file was fitted when the page was built, until a worker has it.
    keep: Option<Ask>,
    /// Whether the worker then draws what is missing.
    keep_going: bool,
    /// Id of the newest question about the fit.
    question: u32,
    /// Questions under way, by postcard, for the worker that may help.
    questions: Vec<(u32, Ask, Vec<u8>)>,
}

struct Pending {
    id: u32,
    ask: Ask,
    /// A new file, where the request opens one.
    file: Option<Blob>,
    accepted: bool,
}

impl Engine {
    /// A client without a worker yet; `tell` hears every event.
    pub fn new(tell: impl Fn(Event) + 'static) -> Self {
        Self(Rc::new(RefCell::new(Client {
            tell: Rc::new(tell),
            worker: None,
            helper: None,
            id: 0,
            request: None,
            file: None,
            file_number: 0,
            keep: None,
            keep_going: false,
            question: 0,
            questions: Vec::new(),
        })))
    }

    /// Ends the workers and forgets the request under way.
    pub fn end(&self) {
        let mut client = self.0.borrow_mut();
        client.request = None;
        client.keep = None;
        let ended = [client.worker.take(), client.helper.take()];
        ended.into_iter().flatten().for_each(Link::end);
    }

    /// Starts the worker, if none runs.
    pub fn warm(&self) {
        let cold = self.0.borrow().worker.is_none();
        if cold {
            self.spawn();
        }
    }

    /// The file of what the page shows and how it was fitted, where no worker has read it; another that was opened
    /// meanwhile stays. `go_on` lets the worker draw what is missing.
    pub fn keep(&self, file: Blob, ask: Ask, go_on: bool) {
        let mut client = self.0.borrow_mut();
        if client.file.is_none() {
            client.file = Some(file);
            client.file_number += 1;
            client.keep = Some(ask);
        }
        client.keep_going = go_on;
        drop(client);
        self.warm();
        self.send();
    }

    /// Gives the file to a worker that has nothing to do.
    async fn hand_over_file(self, file: Blob) {
        let Some(bytes) = bytes_of(&file).await else { return };
        let mut client = self.0.borrow_mut();
        if client.request.is_some() {
            return;
        }
        let Some(ask) = client.keep.take() else { return };
        if let Some(link) = client.worker.as_mut().filter(|link| link.ready && !link.has_file) {
            link.has_file = true;
            post(&link.worker, &Request::Keep { ask: ask.clone() }, Some(&bytes));
            let go_on = client.keep_going;
            drop(client);
            if go_on {
                self.again(ask);
            }
        }
    }

    /// Reads and fits a new file; returns the request's id.
    pub fn open(&self, file: Blob, ask: Ask) -> u32 {
        self.ask(Some(file), ask)
    }

    /// Reads the file again if the reading differs, and fits it; returns the request's id.
    pub fn again(&self, ask: Ask) -> u32 {
        self.ask(None, ask)
    }

    fn ask(&self, file: Option<Blob>, ask: Ask) -> u32 {
        let mut client = self.0.borrow_mut();
        client.id += 1;
        let id = client.id;
        let was_asked = client.request.replace(Pending { id, ask, file, accepted: false }).is_some();
        drop(client);
        // Questions are about the fit that this one replaces; the worker may be inside a unit of one.
        let busy = self.leave() || was_asked;
        self.warm();
        self.send();
        if busy {
            self.release_helper(id - 1);
            let engine = self.clone();
            leptos::prelude::set_timeout(move || engine.expect_accepted(id), PATIENCE);
        }
        id
    }

    /// Asks about the fit: `question` by postcard. Returns the question's id; `None` where no worker has the file.
    pub fn inquire(&self, ask: Ask, question: Vec<u8>) -> Option<u32> {
        let mut client = self.0.borrow_mut();
        client.question += 1;
        let id = client.question;
        let link = client.worker.as_ref().filter(|link| link.ready && link.has_file)?;
        post(&link.worker, &Request::Inquire { id, ask: ask.clone(), part: Part::Answer }, Some(&buffer(&question)));
        client.questions.push((id, ask, question));
        Some(id)
    }

    /// Leaves every question about the fit; false where there was none.
    pub fn leave(&self) -> bool {
        let mut client = self.0.borrow_mut();
        let left = std::mem::take(&mut client.questions);
        let some = !left.is_empty();
        for link in [&client.worker, &client.helper].into_iter().flatten().filter(|link| link.ready) {
            for question in &left {
                post(&link.worker, &Request::Leave { id: question.0 }, None);
            }
        }
        drop(client);
        if some {
            self.tell(Event::InquiriesLeft);
        }
        some
    }

    /// Lets the second worker help with a question, where it has the file.
    fn share_question(&self, id: u32) {
        let client = self.0.borrow();
        let question = client.questions.iter().find(|question| question.0 == id);
        let helper = client.helper.as_ref().filter(|helper| helper.ready && helper.read == client.file_number);
        if let (Some((id, ask, bytes)), Some(helper)) = (question, helper) {
            let request = Request::Inquire { id: *id, ask: ask.clone(), part: Part::Help };
            post(&helper.worker, &request, Some(&buffer(bytes)));
        }
    }

    /// Stops the draws; what is drawn is kept. False where no worker was asked for any yet; then none will be.
    pub fn cancel(&self) -> bool {
        self.0.borrow_mut().keep_going = false;
        let client = self.0.borrow();
        let Some(id) = client.request.as_ref().map(|request| request.id) else { return false };
        if let Some(link) = client.worker.as_ref().filter(|link| link.ready) {
            post(&link.worker, &Request::Cancel { id }, None);
        }
        self.release_helper(id);
        let engine = self.clone();
        leptos::prelude::set_timeout(move || engine.expect_stopped(id), PATIENCE);
        true
    }

    fn expect_accepted(&self, id: u32) {
        let late = self.0.borrow().request.as_ref().is_some_and(|request| request.id == id && !request.accepted);
        if late {
            self.spawn();
        }
    }

    fn expect_stopped(&self, id: u32) {
        let late = self.0.borrow().request.as_ref().is_some_and(|request| request.id == id);
        if late {
            self.0.borrow_mut().request = None;
            self.spawn();
            self.tell(Event::Interrupted);
        }
    }

    fn tell(&self, event: Event) {
        // The borrow ends before the page hears of it: it may ask again at once.
        let tell = Rc::clone(&self.0.borrow().tell);
        tell(event);
    }

    /// Ends the worker, if one runs, and starts a new one; the request under way is sent once that is ready.
    fn spawn(&self) {
        if let Some(old) = self.0.borrow_mut().worker.take() {
            old.end();
        }
        // Questions end with the worker; the page asks them again of the next fit.
        self.leave();
        let (hear, crash) = (self.clone(), self.clone());
        match Link::start(move |data| hear.hear(&data), move || crash.crash()) {
            Some(link) => self.0.borrow_mut().worker = Some(link),
            None => self.crash(),
        }
    }

    /// Starts the second worker, where the machine has a core for it.
    fn spawn_helper(&self) {
        let cores = leptos::prelude::window().navigator().hardware_concurrency();
        if cores < 2.0 || self.0.borrow().helper.is_some() {
            return;
        }
        let (hear, lose) = (self.clone(), self.clone());
        let link = Link::start(move |data| hear.hear_helper(&data), move || lose.lose_helper());
        self.0.borrow_mut().helper = link;
    }

    /// The helper ended: not from inside its own error handler, whose closure must outlive the call.
    fn lose_helper(&self) {
        let engine = self.clone();
        leptos::prelude::set_timeout(
            move || {
                if let Some(helper) = engine.0.borrow_mut().helper.take() {
                    helper.end();
                }
            },
            Duration::ZERO,
        );
    }

    fn hear_helper(&self, data: &JsValue) {
        let mut client = self.0.borrow_mut();
        if data.as_string().is_some() {
            return client.helper.iter().for_each(Link::hand_over_address);
        }
        match client.helper.as_mut().and_then(|helper| helper.inbox.take(data)) {
            Some(Answer::Ready) => {
                if let Some(helper) = client.helper.as_mut() {
                    helper.ready = true;
                }
            }
            Some(Answer::Draws { id }) if client.request.as_ref().is_some_and(|request| request.id == id) => {
                if let (Some(link), Some(draws)) = (client.worker.as_ref(), beside(data)) {
                    post(&link.worker, &Request::TakeIn { id }, Some(&draws));
                }
            }
            Some(Answer::Found { id }) if client.questions.iter().any(|question| question.0 == id) => {
                if let (Some(link), Some(found)) = (client.worker.as_ref(), beside(data)) {
                    post(&link.worker, &Request::TakeFound, Some(&found));
                }
            }
            _ => {}
        }
    }

    /// Lets the second worker help with the draws of the request under way.
    fn share_draws(&self, id: u32, optima: Vec<u8>) {
        let client = self.0.borrow();
        let Some(request) = client.request.as_ref().filter(|request| request.id == id) else { return };
        let (ask, number) = (request.ask.clone(), client.file_number);
        let Some(helper) = client.helper.as_ref().filter(|helper| helper.ready) else { return };
        if helper.read == number {
            return post(&helper.worker, &Request::Help { id, ask, optima }, None);
        }
        let Some(file) = client.file.clone().filter(|file| file.size() <= HELP_BYTES) else { return };
        let engine = self.clone();
        spawn_local(async move {
            let Some(bytes) = bytes_of(&file).await else { return };
            let mut client = engine.0.borrow_mut();
            let current = client.request.as_ref().is_some_and(|request| request.id == id);
            if let Some(helper) = client.helper.as_mut().filter(|_| current) {
                helper.read = number;
                post(&helper.worker, &Request::Help { id, ask, optima }, Some(&bytes));
            }
        });
    }

    /// Nothing more is drawn for a request: the helper stops, too.
    fn release_helper(&self, id: u32) {
        if let Some(helper) = self.0.borrow().helper.as_ref().filter(|helper| helper.ready) {
            post(&helper.worker, &Request::Cancel { id }, None);
        }
    }

    fn crash(&self) {
        let had_request = self.0.borrow_mut().request.take().is_some();
        let was_ready = self.0.borrow().worker.as_ref().is_some_and(|link| link.ready);
        // A worker that never came up is not started again and again.
        if was_ready {
            // Not from inside its own error handler: that closure must outlive this call.
            let engine = self.clone();
            leptos::prelude::set_timeout(move || engine.spawn(), Duration::ZERO);
        }
        if had_request || !was_ready {
            self.tell(Event::Crashed);
        }
    }

    /// Sends the request under way, if the worker listens.
    fn send(&self) {
        let client = self.0.borrow();
        let Some(link) = client.worker.as_ref().filter(|link| link.ready) else { return };
        let Some(request) = client.request.as_ref() else {
            if let (Some(file), Some(_)) = (client.file.clone(), client.keep.as_ref()) {
                spawn_local(self.clone().hand_over_file(file));
            }
            return;
        };
        let (id, ask) = (request.id, request.ask.clone());
        if request.file.is_none() && link.has_file {
            return post(&link.worker, &Request::Again { id, ask }, None);
        }
        let Some(file) = request.file.clone().or_else(|| client.file.clone()) else { return };
        // The worker reads the file piece by piece from the browser; its bytes never pass through here.
        if let Some(message) = with_blob(&Request::Open { id, ask }, &file) {
            let _ = link.worker.post_message(&message);
        }
    }

    fn hear(&self, data: &JsValue) {
        if data.as_string().is_some() {
            // worker.js is loaded; it needs to know what to start.
            return self.0.borrow().worker.iter().for_each(Link::hand_over_address);
        }
        let mut client = self.0.borrow_mut();
        let Some(answer) = client.worker.as_mut().and_then(|link| link.inbox.take(data)) else { return };
        let current = client.request.as_ref().map(|request| request.id);
        match &answer {
            Answer::Ready => {
                if let Some(link) = client.worker.as_mut() {
                    link.ready = true;
                }
                drop(client);
                self.spawn_helper();
                return self.send();
            }
            Answer::Optima { id, optima } => {
                let (id, optima) = (*id, optima.clone());
                drop(client);
                return self.share_draws(id, optima);
            }
            Answer::Draws { .. } | Answer::Found { .. } | Answer::Decided { .. } => return,
            #[cfg(feature = "workbench")]
            Answer::Linking { .. } | Answer::Linked { .. } | Answer::Coded { .. } => return,
            Answer::Share { id } => {
                let id = *id;
                drop(client);
                return self.share_question(id);
            }
            Answer::Inquired { .. } => {
                let Answer::Inquired { id, done, total, report } = answer else { return };
                if !client.questions.iter().any(|question| question.0 == id) {
                    return;
                }
                if report.is_some() {
                    client.questions.retain(|question| question.0 != id);
                    if let Some(helper) = client.helper.as_ref().filter(|helper| helper.ready) {
                        post(&helper.worker, &Request::Leave { id }, None);
                    }
                }
                drop(client);
                return self.tell(Event::Inquired(id, (done, total), report));
            }
            Answer::Accepted { id } => {
                if let Some(request) = client.request.as_mut().filter(|request| request.id == *id) {
                    request.accepted = true;
                }
                return;
            }
            Answer::Opened { id, .. } => {
                if current != Some(*id) {
                    return self.note_stray_file(&mut client);
                }
                if let Some(link) = client.worker.as_mut() {
                    link.has_file = true;
                }
                if let Some(file) = client.request.as_mut().and_then(|request| request.file.take()) {
                    client.file = Some(file);
                    client.file_number += 1;
                }
            }
            Answer::Failed { id, .. } | Answer::Saved { id, .. } | Answer::Stopped { id } => {
                if current != Some(*id) {
                    return;
                }
                client.request = None;
            }
            Answer::Fitted { id, state, .. } => {
                if current != Some(*id) {
                    return;
                }
                let (id, done) = (*id, *state == FitState::Done);
                if done {
                    client.request = None;
                }
                drop(client);
                if done {
                    self.release_helper(id);
                }
                if let Some(bytes) = beside(data) {
                    self.tell(Event::Packed(bytes));
                }
                return self.tell(Event::Answer(answer));
            }
            Answer::Progress { id, .. } | Answer::Reading { id, .. } => {
                if current != Some(*id) {
                    return;
                }
            }
        }
        drop(client);
        self.tell(Event::Answer(answer));
    }

    /// The worker has read a file the page no longer waits for: what it holds is not what the page shows.
    fn note_stray_file(&self, client: &mut Client) {
        if let Some(link) = client.worker.as_mut() {
            link.has_file = false;
        }
    }
}

/// Bytes as they travel.
fn buffer(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

async fn bytes_of(file: &Blob) -> Option<ArrayBuffer> {
    JsFuture::from(file.array_buffer()).await.ok()?.dyn_into().ok()
}
