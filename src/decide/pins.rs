//! Pins: what-ifs that a person keeps, names, orders and compares.
//!
//! Compared by paired differences: on every draw the loss of a pin less the loss of the first one, so that what the two
//! share cancels. The interval of a difference is narrower than the two intervals beside each other suggest.
//!
//! A pin is a recipe, or under a law of several corpora a mixture of them; a comparison is of the pins that the law in use
//! can be asked about.

use super::compute::{Cost, Hardware};
use super::mixture;
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
    /// The shares of a mixture of several corpora; empty where the what-if is the recipe alone.
    #[serde(default)]
    pub shares: Vec<f64>,
}

/// The pins in their order; the first one is what the others are compared with.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pins(pub Vec<Pin>);

impl Pins {
    /// Keeps a recipe at the end, under a name of its own: "Pin 3" where none is given, "name (2)" where it is taken.
    pub fn add(&mut self, name: &str, recipe: Recipe) {
        self.add_mixture(name, recipe, Vec::new());
    }

    /// Keeps a mixture of several corpora likewise.
    pub fn add_mixture(&mut self, name: &str, recipe: Recipe, shares: Vec<f64>) {
        let asked = match name.trim() {
            "" => format!("Pin {}", self.0.len() + 1),
            name => name.to_owned(),
        };
        let name = self.free_name(&asked, None);
        self.0.push(Pin { name, recipe, shares });
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
    /// The corpora, where the pins compared are mixtures of them.
    pub corpora: Vec<String>,
    /// The losses compared, general first.
    pub losses: Vec<ComparedLoss>,
    /// A row a pin, in their order.
    pub rows: Vec<Row>,
    /// How many pins the law in use can't be asked about.
    pub aside: usize,
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
    /// What it costs; `None` of a mixture, which says nothing of size and tokens.
    pub cost: Option<Cost>,
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

/// Compares pins: recipes on the general loss and the domain loss named (`None` for the first), mixtures of several
/// corpora on every loss.
pub fn compare(study: &Study, domain: Option<&str>, pins: &Pins, hardware: &Hardware) -> Comparison {
    let level = study.options.level;
    let mixed = mixture::applies(study);
    let corpora: Vec<String> = study.corpora.iter().filter(|_| mixed).map(|corpus| corpus.name.clone()).collect();
    let losses: Vec<Loss<'_>> = match mixed {
        true => mixture::names(study).iter().filter_map(|name| Loss::of(study, name)).collect(),
        false => pair::general_of(study).into_iter().chain(pair::domain_of(study, domain)).collect(),
    };
    let asked: Vec<&Pin> = pins.0.iter().filter(|pin| pin.shares.len() == corpora.len()).collect();
    let mut rows: Vec<Row> = asked
        .iter()
        .map(|pin| Row { pin: (*pin).clone(), cost: (!mixed).then(|| hardware.cost_of(pin.recipe)), cells: Vec::new() })
        .collect();
    let mut compared = Vec::new();
    for mut loss in losses {
        let mut first: Option<(f64, Vec<f64>)> = None;
        let mut cells = Vec::new();
        for pin in &asked {
            let Some(predicted) = predict(study, &loss, pin) else { break };
            let (value, drawn) = values(&mut loss, pin);
            let (from, from_drawn) = first.get_or_insert_with(|| (value, drawn.clone()));
            let drawn: Vec<f64> = drawn.iter().zip(from_drawn.iter()).map(|(value, from)| value - from).collect();
            let lower_in = drawn.iter().filter(|d| **d < 0.0).count() as f64 / drawn.len().max(1) as f64;
            cells.push(Cell { predicted, difference: pair::solved(value - *from, drawn, level), lower_in });
        }
        // A loss that can't be predicted has no column.
        if cells.len() < rows.len() {
            continue;
        }
        rows.iter_mut().zip(cells).for_each(|(row, cell)| row.cells.push(cell));
        compared.push(ComparedLoss {
            name: loss.fit.target.clone(),
            kind: loss.fit.kind,
            interval: loss.fit.interval_name(level),
            withheld: !loss.withheld(&[]).is_empty(),
        });
    }
    Comparison { level, corpora, losses: compared, aside: pins.0.len() - rows.len(), rows }
}

/// A loss at a pin, with both of its intervals.
fn predict(study: &Study, loss: &Loss<'_>, pin: &Pin) -> Option<Prediction> {
    match pin.shares.is_empty() {
        true => study.predict(&loss.fit.target, pin.recipe),
        false => mixture::predict(loss.fit, &pin.shares, study.options.level, usize::MAX),
    }
}

/// A loss at a pin, and that of every draw.
fn values(loss: &mut Loss<'_>, pin: &Pin) -> (f64, Vec<f64>) {
    if !pin.shares.is_empty() {
        return mixture::drawn(loss.fit, &pin.shares);
    }
    let drawn = (0..loss.fit.draws.len()).map(|b| loss.at(Of::Draw(b), pin.recipe)).collect();
    (loss.at(Of::Fit, pin.recipe), drawn)
}

impl Comparison {
    /// The comparison as CSV: a header, a row a pin, numbers with a point.
    pub fn csv(&self) -> String {
        let mut out = String::from("name");
        match self.corpora.is_empty() {
            true => out.push_str(",domain_ratio,model_size,tokens,flops,gpu_hours,price,currency"),
            false => self.corpora.iter().for_each(|corpus| out.extend([",", &quoted(&format!("share of {corpus}"))])),
        }
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
            cells.extend(row.pin.shares.iter().copied().map(number));
            if let Some(cost) = &row.cost {
                let numbers = [recipe.domain_share, recipe.size, recipe.tokens, cost.flops, cost.gpu_hours];
                cells.extend(numbers.into_iter().map(number));
                cells.push(cost.price.map(number).unwrap_or_default());
                cells.push(quoted(&cost.currency));
            }
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
