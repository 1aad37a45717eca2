//! What differs between two states of the settings, in a few words: what undo says it took back.

use super::{Look, Settings};
use crate::decide::Choices;
use crate::table::Reading;

/// What differs, in a few words that follow "Undone:"; `None` where nothing does. Of several differences the first in
/// the order of the page.
pub fn named(before: &Settings, after: &Settings) -> Option<&'static str> {
    if before == after {
        return None;
    }
    let (b, a) = (before, after);
    Some(if b.reading != a.reading {
        of_reading(&b.reading, &a.reading)
    } else if b.published != a.published {
        of_printed(b, a)
    } else if b.law != a.law {
        "law"
    } else if b.fit != a.fit {
        of_fit(b, a)
    } else if b.recipe != a.recipe {
        of_recipe(b, a)
    } else if b.shares != a.shares {
        "mixture"
    } else if b.domain != a.domain {
        "domain loss shown"
    } else if b.shown != a.shown {
        "loss whose fit is shown"
    } else if b.decide != a.decide {
        of_decisions(&b.decide, &a.decide)
    } else if b.chart != a.chart {
        of_chart(b.chart, a.chart)
    } else if b.measure != a.measure {
        "what losses are shown in"
    } else if b.theme != a.theme {
        "theme"
    } else if b.hidden != a.hidden {
        "panels shown"
    } else {
        "example"
    })
}

fn of_reading(before: &Reading, after: &Reading) -> &'static str {
    let (left_out, now) = (before.dropped.len(), after.dropped.len());
    if before.dropped != after.dropped {
        match now > left_out {
            true if now - left_out > 1 => "rows left out",
            true => "row left out",
            false if left_out - now > 1 => "rows taken back",
            false => "row taken back",
        }
    } else if before.columns != after.columns {
        "role or unit of a column"
    } else if before.filters != after.filters {
        "filter of rows"
    } else if before.constants != after.constants {
        "number the file does not say"
    } else if before.domain_corpora != after.domain_corpora {
        "corpora of the domain"
    } else if before.domain != after.domain {
        "domain"
    } else {
        "how the file is read"
    }
}

fn of_printed(before: &Settings, after: &Settings) -> &'static str {
    match (&before.published, &after.published) {
        (Some(b), Some(a)) if b.unique != a.unique => "unique tokens",
        (Some(b), Some(a)) if b.run != a.run => "kind of run",
        _ => "printed law",
    }
}

fn of_fit(before: &Settings, after: &Settings) -> &'static str {
    let (b, a) = (&before.fit, &after.fit);
    if b.constraints != a.constraints {
        "what a parameter is held to"
    } else if b.objective != a.objective || b.delta != a.delta {
        "objective"
    } else if b.seed != a.seed {
        "seed"
    } else if b.level != a.level {
        "level of the intervals"
    } else if b.draws != a.draws {
        "number of draws"
    } else {
        "kind of draws"
    }
}

fn of_recipe(before: &Settings, after: &Settings) -> &'static str {
    let (Some(b), Some(a)) = (before.recipe, after.recipe) else { return "what-if" };
    match (b.domain_share != a.domain_share, b.size != a.size, b.tokens != a.tokens) {
        (true, false, false) => "domain ratio",
        (false, true, false) => "model size",
        (false, false, true) => "token budget",
        _ => "what-if",
    }
}

fn of_chart(b: Look, a: Look) -> &'static str {
    if b.view != a.view {
        "chart shown"
    } else if b.spacing != a.spacing {
        "spacing of the axes"
    } else {
        "zoom of the chart"
    }
}

fn of_decisions(b: &Choices, a: &Choices) -> &'static str {
    if b.pins != a.pins {
        match b.pins.0.len().cmp(&a.pins.0.len()) {
            std::cmp::Ordering::Less => "pin",
            std::cmp::Ordering::Greater => "pin taken off",
            std::cmp::Ordering::Equal => "name or order of the pins",
        }
    } else if b.limit != a.limit {
        "limit on the general loss"
    } else if b.budget != a.budget {
        "budget"
    } else if b.hardware != a.hardware {
        "device"
    } else if b.weight != a.weight {
        "weight of the losses"
    } else if b.models != a.models || b.sizes != a.sizes {
        "sizes to choose among"
    } else if b.mixture_weights != a.mixture_weights {
        "weight of a loss"
    } else if b.mixture_limits != a.mixture_limits {
        "limit of a corpus"
    } else if b.sets != a.sets {
        "evaluation sets asked about"
    } else if b.design != a.design {
        "first design"
    } else {
        "choice of the decisions"
    }
}

#[cfg(test)]
mod tests {
    use super::named;
    use crate::law::Recipe;
    use crate::settings::{Look, Settings, Theme};

    #[test]
    fn says_what_differs_and_nothing_where_nothing_does() {
        let before = Settings::default();
        assert_eq!(named(&before, &before), None);
        let at = |domain_share| Settings {
            recipe: Some(Recipe { domain_share, size: 1e9, tokens: 1e10 }),
            ..Settings::default()
        };
        assert_eq!(named(&before, &at(0.2)), Some("what-if"));
        assert_eq!(named(&at(0.2), &at(0.3)), Some("domain ratio"));
        let mut after = at(0.2);
        after.reading.dropped.push(7);
        assert_eq!(named(&at(0.2), &after), Some("row left out"));
        assert_eq!(named(&after, &at(0.2)), Some("row taken back"));
        after = before.clone();
        after.decide.pins.add("", Recipe { domain_share: 0.2, size: 1e9, tokens: 1e10 });
        assert_eq!(named(&before, &after), Some("pin"));
        let view = Look { view: Some(crate::chart::View::Size), ..Look::default() };
        let zoomed = Look { size: Some((1e9, 2e9)), ..view };
        let looking = |chart| Settings { chart, ..before.clone() };
        assert_eq!(named(&before, &looking(view)), Some("chart shown"));
        assert_eq!(named(&looking(view), &looking(zoomed)), Some("zoom of the chart"));
        let measure = Some(crate::table::Measure::Bits);
        let shown = Settings { measure, ..before.clone() };
        assert_eq!(named(&before, &shown), Some("what losses are shown in"));
        assert_eq!(named(&before, &Settings { theme: Theme::Dark, ..before.clone() }), Some("theme"));
    }
}
