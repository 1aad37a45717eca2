//! The worker's two pieces of work: a file it has read, and a fit it draws in slices.

use super::message::{Ask, FilePart, FitState};
use super::workbook;
use crate::fit::{Draws, FitError, Optima, Session, Study, layout};
use crate::table::{self, NamedBytes, ReadError, Reader, Reading, Table};
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::prelude::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

/// A file that was read, or several as one, with what it was read from so that it can be read again with other roles.
pub struct File {
    /// Where its bytes are.
    source: Source,
    /// The files its bytes hold, where there are several.
    parts: Vec<FilePart>,
    /// How it was read.
    pub reading: Reading,
    /// What was read.
    pub table: Table,
}

/// Where a file's bytes are.
enum Source {
    /// Here.
    Bytes(Vec<u8>),
    /// With the browser, which gives them piece by piece.
    Blob(Blob),
}

/// Bytes read between two looks at the messages and between two words of progress: some 20 ms of work.
const PIECE: f64 = 2_097_152.0;

impl File {
    /// Reads bytes that are here, and keeps them.
    pub fn read(bytes: Vec<u8>, ask: &Ask) -> Result<Self, ReadError> {
        let table = read(&bytes, &ask.parts, &ask.reading)?;
        Ok(Self { source: Source::Bytes(bytes), parts: ask.parts.clone(), reading: ask.reading.clone(), table })
    }

    /// The browser's handle on the bytes, where it has them.
    pub fn blob(&self) -> Option<&Blob> {
        if let Source::Blob(blob) = &self.source { Some(blob) } else { None }
    }

    /// Reads bytes that are here again; where that fails the earlier reading stays.
    pub fn read_again(&mut self, reading: &Reading) -> Result<(), ReadError> {
        if let Source::Bytes(bytes) = &self.source {
            self.table = read(bytes, &self.parts, reading)?;
            self.reading = reading.clone();
        }
        Ok(())
    }
}

/// Reads bytes that are here. What only needs somebody to say what its columns are comes without observations.
fn read(bytes: &[u8], parts: &[FilePart], reading: &Reading) -> Result<Table, ReadError> {
    let mut rest = bytes;
    let mut files = Vec::with_capacity(parts.len().max(1));
    for part in parts {
        let (own, others) = rest.split_at(rest.len().min(part.bytes as usize));
        files.push(NamedBytes { name: &part.name, bytes: own });
        rest = others;
    }
    if files.is_empty() {
        files.push(NamedBytes { name: "", bytes });
    }
    match table::read_files(&files, reading) {
        Err(error) if error.is_about_roles() => table::outline(&files, reading).map_err(|_| error),
        table => table,
    }
}

/// Reads a file piece by piece: `goes_on` hears how many bytes were read and says whether to read more. Several files,
/// and workbooks, are taken into memory before they are read.
///
/// `None` where it said no, or the browser no longer has the file; else the file, or why it can't be read in a sentence.
pub async fn read_blob(
    blob: Blob,
    ask: &Ask,
    mut goes_on: impl FnMut(f64, f64) -> bool,
) -> Option<Result<File, String>> {
    if let Err(error) = table::check_size(blob.size() as u64) {
        return Some(Err(error.to_string()));
    }
    if ask.parts.len() > 1 {
        return whole(&blob, ask, &mut goes_on).await;
    }
    let reader = Reader::new(ask.reading.clone()).expecting(blob.size() as u64);
    let table = match through(&blob, &mut goes_on, reader).await? {
        Err(ReadError::Workbook) => return whole(&blob, ask, &mut goes_on).await,
        Err(error) if error.is_about_roles() => {
            let outline = through(&blob, &mut goes_on, Reader::of_columns(ask.reading.clone())).await?;
            outline.and_then(table::outlined).map_err(|_| error)
        }
        table => table,
    };
    let of_table =
        |table| File { source: Source::Blob(blob), parts: ask.parts.clone(), reading: ask.reading.clone(), table };
    Some(table.map(of_table).map_err(|error| error.to_string()))
}

