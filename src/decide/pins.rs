//! Pins: what-ifs that a person keeps, names, orders and compares.
//!
//! Compared by paired differences: on every draw the loss of a pin less the loss of the first one, so that what the two
//! share cancels. The interval of a difference is narrower than the two intervals beside each other suggest.

use super::compute::{Cost, Hardware};
use super::outcome::Solved;
use super::pair::{self, Loss, Of};
use crate::fit::{Prediction, Study};
use crate::law::Recipe;
use crate::quantity::significant;
use crate::table::LossKind;
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// A what-if that was kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// Its name.
    pub name: String,
    /// Its recipe.
    pub recipe: Recipe,
}

/// The pins in their order; the first one is what the others are compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pins(pub Vec<Pin>);

impl Pins {
    /// Keeps a recipe at the end, under a name of its own: "Pin 3" where none is given, "name (2)" where it is taken.
    pub fn add(&mut self, name: &str, recipe: Recipe) {
        let asked = match name.trim() {
            "" => format!("Pin {}", self.0.len() + 1),
            name => name.to_owned(),
        };
        let name = self.free_name(&asked, None);
        self.0.push(Pin { name, recipe });
    }

    /// Renames a pin; an empty name changes nothing.
    pub fn rename(&mut self, index: usize, name: &str) {
        if name.trim().is_empty() {
            return;
        }
        let name = self.free_name(name.trim(), Some(index));
        if let Some(pin) = self.0.get_mut(index) {
            pin.name = name;
        }
    }

    /// Moves a pin to another place; places that don't exist change nothing.
    pub fn shift(&mut self, from: usize, to: usize) {
        if from < self.0.len() && to < self.0.len() {
            let pin = self.0.remove(from);
            self.0.insert(to, pin);
        }
    }

    /// Drops a pin.
    pub fn drop(&mut self, index: usize) {
        if index < self.0.len() {
            self.0.remove(index);
        }
    }

    fn free_name(&self, asked: &str, but: Option<usize>) -> String {
        let taken = |name: &str| self.0.iter().enumerate().any(|(k, pin)| Some(k) != but && pin.name == name);
        let mut name = asked.to_owned();
        let mut count = 2;
        while taken(&name) {
            name = format!("{asked} ({count})");
            count += 1;
        }
        name
    }
}

/// The pins side by side.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Level of the intervals.
    pub level: f64,
    /// The losses compared, general first.
    pub losses: Vec<ComparedLoss>,
    /// A row a pin, in their order.
    pub rows: Vec<Row>,
}

/// A loss that is compared.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedLoss {
    /// Its name.
    pub name: String,
    /// Which corpus it is measured on.
    pub kind: LossKind,
    /// What the ends of intervals are called.
    pub interval: String,
    /// Whether a note of its fit withholds answers that rest on it.
    pub withheld: bool,
}

/// One pin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The pin.
    pub pin: Pin,
    /// What it costs.
    pub cost: Cost,
    /// A cell a loss, in the order of `losses`.
    pub cells: Vec<Cell>,
}

/// One loss of one pin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// The predicted loss.
    pub predicted: Prediction,
    /// Less the first pin's, with the interval of the paired differences.
    pub difference: Solved,
    /// Share of draws in which it is lower than the first pin's; 0 for the first itself.
    pub lower_in: f64,
}

/// Compares pins on the general loss and the domain loss named (`None` for the first).
pub fn compare(study: &Study, domain: Option<&str>, pins: &Pins, hardware: &Hardware) -> Comparison {
    let level = study.options.level;
    let mut losses: Vec<Loss<'_>> = pair::general_of(study).into_iter().chain(pair::domain_of(study, domain)).collect();
    let compared = losses
        .iter()
        .map(|loss| ComparedLoss {
            name: loss.fit.target.clone(),
            kind: loss.fit.kind,
            interval: loss.fit.interval_name(level),
            withheld: !loss.withheld(&[]).is_empty(),
        })
        .collect();
    let first = pins.0.first().map(|pin| pin.recipe);
    let rows = pins
        .0
        .iter()
        .map(|pin| {
            let cells = losses.iter_mut().filter_map(|loss| {
                let predicted = study.predict(&loss.fit.target, pin.recipe)?;
                let first = first?;
                let draws = loss.fit.draws.len();
                let mut difference = |of: Of| loss.at(of, pin.recipe) - loss.at(of, first);
                let drawn: Vec<f64> = (0..draws).map(|b| difference(Of::Draw(b))).collect();
                let lower = drawn.iter().filter(|d| **d < 0.0).count();
                let difference = pair::solved(difference(Of::Fit), drawn, level);
                Some(Cell { predicted, difference, lower_in: lower as f64 / draws.max(1) as f64 })
            });
            Row { pin: pin.clone(), cost: hardware.cost_of(pin.recipe), cells: cells.collect() }
        })
        .collect();
    Comparison { level, losses: compared, rows }
}

impl Comparison {
    /// The comparison as CSV: a header, a row a pin, numbers with a point.
    pub fn csv(&self) -> String {
        let mut out = String::from("name,domain_ratio,model_size,tokens,flops,gpu_hours,price,currency");
        for loss in &self.losses {
            let name = &loss.name;
            for part in [
                "",
                " low",
                " high",
                " new run low",
                " new run high",
                " less the first",
                " less the first low",
                " less the first high",
            ] {
                out.push(',');
                out.push_str(&quoted(&format!("{name}{part}")));
            }
        }
        out.push('\n');
        for row in &self.rows {
            let recipe = row.pin.recipe;
            let mut cells = vec![quoted(&row.pin.name)];
            let numbers = [recipe.domain_share, recipe.size, recipe.tokens, row.cost.flops, row.cost.gpu_hours];
            cells.extend(numbers.into_iter().map(number));
            cells.push(row.cost.price.map(number).unwrap_or_default());
            cells.push(quoted(&row.cost.currency));
            for cell in &row.cells {
                let ends = |interval: Option<(f64, f64)>| {
                    let (low, high) = interval.unzip();
                    [low, high].map(|end| end.map(number).unwrap_or_default())
                };
                cells.push(number(cell.predicted.loss));
                cells.extend(ends(cell.predicted.law));
                cells.extend(ends(cell.predicted.new_run));
                cells.push(number(cell.difference.value));
                cells.extend(ends(cell.difference.interval));
            }
            // Writing to a string can't fail.
            let _ = writeln!(out, "{}", cells.join(","));
        }
        out
    }
}

/// Nine significant digits: more than a loss has, fewer than a binary number prints.
fn number(value: f64) -> String {
    format!("{}", significant(value, 9))
}

/// A field of a CSV file. A leading sign that a spreadsheet would run as a formula is kept as text by a quote.
pub(super) fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
