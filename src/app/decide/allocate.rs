//! An allocation: what may be spent, on which device, what decides the ratio, and which sizes there are.

use super::field::{Field, Input, always};
use super::row::RowParts;
use super::{models, read};
use crate::decide::choices::RatioBy;
use crate::decide::{Budget, Choices, Hardware, compute};
use crate::quantity::Params;
use crate::reply::{Topic, print};

/// Units of a budget, in the order of the menu.
const UNITS: [&str; 3] = ["FLOPs", "GPU-hours", "money"];
/// An amount to start from in each unit, where a unit is picked before an amount is typed: a thousand GPU-hours.
const FIRST: [f64; 3] = [1e21, 1000.0, 2500.0];
const RULES: [(&str, RatioBy); 4] = [
    ("the limit on the general loss", RatioBy::Limit),
    ("the weights of the frontier", RatioBy::Weights),
    ("the domain loss alone", RatioBy::DomainAlone),
    ("the what-if’s own ratio", RatioBy::WhatIf),
];
const OWN_DEVICE: &str = "my own";

/// The amount of a budget and the place of its unit in the menu.
pub fn amount(budget: Budget) -> (f64, usize) {
    match budget {
        Budget::Flops(amount) => (amount, 0),
        Budget::GpuHours(amount) => (amount, 1),
        Budget::Money(amount) => (amount, 2),
    }
}

/// A budget of that amount in the unit at that place.
pub fn budget(amount: f64, unit: usize) -> Budget {
    match unit {
        0 => Budget::Flops(amount),
        1 => Budget::GpuHours(amount),
        _ => Budget::Money(amount),
    }
}

/// The same worth in another unit.
pub fn convert(budget_now: Budget, hardware: &Hardware, unit: usize) -> Budget {
    let Ok(flops) = budget_now.flops(hardware) else { return budget(amount(budget_now).0, unit) };
    let cost = hardware.cost(flops);
    let value = match unit {
        0 => cost.flops,
        1 => cost.gpu_hours,
        _ => cost.price.unwrap_or(cost.gpu_hours),
    };
    budget(crate::quantity::significant(value, 3), unit)
}

/// An amount as it is typed, with all its digits.
pub fn typed(amount: f64) -> String {
    if amount >= 1e9 { format!("{amount:e}") } else { amount.to_string() }
}

/// The units as menu options.
pub fn units() -> Vec<String> {
    UNITS.map(str::to_owned).to_vec()
}

/// The place of a unit in the menu.
pub fn unit(text: &str) -> usize {
    UNITS.iter().position(|unit| *unit == text).unwrap_or(1)
}

fn is_preset(hardware: &Hardware) -> bool {
    compute::presets().iter().any(|preset| preset.name == hardware.name && preset.peak == hardware.peak)
}