/// Bytes from the beginning of a file that tell whether it holds a fit.
const HEAD: f64 = 1024.0;

/// The fit that a file holds in place of runs, or why it can't be opened; `None` where it holds none.
pub async fn saved_fit(blob: &Blob, ask: &Ask) -> Option<Result<Study, String>> {
    let bytes = async |to: f64| {
        let part = blob.slice_with_f64_and_f64(0.0, to).ok()?;
        let buffer = JsFuture::from(part.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    };
    if ask.parts.len() > 1 || !layout::holds_a_fit(&bytes(HEAD.min(blob.size())).await?) {
        return None;
    }
    let study = layout::from_json(&bytes(blob.size()).await?);
    Some(study.map_err(|error| error.sentences()))
}

/// Takes files into memory and reads them, workbooks as their text.
async fn whole(blob: &Blob, ask: &Ask, goes_on: &mut dyn FnMut(f64, f64) -> bool) -> Option<Result<File, String>> {
    let mut bytes = Vec::new();
    let mut keep = |piece: &[u8]| {
        bytes.extend_from_slice(piece);
        Ok(())
    };
    pieces(blob, goes_on, &mut keep).await?.ok()?;
    Some(match workbook::to_text(bytes, ask.parts.clone()).await {
        Ok((bytes, parts)) => File::read(bytes, &Ask { parts, ..ask.clone() }).map_err(|error| error.to_string()),
        Err(sentence) => Err(sentence),
    })
}

/// Sends a file through a reader.
async fn through(
    blob: &Blob,
    goes_on: &mut dyn FnMut(f64, f64) -> bool,
    mut reader: Reader,
) -> Option<Result<Table, ReadError>> {
    if let Err(error) = pieces(blob, goes_on, &mut |piece| reader.feed(piece)).await? {
        return Some(Err(error));
    }
    Some(reader.finish())
}

/// Hands out a file piece by piece; the browser fetches the next while one is worked on.
async fn pieces(
    blob: &Blob,
    goes_on: &mut dyn FnMut(f64, f64) -> bool,
    take: &mut dyn FnMut(&[u8]) -> Result<(), ReadError>,
) -> Option<Result<(), ReadError>> {
    let size = blob.size();
    let fetch = |at: f64| {
        let piece = blob.slice_with_f64_and_f64(at, (at + PIECE).min(size)).ok()?;
        Some(JsFuture::from(piece.array_buffer()))
    };
    let mut bytes = Vec::new();
    let mut at = 0.0;
    let mut next = if size > 0.0 { fetch(at) } else { None };
    while at < size {
        let buffer = next.take()?.await.ok()?.dyn_into::<ArrayBuffer>().ok()?;
        at = (at + PIECE).min(size);
        if at < size {
            next = fetch(at);
        }
        let array = Uint8Array::new(&buffer);
        bytes.resize(array.length() as usize, 0);
        array.copy_to(&mut bytes);
        if let Err(error) = take(&bytes) {
            return Some(Err(error));
        }
        if !goes_on(at, size) {
            return None;
        }
    }
    Some(Ok(()))
}

/// A fit under way.
pub struct Job {
    /// The request it answers.
    pub id: u32,
    /// What was asked for.
    pub ask: Ask,
    session: Session,
    state: FitState,
    done: usize,
    /// A study is sent once the first tenth of the draws is there, so that bands show early.
    pub early_sent: bool,
    last_progress: f64,
}

/// What a slice of work came to.
pub enum Slice {
    /// Nothing to do.
    Idle,
    /// Nothing to say yet.
    Quiet,
    /// Draws done and asked for.
    Progress {
        /// Draws done.
        done: usize,
        /// Draws asked for.
        total: usize,
    },
    /// The study so far or the whole of it.
    Study {
        /// Estimates and intervals.
        study: Box<Study>,
        /// Whether draws are still to come.
        state: FitState,
    },
}

impl Job {
    /// Finds the optima; draws come later, slice by slice.
    pub fn new(id: u32, ask: Ask, table: &Table) -> Result<Self, FitError> {
        let session = Session::new(table, ask.law.as_deref(), &[], &ask.fit)?;
        Ok(Self { id, ask, session, state: FitState::Drawing, done: 0, early_sent: false, last_progress: now() })
    }

    /// What another worker needs besides the file to help with the draws, by postcard.
    pub fn optima(&self) -> Vec<u8> {
        postcard::to_allocvec(&self.session.optima()).unwrap_or_default()
    }

    /// Takes in draws that another worker computed.
    pub fn take_in(&mut self, draws: &[u8]) {
        if let Ok(draws) = postcard::from_bytes::<Draws>(draws) {
            self.session.take_in(draws);
        }
    }

    /// The study so far.
    pub fn study(&self) -> Study {
        self.session.study()
    }

    /// Stops drawing; a complete fit stays complete.
    pub fn stop(&mut self) -> FitState {
        if self.state == FitState::Drawing {
            self.state = FitState::Stopped { done: self.done, total: self.ask.fit.draws };
        }
        self.state
    }

    /// Goes on drawing under a new request.
    pub fn resume(&mut self, id: u32) {
        self.id = id;
        self.state = FitState::Drawing;
    }

    /// Whether draws are still to come.
    pub fn is_drawing(&self) -> bool {
        self.state == FitState::Drawing
    }

    /// Draws for `slice_ms` at most, one draw at least.
    pub fn slice(&mut self, slice_ms: f64, progress_ms: f64) -> Slice {
        if self.state != FitState::Drawing {
            return Slice::Idle;
        }
        let start = now();
        loop {
            let (done, total) = self.session.step();
            self.done = done;
            if done >= total {
                self.state = FitState::Done;
                return Slice::Study { study: Box::new(self.study()), state: self.state };
            }
            let time = now();
            if !self.early_sent && done * 10 >= total {
                self.early_sent = true;
                return Slice::Study { study: Box::new(self.study()), state: self.state };
            }
            if time - self.last_progress >= progress_ms {
                self.last_progress = time;
                return Slice::Progress { done, total };
            }
            if time - start >= slice_ms {
                return Slice::Quiet;
            }
        }
    }
}

/// Draws for another worker's fit, from the last one down: the other goes up, and they meet.
pub struct Help {
    /// The request of the fit.
    pub id: u32,
    session: Session,
    /// Draws from this index on are done.
    below: usize,
}

impl Help {
    /// Starts from the other worker's optima; `None` where they are not of this file.
    pub fn new(id: u32, ask: &Ask, table: &Table, optima: &[u8]) -> Option<Self> {
        let optima: Optima = postcard::from_bytes(optima).ok()?;
        let session = Session::resume(table, ask.law.as_deref(), &[], &ask.fit, optima).ok()?;
        Some(Self { id, session, below: ask.fit.draws })
    }

    /// Draws for `slice_ms` at most, one at least; by postcard. `None` where all are done.
    pub fn slice(&mut self, slice_ms: f64) -> Option<Vec<u8>> {
        let start = now();
        let mut drawn = Draws { from: self.below, draws: Vec::new() };
        while self.below > 0 && (drawn.draws.is_empty() || now() - start < slice_ms) {
            self.below -= 1;
            drawn.draws.extend(self.session.draw_range(self.below, self.below + 1).draws);
        }
        if drawn.draws.is_empty() {
            return None;
        }
        drawn.from = self.below;
        drawn.draws.reverse();
        postcard::to_allocvec(&drawn).ok()
    }
}

/// Milliseconds; only differences matter.
pub fn now() -> f64 {
    js_sys::Date::now()
}
