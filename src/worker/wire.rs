//! How messages travel: an array whose first element is the message by serde-wasm-bindgen, followed by what is big.
//!
//! A file goes over as the browser's handle on it, a `Blob`, or as its bytes in an `ArrayBuffer`. A study comes back as the bytes of postcard, which both sides write and
//! read without a JavaScript object a field (a tenth of the code, too). So does a table, but for the observations'
//! columns, which come as typed arrays: runs, lines, the schedule, the axes there are, the losses. All are transferred, not copied.

use super::message::{Answer, Request};
use crate::table::{CorpusShares, Decay, Observations, Table};
use js_sys::{Array, ArrayBuffer, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope};

/// A request for the worker, with a file's bytes where it opens one, and the list of what to transfer.
pub fn with_bytes(request: &Request, bytes: Option<&ArrayBuffer>) -> Option<(Array, Array)> {
    let message = Array::of1(&serde_wasm_bindgen::to_value(request).ok()?);
    let transfer = Array::new();
    if let Some(bytes) = bytes {
        message.push(bytes);
        transfer.push(bytes);
    }
    Some((message, transfer))
}

/// A request for the worker, with the browser's handle on a file.
pub fn with_blob(request: &Request, blob: &Blob) -> Option<Array> {
    Some(Array::of2(&serde_wasm_bindgen::to_value(request).ok()?, blob))
}

/// What travels beside a request.
pub enum Beside {
    Nothing,
    Bytes(Vec<u8>),
    Blob(Blob),
}

impl Beside {
    /// The bytes; none where something else travels.
    pub fn bytes(self) -> Option<Vec<u8>> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }
}

/// A request as it arrives in the worker.
pub fn read_request(data: &JsValue) -> Option<(Request, Beside)> {
    let message: &Array = data.dyn_ref()?;
    let request = serde_wasm_bindgen::from_value(message.get(0)).ok()?;
    let beside = match message.get(1).dyn_into::<Blob>() {
        Ok(blob) => Beside::Blob(blob),
        Err(other) => match other.dyn_into::<ArrayBuffer>() {
            Ok(buffer) => Beside::Bytes(Uint8Array::new(&buffer).to_vec()),
            Err(_) => Beside::Nothing,
        },
    };
    Some((request, beside))
}

/// Sends an answer.
pub fn post(scope: &DedicatedWorkerGlobalScope, answer: &Answer) {
    match answer {
        Answer::Opened { id, table } => post_table(scope, *id, table),
        Answer::Fitted { study, .. } => {
            send(scope, answer, |parcel| parcel.bytes(postcard::to_allocvec(study.as_ref())));
        }
        Answer::Inquired { report: Some(report), .. } => {
            send(scope, answer, |parcel| parcel.bytes(postcard::to_allocvec(report.as_ref())));
        }
        Answer::Decided { reply, .. } => {
            send(scope, answer, |parcel| parcel.bytes(postcard::to_allocvec(reply.as_ref())));
        }
        _ => send(scope, answer, |_| {}),
    }
}

/// Sends draws computed to help another worker.
pub fn post_draws(scope: &DedicatedWorkerGlobalScope, id: u32, draws: &[u8]) {
    send(scope, &Answer::Draws { id }, |parcel| parcel.bytes(Ok(draws.to_vec())));
}

/// Sends units of work done to help another worker with a question.
pub fn post_found(scope: &DedicatedWorkerGlobalScope, id: u32, found: &[u8]) {
    send(scope, &Answer::Found { id }, |parcel| parcel.bytes(Ok(found.to_vec())));
}

/// What travels beside an answer, untouched.
pub fn beside(data: &JsValue) -> Option<ArrayBuffer> {
    Some(data.dyn_ref::<Array>()?.get(1).dyn_into::<Uint8Array>().ok()?.buffer())
}

/// Sends a table that the worker keeps.
pub fn post_table(scope: &DedicatedWorkerGlobalScope, id: u32, table: &Table) {
    send(scope, &Answer::Opened { id, table: Box::default() }, |parcel| parcel.table(table));
}

fn send(scope: &DedicatedWorkerGlobalScope, answer: &Answer, pack: impl FnOnce(&mut Parcel)) {
    // Plain data always serialises; a failure here would be a bug in the types, and the page's time limit covers it.
    let Ok(value) = serde_wasm_bindgen::to_value(answer) else { return };
    let mut parcel = Parcel { message: Array::of1(&value), transfer: Array::new() };
    pack(&mut parcel);
    let _ = scope.post_message_with_transfer(&parcel.message, &parcel.transfer);
}

/// A message in the making, and the list of what to transfer.
struct Parcel {
    message: Array,
    transfer: Array,
}

impl Parcel {
    fn push(&self, array: &JsValue, buffer: &ArrayBuffer) {
        self.message.push(array);
        self.transfer.push(buffer);
    }

    fn bytes(&mut self, bytes: postcard::Result<Vec<u8>>) {
        let array = Uint8Array::from(&bytes.unwrap_or_default()[..]);
        self.push(&array, &array.buffer());
    }

