//! How messages travel: an array whose first element is the message by serde, followed by what is transferred as it is.
//!
//! A file's bytes go over as an `ArrayBuffer`, the observations' columns come back as typed arrays (runs, lines, the axes
//! there are, the losses); neither is copied by the structured clone or walked by serde.

use super::message::{Answer, Request};
use crate::table::{Observations, Table};
use js_sys::{Array, ArrayBuffer, Float64Array, Uint8Array, Uint32Array};
use wasm_bindgen::prelude::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

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

/// A request as it arrives in the worker.
pub fn read_request(data: &JsValue) -> Option<(Request, Option<Vec<u8>>)> {
    let message: &Array = data.dyn_ref()?;
    let request = serde_wasm_bindgen::from_value(message.get(0)).ok()?;
    let bytes = message.get(1).dyn_into::<ArrayBuffer>().ok().map(|buffer| Uint8Array::new(&buffer).to_vec());
    Some((request, bytes))
}

/// Sends an answer.
pub fn post(scope: &DedicatedWorkerGlobalScope, answer: &Answer) {
    // Plain data always serialises; a failure here would be a bug in the types, and the page's time limit covers it.
    if let Ok(value) = serde_wasm_bindgen::to_value(answer) {
        let _ = scope.post_message(&Array::of1(&value));
    }
}

/// Sends a table, its observations' columns transferred beside it.
pub fn post_table(scope: &DedicatedWorkerGlobalScope, id: u32, table: &Table) {
    let all = &table.observations;
    let message = Array::new();
    let transfer = Array::new();
    let push = |array: &JsValue, buffer: &ArrayBuffer| {
        message.push(array);
        transfer.push(buffer);
    };
    for ints in [&all.run, &all.line] {
        let array = Uint32Array::from(&ints[..]);
        push(&array, &array.buffer());
    }
    let axes = [&all.size, &all.tokens, &all.domain_share];
    let floats = axes.into_iter().flatten().chain(all.losses.iter().map(|loss| &loss.values));
    for values in floats {
        let array = Float64Array::from(&values[..]);
        push(&array, &array.buffer());
    }
    let light = light(table);
    if let Ok(value) = serde_wasm_bindgen::to_value(&Answer::Opened { id, table: Box::new(light) }) {
        message.unshift(&value);
        let _ = scope.post_message_with_transfer(&message, &transfer);
    }
}

/// An answer as it arrives on the page, the observations' columns put back.
pub fn unpack(data: &JsValue) -> Option<Answer> {
    let message: &Array = data.dyn_ref()?;
    let mut answer: Answer = serde_wasm_bindgen::from_value(message.get(0)).ok()?;
    if let Answer::Opened { table, .. } = &mut answer {
        let all = &mut table.observations;
        let mut at = 1;
        let mut next = || {
            at += 1;
            message.get(at - 1)
        };
        all.run = next().dyn_into::<Uint32Array>().ok()?.to_vec();
        all.line = next().dyn_into::<Uint32Array>().ok()?.to_vec();
        let axes = [&mut all.size, &mut all.tokens, &mut all.domain_share];
        for values in axes.into_iter().flatten().chain(all.losses.iter_mut().map(|loss| &mut loss.values)) {
            *values = next().dyn_into::<Float64Array>().ok()?.to_vec();
        }
    }
    Some(answer)
}

/// The observations without their columns; which columns there are stays visible.
fn emptied(all: &Observations) -> Observations {
    let mut light = Observations {
        size: all.size.as_ref().map(|_| Vec::new()),
        tokens: all.tokens.as_ref().map(|_| Vec::new()),
        domain_share: all.domain_share.as_ref().map(|_| Vec::new()),
        runs: all.runs.clone(),
        runs_inferred: all.runs_inferred,
        ..Observations::default()
    };
    for loss in &all.losses {
        light.losses.push(crate::table::LossColumn { name: loss.name.clone(), kind: loss.kind, values: Vec::new() });
    }
    light
}

/// The table without its observations' columns.
fn light(table: &Table) -> Table {
    Table {
        columns: table.columns.clone(),
        rows: table.rows,
        preview: table.preview.clone(),
        problems: table.problems.clone(),
        domains: table.domains.clone(),
        domain: table.domain.clone(),
        observations: emptied(&table.observations),
    }
}
