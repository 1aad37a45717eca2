//! How messages travel: an array whose first element is the message by serde-wasm-bindgen, followed by what is big.
//!
//! A file goes over as the browser's handle on it, a `Blob`, or as its bytes in an `ArrayBuffer`. A study comes back as the bytes of postcard, which both sides write and
//! read without a JavaScript object a field (a tenth of the code, too). So does a table, but for the observations'
//! columns, which come before it as typed arrays, a message each: runs, lines, rows by run, the axes there are, the
//! losses. All are transferred; what the page copies into its own memory it copies a column a task, so that a million
//! rows hold up nobody.

use super::message::{Answer, Request};
use crate::fit::prepare;
use crate::law::Ranges;
use crate::table::{ByRun, CorpusShares, Observations, Table};
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
        Answer::Opened { id, table, .. } => post_table(scope, *id, table),
        Answer::Fitted { study, .. } | Answer::Saved { study, .. } => {
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
    for column in columns(&table.observations) {
        // What can't be sent would be out of memory, and the page's time limit covers that.
        let _ = scope.post_message_with_transfer(&Array::of2(&JsValue::NULL, &column.0), &Array::of1(&column.1));
    }
    let bytes = postcard::to_allocvec(&(light(table), prepare::ranges(&table.observations)));
    let answer = Answer::Opened { id, table: Box::default(), ranges: Ranges::default(), by_run: ByRun::default() };
    send(scope, &answer, |parcel| parcel.bytes(bytes));
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
}

/// The columns that travel, in their order, each with what to transfer: those the page shows, and the rows by run. What
/// only the fit needs, schedules, starts and the shares of corpora, stays with the worker.
fn columns(all: &Observations) -> Vec<(JsValue, ArrayBuffer)> {
    let mut columns: Vec<(JsValue, ArrayBuffer)> = Vec::new();
    let by_run = ByRun::of(all);
    for ints in [&all.run[..], &all.line, by_run.order(), by_run.ends()] {
        let array = Uint32Array::from(ints);
        columns.push((array.clone().into(), array.buffer()));
    }
    let axes = [&all.size, &all.tokens, &all.domain_share];
    let shares = drawn(&all.corpora).iter().map(|corpus| &corpus.values);
    for values in axes.into_iter().flatten().chain(all.losses.iter().map(|loss| &loss.values)).chain(shares) {
        let array = Float64Array::from(&values[..]);
        columns.push((array.clone().into(), array.buffer()));
    }
    columns
}

/// A column that came ahead of its table.
enum Column {
    Counts(Vec<u32>),
    Numbers(Vec<f64>),
}

/// What one worker sends, as it arrives on the page.
#[derive(Default)]
pub struct Inbox {
    /// Columns of the table to come, in order.
    columns: Vec<Column>,
}

impl Inbox {
    /// Takes a message. An answer comes of it unless it is a column of a table to come, or no message of ours.
    pub fn take(&mut self, data: &JsValue) -> Option<Answer> {
        let message: &Array = data.dyn_ref()?;
        if !message.get(0).is_null() {
            return self.unpack(message);
        }
        self.columns.push(match message.get(1).dyn_into::<Float64Array>() {
            Ok(numbers) => Column::Numbers(numbers.to_vec()),
            Err(other) => Column::Counts(other.dyn_into::<Uint32Array>().ok()?.to_vec()),
        });
        None
    }

    /// An answer put together again.
    fn unpack(&mut self, message: &Array) -> Option<Answer> {
        let mut answer: Answer = serde_wasm_bindgen::from_value(message.get(0)).ok()?;
        let bytes = || message.get(1).dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).ok();
        match &mut answer {
            Answer::Opened { table, ranges, by_run, .. } => {
                (**table, *ranges) = postcard::from_bytes(&bytes()?).ok()?;
                let mut columns = std::mem::take(&mut self.columns).into_iter();
                let all = &mut table.observations;
                let mut counts = || match columns.next()? {
                    Column::Counts(counts) => Some(counts),
                    Column::Numbers(_) => None,
                };
                (all.run, all.line) = (counts()?, counts()?);
                *by_run = ByRun::from_parts(counts()?, counts()?);
                let axes = [&mut all.size, &mut all.tokens, &mut all.domain_share];
                let shares = if all.corpora.len() == DRAWN { &mut all.corpora[..] } else { &mut [] };
                let shares = shares.iter_mut().map(|corpus| &mut corpus.values);
                let losses = all.losses.iter_mut().map(|loss| &mut loss.values);
                for values in axes.into_iter().flatten().chain(losses).chain(shares) {
                    let Some(Column::Numbers(numbers)) = columns.next() else { return None };
                    *values = numbers;
                }
            }
            Answer::Fitted { study, .. } | Answer::Saved { study, .. } => {
                **study = postcard::from_bytes(&bytes()?).ok()?
            }
            Answer::Inquired { report, .. } => {
                // A question on its way has nothing beside it.
                *report = bytes().and_then(|bytes| postcard::from_bytes(&bytes).ok());
            }
            Answer::Decided { reply, .. } => **reply = postcard::from_bytes(&bytes()?).ok()?,
            _ => {}
        }
        Some(answer)
    }
}

/// As many corpora the page draws measured mixtures of: other files' shares stay with the worker.
const DRAWN: usize = 3;

/// The corpora whose shares the page draws.
fn drawn(corpora: &[CorpusShares]) -> &[CorpusShares] {
    if corpora.len() == DRAWN { corpora } else { &[] }
}

/// The observations without their columns; which of those that travel there are stays visible.
fn emptied(all: &Observations) -> Observations {
    let mut light = Observations {
        size: all.size.as_ref().map(|_| Vec::new()),
        tokens: all.tokens.as_ref().map(|_| Vec::new()),
        domain_share: all.domain_share.as_ref().map(|_| Vec::new()),
        corpora: all.corpora.iter().map(|c| CorpusShares { values: Vec::new(), ..c.clone() }).collect(),
        domain_chosen: all.domain_chosen,
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
