//! "What should I run first?": a starter design of sizes, ratios and token budgets under a compute budget, its cost, and
//! a CSV to fill in. What it can and can't identify is found by simulating it: see [`simulate`](super::simulate).
//!
//! A design is a full grid of sizes and ratios, each cell one run with checkpoints spaced evenly in the logarithm of its
//! tokens: checkpoints are free, runs are not. They can stand for shorter runs only where the learning rate is constant
//! after its warm-up; a decaying schedule makes them too high, which the CSV's first line says.

use super::compute::{Budget, Cost, FLOPS_A_TOKEN, Hardware};
use super::models::MODELS;
use super::words::share;
use crate::law::Recipe;
use crate::maths;
use crate::quantity::{Params, Tokens, significant};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// Tokens a parameter of the largest size below which a design takes smaller models. The D-CPT paper's own runs go to
/// 26B tokens at 4B, 6.5 a parameter.
const LEAST_TOKENS_A_PARAMETER: f64 = 5.0;
/// The first checkpoint is at this share of a run.
const FIRST_CHECKPOINT: f64 = 1.0 / 16.0;
/// Checkpoints of a run where none are asked for.
pub const CHECKPOINTS: usize = 6;

/// Ratios of the shapes offered. The ends are in each: a law's ratio terms turn there.
const FIVE: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];
const FOUR: [f64; 4] = [0.0, 0.3, 0.7, 1.0];
/// The nine of the D-CPT paper, as the domain's share.
const NINE: [f64; 9] = [0.0, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 1.0];

/// What is asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Design {
    /// What all runs together may cost.
    pub budget: Budget,
    /// On which device.
    pub hardware: Hardware,
    /// The sizes; empty to choose among open models.
    pub sizes: Vec<f64>,
    /// The domain shares; empty to choose.
    pub ratios: Vec<f64>,
    /// Tokens of every run; `None` spends the budget.
    pub tokens: Option<f64>,
    /// Checkpoints of a run.
    pub checkpoints: usize,
}

/// A design: every size with every ratio.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What it is: "3 sizes, 5 ratios".
    pub name: String,
    /// Model sizes in parameters, smallest first.
    pub sizes: Vec<f64>,
    /// Domain shares, least first.
    pub ratios: Vec<f64>,
    /// Tokens at which every run is measured, least first; the last is its length.
    pub tokens: Vec<f64>,
    /// Number of runs.
    pub runs: usize,
    /// What they cost together.
    pub cost: Cost,
}

impl Design {
    /// The designs: one where sizes and ratios are given, else one of few, of middling and of many ratios.
    ///
    /// # Errors
    /// A sentence where the budget buys no design.
    pub fn plans(&self) -> Result<Vec<Plan>, String> {
        let flops = self.budget.flops(&self.hardware)?;
        if self.sizes.iter().any(|n| !(*n > 0.0 && n.is_finite())) {
            return Err("Model sizes have to be above 0.".to_owned());
        }
        if self.ratios.iter().any(|r| !(0.0..=1.0).contains(r)) {
            return Err("Ratios are domain shares, 0 to 1.".to_owned());
        }
        if self.checkpoints == 0 || self.tokens.is_some_and(|tokens| !(tokens > 0.0 && tokens.is_finite())) {
            return Err("A run needs tokens above 0 and one checkpoint or more.".to_owned());
        }
        let shapes: [(usize, &[f64]); 3] = [(4, &FOUR), (3, &FIVE), (2, &NINE)];
        let mut plans: Vec<Plan> = Vec::new();
        for (count, ratios) in shapes {
            let ratios = if self.ratios.is_empty() { ratios.to_vec() } else { ascending(&self.ratios) };
            let sizes = if self.sizes.is_empty() { choose(flops, ratios.len(), count) } else { ascending(&self.sizes) };
            let plan = self.plan(flops, sizes, ratios)?;
            if plans.iter().all(|known| known.name != plan.name) {
                plans.push(plan);
            }
        }
        Ok(plans)
    }