    fn table(&mut self, table: &Table) {
        self.bytes(postcard::to_allocvec(&light(table)));
        let all = &table.observations;
        for ints in [&all.run, &all.line] {
            let array = Uint32Array::from(&ints[..]);
            self.push(&array, &array.buffer());
        }
        let decay: Vec<u8> = all.decay.iter().map(|decay| decay.code()).collect();
        let array = Uint8Array::from(&decay[..]);
        self.push(&array, &array.buffer());
        let axes = [&all.size, &all.tokens, &all.domain_share, &all.step, &all.learning_rate, &all.start, &all.epochs];
        let shares = drawn(&all.corpora).iter().map(|corpus| &corpus.values);
        for values in axes.into_iter().flatten().chain(all.losses.iter().map(|loss| &loss.values)).chain(shares) {
            let array = Float64Array::from(&values[..]);
            self.push(&array, &array.buffer());
        }
    }
}

/// An answer as it arrives on the page, put together again.
pub fn unpack(data: &JsValue) -> Option<Answer> {
    let message: &Array = data.dyn_ref()?;
    let mut answer: Answer = serde_wasm_bindgen::from_value(message.get(0)).ok()?;
    let bytes = || message.get(1).dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).ok();
    match &mut answer {
        Answer::Opened { table, .. } => {
            **table = postcard::from_bytes(&bytes()?).ok()?;
            let all = &mut table.observations;
            let mut at = 1;
            let mut next = || {
                at += 1;
                message.get(at)
            };
            all.run = next().dyn_into::<Uint32Array>().ok()?.to_vec();
            all.line = next().dyn_into::<Uint32Array>().ok()?.to_vec();
            let decay = next().dyn_into::<Uint8Array>().ok()?.to_vec();
            all.decay = decay.into_iter().map(Decay::from_code).collect();
            let axes = [
                &mut all.size,
                &mut all.tokens,
                &mut all.domain_share,
                &mut all.step,
                &mut all.learning_rate,
                &mut all.start,
                &mut all.epochs,
            ];
            let shares = if all.corpora.len() == DRAWN { &mut all.corpora[..] } else { &mut [] };
            let shares = shares.iter_mut().map(|corpus| &mut corpus.values);
            let losses = all.losses.iter_mut().map(|loss| &mut loss.values);
            for values in axes.into_iter().flatten().chain(losses).chain(shares) {
                *values = next().dyn_into::<Float64Array>().ok()?.to_vec();
            }
        }
        Answer::Fitted { study, .. } => **study = postcard::from_bytes(&bytes()?).ok()?,
        Answer::Inquired { report, .. } => {
            // A question on its way has nothing beside it.
            *report = bytes().and_then(|bytes| postcard::from_bytes(&bytes).ok());
        }
        Answer::Decided { reply, .. } => **reply = postcard::from_bytes(&bytes()?).ok()?,
        _ => {}
    }
    Some(answer)
}

/// As many corpora the page draws measured mixtures of: other files' shares stay with the worker.
const DRAWN: usize = 3;

/// The corpora whose shares the page draws.
fn drawn(corpora: &[CorpusShares]) -> &[CorpusShares] {
    if corpora.len() == DRAWN { corpora } else { &[] }
}

/// The observations without their columns; which columns there are stays visible.
fn emptied(all: &Observations) -> Observations {
    let mut light = Observations {
        size: all.size.as_ref().map(|_| Vec::new()),
        tokens: all.tokens.as_ref().map(|_| Vec::new()),
        domain_share: all.domain_share.as_ref().map(|_| Vec::new()),
        step: all.step.as_ref().map(|_| Vec::new()),
        learning_rate: all.learning_rate.as_ref().map(|_| Vec::new()),
        start: all.start.as_ref().map(|_| Vec::new()),
        epochs: all.epochs.as_ref().map(|_| Vec::new()),
        corpora: all.corpora.iter().map(|c| CorpusShares { values: Vec::new(), ..c.clone() }).collect(),
        recipe: all.recipe.clone(),
        runs: all.runs.clone(),
        runs_inferred: all.runs_inferred,
        ..Observations::default()
    };
    for loss in &all.losses {
        light.losses.push(crate::table::LossColumn { name: loss.name.clone(), values: Vec::new(), ..*loss });
    }
    light
}

/// The table without its observations' columns.
fn light(table: &Table) -> Table {
    Table {
        columns: table.columns.clone(),
        rows: table.rows,
        preview: table.preview.clone(),
        preview_lines: table.preview_lines.clone(),
        problems: table.problems.clone(),
        domains: table.domains.clone(),
        domain: table.domain.clone(),
        encoding: table.encoding,
        form: table.form,
        tracker: table.tracker,
        axes: table.axes.clone(),
        corpora: table.corpora.clone(),
        left_out: table.left_out,
        parts: table.parts.clone(),
        observations: emptied(&table.observations),
    }
}
