//! The client of the worker that makes links: never the page's thread, and never a worker that something else waits for.
//!
//! It is started when the dialog opens and ended when that closes. What it is asked carries an id, and only the answers
//! to the newest are told.

use super::link::{Link, post};
use crate::worker::message::{Answer, LinkAsk, Request};
use crate::worker::with_blob;
use js_sys::ArrayBuffer;
use leptos::prelude::set_timeout;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::JsValue;
use web_sys::Blob;

/// A handle on the worker. Cloning gives another handle on the same one.
#[derive(Clone)]
pub struct Linker(Rc<RefCell<Client>>);

struct Client {
    /// Hears every answer to the newest request; nothing where the worker was lost.
    tell: Rc<dyn Fn(Option<Answer>)>,
    link: Option<Link>,
    /// The study, until the worker has it.
    study: Option<ArrayBuffer>,
    /// Id of the newest request, and the request until it is sent.
    id: u32,
    waiting: Option<(LinkAsk, Option<Blob>)>,
}

impl Linker {
    /// Starts a worker with a study, as the worker that fitted it sent it.
    pub fn start(study: Option<ArrayBuffer>, tell: impl Fn(Option<Answer>) + 'static) -> Self {
        let client = Client { tell: Rc::new(tell), link: None, study, id: 0, waiting: None };
        let linker = Self(Rc::new(RefCell::new(client)));
        let (hear, lose) = (linker.clone(), linker.clone());
        let link = Link::start(move |data| hear.hear(&data), move || lose.lose());
        if link.is_none() {
            linker.lose();
        }
        linker.0.borrow_mut().link = link;
        linker
    }

    /// Asks for links; answers to an earlier request are told no more.
    pub fn ask(&self, ask: LinkAsk, file: Option<Blob>) {
        let mut client = self.0.borrow_mut();
        client.id += 1;
        client.waiting = Some((ask, file));
        client.send();
    }

    /// Ends the worker.
    pub fn end(&self) {
        let mut client = self.0.borrow_mut();
        client.id += 1;
        client.waiting = None;
        let link = client.link.take();
        drop(client);
        link.into_iter().for_each(Link::end);
    }

    fn hear(&self, data: &JsValue) {
        let mut client = self.0.borrow_mut();
        if data.as_string().is_some() {
            return client.link.iter().for_each(Link::hand_over_address);
        }
        let answer = client.link.as_mut().and_then(|link| link.inbox.take(data));
        match answer {
            Some(Answer::Ready) => {
                client.link.iter_mut().for_each(|link| link.ready = true);
                client.send();
            }
            Some(answer @ (Answer::Linking { id, .. } | Answer::Linked { id, .. } | Answer::Coded { id, .. }))
                if id == client.id =>
            {
                let tell = Rc::clone(&client.tell);
                drop(client);
                tell(Some(answer));
            }
            _ => {}
        }
    }

    /// The worker ended on an error, or could not be started.
    fn lose(&self) {
        let linker = self.clone();
        // Not from inside its own error handler, whose closure must outlive the call.
        let lost = move || {
            linker.end();
            let tell = Rc::clone(&linker.0.borrow().tell);
            tell(None);
        };
        set_timeout(lost, Duration::ZERO);
    }
}

impl Client {
    /// Sends what waits, if the worker listens.
    fn send(&mut self) {
        let Some(link) = self.link.as_ref().filter(|link| link.ready) else { return };
        let Some((ask, file)) = self.waiting.take() else { return };
        if let Some(study) = self.study.take() {
            // A copy: the page keeps its own for the workers that decide.
            post(&link.worker, &Request::Study, Some(&study.slice(0)));
        }
        let request = Request::Link { id: self.id, ask };
        match file {
            Some(file) => with_blob(&request, &file).iter().for_each(|message| {
                let _ = link.worker.post_message(message);
            }),
            None => post(&link.worker, &request, None),
        }
    }
}
