//! Where in its learning-rate schedule each checkpoint was measured, from the learning rates of its run or the
//! schedule's name.
//!
//! A loss in the middle of a decay is higher than the same run's loss would be had it been annealed there (Hoffmann
//! 2022, section 3.1): such rows are told apart here, and a note of the fit speaks of them.

use super::observations::Decay;
use crate::order;

/// A rate this near to the peak is the peak: schedules are printed with a few digits.
const PEAK: f64 = 0.98;
/// A last checkpoint at or below this part of the peak is annealed: the usual ends are 0 to 10 % of the peak.
const END: f64 = 0.2;
/// A rate at or below this part of the peak is annealed wherever it stands.
const NOUGHT: f64 = 0.02;

/// What is known of each row: its run, where it stands in the run, its learning rate; and of each run its schedule.
pub(super) struct Known<'a> {
    pub run: &'a [u32],
    /// Tokens or steps; the order of the file where there are none.
    pub place: Option<&'a [f64]>,
    /// NaN where a row does not say.
    pub learning_rate: Option<&'a [f64]>,
    /// Name of each run's schedule; blank where it has none.
    pub schedule: &'a [String],
}

/// The flag of each row; empty where nothing is known of any.
pub(super) fn flags(known: &Known<'_>) -> Vec<Decay> {
    if known.learning_rate.is_none() && known.schedule.iter().all(String::is_empty) {
        return Vec::new();
    }
    let place = |row: usize| known.place.map_or(row as f64, |place| place[row]);
    let rows =
        order::positions(known.run.len(), &|a, b| known.run[a].cmp(&known.run[b]).then(place(a).total_cmp(&place(b))));
    let mut flags = vec![Decay::Unknown; rows.len()];
    for rows in rows.chunk_by(|a, b| known.run[*a] == known.run[*b]) {
        let schedule = rows.first().and_then(|row| known.schedule.get(known.run[*row] as usize));
        let rates: Vec<f64> =
            rows.iter().map(|row| known.learning_rate.map_or(f64::NAN, |rates| rates[*row])).collect();
        // The base model, before any step, has no rate of its own.
        let base = |row: usize| known.place.is_some_and(|place| place[row] == 0.0);
        for (at, row) in rows.iter().enumerate() {
            flags[*row] = match by_rate(&rates, at) {
                _ if base(*row) => Decay::Unknown,
                Decay::Unknown => by_name(schedule.map_or("", String::as_str), at + 1 == rows.len()),
                flag => flag,
            };
        }
    }
    if flags.iter().all(|flag| *flag == Decay::Unknown) { Vec::new() } else { flags }
}

fn by_rate(rates: &[f64], at: usize) -> Decay {
    let peak = rates.iter().copied().filter(|rate| rate.is_finite()).fold(0.0, f64::max);
    let rate = rates[at];
    // One checkpoint alone does not tell its peak.
    if !rate.is_finite() || peak <= 0.0 || rates.iter().filter(|rate| rate.is_finite()).count() < 2 {
        return Decay::Unknown;
    }
    let first_peak = rates.iter().position(|rate| *rate >= PEAK * peak).unwrap_or(0);
    if rate >= PEAK * peak {
        Decay::Constant
    } else if at < first_peak {
        Decay::WarmUp
    } else if rate <= NOUGHT * peak || (at + 1 == rates.len() && rate <= END * peak) {
        Decay::Annealed
    } else {
        Decay::Under
    }
}

fn by_name(schedule: &str, last: bool) -> Decay {
    let schedule = schedule.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| schedule.contains(word));
    if is(&["const"]) {
        Decay::Constant
    } else if is(&["cos", "linear", "wsd", "trapez", "decay", "anneal", "sqrt"]) {
        // A schedule that is constant for a while does not say by its name where the decay starts.
        match (last, is(&["cos", "linear"])) {
            (true, _) => Decay::Annealed,
            (false, true) => Decay::Under,
            (false, false) => Decay::Unknown,
        }
    } else {
        Decay::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::{Decay, Known, flags};

    #[test]
    fn the_middle_of_a_decay_is_told_from_its_end() {
        let run = [0, 0, 0, 0, 0, 1, 1, 1];
        let place = [0.0, 1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0];
        let rates = [0.0, 5e-5, 1e-4, 5e-5, 1e-5, 1e-4, 1e-4, 1e-4];
        let schedule = [String::new(), String::new()];
        let known = Known { run: &run, place: Some(&place), learning_rate: Some(&rates), schedule: &schedule };
        use Decay::{Annealed, Constant, Under, Unknown, WarmUp};
        assert_eq!(flags(&known), [Unknown, WarmUp, Constant, Under, Annealed, Constant, Constant, Constant]);
        let schedule = ["cosine".to_owned(), "wsd".to_owned()];
        let known = Known { run: &run, place: Some(&place), learning_rate: None, schedule: &schedule };
        assert_eq!(flags(&known), [Unknown, Under, Under, Under, Annealed, Unknown, Unknown, Annealed]);
        let nothing = Known { run: &run, place: None, learning_rate: None, schedule: &[] };
        assert_eq!(flags(&nothing), []);
    }
}
