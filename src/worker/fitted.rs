//! A file that was read and fitted ahead, with the first of its draws: what the page opens on without waiting for the
//! worker, which goes on drawing where this ends.
//!
//! Made when the page is built, by the worker's own module, and read by the page of the same build: no version is kept.

use super::message::Ask;
use crate::fit::{Session, Study};
use crate::table::{self, Table};

/// Draws made ahead: enough for intervals to be shown, few enough to be fetched with the page (some 35 KB for two losses).
const DRAWS: usize = 200;

/// Reads and fits a file as it is without a person's choices; `None` where that fails.
pub fn pack(file: &[u8]) -> Option<Vec<u8>> {
    let ask = Ask::default();
    let table = table::read(file, &ask.reading).ok()?;
    let mut session = Session::new(&table, ask.law.as_deref(), &[], &ask.fit).ok()?;
    for _ in 0..DRAWS {
        session.step();
    }
    postcard::to_allocvec(&(table, session.study())).ok()
}

/// What [`pack`] packed, and the study's own bytes, as another worker reads them.
pub fn unpack(bytes: &[u8]) -> Option<(Table, Study, &[u8])> {
    let (table, study) = postcard::take_from_bytes(bytes).ok()?;
    Some((table, postcard::from_bytes(study).ok()?, study))
}
