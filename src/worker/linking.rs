//! The worker's fourth piece of work: the links of what is shown, and the code for cameras.
//!
//! Choosing draws takes seconds, so a worker of its own does it and says how far it is; a newer study ends it. Further
//! links of the same study (other panels hidden) have the same draws and take milliseconds.

use super::State;
use super::job::now;
use super::message::{Answer, Code, LinkAsk, LinkKind};
use crate::link::code::{self, EASY_TO_SCAN};
use crate::link::{self, Data, View};
use crate::settings::kept;
use js_sys::Uint8Array;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// Time between two words of progress.
const TELL_MS: f64 = 100.0;

/// Makes the links, the one without the data first, and says each as it is there.
pub async fn make(state: Rc<RefCell<State>>, id: u32, ask: LinkAsk, file: Option<Blob>) {
    let view = plain(&state, id, &ask);
    let Some(file) = file else { return };
    let Ok(bytes) = JsFuture::from(file.array_buffer()).await else { return };
    let parts = ask.parts.into_iter().map(|part| (part.name, part.bytes)).collect();
    let data = Data { parts, bytes: Uint8Array::new(&bytes).to_vec() };
    let link = link::write(&View { data: Some(data), study: None, ..view }, None);
    state.borrow().post(&Answer::Linked { id, kind: LinkKind::WithData, link });
}

/// The link without the data and its code.
fn plain(state: &Rc<RefCell<State>>, id: u32, ask: &LinkAsk) -> View {
    let mut state = state.borrow_mut();
    let mut thinned = std::mem::take(&mut state.thinned);
    let view = View {
        settings: kept::from_json(&ask.settings),
        name: ask.name.clone(),
        unit: ask.unit.clone(),
        study: ask.fit.then(|| state.study.clone()),
        data: None,
    };
    let domain = ask.domain.as_deref();
    let mut told = now();
    let mut said = |done: f64| {
        if now() - told >= TELL_MS {
            told = now();
            state.post(&Answer::Linking { id, done });
        }
    };
    let link = link::write_with(&view, domain, &mut thinned, &mut said);
    let long = ask.page.len() + link.hash.len() > EASY_TO_SCAN && view.study.is_some();
    state.post(&Answer::Linked { id, kind: LinkKind::Plain, link: link.clone() });
    let link = if long { link::write_short(&view, domain, &mut thinned, &mut |_| ()) } else { link };
    let (side, path) = code::drawn(&format!("{}{}", ask.page, link.hash)).unwrap_or_default();
    state.post(&Answer::Coded { id, code: Code { side, path, draws: long.then_some(link.draws) } });
    state.thinned = thinned;
    view
}
