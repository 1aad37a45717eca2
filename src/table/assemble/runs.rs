//! The runs of a file: told apart by name and seed, or by size, share and seed where no column names them (the share of
//! every corpus where there are several: two mixtures may have as much of the domain), and which of them repeat one recipe.

use super::value::Axes;
use crate::quantity;
use std::collections::HashMap;

/// The runs, and what is known of each.
#[derive(Default)]
pub(super) struct Runs {
    index: HashMap<Vec<u8>, u32>,
    /// The key of the row at hand, and of the row before: a run's checkpoints mostly stand together, and comparing is
    /// cheaper than hashing.
    key: Vec<u8>,
    before: (Vec<u8>, u32),
    names: Vec<String>,
    /// Of each run its axes on its first row and its schedule.
    of: Vec<(Axes, String)>,
    /// Of each run the shares of several corpora; nothing of a file that has none.
    mixtures: Vec<Vec<u64>>,
}

/// What a row says of its run; blank where it says nothing.
pub(super) struct Says<'a> {
    pub run: &'a str,
    pub seed: &'a str,
    pub schedule: &'a str,
    pub domain: Option<&'a str>,
    /// The corpora with their shares, where there are several.
    pub mixture: &'a [(&'a str, f64)],
}

impl Runs {
    /// The run of a row. The seed is part of it: replicates are runs of their own.
    pub fn of(&mut self, axes: Axes, says: &Says<'_>) -> u32 {
        self.key.clear();
        if says.run.is_empty() {
            // Not the name: printing a number takes longer than reading the whole row.
            self.key.extend(axes.size.to_bits().to_le_bytes());
            self.key.extend(axes.share.to_bits().to_le_bytes());
            says.mixture.iter().for_each(|(_, share)| self.key.extend(share.to_bits().to_le_bytes()));
        } else {
            self.key.extend(says.run.as_bytes());
        }
        self.key.push(0);
        self.key.extend(says.seed.as_bytes());
        if self.key == self.before.0 {
            return self.before.1;
        }
        let index = match self.index.get(&self.key) {
            Some(index) => *index,
            None => {
                let index = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
                self.index.insert(self.key.clone(), index);
                self.names.push(match (says.run.is_empty(), says.seed.is_empty()) {
                    (true, _) => inferred_name(axes, says),
                    (false, true) => says.run.to_owned(),
                    (false, false) => format!("{}, seed {}", says.run, says.seed),
                });
                self.of.push((axes, says.schedule.to_owned()));
                self.mixtures.push(says.mixture.iter().map(|(_, share)| share.to_bits()).collect());
                index
            }
        };
        self.before.0.clone_from(&self.key);
        self.before.1 = index;
        index
    }

    /// The schedule of each run; blank where none is named.
    pub fn schedules(&self) -> Vec<String> {
        self.of.iter().map(|(_, schedule)| schedule.clone()).collect()
    }

    /// For each run the recipe it repeats: size, ratio, schedule and peak learning rate are equal, the seed is another.
    pub fn recipes(&self, run: &[u32], learning_rate: Option<&[f64]>) -> Vec<u32> {
        let mut peak = vec![0.0f64; self.names.len()];
        for (rate, run) in learning_rate.unwrap_or_default().iter().zip(run) {
            if let Some(peak) = peak.get_mut(*run as usize) {
                *peak = peak.max(*rate);
            }
        }
        let mut index: HashMap<(u64, u64, &[u64], &str, u64), u32> = HashMap::new();
        let mut all = Vec::with_capacity(self.of.len());
        for (((axes, schedule), mixture), peak) in self.of.iter().zip(&self.mixtures).zip(peak) {
            let next = u32::try_from(index.len()).unwrap_or(u32::MAX);
            let peak = quantity::significant(peak, 3).to_bits();
            let key = (axes.size.to_bits(), axes.share.to_bits(), mixture.as_slice(), schedule.as_str(), peak);
            all.push(*index.entry(key).or_insert(next));
        }
        all
    }

    /// Their names, in the order in which they came.
    pub fn into_names(self) -> Vec<String> {
        self.names
    }
}

/// A name a person recognises: "1.8B, 33.3 % python, seed 1", "1.8B, 20 % web, 80 % code".
fn inferred_name(axes: Axes, says: &Says<'_>) -> String {
    let Says { domain, seed, .. } = *says;
    let mut parts = Vec::new();
    if !axes.size.is_nan() {
        parts.push(quantity::Params(axes.size).to_string());
    }
    let mixed = says.mixture.iter().filter(|(_, share)| *share > 0.0);
    parts.extend(mixed.map(|(corpus, share)| format!("{} {corpus}", quantity::Share(*share))));
    match (axes.share.is_nan(), domain) {
        (false, _) if !says.mixture.is_empty() => {}
        (false, Some(domain)) => parts.push(format!("{} {domain}", quantity::Share(axes.share))),
        (false, None) => parts.push(quantity::Share(axes.share).to_string()),
        (true, Some(domain)) => parts.push(domain.to_owned()),
        (true, None) => {}
    }
    if !seed.is_empty() {
        parts.push(format!("seed {seed}"));
    }
    if parts.is_empty() { "all rows".to_owned() } else { parts.join(", ") }
}
