//! Settings as text, for links and saved sessions: only what differs from the default, by name.
//!
//! Another version of the page may have written it, or somebody by hand: a name this version does not know is skipped, a
//! value it can't use leaves the default in its place, and nothing read here asks for more than the page's own fields
//! let a person type.

use super::Settings;
use crate::decide::{Budget, Limit};
use crate::law::Recipe;
use crate::published::Printed;
use serde_json::{Map, Value};

/// The bounds of the page's fields: `app/fit/options.rs`, `app/decide`.
const DELTA: std::ops::RangeInclusive<f64> = 1e-9..=10.0;
const LEVEL: std::ops::RangeInclusive<f64> = 0.5..=0.999;
const MOST_DRAWS: usize = 20_000;
const EPOCHS: std::ops::RangeInclusive<u32> = 1..=64;
const MOST_CHECKPOINTS: usize = 64;
/// Pins have a letter each.
const MOST_PINS: usize = 26;
/// Sizes a decision is solved for, one by one.
const MOST_SIZES: usize = 64;

/// The settings as JSON: an object of what differs from the default.
pub fn to_json(settings: &Settings) -> String {
    let (Ok(now), Ok(default)) = (serde_json::to_value(settings), serde_json::to_value(Settings::default())) else {
        return String::new(); // plain data always serialises
    };
    differing(&default, &now).unwrap_or_else(|| Value::Object(Map::new())).to_string()
}

/// What [`to_json`] wrote; whatever can't be used is left at its default. Text that is no JSON object is the default.
pub fn from_json(text: &str) -> Settings {
    let Ok(Value::Object(given)) = serde_json::from_str(text) else { return Settings::default() };
    let mut taken = Settings::default();
    take_up(&mut taken, &Value::Object(given), &mut Vec::new());
    sound(taken)
}

/// What of `now` differs from `default`.
fn differing(default: &Value, now: &Value) -> Option<Value> {
    if default == now {
        return None;
    }
    let (Value::Object(default), Value::Object(all)) = (default, now) else { return Some(now.clone()) };
    let changed = all.iter().filter_map(|(name, value)| {
        let kept = default.get(name).map_or_else(|| Some(value.clone()), |default| differing(default, value))?;
        Some((name.clone(), kept))
    });
    Some(Value::Object(changed.collect()))
}

/// Levels of names that are taken up one by one: `settings`, `settings.decide`, `settings.decide.hardware`.
const DEEPEST: usize = 3;

/// Takes up a value at `path`; where it can't be taken as a whole, what is in it, name by name.
fn take_up(settings: &mut Settings, value: &Value, path: &mut Vec<String>) {
    let Ok(mut whole) = serde_json::to_value(&*settings) else { return };
    if put(&mut whole, value, path)
        && let Ok(taken) = serde_json::from_value(whole)
    {
        *settings = taken;
        return;
    }
    let Value::Object(parts) = value else { return };
    if path.len() >= DEEPEST {
        return;
    }
    for (name, part) in parts {
        path.push(name.clone());
        take_up(settings, part, path);
        path.pop();
    }
}

/// Puts a value at a path, over what is there; false where there is no such place.
fn put(whole: &mut Value, value: &Value, path: &[String]) -> bool {
    let mut place = whole;
    for name in path {
        match place.get_mut(name) {
            Some(inner) => place = inner,
            None => return false,
        }
    }
    over(place, value, path.len());
    true
}

