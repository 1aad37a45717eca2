//! A running worker as the page holds it: how it is started, spoken to and ended.

use crate::worker::message::Request;
use crate::worker::{Inbox, with_bytes};
use js_sys::{Array, ArrayBuffer};
use wasm_bindgen::prelude::{Closure, JsCast, JsValue};
use web_sys::{Event, HtmlMetaElement, MessageEvent, Worker, WorkerOptions, WorkerType};

/// A running worker.
pub(super) struct Link {
    pub worker: Worker,
    /// What of its messages is not complete yet.
    pub inbox: Inbox,
    /// Whether it said so; earlier messages would be lost.
    pub ready: bool,
    /// Whether it has the file of the client.
    pub has_file: bool,
    /// Number of the file that a helper has read; 0 for none.
    pub read: u32,
    /// Kept alive as long as the worker may call them.
    _messages: Closure<dyn FnMut(MessageEvent)>,
    _errors: Closure<dyn FnMut(Event)>,
}

impl Link {
    /// Starts a worker; `None` where the browser has none to give.
    pub fn start(hear: impl Fn(JsValue) + 'static, lose: impl Fn() + 'static) -> Option<Self> {
        let worker = start_worker()?;
        let message = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| hear(event.data()));
        let error = Closure::<dyn FnMut(Event)>::new(move |_: Event| lose());
        worker.set_onmessage(Some(message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(error.as_ref().unchecked_ref()));
        Some(Self {
            worker,
            inbox: Inbox::default(),
            ready: false,
            has_file: false,
            read: 0,
            _messages: message,
            _errors: error,
        })
    }

    pub fn end(self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }

    pub fn hand_over_address(&self) {
        if let (Some(engine), Some(workbook)) = (module_address("engine"), module_address("workbook")) {
            let _ = self.worker.post_message(&Array::of2(&engine.into(), &workbook.into()));
        }
    }
}

/// Sends a request; bytes are moved along, not copied.
pub(super) fn post(worker: &Worker, request: &Request, bytes: Option<&ArrayBuffer>) {
    let Some((message, transfer)): Option<(Array, Array)> = with_bytes(request, bytes) else { return };
    let _ = worker.post_message_with_transfer(&message, &transfer);
}

/// The file `assets/worker.js` beside the page.
fn start_worker() -> Option<Worker> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    Worker::new_with_options(&beside_the_page("assets/worker.js")?, &options).ok()
}

/// The JavaScript of a module: the build names it in the page's head, with its hash.
fn module_address(name: &str) -> Option<String> {
    let meta = leptos::prelude::document().query_selector(&format!("meta[name={name}]")).ok()??;
    beside_the_page(&meta.dyn_into::<HtmlMetaElement>().ok()?.content())
}

/// An address relative to the page, under whatever path that lies.
fn beside_the_page(address: &str) -> Option<String> {
    let base = leptos::prelude::document().base_uri().ok()??;
    Some(web_sys::Url::new_with_base(address, &base).ok()?.href())
}
