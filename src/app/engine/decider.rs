//! The client of the workers that answer decisions: never the page's thread, never the worker that fits.
//!
//! Two lanes, a worker each, started when they are first needed: quick questions (milliseconds each), and the simulation
//! of a design (seconds). One question of a lane is under way at a time and only the newest of each topic waits, so
//! moving a field or a slider queues no work. A newer simulation ends the worker of the one under way; so does a cancel.

use super::link::{Link, post};
use crate::reply::{Question, Reply, Standing, Topic};
use crate::worker::message::{Answer, Request};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::{request_animation_frame, set_timeout};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::JsValue;

/// Hears a reply, and whether no newer question of its topic waits.
type Tell = dyn Fn(Topic, Reply, bool);

/// A handle on the two workers. Cloning gives another handle on the same ones.
#[derive(Clone)]
pub struct Decider(Rc<RefCell<Client>>);

struct Client {
    tell: Rc<Tell>,
    /// The study, as the worker that fitted it sent it.
    study: Option<ArrayBuffer>,
    lanes: [Lane; 2],
}

#[derive(Default)]
struct Lane {
    link: Option<Link>,
    /// A worker was asked for and is not there yet.
    starting: bool,
    /// Whether it has the client's study.
    has_study: bool,
    /// Id of the newest question sent.
    id: u32,
    /// The question under way.
    asked: Option<Topic>,
    /// The newest question of each topic that waits.
    waiting: Vec<Question>,
}

fn lane_of(topic: Topic) -> usize {
    usize::from(topic == Topic::Simulate)
}

impl Decider {
    /// A client without workers yet; `tell` hears every reply.
    pub fn new(tell: impl Fn(Topic, Reply, bool) + 'static) -> Self {
        let lanes = [Lane::default(), Lane::default()];
        Self(Rc::new(RefCell::new(Client { tell: Rc::new(tell), study: None, lanes })))
    }

    /// The study that answers rest on from now on; what is under way on the old one is not told.
    pub fn study(&self, study: Option<ArrayBuffer>) {
        self.cancel();
        let mut client = self.0.borrow_mut();
        client.study = study;
        for lane in &mut client.lanes {
            (lane.has_study, lane.asked) = (false, None);
            lane.waiting.clear();
            // An answer still on its way carries an older id.
            lane.id += 1;
        }
    }

    /// Asks; a question of the same topic that waits is forgotten.
    pub fn ask(&self, question: Question) {
        let at = lane_of(question.topic);
        if question.topic == Topic::Simulate {
            self.cancel();
        }
        let mut client = self.0.borrow_mut();
        let waiting = &mut client.lanes[at].waiting;
        waiting.retain(|known| known.topic != question.topic);
        waiting.push(question);
        drop(client);
        self.send(at);
    }

    /// Ends the simulation under way.
    pub fn cancel(&self) {
        let lane = &mut self.0.borrow_mut().lanes[lane_of(Topic::Simulate)];
        lane.waiting.clear();
        if lane.asked.take().is_some()
            && let Some(link) = lane.link.take()
        {
            link.end();
        }
    }

    /// Sends the next question that waits, if its worker is there and has nothing to do.
    fn send(&self, at: usize) {
        let mut client = self.0.borrow_mut();
        let study = client.study.clone();
        let lane = &mut client.lanes[at];
        if lane.waiting.is_empty() || lane.asked.is_some() {
            return;
        }
        let Some(link) = &lane.link else {
            if !std::mem::replace(&mut lane.starting, true) {
                // After the frame that shows what there is: the worker's module is no part of it.
                let decider = self.clone();
                request_animation_frame(move || set_timeout(move || decider.start(at), Duration::ZERO));
            }
            return;
        };
        if !link.ready {
            return;
        }
        if let Some(study) = study.filter(|_| !std::mem::replace(&mut lane.has_study, true)) {
            // A copy: the page keeps its own for the next worker.
            post(&link.worker, &Request::Study, Some(&study.slice(0)));
        }
        // In the order of the page: the trade-off is on the chart and comes first.
        let next = (0..lane.waiting.len()).min_by_key(|&k| lane.waiting[k].topic as usize).unwrap_or(0);
        let question = lane.waiting.remove(next);
        // Plain data always serialises.
        let bytes = postcard::to_allocvec(&question).unwrap_or_default();
        lane.id += 1;
        lane.asked = Some(question.topic);
        post(&link.worker, &Request::Decide { id: lane.id }, Some(&Uint8Array::from(&bytes[..]).buffer()));
    }

    fn start(&self, at: usize) {
        let (hear, lose) = (self.clone(), self.clone());
        let link = Link::start(move |data| hear.hear(at, &data), move || lose.lose(at));
        let failed = link.is_none();
        let lane = &mut self.0.borrow_mut().lanes[at];
        (lane.link, lane.starting, lane.has_study) = (link, false, false);
        if failed {
            lane.waiting.clear();
        }
    }

    fn hear(&self, at: usize, data: &JsValue) {
        let mut client = self.0.borrow_mut();
        let lane = &mut client.lanes[at];
        if data.as_string().is_some() {
            return lane.link.iter().for_each(Link::hand_over_address);
        }
        match lane.link.as_mut().and_then(|link| link.inbox.take(data)) {
            Some(Answer::Ready) => {
                if let Some(link) = &mut lane.link {
                    link.ready = true;
                }
            }
            Some(Answer::Decided { id, reply }) if id == lane.id => {
                if let Some(topic) = lane.asked.take() {
                    let newest = lane.waiting.iter().all(|question| question.topic != topic);
                    let tell = Rc::clone(&client.tell);
                    drop(client);
                    tell(topic, *reply, newest);
                    return self.send(at);
                }
            }
            _ => {}
        }
        drop(client);
        self.send(at);
    }

    /// A worker ended on an error: the next question starts another one.
    fn lose(&self, at: usize) {
        let decider = self.clone();
        // Not from inside its own error handler, whose closure must outlive the call.
        let lost = move || {
            let mut client = decider.0.borrow_mut();
            let lane = &mut client.lanes[at];
            if let Some(link) = lane.link.take() {
                link.end();
            }
            lane.waiting.clear();
            let Some(topic) = lane.asked.take() else { return };
            let tell = Rc::clone(&client.tell);
            drop(client);
            let why = "This is a fault of the page, not of your data. Change a number to ask again.".to_owned();
            let figure = "stopped unexpectedly".to_owned();
            tell(topic, Reply { standing: Standing::Withheld, figure, words: vec![why], ..Reply::default() }, true);
        };
        set_timeout(lost, Duration::ZERO);
    }
}
