//! Workbooks in the worker: a WebAssembly module of its own turns them into text. It is fetched when the first one is
//! opened, by the function that `assets/worker.js` leaves in the worker's scope.

use super::message::FilePart;
use crate::table::is_workbook;
use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The function in the worker's scope.
const TO_TEXT: &str = "workbookToText";

/// Files whose bytes stand one after the other (one file, where there are no parts), each workbook among them as text.
///
/// # Errors
/// One sentence, where a workbook can't be read or the module can't be had.
pub async fn to_text(bytes: Vec<u8>, mut parts: Vec<FilePart>) -> Result<(Vec<u8>, Vec<FilePart>), String> {
    if parts.is_empty() {
        return Ok((if is_workbook(&bytes) { text_of(&bytes).await? } else { bytes }, parts));
    }
    let mut all = Vec::with_capacity(bytes.len());
    let mut rest = &bytes[..];
    for part in &mut parts {
        let (own, others) = rest.split_at(rest.len().min(part.bytes as usize));
        rest = others;
        if is_workbook(own) {
            let text = text_of(own).await.map_err(|sentence| format!("{}: {sentence}", part.name))?;
            part.bytes = u32::try_from(text.len()).map_err(|_| format!("{}: {TOO_LONG}", part.name))?;
            all.extend_from_slice(&text);
        } else {
            all.extend_from_slice(own);
        }
    }
    Ok((all, parts))
}

async fn text_of(workbook: &[u8]) -> Result<Vec<u8>, String> {
    let answer = ask(workbook).await.map_err(|error| error.as_string().unwrap_or_else(|| UNAVAILABLE.to_owned()))?;
    Ok(answer.dyn_into::<Uint8Array>().map_err(|_| UNAVAILABLE.to_owned())?.to_vec())
}

/// The module's answer; an error that is a text is its own sentence, any other came on the way to it.
async fn ask(workbook: &[u8]) -> Result<JsValue, JsValue> {
    let scope = js_sys::global();
    let function: Function = Reflect::get(&scope, &TO_TEXT.into())?.dyn_into()?;
    let promise: Promise = function.call1(&scope, &Uint8Array::from(workbook))?.dyn_into()?;
    JsFuture::from(promise).await
}

/// Why a workbook can't be opened where nothing is wrong with it.
const UNAVAILABLE: &str = "It is a workbook, and the part of this page that opens those can’t be had; the connection may be gone. Try again later, or save the sheet as CSV and open that.";
const TOO_LONG: &str = "The workbook has more text than can be read. Save a part of it as CSV and open that.";
