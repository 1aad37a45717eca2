//! The table of a cell: how often each quantity's interval covers, with the Monte Carlo error.

use super::native::{Found, Repetition};
use super::simulate::Cell;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The cell's table as text: rate, its standard error, misses below and above, and the median length of the interval over
/// 3.29 standard deviations of the estimates (what a 90 % interval of a known normal spread would have: 1).
pub fn of_cell(cell: &Cell, all: &[Repetition]) -> String {
    let mut by_name: BTreeMap<&str, Vec<Found>> = BTreeMap::new();
    for (name, found) in all.iter().flat_map(|repetition| &repetition.found) {
        by_name.entry(name).or_default().push(*found);
    }
    let mut out = format!("{}, {} repetitions\n", cell.name(), all.len());
    let _ = writeln!(
        out,
        "{:<38} {:>6} {:>5}  {:>5} {:>5}  {:>6}  {:>5}",
        "", "covers", "±", "below", "above", "length", "ident"
    );
    for (name, found) in by_name {
        let identified: Vec<Found> = found.iter().copied().filter(|one| one.identified).collect();
        // Where a quantity is hardly ever called identified there is no rate to speak of.
        if identified.len() * 10 < found.len() {
            let _ = writeln!(out, "{name:<38}      – called identified in {} of {}", identified.len(), found.len());
            continue;
        }
        let n = identified.len() as f64;
        let share = |is: fn(&Found) -> bool| identified.iter().filter(|one| is(one)).count() as f64 / n;
        let (below, above) = (share(|one| one.truth < one.low), share(|one| one.truth > one.high));
        let covers = 1.0 - below - above;
        let error = (covers * (1.0 - covers) / n).sqrt();
        let mut lengths: Vec<f64> = identified.iter().map(|one| one.high - one.low).collect();
        lengths.sort_by(f64::total_cmp);
        // Of the estimate's distance from the truth: for a new run the truth moves, too.
        let mean = identified.iter().map(|one| one.estimate - one.truth).sum::<f64>() / n;
        let square = identified.iter().map(|one| (one.estimate - one.truth - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let length = lengths[lengths.len() / 2] / (3.29 * square.sqrt());
        let _ = writeln!(
            out,
            "{name:<38} {:>6.1} {:>5.1}  {:>5.1} {:>5.1}  {length:>6.2}  {:>5}",
            100.0 * covers,
            100.0 * error,
            100.0 * below,
            100.0 * above,
            identified.len()
        );
    }
    out
}
