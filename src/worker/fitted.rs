//! A file that was read and fitted ahead, with the first of its draws: what the page opens on without waiting for the
//! worker, which goes on drawing where this ends.
//!
//! Made when the page is built, by the worker's own module, and read by the page of the same build: no version is kept.

use super::message::Ask;
use crate::fit::{Session, Study};
use crate::table::{self, ByRun, Table};
use serde::{Deserialize, Serialize};

/// What comes out of [`unpack`]: the table, its rows run by run, its fit.
pub type Fitted = (Table, ByRun, Study);

/// Draws made ahead: enough for intervals to be shown, few enough to be fetched with the page.
const DRAWS: usize = 200;

/// Rows that come as text.
const PREVIEW: usize = 20;

/// The study with its draws beside it, in half the bytes: they make most of the file, and seven digits are more than an
/// interval shows. The worker's own draws take their place within seconds.
#[derive(Serialize, Deserialize)]
struct Parcel {
    table: Table,
    /// Its rows, run by run.
    by_run: ByRun,
    study: Study,
    /// Of each target in order: parameters of every draw, one after the other, and the new runs' residuals.
    draws: Vec<(Vec<f32>, Vec<f32>)>,
}

/// Reads and fits a file as it is without a person's choices; `None` where that fails.
pub fn pack(file: &[u8]) -> Option<Vec<u8>> {
    let ask = Ask::default();
    let mut table = table::read(file, &ask.reading).ok()?;
    let mut session = Session::new(&table, ask.law.as_deref(), &[], &ask.fit).ok()?;
    for _ in 0..DRAWS {
        session.step();
    }
    let mut study = session.study();
    let mut draws = Vec::new();
    for fit in study.targets.values_mut() {
        let parameters = std::mem::take(&mut fit.draws).into_iter().flatten().map(|value| value as f32).collect();
        let new_run = std::mem::take(&mut fit.new_run).into_iter().map(|value| value as f32).collect();
        draws.push((parameters, new_run));
    }
    // Rows as text are a third of the file and stand in a sheet that is closed.
    table.preview.truncate(PREVIEW);
    table.preview_lines.truncate(PREVIEW);
    let by_run = ByRun::of(&table.observations);
    postcard::to_allocvec(&Parcel { table, by_run, study, draws }).ok()
}

/// What [`pack`] packed.
pub fn unpack(bytes: &[u8]) -> Option<Fitted> {
    let Parcel { table, by_run, mut study, draws } = postcard::from_bytes(bytes).ok()?;
    for (fit, (parameters, new_run)) in study.targets.values_mut().zip(draws) {
        let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect();
        fit.draws = parameters.chunks_exact(fit.theta.len().max(1)).map(wide).collect();
        fit.new_run = wide(&new_run);
    }
    Some((table, by_run, study))
}