    fn plan(&self, flops: f64, sizes: Vec<f64>, ratios: Vec<f64>) -> Result<Plan, String> {
        let a_token = FLOPS_A_TOKEN * ratios.len() as f64 * sizes.iter().sum::<f64>();
        let affordable = flops / a_token;
        // Rounded down, so that the budget is kept.
        let length = self.tokens.unwrap_or_else(|| round_down(affordable));
        if length > affordable * (1.0 + 1e-9) {
            let Cost { gpu_hours, .. } = self.hardware.cost(length * a_token);
            return Err(format!(
                "{} runs of {} tokens cost {} times the budget ({} GPU-hours): take shorter runs, fewer ratios or smaller models.",
                sizes.len() * ratios.len(),
                Tokens(length),
                significant(length / affordable, 2),
                significant(gpu_hours, 3)
            ));
        }
        let last = self.checkpoints.saturating_sub(1).max(1) as f64;
        let tokens: Vec<f64> = (0..self.checkpoints)
            .map(|k| match self.checkpoints {
                1 => length,
                _ => significant(length * maths::pow(FIRST_CHECKPOINT, 1.0 - k as f64 / last), 3),
            })
            .collect();
        let cost = self.hardware.cost(length * a_token);
        let name = format!("{} sizes, {} ratios", sizes.len(), ratios.len());
        Ok(Plan { name, runs: sizes.len() * ratios.len(), sizes, ratios, tokens, cost })
    }
}

fn ascending(values: &[f64]) -> Vec<f64> {
    let mut values = values.to_vec();
    crate::order::ascending(&mut values);
    values.dedup();
    values
}

/// Two significant digits, rounded down.
fn round_down(value: f64) -> f64 {
    let rounded = significant(value, 2);
    if rounded <= value { rounded } else { significant(value * 0.95, 2).min(value) }
}

/// `count` sizes of the Pythia ladder, the largest for which the budget gives every run enough tokens a parameter. The
/// Pythia models are the only open ladder trained on the same data in the same order.
fn choose(flops: f64, ratios: usize, count: usize) -> Vec<f64> {
    let ladder: Vec<f64> =
        MODELS.iter().filter(|model| model.name.starts_with("Pythia")).map(|model| model.size).collect();
    let enough = |sizes: &&[f64]| {
        let tokens = flops / (FLOPS_A_TOKEN * ratios as f64 * sizes.iter().sum::<f64>());
        sizes.last().is_some_and(|largest| tokens >= LEAST_TOKENS_A_PARAMETER * largest)
    };
    // Neighbours of the ladder for three sizes and more; for two, the ends of three, to see the size at all.
    let windows: Vec<Vec<f64>> = match count {
        2 => ladder.windows(3).map(|three| vec![three[0], three[2]]).collect(),
        count => ladder.windows(count).map(<[f64]>::to_vec).collect(),
    };
    let found = windows.iter().rev().find(|sizes| enough(&sizes.as_slice()));
    found.or(windows.first()).cloned().unwrap_or_default()
}

impl Plan {
    /// Every run: its name and its recipe at the end.
    pub fn recipes(&self) -> Vec<(String, Recipe)> {
        let tokens = self.tokens.last().copied().unwrap_or(0.0);
        let cell = |size: f64, domain_share: f64| {
            (format!("{}-r{domain_share}", Params(size)), Recipe { domain_share, size, tokens })
        };
        self.sizes.iter().flat_map(|&size| self.ratios.iter().map(move |&ratio| cell(size, ratio))).collect()
    }

    /// The table to fill in: a row a checkpoint, with the base model's own row at 0 tokens. This program reads it back.
    pub fn csv(&self) -> String {
        let mut out = String::from(
            "# Fill in both losses (nats per token). Keep the learning rate constant after its warm-up: a checkpoint of a decaying schedule is no shorter run. The rows at 0 tokens are the base models.\n\
             run,model_size,tokens_B,domain_ratio,general_loss,domain_loss\n",
        );
        for (run, recipe) in self.recipes() {
            for tokens in std::iter::once(&0.0).chain(&self.tokens) {
                // Writing to a string can't fail.
                let _ = writeln!(out, "{run},{},{},{},,", recipe.size, tokens / 1e9, recipe.domain_share);
            }
        }
        out
    }

    /// The design in words.
    pub fn words(&self) -> Vec<String> {
        let sizes: Vec<String> = self.sizes.iter().map(|n| Params(*n).to_string()).collect();
        let ratios: Vec<String> = self.ratios.iter().map(|r| share(*r)).collect();
        let length = Tokens(self.tokens.last().copied().unwrap_or(0.0));
        vec![
            format!(
                "{} runs of {length} tokens: sizes {}, domain data {}.",
                self.runs,
                sizes.join(", "),
                ratios.join(", ")
            ),
            format!("Together they cost {}.", self.cost.words()),
        ]
    }
}
