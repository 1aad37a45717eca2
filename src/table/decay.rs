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
    let mut rates = Vec::new();
    for rows in rows.chunk_by(|a, b| known.run[*a] == known.run[*b]) {
        let schedule = rows.first().and_then(|row| known.schedule.get(known.run[*row] as usize));
        rates.clear();
        rates.extend(rows.iter().map(|row| known.learning_rate.map_or(f64::NAN, |rates| rates[*row])));
        let peak = Peak::of(&rates);
        let (middle, end) = by_name(schedule.map_or("", String::as_str));
        // The base model, before any step, has no rate of its own.
        let base = |row: usize| known.place.is_some_and(|place| place[row] == 0.0);
        for (at, row) in rows.iter().enumerate() {
            let last = at + 1 == rows.len();
            flags[*row] = match peak.as_ref().map_or(Decay::Unknown, |peak| peak.flag(rates[at], at, last)) {
                _ if base(*row) => Decay::Unknown,
                Decay::Unknown if last => end,
                Decay::Unknown => middle,
                flag => flag,
            };
        }
    }
    if flags.iter().all(|flag| *flag == Decay::Unknown) { Vec::new() } else { flags }
}

/// The peak of a run's learning rates.
struct Peak {
    rate: f64,
    /// The first checkpoint at it.
    first: usize,
}

impl Peak {
    /// `None` where the rates do not tell it: one checkpoint alone does not.
    fn of(rates: &[f64]) -> Option<Self> {
        let known = || rates.iter().filter(|rate| rate.is_finite());
        let rate = known().copied().fold(0.0, f64::max);
        let first = rates.iter().position(|each| *each >= PEAK * rate).unwrap_or(0);
        (rate > 0.0 && known().count() >= 2).then_some(Self { rate, first })
    }

    fn flag(&self, rate: f64, at: usize, last: bool) -> Decay {
        if !rate.is_finite() {
            Decay::Unknown
        } else if rate >= PEAK * self.rate {
            Decay::Constant
        } else if at < self.first {
            Decay::WarmUp
        } else if rate <= NOUGHT * self.rate || (last && rate <= END * self.rate) {
            Decay::Annealed
        } else {
            Decay::Under
        }
    }
}

/// What a schedule's name says of a run's checkpoints but the last, and of the last.
fn by_name(schedule: &str) -> (Decay, Decay) {
    let schedule = schedule.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| schedule.contains(word));
    if is(&["const"]) {
        (Decay::Constant, Decay::Constant)
    } else if is(&["cos", "linear"]) {
        (Decay::Under, Decay::Annealed)
    } else if is(&["wsd", "trapez", "decay", "anneal", "sqrt"]) {
        // A schedule that is constant for a while does not say by its name where the decay starts.
        (Decay::Unknown, Decay::Annealed)
    } else {
        (Decay::Unknown, Decay::Unknown)
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