static FIELDS: [Field; 11] = [
    Field {
        label: "Spend",
        input: Input::Text,
        show: |choices| choices.budget.map(|budget| typed(amount(budget).0)).unwrap_or_default(),
        read: |choices, text| {
            let unit = choices.budget.map_or(1, |budget| amount(budget).1);
            let read = |text: &str| read::positive(text).map(|value| budget(value, unit));
            read::optional(&mut choices.budget, text, read)
        },
        when: always,
        expected: "Type an amount above 0 such as 800, or nothing for what the what-if costs.",
    },
    Field {
        label: "In",
        input: Input::Menu(units),
        show: |choices| UNITS[choices.budget.map_or(1, |budget| amount(budget).1)].to_owned(),
        read: |choices, text| {
            let unit = unit(text);
            choices.budget = Some(match choices.budget {
                Some(budget) => convert(budget, &choices.hardware, unit),
                None => budget(FIRST[unit], unit),
            });
            true
        },
        when: always,
        expected: "",
    },
    Field {
        label: "Device",
        input: Input::Menu(|| {
            compute::presets().into_iter().map(|preset| preset.name).chain([OWN_DEVICE.to_owned()]).collect()
        }),
        show: |choices| {
            if is_preset(&choices.hardware) { choices.hardware.name.clone() } else { OWN_DEVICE.to_owned() }
        },
        read: |choices, text| {
            match compute::presets().into_iter().find(|preset| preset.name == text) {
                Some(preset) => choices.hardware = Hardware { utilisation: choices.hardware.utilisation, ..preset },
                None => own(choices),
            }
            true
        },
        when: always,
        expected: "",
    },
    Field {
        label: "Peak FLOP/s",
        input: Input::Text,
        show: |choices| format!("{:e}", choices.hardware.peak),
        read: |choices, text| {
            let known = read::set(&mut choices.hardware.peak, read::positive(text));
            if known && !is_preset(&choices.hardware) {
                own(choices);
            }
            known
        },
        when: always,
        expected: "Type the peak in FLOP/s such as 989e12.",
    },
    Field {
        label: "Utilisation",
        input: Input::Text,
        show: |choices| print::share(choices.hardware.utilisation),
        read: |choices, text| {
            read::set(&mut choices.hardware.utilisation, read::share(text).filter(|share| *share > 0.0))
        },
        when: always,
        expected: "Type the share of the peak that training reaches, such as 40 %.",
    },
    Field {
        label: "Price an hour",
        input: Input::Text,
        show: |choices| choices.hardware.price.to_string(),
        read: |choices, text| read::set(&mut choices.hardware.price, read::plain(text).filter(|price| *price >= 0.0)),
        when: always,
        expected: "Type the price of an hour of one device such as 2.50, or 0 where there is none.",
    },
    Field {
        label: "Currency",
        input: Input::Text,
        show: |choices| choices.hardware.currency.clone(),
        read: |choices, text| {
            let known = !text.is_empty() && text.chars().count() <= 8;
            read::set(&mut choices.hardware.currency, known.then(|| text.to_owned()))
        },
        when: always,
        expected: "Type a currency such as USD.",
    },
    Field {
        label: "Ratio decided by",
        input: Input::Menu(|| RULES.map(|(name, _)| name.to_owned()).to_vec()),
        show: |choices| {
            RULES.iter().find(|(_, rule)| *rule == choices.ratio_by).map_or(RULES[0].0, |(name, _)| name).to_owned()
        },
        read: |choices, text| {
            read::set(&mut choices.ratio_by, RULES.iter().find(|(name, _)| *name == text).map(|(_, rule)| *rule))
        },
        when: always,
        expected: "",
    },
    Field {
        label: "Smallest size searched",
        input: Input::Text,
        show: |choices| choices.sizes.map(|sizes| Params(sizes.0).to_string()).unwrap_or_default(),
        read: |choices, text| ends(choices, text, false),
        when: always,
        expected: "Type a model size such as 100M, below the largest, or nothing for an eighth of the least measured.",
    },
    Field {
        label: "Largest size searched",
        input: Input::Text,
        show: |choices| choices.sizes.map(|sizes| Params(sizes.1).to_string()).unwrap_or_default(),
        read: |choices, text| ends(choices, text, true),
        when: always,
        expected: "Type a model size such as 70B, above the smallest, or nothing for twenty times the largest measured.",
    },
    Field {
        label: "Sizes to choose among",
        input: Input::Text,
        show: models::typed,
        read: models::read_typed,
        when: always,
        expected: "Type model sizes such as 1.5B, 7B.",
    },
];

/// A device that is no preset any more: what was edited has no source.
fn own(choices: &mut Choices) {
    choices.hardware.name = OWN_DEVICE.to_owned();
    choices.hardware.source = "typed by you".to_owned();
}

/// One end of the sizes searched; with one end typed the other starts where nobody trains.
fn ends(choices: &mut Choices, text: &str, upper: bool) -> bool {
    let (low, high) = choices.sizes.unwrap_or((1e6, 1e13));
    if text.is_empty() {
        choices.sizes = None;
        return true;
    }
    let Some(Params(size)) = Params::parse(text) else { return false };
    let sizes = if upper { (low, size) } else { (size, high) };
    let ordered = sizes.0 < sizes.1;
    if ordered {
        choices.sizes = Some(sizes);
    }
    ordered
}

/// The row.
pub fn parts_of_row() -> RowParts {
    RowParts {
        topic: Topic::Allocate,
        title: "Allocation",
        about: "The model size, tokens and ratio that a budget is best spent on: 6 FLOPs a parameter and token.",
        fields: &FIELDS,
        more: Some(models::list()),
    }
}
