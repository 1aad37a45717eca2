//! The noise from seed to seed, measured on runs that repeat one recipe, beside how far the runs lie from the law.
//!
//! A run's level is the mean of its log residuals. Levels of one recipe differ by their seeds alone (the pure error of a
//! lack-of-fit test, Draper and Smith 1998, section 2.1): `s² = Σ (level - recipe's mean)² / Σ (runs of the recipe - 1)`,
//! whatever the law. What the levels spread beyond that is what the law misses.

use super::errors::Errors;
use super::prepare::Prepared;
use crate::maths;
use std::collections::BTreeMap;

/// Noise measured on replicates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seeds {
    /// Recipes that were run more than once.
    pub recipes: usize,
    /// Standard deviation of a run's level from seed to seed, in ln L.
    pub noise: f64,
    /// Degrees of freedom it is known with: runs beyond the first of each recipe.
    pub freedom: usize,
    /// Standard deviation of a run's level about the law, in ln L: what draws and a new run's interval use.
    pub about_the_law: f64,
}

/// A law misses something where runs lie this many times as far from it as seeds explain: chosen, above the 95 % point of
/// a ratio of standard deviations with five and five degrees of freedom (2.2).
const MISFIT: f64 = 2.5;
/// ... and the noise is known with as many degrees of freedom.
const LEAST_FREEDOM: usize = 3;

impl Seeds {
    /// `None` where no recipe was run more than once.
    pub fn of(prepared: &Prepared, errors: &Errors) -> Option<Self> {
        let sample = &prepared.sample;
        // Without named seeds, runs of one row each at different budgets would pass for repetitions.
        let one_row_each = sample.run_keys.len() == sample.len();
        // In order of the recipe, so that sums do not hang on anything else.
        let mut levels: BTreeMap<(Option<u32>, u64, u64), Vec<f64>> = BTreeMap::new();
        for rows in &errors.rows {
            let Some(first) = rows.first().and_then(|row| prepared.rows.get(*row)) else { continue };
            if first.recipe.is_none() && one_row_each {
                return None;
            }
            let residual = |row: &usize| maths::ln(sample.measured[*row] / errors.fitted[*row]);
            let level = rows.iter().map(residual).sum::<f64>() / rows.len() as f64;
            levels.entry((first.recipe, first.size.to_bits(), first.ratio.to_bits())).or_default().push(level);
        }
        let repeated = || levels.values().filter(|levels| levels.len() > 1);
        let freedom: usize = repeated().map(|levels| levels.len() - 1).sum();
        let squares: f64 = repeated()
            .map(|levels| {
                let mean = levels.iter().sum::<f64>() / levels.len() as f64;
                levels.iter().map(|level| (level - mean).powi(2)).sum::<f64>()
            })
            .sum();
        let effect = &errors.run.effect;
        let about_the_law = (effect.iter().map(|level| level * level).sum::<f64>() / effect.len().max(1) as f64).sqrt();
        let noise = (squares / freedom as f64).sqrt();
        (freedom > 0).then_some(Self { recipes: repeated().count(), noise, freedom, about_the_law })
    }

    /// Whether the law misses more than seeds explain.
    pub fn show_misfit(&self) -> bool {
        self.freedom >= LEAST_FREEDOM && self.about_the_law > MISFIT * self.noise
    }
}
