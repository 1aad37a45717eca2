//! Corrections remembered for the next file with the same header, in the browser's storage.
//!
//! Storage may be forbidden (private windows, embedded pages) or full: then nothing is remembered and nothing breaks.

use super::place;
use crate::table::{Column, Reading};
use leptos::prelude::window;
use serde::{Deserialize, Serialize};
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::JsValue;

/// Under which name the corrections for files with this header are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key for files with these columns, read without any correction.
    pub fn of(columns: &[Column]) -> Option<Self> {
        let mut hash = FNV_OFFSET;
        for column in columns {
            // The separator is no character of a header: "ab", "c" is another header than "a", "bc".
            for byte in column.header.bytes().chain([0x1f]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
            }
        }
        Some(Self(place::name(&format!("reading:{hash:016x}"))?))
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): headers are no secrets and few.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
/// See [`FNV_OFFSET`].
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// The corrections of the last file with this header. What another version of the page wrote and this one can't read
/// counts as nothing.
pub fn recall(key: &Key) -> Option<Reading> {
    let text = window().local_storage().ok()??.get_item(&key.0).ok()??;
    let value = js_sys::JSON::parse(&text).ok()?;
    let reading = Reading::deserialize(serde_wasm_bindgen::Deserializer::from(value)).ok()?;
    Some(reading.lasting()).filter(|reading| *reading != Reading::default())
}

/// Remembers the corrections; none are none to remember.
pub fn keep(key: &Key, reading: &Reading) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    let reading = reading.lasting();
    if reading == Reading::default() {
        let _ = storage.remove_item(&key.0);
    } else if let Some(text) = json(&reading) {
        let _ = storage.set_item(&key.0, &text);
    }
}

fn json(reading: &Reading) -> Option<String> {
    let value: JsValue = reading.serialize(&Serializer::json_compatible()).ok()?;
    js_sys::JSON::stringify(&value).ok()?.as_string()
}