/// An object over an object leaves what it does not name; deeper than the settings' own structure it takes its place. So
/// does one choice of several over another: both have a single name, and not the same.
fn over(place: &mut Value, value: &Value, depth: usize) {
    let another_choice = |there: &Map<String, Value>, given: &Map<String, Value>| {
        there.len() == 1 && given.len() == 1 && there.keys().next() != given.keys().next()
    };
    match (place, value) {
        (Value::Object(there), Value::Object(given)) if depth < DEEPEST && !another_choice(there, given) => {
            for (name, value) in given {
                match there.get_mut(name) {
                    Some(inner) => over(inner, value, depth + 1),
                    None => {
                        there.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (place, value) => *place = value.clone(),
    }
}

/// The settings with every number that no field of the page would take at its default.
fn sound(mut settings: Settings) -> Settings {
    let default = Settings::default();
    let fit = &mut settings.fit;
    if !DELTA.contains(&fit.delta) {
        fit.delta = default.fit.delta;
    }
    if !LEVEL.contains(&fit.level) {
        fit.level = default.fit.level;
    }
    if fit.draws > MOST_DRAWS {
        fit.draws = default.fit.draws;
    }
    settings.recipe = settings.recipe.filter(is_recipe);
    settings.chart = settings.chart.sound();
    settings.published = settings.published.filter(Printed::is_sound);
    if !is_mixture(&settings.shares) {
        settings.shares.clear();
    }
    settings.reading.constants.retain(|constant, value| constant.allows(*value));
    let (decide, plain) = (&mut settings.decide, default.decide);
    let above = |value: &f64| value.is_finite() && *value > 0.0;
    let share = |value: f64| (0.0..=1.0).contains(&value);
    if !is_limit(decide.limit) {
        decide.limit = plain.limit;
    }
    decide.domain_tokens = decide.domain_tokens.filter(above);
    decide.most_tokens = decide.most_tokens.filter(above);
    decide.start_flops = decide.start_flops.filter(above);
    decide.mixture_weights.retain(|_, weight| weight.is_finite() && *weight >= 0.0);
    decide.mixture_limits.retain(|_, (low, high)| share(*low) && share(*high) && low <= high);
    decide.budget = decide.budget.filter(is_budget);
    decide.sizes = decide.sizes.filter(|(low, high)| above(low) && above(high) && low < high);
    if !EPOCHS.contains(&decide.epochs) {
        decide.epochs = plain.epochs;
    }
    if !share(decide.least_gain) {
        decide.least_gain = plain.least_gain;
    }
    if !share(decide.weight) {
        decide.weight = plain.weight;
    }
    let hardware = &decide.hardware;
    let priced = hardware.price.is_finite() && hardware.price >= 0.0;
    let usable = above(&hardware.peak) && share(hardware.utilisation) && hardware.utilisation > 0.0;
    if !(usable && priced) {
        decide.hardware = plain.hardware;
    }
    decide.models.retain(|model| above(&model.size));
    decide.models.truncate(MOST_SIZES);
    decide.pins.0.retain(|pin| is_recipe(&pin.recipe) && is_mixture(&pin.shares));
    decide.pins.0.truncate(MOST_PINS);
    if !is_budget(&decide.design.budget) {
        decide.design.budget = plain.design.budget;
    }
    decide.design.sizes.retain(above);
    decide.design.sizes.truncate(MOST_SIZES);
    if !(1..=MOST_CHECKPOINTS).contains(&decide.design.checkpoints) {
        decide.design.checkpoints = plain.design.checkpoints;
    }
    settings
}

fn is_recipe(recipe: &Recipe) -> bool {
    let above = |value: f64| value.is_finite() && value > 0.0;
    (0.0..=1.0).contains(&recipe.domain_share) && above(recipe.size) && above(recipe.tokens)
}

/// Shares that add up to one, or none.
fn is_mixture(shares: &[f64]) -> bool {
    let each = shares.iter().all(|share| (0.0..=1.0).contains(share));
    shares.is_empty() || shares.len() <= MOST_SIZES && each && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6
}

fn is_budget(budget: &Budget) -> bool {
    let (Budget::Flops(amount) | Budget::GpuHours(amount) | Budget::Money(amount)) = budget;
    amount.is_finite() && *amount > 0.0
}

fn is_limit(limit: Limit) -> bool {
    match limit {
        Limit::OverBase { rise } => rise.is_finite(),
        Limit::OverStart { rise, start } => rise.is_finite() && start.is_finite() && start > 0.0,
        Limit::Absolute { loss } => loss.is_finite() && loss > 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::{from_json, to_json};
    use crate::chart::View;
    use crate::decide::{Budget, Limit};
    use crate::fit::{Constraint, Rule};
    use crate::law::Recipe;
    use crate::settings::{Settings, Theme};
    use crate::table::{Choice, Measure, Role};

    fn chosen() -> Settings {
        let mut settings = Settings { law: Some("chinchilla".into()), theme: Theme::Dark, ..Settings::default() };
        settings.recipe = Some(Recipe { domain_share: 0.25, size: 1.8e9, tokens: 2e10 });
        settings.fit.seed = u64::MAX;
        settings.fit.constraints =
            vec![Constraint { target: None, parameter: "E".into(), rule: Rule::Bound(1.0, 2.0) }];
        settings.reading.dropped = vec![3, 9];
        settings.reading.columns.insert("x".into(), Choice { role: Role::Ignore, unit: None });
        settings.decide.limit = Limit::Absolute { loss: 2.5 };
        settings.decide.budget = Some(Budget::Flops(1e21));
        settings.chart.view = Some(View::SizeMap);
        settings.measure = Some(Measure::Perplexity);
        settings.chart.size = Some((1e9, 4e9));
        settings.decide.pins.add("a", Recipe { domain_share: 0.5, size: 1e9, tokens: 1e10 });
        settings
    }

    #[test]
    fn what_was_chosen_comes_back_and_what_was_not_takes_no_room() {
        assert_eq!(to_json(&Settings::default()), "{}");
        assert_eq!(from_json(&to_json(&chosen())), chosen());
    }

    #[test]
    fn names_and_values_of_another_version_cost_nothing_else() {
        let mut value: serde_json::Value = serde_json::from_str(&to_json(&chosen())).expect("JSON");
        value["of_the_future"] = serde_json::json!({"a": 1});
        value["theme"] = "sepia".into();
        value["measure"] = "furlongs".into();
        value["decide"]["limit"] = serde_json::json!({"over_the_moon": 3});
        value["decide"]["whatever"] = 7.into();
        value["fit"]["scheme"] = "dice".into();
        let mut expected = chosen();
        expected.theme = Theme::System;
        expected.measure = None;
        expected.decide.limit = Limit::default();
        assert_eq!(from_json(&value.to_string()), expected);
    }

    #[test]
    fn numbers_that_no_field_takes_are_the_defaults() {
        let text = r#"{"fit":{"draws":4000000000,"level":7,"delta":-1},"recipe":{"domain_share":3,"size":1e9,"tokens":1e9},
            "decide":{"epochs":4000000,"weight":9,"hardware":{"peak":0},"budget":{"flops":-1},"design":{"checkpoints":99999}}}"#;
        assert_eq!(from_json(text), Settings::default());
        let printed = |id: &str, unique: f64| format!(r#"{{"published":{{"id":"{id}","unique":{unique:e}}}}}"#);
        assert_eq!(from_json(&printed("none", 1e9)), Settings::default());
        assert_eq!(from_json(&printed("repeated", -1.0)), Settings::default());
        assert!(from_json(&printed("repeated", 1e9)).published.is_some());
        for text in ["", "null", "[]", "{", "\u{0}", "{\"fit\":[[[[", "7"] {
            assert_eq!(from_json(text), Settings::default(), "{text}");
        }
    }
}
